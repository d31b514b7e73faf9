import { expect, test } from 'vitest'
import { run } from '../../src/experiment/run/run.js'
import { parseScenario } from '../../src/experiment/scenario/load.js'
import { createProblem } from '../../src/experiment/system/problem.js'
import { runFolders } from '../run-folder.js'

const trap = (parameters: string, more = '') => `name: trap
network: { visible: { lattice: [1, 2] } }
potential: { onsite: [stiffness, bias], pair: [bilinear] }
initial: { kind: gaussian, mean: 0.5, variance: 0.3 }
protocol: { duration: 1, dt: 0.02, parameters: ${parameters} }
sampling: { trajectories: 8000, batch: 1000 }
checks: [first-law, heat-integral, gaussian-moments, autocorrelation]
${more}`

const folder = runFolders()
const results = async (text: string) => run(await parseScenario(text, 'trap.yaml'), { directory: folder(), threads: 1 })

test('two coupled units in a breathing, dragged trap follow the exact law of the scheme, with the first law on every path', async () => {
  const { checks } = await results(trap('{ stiffness: 2 + sin(2*pi*t), bias: [3*t, -1], bilinear: 0.3*cos(t) }'))
  expect(checks.length).toBe(10)
  expect(checks.filter(({ pass }) => !pass)).toEqual([])
})

test('a dragged trap does the work of Mazonka and Jarzynski: ⟨W⟩ - ΔF = (v²/μ)[τ - t_r(1 - e^(-τ/t_r))]', async () => {
  // U = kx²/2 - kvt x from equilibrium: ΔF = -k v² τ²/2. Source: Mazonka & Jarzynski, cond-mat/9912121.
  const [k, v, tau] = [2, 1.5, 2]
  const { thermodynamics } = await results(`name: dragged
network: { visible: { units: 1 } }
potential: { onsite: [stiffness, bias] }
initial: { kind: gaussian, mean: 0, variance: ${1 / k} }
protocol: { duration: ${tau}, dt: 0.002, parameters: { stiffness: ${k}, bias: ${k * v}*t } }
sampling: { trajectories: 4000, batch: 1000 }`)
  const relaxation = 1 / k
  const dissipated = v * v * (tau - relaxation * (1 - Math.exp(-tau / relaxation)))
  const free = (-k * v * v * tau * tau) / 2
  const { mean, standardError } = thermodynamics.work!
  // The step from t to t + dt is driven by θ(t + dt): the work is that of the jump, off by O(dt), here k v² τ dt/2 = .009.
  expect(Math.abs(mean - (dissipated + free))).toBeLessThan(4 * standardError + k * v * v * tau * 0.002)
  // Var W = 2kT⟨W_dissipated⟩ for a Gaussian work distribution, so its standard error is known too.
  expect(standardError).toBeCloseTo(Math.sqrt((2 * dissipated) / 4000), 2)
})

test('row and column place a schedule on the lattice', async () => {
  const { given } = createProblem(
    await parseScenario(
      `name: wave
network: { visible: { lattice: [2, 3] } }
potential: { onsite: [bias] }
initial: { kind: point, x: 0 }
protocol: { duration: 1, parameters: { bias: 10*row + column + t } }`,
      'wave.yaml',
    ),
  )
  expect([...given!.theta]).toEqual([0, 1, 2, 10, 11, 12])
  expect(given!.scheduled.map(({ value }) => value(0.5))).toEqual([0.5, 1.5, 2.5, 10.5, 11.5, 12.5])
})

test.each([
  ['{ stiffness: 1/t, bias: 0, bilinear: 0 }', 'a schedule is Infinity at t = 0; expected a finite number'],
  [
    '{ stiffness: 1, bias: 0, bilinear: row }',
    'protocol.parameters.bilinear: column 1 of the formula: unknown name "row"',
  ],
  [
    '{ stiffness: x, bias: 0, bilinear: 0 }',
    'trap.yaml:5:61 protocol.parameters.stiffness: column 1 of the formula: unknown name "x"',
  ],
  [
    '{ stiffness: [1, 2, 3], bias: 0, bilinear: 0 }',
    'protocol.parameters.stiffness: expected one value or a list of 2, got 3 entries',
  ],
])('a schedule that cannot be is refused: %s', async (parameters, message) => {
  await expect(async () => createProblem(await parseScenario(trap(parameters), 'trap.yaml'))).rejects.toThrow(message)
})

test('a schedule that leaves its bound is refused with the time', async () => {
  const text = trap('{ stiffness: 1, quartic: 0.5 - t, bias: 0, bilinear: 0 }').replace(
    '[stiffness, bias]',
    '[stiffness, quartic, bias]',
  )
  await expect(async () => createProblem(await parseScenario(text, 'trap.yaml'))).rejects.toThrow(
    /quartic: expected at least 0, got -0\.0\d+ at t = 0\.50/,
  )
})
