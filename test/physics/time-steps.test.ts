import { describe, expect, test } from 'vitest'
import { continuumLaw } from '../../src/experiment/checks/time-step-checks.js'
import { run } from '../../src/experiment/run/run.js'
import { reversedSimulation, simulationProtocol, stepWarnings } from '../../src/experiment/sampling/simulation.js'
import { startMoments } from '../../src/experiment/sampling/trajectories.js'
import { parseScenario } from '../../src/experiment/scenario/load.js'
import { createProblem } from '../../src/experiment/system/problem.js'
import { harmonicProtocolLaw } from '../../src/physics/truth/harmonic-protocol.js'
import { runFolders } from '../run-folder.js'

const folder = runFolders()

/** A trap that starts in equilibrium. */
const trap = async (parameters: string, more = '', protocol = '') =>
  createProblem(
    await parseScenario(
      `name: trap
network: { visible: { units: 1 } }
potential: { onsite: [stiffness, bias] }
initial: { kind: equilibrium }
protocol: { duration: 10, parameters: { ${parameters} }${protocol} }
sampling: { trajectories: 1000 }
observe: [work]
${more}`,
      'trap.yaml',
    ),
  )

const known = new Map<string, ReturnType<typeof lawsOf>>()

/** The default steps, what their scheme does on average, and what continuous time does; found once for each schedule. */
function laws(parameters: string) {
  const found = known.get(parameters) ?? lawsOf(parameters)
  known.set(parameters, found)
  return found
}

async function lawsOf(parameters: string) {
  const problem = await trap(parameters)
  const protocol = simulationProtocol(problem)
  const scheme = harmonicProtocolLaw(problem.potential, protocol, problem.bath, startMoments(problem))
  return { problem, protocol, scheme, truth: continuumLaw({ problem, protocol }) }
}

/** A Gaussian of unit area. */
const pulse = (at: number, width: number) => `1/(${width}*sqrt(2*pi))*exp(-((t-${at})/${width})^2/2)`

describe('default steps follow', () => {
  test.each([
    ['a spike of the stiffness', 'stiffness: "1 + 2000*exp(-((t-5.21)/0.02)^2)", bias: 0', 20_000],
    ['a spike where a look falls', 'stiffness: "1 + 2000*exp(-((t-5)/0.02)^2)", bias: 0', 20_000],
    ['a pulse of the bias', `stiffness: 1, bias: "10*${pulse(9.517, 1e-3)}"`, 2000],
    ['a pulse of a millionth', `stiffness: 1, bias: "10*${pulse(9.517, 1e-6)}"`, 2000],
    ['two pulses of opposite sign', `stiffness: 1, bias: "9*${pulse(3.217, 1e-4)} - 7*${pulse(9.8, 1e-5)}"`, 3000],
    ['a Lorentzian', 'stiffness: 1, bias: "3e-4/((t-9.517)^2 + 1e-8)"', 4000],
    ['a box', 'stiffness: 1, bias: "5000*(sign(t-9.1234) - sign(t-9.1244))/2"', 2000],
    ['a drive that equal steps alias', 'stiffness: 1, bias: "5*sin(2*pi*50*t)"', 40_000],
    ['a square wave', 'stiffness: 1, bias: "5*sign(sin(20*t))"', 5000],
    ['a jump', 'stiffness: "2 + sign(t - 3.3)", bias: 0', 3000],
    ['a shelf', 'stiffness: "1 + 100*(1 + tanh((t-5.21)/0.001))", bias: "10*max(0, t - 9.7)"', 120_000],
    ['a ramp', 'stiffness: 1 + t, bias: 5*sin(t)', 6000],
  ])(
    '%s',
    async (_, parameters, steps) => {
      const { protocol, scheme, truth } = await laws(parameters)
      expect(protocol.dt.length).toBeLessThan(steps)
      expect(protocol.dt.reduce((sum, dt) => sum + dt, 0)).toBeCloseTo(10, 9)
      // Steps of at most .025 relaxation times are off by about half of that, in what they are sent after.
      expect(Math.abs(scheme.mean[0]! - truth.mean[0]!)).toBeLessThan(0.02 * Math.hypot(1, truth.farthest[0]!))
      expect(Math.abs(scheme.covariance[0]! / truth.covariance[0]! - 1)).toBeLessThan(0.02)
      expect(Math.abs(scheme.work.mean - truth.work)).toBeLessThan(0.02 * (1 + Math.abs(truth.work)))
    },
    120_000,
  )
})

test('continuous time has the known work of a spike and the known end of a pulse', async () => {
  // By another integrator (DOP853 at 1e-12); the pulse leaves 10 e^-(10 - 9.517).
  const spike = await laws('stiffness: "1 + 2000*exp(-((t-5.21)/0.02)^2)", bias: 0')
  expect(spike.truth.work).toBeCloseTo(46.23, 2)
  expect(spike.truth.covariance[0]).toBeCloseTo(1, 3)
  const pushed = await laws(`stiffness: 1, bias: "10*${pulse(9.517, 1e-3)}"`)
  expect(pushed.truth.mean[0]).toBeCloseTo(10 * Math.exp(-0.483), 4)
})

test.each([
  [`10*${pulse(9.517, 1e-6)}`, 10 * Math.exp(-0.483)],
  [`10*${pulse(9.517, 1e-9)}`, 10 * Math.exp(-0.483)],
  [`9*${pulse(3.217, 1e-4)} - 7*${pulse(9.8, 1e-5)}`, 9 * Math.exp(-6.783) - 7 * Math.exp(-0.2)],
  ['5000*(sign(t-9.1234) - sign(t-9.1244))/2', 5 * Math.exp(-0.8761)],
  ['100*max(0, 1 - abs(t-9.7777)/0.05)', 5 * Math.exp(-0.2223)],
])('a push of the bias leaves what it must at the end: %s', async (push, end) => {
  // By hand: an area at a time t leaves area·e^-(10 - t), to (half width)²/12 of it for the last.
  const { scheme, truth, protocol } = await laws(`stiffness: 1, bias: "${push}"`)
  expect(truth.mean[0]).toBeCloseTo(end, 2)
  expect(Math.abs(scheme.mean[0]! - end)).toBeLessThan(0.02 * Math.hypot(1, end))
  expect(protocol.dt.length).toBeLessThan(3000)
})

test('a run in unequal steps keeps every law: moments, works of both directions, frames even in time', async () => {
  const { checks, freeEnergy } = await run(
    await parseScenario(
      `name: bump
network: { visible: { units: 1 } }
potential: { onsite: [stiffness, bias] }
initial: { kind: equilibrium }
protocol: { duration: 2, bothWays: true, parameters: { stiffness: "1 + t + 5*exp(-((t-1.213)/0.01)^2)", bias: 0.5*t } }
sampling: { trajectories: 4000, batch: 1000 }
observe: [work, heat, trajectories]
checks: [first-law, heat-integral, gaussian-moments, autocorrelation, work-mean, free-energy]`,
      'bump.yaml',
    ),
    { directory: folder(), threads: 1 },
  )
  expect(checks.filter(({ pass }) => !pass)).toEqual([])
  expect(checks.length).toBe(12)
  expect(freeEnergy!.bennett!.value).toBeLessThan(0.6)
})

test('the reversed protocol stands in the same landscapes for the same times', async () => {
  const problem = await trap('stiffness: "1 + 200*exp(-((t-5.21)/0.02)^2)", bias: 0')
  const forwards = simulationProtocol(problem)
  const backwards = reversedSimulation(problem, forwards).protocol
  const steps = forwards.dt.length
  expect([...backwards.dt].reverse()).toEqual([...forwards.dt])
  expect(new Set(forwards.dt).size).toBeGreaterThan(3)
  const [a, b] = [new Float64Array(2), new Float64Array(2)]
  for (let step = -1; step < steps; step++) {
    forwards.parameters(step, a)
    backwards.parameters(steps - 2 - step, b)
    expect(b[0]! / a[0]!).toBeCloseTo(1, 6)
  }
  // Both records are even in time, in the same frames.
  const times = ({ clock, even }: Pick<typeof forwards, 'clock' | 'even'>) =>
    Array.from(even!, (step) => clock[step + 1]!)
  const intervals = (of: readonly number[]) => of.map((t, n) => t - (of[n - 1] ?? 0))
  for (const protocol of [forwards, backwards])
    for (const interval of intervals(times(protocol))) expect(interval).toBeCloseTo(10 / forwards.even!.length, 9)
})

test.each([
  ['stiffness: 1, bias: 1/(t - 5.00001)', 'protocol.parameters.bias: near t = 5.00001 it changes too fast'],
  ['stiffness: 1, bias: "log(abs(t - 3.21))"', 'protocol.parameters.bias: near t = 3.21 it changes too fast'],
])(
  'what no steps can follow is refused by name and time: %s',
  async (parameters, text) => {
    await expect(trap(parameters).then(simulationProtocol)).rejects.toThrow(text)
  },
  60_000,
)

test('a spike of the temperature is followed', async () => {
  const problem = await trap('stiffness: 1, bias: 0', '', ', kT: "1 + 1000*exp(-((t-9.717)/0.001)^2)"')
  const { dt, kT } = simulationProtocol(problem)
  // Variance at the end: 1 + ∫ 2(kT - 1) e^(-2(T - t)) dt = 1 + 2·1000·.001·√π·e^-.566.
  let variance = 1
  dt.forEach((h, n) => {
    variance = variance * (1 - h) ** 2 + 2 * kT![n]! * h
  })
  expect(variance).toBeCloseTo(1 + 2 * Math.sqrt(Math.PI) * Math.exp(-0.566), 1)
  expect(dt.length).toBeLessThan(3000)
})

test('an explicit step that the schedule outruns fails its checks, though the scheme keeps its own law', async () => {
  const results = await run(
    await parseScenario(
      `name: outrun
network: { visible: { units: 1 } }
potential: { onsite: [stiffness] }
initial: { kind: equilibrium }
protocol: { duration: 10, dt: 0.02, parameters: { stiffness: "1 + 2000*exp(-((t-5.21)/0.02)^2)" } }
sampling: { trajectories: 1000, batch: 1000 }
observe: [work, heat]
checks: [gaussian-moments, work-mean]`,
      'outrun.yaml',
    ),
    { directory: folder(), threads: 1 },
  )
  expect(results.warnings).toEqual([
    expect.stringMatching(/^protocol.dt 0.02 is .* relaxation times of the stiffest place .*, near t = 5.2: from 2 on/),
    expect.stringMatching(/^protocol.dt 0.02 outruns protocol.parameters.stiffness near t = 5.1/),
  ])
  const failed = results.checks.filter(({ pass }) => !pass).map(({ name }) => name)
  expect(failed).toContain('time step: mean work of the scheme beside continuous time')
  expect(failed).toContain('time step: variance over that of continuous time')
  expect(failed).toContain('second law: ΔF - ⟨W⟩ where it is above 0')
})

test.each([
  // Six steps of 1.67 in a time of 10.
  [
    1,
    1.9,
    /^protocol.dt 1.9, in whole steps 1.67, is 1.67 relaxation times .* variance is off by 500 %\. Give 0.02 or less/,
  ],
  [2, 0.2, /^protocol.dt 0.2 is 0.4 relaxation times .* variance is off by 25 %/],
  [1, 0.1, null],
])('stiffness %f in steps of %f: what is said of them', async (stiffness, dt, said) => {
  const warnings = stepWarnings(await trap(`stiffness: ${stiffness}, bias: 0`, '', `, dt: ${dt}`))
  expect(warnings).toEqual(said === null ? [] : [expect.stringMatching(said)])
})

test('a step at which a trap throws everything out is refused', async () => {
  const problem = trap('stiffness: 1, bias: 0', '', ', dt: 2')
  await expect(problem.then(simulationProtocol)).rejects.toThrow(
    'protocol.dt: 2 is 2 relaxation times of the stiffest direction, and from 2 on every step throws it farther out; expected less than 2.',
  )
})

test('a given step that misses a pulse says which, and one that does not says nothing', async () => {
  const parameters = `stiffness: 1, bias: "10*${pulse(9.517, 1e-3)}"`
  expect(stepWarnings(await trap(parameters, '', ', dt: 0.02'))).toEqual([
    expect.stringMatching(/^protocol.dt 0.02 outruns protocol.parameters.bias near t = 9.5/),
  ])
  expect(stepWarnings(await trap(parameters, '', ', dt: 0.00005'))).toEqual([])
  expect(stepWarnings(await trap('stiffness: 1 + t, bias: 3*sin(t)', '', ', dt: 0.01'))).toEqual([])
})

/** A particle in wells of a formula, which starts at the origin. */
const wells = async (formula: string, protocol = '') =>
  createProblem(
    await parseScenario(
      `name: wells
network: { visible: { units: 1 } }
potential: { onsite: [stiffness, { name: dimples, formula: "${formula}" }] }
initial: { kind: point, x: 0 }
protocol: { duration: 0.1, parameters: { stiffness: 1, dimples: 1 }${protocol} }
sampling: { trajectories: 10 }
observe: [work]`,
      'wells.yaml',
    ),
  )

test.each([
  // Curvature at the bottom: depth/width² (twice that without the ½); between grid points .05 apart.
  ['-3*exp(-((x-0.4321)/0.004)^2/2)', 3 / 0.004 ** 2],
  ['0.5*cos(1000*x)', 0.5 * 1000 ** 2],
  ['-2/(1 + ((x+1.2345)/0.002)^2)', 4 / 0.002 ** 2],
])('the default step resolves wells narrower than the grid of states: %s', async (formula, curvature) => {
  const { dt } = simulationProtocol(await wells(formula))
  expect(dt[0]!).toBeLessThan((1.3 * 0.02) / curvature)
  expect(dt[0]!).toBeGreaterThan((0.5 * 0.02) / curvature)
})

test('narrow wells are named where a given step jumps over them, or the default one would be too short', async () => {
  const formula = '-3*exp(-((x-0.4321)/0.004)^2/2)'
  expect(stepWarnings(await wells(formula, ', dt: 0.001'))).toEqual([
    expect.stringMatching(/stiffest place that is visited, near t = 0 and x = 0.432, where dimples bends: from 2 on/),
  ])
  await expect(wells('-3*exp(-((x-0.4321)/1e-6)^2/2)').then(simulationProtocol)).rejects.toThrow(
    /steps of .*, which dimples asks for by its bend near x = 0.4321/,
  )
})

test.each([
  // Nobody comes near the top of a wall, whose curvature is 5e5 (at 8 kT: 9,500), and next to a pole there is no largest.
  ['5000*exp(-((x-0.4321)/0.1)^2/2)', 100_000],
  ['-0.1*log((x-0.4321)^2)', 100_000],
  ['x^4/4', 200],
])('what is never visited asks for no steps: %s', async (formula, most) => {
  expect(simulationProtocol(await wells(formula)).dt.length).toBeLessThan(most)
})
