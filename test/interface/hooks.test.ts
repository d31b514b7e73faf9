import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import * as od from '../../src/index.js'
import { fileFolder } from '../run-folder.js'

const folder = fileFolder()
const at = (name: string) => join(folder, name)
const backend = od.createReference()

const potential = od.potentialOf(od.createNetwork({ visible: { units: 2 } }), [od.stiffness, od.bilinear])
const data = od.drawSets(od.isotropicMixture([[0, 0]], 0.5), 64, 1)
const noising = od.createNoising({ slices: 3 })
const task = { potential, noising, data }

/** A trap that is made stiffer: forward and back, and a mixture to learn. */
const ramp = (reversed: boolean, seed: number): od.ScenarioInput => ({
  ...{ name: 'ramp', seed, network: { visible: { units: 1 } }, potential: { onsite: ['stiffness'] } },
  initial: { kind: 'equilibrium' },
  protocol: { duration: 0.2, dt: 0.02, parameters: { stiffness: '1 + 5*t' }, ...(reversed ? { reversed } : {}) },
  // Of one unit, more updates than the reference makes between two looks at the signal.
  sampling: { trajectories: 8000 },
})
const mixture: od.ScenarioInput = {
  name: 'mixture',
  data: { source: 'gaussian-mixture', means: [[1, 0.6]], width: 0.4, samples: 40 },
  network: { visible: { units: 2 } },
  noising: { slices: 2 },
  learning: { iterations: 1 },
}
const axes = [{ path: 'protocol.duration', values: [0.1, 0.2] }]

beforeAll(async () => {
  await od.run(await od.defineScenario(ramp(false, 1)), { directory: at('forward'), backend })
  await od.run(await od.defineScenario(ramp(true, 2)), { directory: at('reverse'), backend })
  await od.sweep({ scenario: ramp(false, 3), axes, directory: at('swept'), backend })
}, 60_000)

/** Calls that take long, each with hooks. */
const calls: Record<string, (hooks: od.Hooks) => Promise<unknown>> = {
  async simulate(hooks) {
    const protocol = od.constantProtocol(Float64Array.of(1, 1, 0.2), 1, 0.01)
    return od.simulate({ potential, protocol, trajectories: 2000 }, { backend, ...hooks })
  },
  async frames(hooks) {
    const protocol = od.constantProtocol(Float64Array.of(1, 1, 0.2), 1, 0.01)
    const seen: number[] = []
    for await (const { step } of od.frames({ potential, protocol, trajectories: 2000 }, { backend, ...hooks }))
      seen.push(step)
    return seen
  },
  train: (hooks) => od.train(task, { iterations: 4, batch: 16 }, undefined, undefined, hooks),
  async refine(hooks) {
    const knots = noising.knots.map(() => od.startParameters(potential, noising))
    return od.refine(task, knots, { passes: 2, trajectories: 4000 }, {}, backend, hooks)
  },
  async run(hooks) {
    const scenario = await od.defineScenario(ramp(false, 4))
    return od.run(scenario, { directory: at(`run-${Object.keys(hooks).join('-')}`), backend, ...hooks })
  },
  sweep: (hooks) =>
    od.sweep({
      scenario: ramp(false, 5),
      axes,
      directory: at(`sweep-${Object.keys(hooks).join('-')}`),
      backend,
      ...hooks,
    }),
  mergeSweeps: (hooks) => od.mergeSweeps([at('swept')], at(`merged-${Object.keys(hooks).join('-')}`), hooks),
  freeEnergyOfRuns: (hooks) => od.freeEnergyOfRuns(at('forward'), at('reverse'), hooks),
  compareGradients: async (hooks) => od.compareGradients(await od.defineScenario(mixture), { batch: 16, ...hooks }),
  verify: (hooks) => od.verify({ topics: od.topics.filter(({ name }) => name === 'identities'), ...hooks }),
}

test.each(Object.keys(calls))('%s tells how far it has come', async (name) => {
  const told: od.Progress[] = []
  expect(await calls[name]!({ onProgress: (progress) => void told.push(progress) })).toBeDefined()
  expect(told.length).toBeGreaterThan(0)
  for (const { done, total } of told) expect(done).toBeLessThanOrEqual(total)
})

test.each(Object.keys(calls))('%s ends in a StoppedError when its signal aborts', async (name) => {
  await expect(calls[name]!({ signal: AbortSignal.abort() })).rejects.toBeInstanceOf(od.StoppedError)
})

test('a sweep takes a scenario as an object, and refuses it as a file', async () => {
  const { points, scenario } = await od.sweep({ scenario: ramp(false, 3), axes, directory: at('swept'), backend })
  expect([scenario, points.map(({ status }) => status)]).toEqual(['ramp', ['finished', 'finished']])
  const slip = { scenario: ramp(false, 3), axes: [{ path: 'protocol.duratoin', values: [1] }], directory: at('slip') }
  await expect(od.sweep(slip)).rejects.toThrow(/--over protocol\.duratoin=.*Did you mean "duration"/)
  // No file holds it, so that there is no line of one to name.
  const wrong = {
    scenario: ramp(false, 3),
    set: ['seed=1'],
    axes: [{ path: 'bath.kT', values: [1] }],
    directory: at('slip'),
  }
  const named = { ...wrong, scenario: { ...ramp(false, 3), checks: ['first-lwa' as never] } }
  await expect(od.sweep(named)).rejects.toThrow(/^checks\S*: .*first-lwa/)
  const own = { ...ramp(false, 3), seed: new Date() as never }
  await expect(od.sweep({ scenario: own, axes, directory: at('slip') })).rejects.toMatchObject({
    code: 'E_INVALID_VALUE',
  })
})

test('training that says nothing is that of a scenario that says nothing, to the bit', async () => {
  const silent = await od.defineScenario({ ...mixture, learning: {}, noising: { slices: 3 } })
  const { optimizer, iterations, batch, average, start, rule } = silent.learning!
  const settings = { optimizer, iterations: 6, batch, average, start, rule }
  expect(iterations).toBe(300)
  const state = () => od.createTrainingState(od.startParameters(potential, noising, 1))
  const told = { ...task, drive: silent.sampling.drive, seed: 1 }
  const asked = await od.train(told, settings, state(), backend)
  expect(await od.train(task, { iterations: 6 })).toEqual(asked)
  expect(asked).toHaveLength(noising.knots.length)
  // Another rate would show.
  expect(await od.train(task, { iterations: 6, optimizer: { rate: 0.01 } })).not.toEqual(asked)
})

test('what is undefined is as what is absent', async () => {
  const nothing = {
    seed: undefined,
    bath: undefined,
    start: undefined,
    batch: undefined,
    integrator: undefined,
    limit: undefined,
  }
  const given = { potential, protocol: od.constantProtocol(Float64Array.of(1, 1, 0.2), 0.1, 0.01), trajectories: 3 }
  expect(await od.simulate({ ...given, ...nothing }, { backend })).toEqual(await od.simulate(given, { backend }))
  const protocols = [{}, { interpolation: undefined, slowdown: undefined, dt: undefined, substeps: undefined }].map(
    (options) =>
      od.generationProtocol(
        noising,
        [0, 1, 2, 3].map(() => Float64Array.of(1, 1, 0)),
        options,
      ),
  )
  expect(protocols[1]!.dt).toEqual(protocols[0]!.dt)
  const own = od.onsiteTerm(
    { name: 'own', lowerBound: undefined, harmonic: undefined },
    {
      ...{ value: od.monomial(0.5, 2), slope: od.monomial(1, 1), curvature: od.monomial(1, 0) },
    },
  )
  expect(own(potential.network)).toMatchObject({ lowerBound: -Infinity, harmonic: false, linear: true })
})
