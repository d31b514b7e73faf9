// Terms with the time in their formula, against closed forms and against the same landscape by schedules.
import { describe, expect, test } from 'vitest'
import { openBackend } from '../../src/backend/node/open.js'
import { run } from '../../src/experiment/run/run.js'
import { requireRunnable } from '../../src/experiment/run/runnable.js'
import { simulationProtocol } from '../../src/experiment/sampling/simulation.js'
import { stepsOf, stepsWarnings } from '../../src/experiment/sampling/steps.js'
import { startMoments } from '../../src/experiment/sampling/trajectories.js'
import { parseScenario } from '../../src/experiment/scenario/load.js'
import { createProblem } from '../../src/experiment/system/problem.js'
import { initialStates } from '../../src/experiment/system/start.js'
import { createWorkAndHeat } from '../../src/physics/dynamics/work-and-heat.js'
import { loadFormulas } from '../../src/physics/formula/mathjs.js'
import { auditTerm } from '../../src/physics/potential/audit.js'
import { onsiteFromFormula, pairFromFormula } from '../../src/physics/potential/formula-term.js'
import { harmonicProtocolLaw } from '../../src/physics/truth/harmonic-protocol.js'
import { nativeLibrary } from '../native.js'
import { runFolders } from '../run-folder.js'
import { lattice } from '../systems.js'

const folder = runFolders()

const scenarioOf = (potential: string, parameters: string, { protocol = '', network = 'units: 1', more = '' } = {}) =>
  parseScenario(
    `name: moving
network: { visible: { ${network} } }
potential: { ${potential} }
protocol: { duration: 2, dt: 0.01, ${protocol}parameters: { ${parameters} } }
sampling: { trajectories: 2000, batch: 500 }
observe: [work, heat]
${more || 'initial: { kind: gaussian, mean: 0, variance: 1 }'}`,
    'moving.yaml',
  )

/** Final states, work and heat on a backend. */
async function simulated(scenario: Awaited<ReturnType<typeof scenarioOf>>, name: 'reference' | 'wasm' | 'native') {
  const problem = createProblem(scenario)
  const { potential, bath } = problem
  const { backend } = await openBackend({ threads: 1, backend: name }, [
    { potential, rule: null, integrator: 'euler-maruyama' },
  ])
  const workAndHeat = createWorkAndHeat(scenario.sampling.trajectories)
  const { final } = await backend.simulate({
    ...{ potential, bath, workAndHeat, protocol: simulationProtocol(problem), integrator: 'euler-maruyama' },
    start: initialStates(problem.given!.start, scenario.seed),
    ...{ seed: scenario.seed, trajectories: scenario.sampling.trajectories, batch: 500, observers: [] },
  })
  await backend.close()
  return { x: final.points, ...workAndHeat }
}

/** Largest |a - b - constant|, over the largest |a| or 1. */
const apart = (a: Float64Array, b: Float64Array, constant = 0) =>
  a.reduce((most, value, n) => Math.max(most, Math.abs(value - b[n]! - constant)), 0) /
  a.reduce((most, value) => Math.max(most, Math.abs(value)), 1)

/** One step rounds forces to 2⁻⁵³; 200 steps of a system that relaxes keep that, energies add it. */
const rounding = 1e-12

describe('a moving term is the schedule that it can be written as', () => {
  test.each([
    [
      'a dragged trap',
      'onsite: [{ name: well, formula: (x - 0.5*t)^2/2 }]',
      'well: 1',
      'onsite: [stiffness, bias]',
      'stiffness: 1, bias: 0.5*t',
      'units: 1',
      0.5,
    ],
    [
      'a tilted double well',
      'onsite: [{ name: well, formula: 0.3*(x^2-1)^2 - t*x }]',
      'well: 1',
      'onsite: [{ name: two-wells, formula: 0.3*(x^2-1)^2 }, bias]',
      'two-wells: 1, bias: t',
      'units: 1',
      0,
    ],
    [
      'a trap that stiffens, of its own scheduled strength',
      'onsite: [{ name: well, formula: (1 + t)*x^2/2 }]',
      'well: 2 - 0.5*t',
      'onsite: [stiffness]',
      'stiffness: (2 - 0.5*t)*(1 + t)',
      'units: 1',
      0,
    ],
    [
      'a spring whose length swings',
      'onsite: [stiffness], pair: [{ name: spring, formula: (x - y - sin(3*t))^2/2 }]',
      'stiffness: 1, spring: 1',
      'onsite: [stiffness, bias], pair: [{ name: spring, formula: (x - y)^2/2 }]',
      'stiffness: 1, spring: 1, bias: [sin(3*t), -sin(3*t)]',
      'units: 2',
      Math.sin(6) ** 2 / 2,
    ],
  ])(
    '%s: the same trajectories, heat, and work up to what is the same for all',
    async (_, moving, own, scheduled, by, network, constant) => {
      const a = await simulated(await scenarioOf(moving, own, { network }), 'reference')
      const b = await simulated(await scenarioOf(scheduled, by, { network }), 'reference')
      expect(apart(a.x, b.x)).toBeLessThan(rounding)
      expect(apart(a.heat, b.heat)).toBeLessThan(rounding * 100)
      expect(apart(a.work, b.work, constant)).toBeLessThan(rounding * 100)
    },
  )
})

const library = await nativeLibrary()

test.each(['reference', 'wasm', ...(library === null ? [] : (['native'] as const))] as const)(
  'work and heat keep the first law on %s, and the reference’s trajectories',
  async (name) => {
    const scenario = await scenarioOf(
      'onsite: [{ name: well, formula: 0.2*((x - sin(3*t))^2 - 1)^2 + exp(-t)*x }], pair: [{ name: spring, formula: (x - y*cos(t))^2/2 }]',
      'well: 1, spring: 0.5 + 0.1*t',
      { network: 'units: 3', protocol: 'reversed: true, ' },
    )
    const [exact, got] = [await simulated(scenario, 'reference'), await simulated(scenario, name)]
    const single = name === 'reference' ? 1e-13 : 2e-5
    const law = got.work.map((w, n) => w - got.heat[n]!)
    expect(apart(law, got.energyChange)).toBeLessThan(single)
    expect(apart(exact.x, got.x)).toBeLessThan(100 * single)
    for (const key of ['work', 'heat', 'heatIntegral'] as const)
      expect(apart(exact[key], got[key])).toBeLessThan(100 * single)
  },
)

test('a dragged trap has the work of Mazonka and Jarzynski, and no free energy between its ends', async () => {
  const { checks, thermodynamics, freeEnergy } = await run(
    await scenarioOf('onsite: [{ name: well, formula: (x - 0.5*t)^2/2 }]', 'well: 1', {
      protocol: 'bothWays: true, ',
      more: 'initial: { kind: equilibrium }\nchecks: [first-law, heat-integral, gaussian-moments, work-mean, free-energy]',
    }),
    { directory: folder(), threads: 1 },
  )
  expect(checks.filter(({ pass }) => pass !== true)).toEqual([])
  // v²(t - 1 + e^-t), v = 1/2, t = 2; steps of .01 are off by less than v²·t·dt/2 = .0025.
  const { mean, standardError } = thermodynamics.work!
  expect(Math.abs(mean - 0.25 * (1 + Math.exp(-2)))).toBeLessThan(4 * standardError + 0.0025)
  expect(Math.abs(freeEnergy!.bennett!.value)).toBeLessThan(4 * freeEnergy!.bennett!.standardError)
})

test('a trap that stiffens has the free energy ½ ln 3 by the works of both directions', async () => {
  const { freeEnergy, checks } = await run(
    await scenarioOf('onsite: [{ name: well, formula: (1 + t)*x^2/2 }]', 'well: 1', {
      protocol: 'bothWays: true, ',
      more: 'initial: { kind: equilibrium }\nchecks: [gaussian-moments]',
    }),
    { directory: folder(), threads: 1 },
  )
  expect(Math.abs(freeEnergy!.bennett!.value - Math.log(3) / 2)).toBeLessThan(4 * freeEnergy!.bennett!.standardError)
  expect(checks.every(({ pass }) => pass === true)).toBe(true)
})

describe('default steps', () => {
  const plannedFor = async (potential: string, parameters: string, duration = 10, more = '') => {
    const scenario = await scenarioOf(potential, parameters, { more: more || 'initial: { kind: equilibrium }' })
    const problem = createProblem({
      ...scenario,
      protocol: { ...scenario.protocol!, duration, dt: undefined },
    } as never)
    return { problem, protocol: simulationProtocol(problem) }
  }
  const well = (formula: string) => `onsite: [{ name: well, formula: "${formula}" }]`

  test.each([
    ['sin(20*t)', 200],
    ['sin(200*t)', 2000],
  ])('a well at %s is followed like a force that moves so', async (centre, least) => {
    const moving = await plannedFor(well(`(x - ${centre})^2/2`), 'well: 1')
    const scheduled = await plannedFor('onsite: [stiffness, bias]', `stiffness: 1, bias: "${centre}"`)
    const [a, b] = [moving.protocol.dt.length, scheduled.protocol.dt.length]
    expect(a).toBeGreaterThan(least)
    expect(a / b).toBeGreaterThan(0.8)
    expect(a / b).toBeLessThan(1.25)
  })

  test.each([
    // An area at a time t leaves area·e^-(10 - t).
    [
      'a push within a thousandth',
      'x^2/2 - 10*x/(0.001*sqrt(2*pi))*exp(-((t-9.517)/0.001)^2/2)',
      10 * Math.exp(-0.483),
      1,
      3000,
    ],
    // 1 + 2000 exp(…): by the continuous law, as in the tests of schedules.
    ['a spike of the stiffness', 'x^2/2*(1 + 2000*exp(-((t-5.21)/0.02)^2))', 0, 1, 20_000],
    ['a jump', '(x - tanh((t-5)/0.0001))^2/2', 1 - 2 * Math.exp(-5), 1, 3000],
  ])('%s in the formula is met', async (_, formula, mean, variance, most) => {
    const { problem, protocol } = await plannedFor(well(formula), 'well: 1')
    const law = harmonicProtocolLaw(problem.potential, protocol, problem.bath, startMoments(problem))
    expect(protocol.dt.length).toBeLessThan(most)
    expect(Math.abs(law.mean[0]! - mean)).toBeLessThan(0.02 * Math.hypot(1, mean))
    expect(Math.abs(law.covariance[0]! / variance - 1)).toBeLessThan(0.02)
  })

  test('of a moving double well are a thousandth, not a millionth, whatever the start', async () => {
    for (const variance of [1, 25]) {
      const start = `initial: { kind: gaussian, mean: 0, variance: ${variance} }`
      const { protocol } = await plannedFor(well('4*(x^2-1)^2 - t*x'), 'well: 1', 2, start)
      const { count, longest } = stepsOf(protocol)
      expect(count).toBeLessThan(4500)
      expect(longest).toBeGreaterThan(4e-4)
      expect(stepsWarnings(protocol)).toEqual([])
    }
  })

  test('more than 100,000 say what asks for them', async () => {
    const { protocol } = await plannedFor(well('100*(x^2-1)^2 - t*x'), 'well: 1', 5, 'initial: { kind: point, x: 1 }')
    expect(protocol.dt.length).toBeGreaterThan(100_000)
    expect(stepsWarnings(protocol)).toEqual([
      expect.stringMatching(/^[\d,]+ steps: the term "well" bends the landscape by 8\d\d near x = 1[.\d]* at t = 5, /),
    ])
    expect(
      stepsWarnings({
        ...protocol,
        limits: { ...protocol.limits!, cut: { steps: 190_000, key: 'protocol.kT', t: 3.21 } },
      }),
    ).toEqual([expect.stringContaining('190,000 of them for protocol.kT, the shortest near t = 3.21')])
  })

  test('a pole in the formula is refused by the term and time', async () => {
    await expect(plannedFor(well('x^2/2 + x/(t - 5.00001)'), 'well: 1')).rejects.toThrow(
      'potential.onsite.well: near t = 5.00001 it changes too fast',
    )
  })
})

test('the methods of moving terms follow from their energy', async () => {
  await loadFormulas()
  const network = lattice(2, 2, 'all')
  expect(auditTerm(onsiteFromFormula({ name: 'well', formula: '(x - sin(t))^4/4 + t^2*cos(x)' }), network)).toEqual([])
  expect(auditTerm(pairFromFormula({ name: 'spring', formula: 'cos(x - y*t) + t*x' }), network)).toEqual([])
})

describe('refused by name', () => {
  test('the time in what is learned', async () => {
    await expect(
      parseScenario(
        `name: learned
network: { visible: { units: 2 } }
potential: { onsite: [stiffness, { name: well, formula: (x - t)^2/2 }] }
data: { source: gaussian-mixture, means: [[1, 0], [-1, 0]], width: 0.1, samples: 200 }
learning: { rule: force-matching }`,
        'learned.yaml',
      ),
    ).rejects.toThrow(/potential\.onsite\.1\.formula: the time t runs in a plain simulation only/)
  })

  test('a value for the clock', async () => {
    const scenario = await scenarioOf('onsite: [{ name: well, formula: (x - t)^2/2 }]', 'well: 1, well.t: 3')
    expect(() => requireRunnable(scenario)).toThrow('protocol.parameters.well.t: unknown term; the potential has well.')
  })
})
