import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createReference } from '../../src/backend/reference.js'
import { StoppedError } from '../../src/errors.js'
import { executorOf } from '../../src/experiment/executor/executor.js'
import { run } from '../../src/experiment/run/run.js'
import { parseScenario } from '../../src/experiment/scenario/load.js'
import { expectSameRun } from '../resumed-studies.js'
import { runFolders } from '../run-folder.js'

const folder = runFolders()

/** Does jobs on plain data, as another machine would, and notes which; of several at a time the first of all ends behind another. `place` is where each keeps its states. */
function elsewhere(atATime: number, place?: string) {
  const done: string[] = []
  let ended = () => {}
  const another = new Promise<void>((resolve) => {
    ended = resolve
  })
  const executor = executorOf(
    atATime,
    async (kind, input, hooks) => {
      done.push(`${kind.name} ${input.index}`)
      const own = place === undefined ? {} : { directory: join(place, String(input.index)) }
      if (own.directory !== undefined) mkdirSync(own.directory, { recursive: true })
      const output = structuredClone(await kind.run(structuredClone({ ...input, ...own }), hooks))
      if (input.index > 0) ended()
      else if (atATime > 1) await another
      return output
    },
    undefined,
    true,
  )
  return { executor, done }
}

/** Two units in a plane, with all that a simulation can observe, of three shards. */
const wells = `name: wells
network: { visible: { units: 2 } }
potential: { onsite: [stiffness, quartic, bias], pair: [bilinear] }
initial: { kind: gaussian, mean: -1, variance: 0.2 }
protocol: { duration: 0.5, dt: 0.02, parameters: { stiffness: -1, quartic: 1, bias: t, bilinear: -0.3 } }
sampling: { trajectories: 8300 }
record: { frames: 25, trajectories: 5000 }
firstPassage: { unit: 1, to: 0 }
observe:
  - work
  - heat
  - entropy-production
  - trajectories
  - first-passage
  - { name: m, formula: x, lags: [0, 0.1], with: gap, histogram: { bins: 8, from: -1, to: 3 } }
  - { name: gap, formula: x - 2*y, reduce: sum, from: 0.3 }
checks: []
`

const drawn = `name: drawn
data: { source: gaussian-mixture, means: [[1, 1], [-1, -1]], width: 0.3, samples: 100 }
network: { visible: { units: 2 }, hidden: { units: 2, temperature: 1 } }
potential: { onsite: [stiffness], pair: [bilinear] }
learning: { iterations: 2 }
noising: { slices: 2 }
observe: [work]
sampling: { trajectories: 4100 }
checks: []
`

const bothWays = `name: both-ways
network: { visible: { units: 1 } }
potential: { onsite: [stiffness] }
initial: { kind: equilibrium }
protocol: { duration: 0.4, dt: 0.02, parameters: { stiffness: 1 + t }, bothWays: true }
observe: [work]
sampling: { trajectories: 4200 }
`

test.each([
  ['a simulation with every observer', wells, 'wasm', ['0', '1', '2']],
  ['a simulation in float64', wells, 'reference', ['0', '1', '2']],
  ['samples of a learned network', drawn, 'wasm', ['0', '1']],
  ['both directions of a protocol', bothWays, 'wasm', ['0', '1', '4', '5']],
] as const)('%s: the files of a divided run are those of an undivided one', async (_, text, backend, places) => {
  const scenario = await parseScenario(text, 'scenario.yaml')
  const [whole, divided] = [folder(), folder()]
  await run(scenario, { directory: whole, threads: 1, backend })
  const { executor, done } = elsewhere(2)
  const shares: number[] = []
  const onProgress = ({ phase, done: part, total }: { phase: string; done: number; total: number }) => {
    if (phase === 'sample') shares.push(part / total)
  }
  await run(scenario, { directory: divided, threads: 1, backend, executor, onProgress })
  expect(done.sort()).toEqual(places.map((place) => `trajectories ${place}`))
  expect(Math.max(...shares)).toBe(1)
  expectSameRun(whole, divided)
})

test('an ensemble of a single shard runs whole; so does one that starts from a relaxation, or on a backend that was brought, and says so', async () => {
  const small = await parseScenario(bothWays, 'scenario.yaml', { set: ['sampling.trajectories=4096'] })
  const { executor, done } = elsewhere(2)
  const notes: string[] = []
  await run(small, { directory: folder(), threads: 1, executor, onNote: (line) => notes.push(line) })
  expect(notes.join()).not.toContain('runs whole')
  const relaxed = await parseScenario(bothWays, 'scenario.yaml', {
    set: ['initial={ kind: relax, from: [-1, 1], steps: 40 }', 'protocol.bothWays=false'],
  })
  await run(relaxed, { directory: folder(), threads: 1, executor, onNote: (line) => notes.push(line) })
  expect(notes.join()).toContain('the ensemble runs whole: it starts from a relaxation')
  const brought = await parseScenario(bothWays, 'scenario.yaml', { set: ['protocol.bothWays=false'] })
  const backend = createReference()
  await run(brought, { directory: folder(), backend, executor, onNote: (line) => notes.push(line) })
  expect(notes.join()).toContain('the ensemble runs whole: nothing opens "reference" elsewhere')
  expect(done).toEqual([])
})

test('where float32 is too coarse for a shard, all run in float64, as they do undivided', async () => {
  const far = `name: far
network: { visible: { units: 1 } }
potential: { onsite: [{ name: cosine, formula: 1e9*(x-1)^2/2 - 1e9*(x^2/2 - x) }, stiffness] }
protocol: { duration: 0.1, dt: 0.01, parameters: { cosine: 1, stiffness: 1 } }
initial: { kind: point, x: 1 }
sampling: { trajectories: 4200 }
observe: [work]
checks: []
`
  const scenario = await parseScenario(far, 'far.yaml')
  const [whole, divided] = [folder(), folder()]
  await run(scenario, { directory: whole, threads: 1 })
  const { executor, done } = elsewhere(1)
  const notes: string[] = []
  await run(scenario, { directory: divided, threads: 1, executor, onNote: (line) => notes.push(line) })
  expect(notes.join()).toContain('sampled on the reference in place of')
  // The first shard ends the first attempt.
  expect(done.sort()).toEqual(['trajectories 0', 'trajectories 2', 'trajectories 3'])
  expectSameRun(whole, divided)
})

test('a shard that is stopped keeps its state where it is told to, and goes on to the same bytes', async () => {
  const scenario = await parseScenario(wells, 'scenario.yaml')
  const [whole, divided, states] = [folder(), folder(), folder()]
  await run(scenario, { directory: whole, threads: 1, backend: 'wasm' })
  const { executor } = elsewhere(1, states)
  const stop = new AbortController()
  const onProgress = ({ phase }: { phase: string }) => phase === 'sample' && stop.abort()
  const options = { directory: divided, threads: 1, backend: 'wasm', executor, checkpointInterval: 0 } as const
  await expect(run(scenario, { ...options, signal: stop.signal, onProgress })).rejects.toThrow(StoppedError)
  const notes: string[] = []
  await run(scenario, { ...options, resume: true, onNote: (line) => notes.push(line) })
  expect(notes).toContain('going on from checkpoint-sample.safetensors')
  expectSameRun(whole, divided)
})
