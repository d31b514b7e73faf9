import { expect, test } from 'vitest'
import * as od from '../../src/index.js'
import { visitedCurvature } from '../../src/physics/dynamics/timestep.js'

const bath = { kT: 0.8, mobility: 1 }
const noising = od.createNoising({ duration: 1, tMin: 0.1, slices: 2 }, bath)
const pair = od.createNetwork({ visible: { units: 2 } })
const trap = od.potentialOf(pair, [od.stiffness])
const protocol = od.constantProtocol(Float64Array.of(1, 2), 0.1, 0.01)
const { train, heldOut } = od.drawSets(od.isotropicMixture([[0.5, -0.3]], 0.4), 60, 1)
const adam = { rate: 0.02, finalRate: 0.5, beta1: 0.9, beta2: 0.99 }
const few = { optimizer: adam, iterations: 4, batch: 32, average: false, oracle: false }

/** Trains a potential by a rule on a few minibatches. */
async function trained(
  potential: od.Potential,
  rule: od.TrainingOptions['rule'],
  task: Partial<od.TrainingTask> = {},
  backend = od.createReference(),
) {
  const state = od.createTrainingState(od.startParameters(potential, noising, 1))
  const whole = { potential, noising, drive: 'quasi-static', seed: 1, data: { train, heldOut }, ...task } as const
  await od.train(whole, { rule, ...few }, state, backend)
  return state.finished
}

/** x⁴/4 as the built-in term has it, with nothing that says so. */
const own = od.onsiteTerm(
  { name: 'own', lowerBound: 0 },
  { value: od.monomial(1 / 4, 4), slope: od.monomial(1, 3), curvature: od.monomial(3, 2) },
)

test('an own term learns, beside hidden units, and generates with the bits of the built-in one, at the same time step', async () => {
  const network = od.createNetwork({ visible: { units: 2 }, hidden: { units: 2 } })
  const found = await Promise.all(
    (['quartic', own] as const).map(async (term) => {
      const potential = od.createPotential(network, { onsite: ['stiffness', term], pair: ['bilinear'] }, bath.kT)
      const theta = await trained(potential, 'nudged-force-matching')
      const generation = od.generationProtocol(noising, theta, { dt: 0.02 })
      const simulation = { potential, protocol: generation, bath, trajectories: 5 }
      const { final } = await od.simulate(simulation, { backend: 'reference' })
      const curvature = visitedCurvature(potential, theta.at(-1)!, bath, new Float64Array(2))
      return { theta, points: final.points, curvature }
    }),
  )
  expect(found[1]).toEqual(found[0])
  expect(
    found[0]!.theta
      .at(-1)!
      .slice(2, 4)
      .every((a) => a > 0),
  ).toBe(true)
})

/** A rule of the caller's own that calls itself as a kernel does. */
const pretender: od.Rule = { ...od.implicitScoreMatching(), name: 'force-matching' }

test('an own rule that is called force-matching is run as itself, or refused', async () => {
  const asked = { potential: trap, rule: pretender, integrator: 'euler-maruyama' } as const
  const { backend: chosen, reason } = await od.openBackend({ threads: 1 }, [asked])
  expect(chosen.name).toBe('reference')
  expect(reason).toContain('not wasm: it has no kernel for a rule of your own, "force-matching"')
  await expect(od.openBackend({ backend: 'wasm', threads: 1 }, [asked])).rejects.toThrow(
    /a rule of your own.*E_BACKEND/,
  )
  expect(await trained(trap, pretender)).toEqual(await trained(trap, 'implicit-score-matching'))
  const { backend: wasm } = await od.openBackend({ backend: 'wasm', threads: 1 }, [])
  await expect(trained(trap, pretender, {}, wasm)).rejects.toThrow(/a rule of your own.*E_BACKEND/)
  await wasm.close()
})

test('an own move is not taken for the built-in one of its name', async () => {
  const still: od.Integrator = { ...od.eulerMaruyama, start: () => (input, next) => next.set(input.x) }
  const simulation = { potential: trap, protocol, trajectories: 3, start: od.gaussianStart(1, 0, 1) }
  const { initial, final } = await od.simulate({ ...simulation, integrator: still }, { threads: 1 })
  expect(final).toEqual(initial)
  const { backend: wasm } = await od.openBackend({ backend: 'wasm', threads: 1 }, [])
  const run = wasm.simulate(od.simulationOf({ ...simulation, integrator: 'heun' }))
  await expect(run).rejects.toThrow(/it has no kernel for heun. Use the reference.*E_BACKEND/)
  await wasm.close()
})

test.each<[string, Partial<od.Rule>, RegExp]>([
  [
    'unwritten parameters',
    { gradient: (_device, _batch, gradient) => (gradient[0] = 0) },
    /rule mine: dL\/dθ of stiffness 1 is NaN/,
  ],
  ['infinite ones', { gradient: (_device, _batch, gradient) => gradient.fill(1 / 0)[0]! }, /stiffness 0 is Infinity/],
  ['another drive', { trains: ['reverse'] }, /rule mine: it trains the drive reverse, not quasi-static/],
])('an own rule with %s is refused', async (_, part, message) => {
  await expect(trained(trap, { ...od.forceMatching(), name: 'mine', ...part })).rejects.toThrow(message)
})

test.each<[string, Partial<od.PointSet>, RegExp]>([
  ['too many units', { units: 3, count: 40 }, /data.train: expected 2 units in each row, got 3/],
  ['too few numbers', { count: 61 }, /data.train: expected count × units = 61 × 2 numbers, got 120/],
  ['a gap', { points: train.points.with(7, Number.NaN) }, /data.train: row 3, unit 1 is NaN.*E_DATA/],
])('a table with %s is refused', async (_, part, message) => {
  const data = { train: { ...train, ...part }, heldOut }
  await expect(trained(trap, 'force-matching', { data })).rejects.toThrow(message)
})

test('a law that draws too few is refused', () => {
  const law = { units: 2, sample: () => train }
  expect(() => od.drawSets(law, 61, 1)).toThrow(/draw 0 of the data law: expected 61 rows, got 60/)
})

test('a phase that does not fit is refused by its name', () => {
  const theta = Float64Array.of(1, 1)
  const phase = { name: 'mine', scale: 1, x: new Float64Array(6), batch: 3, weights: null }
  const out = new Float64Array(2)
  expect(() => od.contrast(trap, theta, [{ ...phase, batch: 4 }], out)).toThrow(/phase mine: .* 2 × 4 numbers/)
  expect(() => od.contrast(trap, theta, [{ ...phase, weights: out }], out)).toThrow(/phase mine: .* got 6 and 2/)
})

test('an own backend is asked before it runs, and stays open', async () => {
  let closed = 0
  const reference = od.createReference()
  const mine: od.Backend = {
    ...reference,
    name: 'mine',
    refusal: ({ integrator }) => (integrator === 'heun' ? 'it knows no heun' : null),
    close: async () => {
      closed++
    },
  }
  const simulation = { potential: trap, protocol, trajectories: 3 }
  const found = await od.simulate(simulation, { backend: mine })
  expect(found).toEqual(await od.simulate(simulation, { backend: 'reference' }))
  await expect(od.simulate({ ...simulation, integrator: 'heun' }, { backend: mine })).rejects.toThrow(
    /--backend mine: it knows no heun/,
  )
  expect(closed).toBe(0)
})
