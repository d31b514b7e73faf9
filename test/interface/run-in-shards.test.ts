import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { StoppedError } from '../../src/errors.js'
import { callingThread, type Executor, executorOf, type Perform } from '../../src/experiment/executor/executor.js'
import { isRunInShards, mergeRun } from '../../src/experiment/run/merge.js'
import { run } from '../../src/experiment/run/run.js'
import { runShard } from '../../src/experiment/run/shard.js'
import { parseScenario } from '../../src/experiment/scenario/load.js'
import { expectSameRun } from '../resumed-studies.js'
import { runFolders } from '../run-folder.js'

const folder = runFolders()

const scenarios = {
  slices: `name: slices
data: { source: gaussian-mixture, means: [[1, 0], [-1, 0.5]], width: 0.3, samples: 60 }
network: { visible: { units: 2 }, hidden: { units: 3 } }
potential: { onsite: [stiffness, bias], pair: [bilinear] }
learning: { start: independent, iterations: 12, batch: 16, settle: { iterations: 3 }, refine: { passes: 2, trajectories: 60 } }
noising: { duration: 2, tMin: 0.1, slices: 4 }
sampling: { trajectories: 20 }
`,
  // Its shards are of 4,096 trajectories.
  trajectories: `name: trajectories
network: { visible: { units: 1 } }
potential: { onsite: [stiffness] }
protocol: { duration: 0.1, dt: 0.02, parameters: { stiffness: 1 } }
initial: { kind: point, x: 1 }
sampling: { trajectories: 9000 }
observe: [work, heat]
`,
  repetitions: `name: repetitions
data: { source: gaussian-mixture, means: [[-5], [5]], width: 1, weights: [1, 3], samples: 50 }
network: { visible: { units: 1 } }
potential: { onsite: [], features: { wells: { centres: [[-5], [5]] } } }
objective: { kind: jarzynski, control: true, iterations: 4, optimizer: { kind: sgd, rate: 1.2 }, walkers: 20, repeats: 3 }
`,
}
type Name = keyof typeof scenarios
const names = Object.keys(scenarios) as Name[]

const load = (name: Name, ...set: string[]) => parseScenario(scenarios[name], `${name}.yaml`, { set })
const asked = { threads: 1 }

/** Ends the process, as it were, behind so many jobs: what is in hand then is lost. */
function mortal(jobs: number): Executor {
  let begun = 0
  return executorOf(1, (kind, input, hooks) => {
    if (begun++ === jobs) throw new Error('killed')
    return kind.run(input, hooks)
  })
}

test.each(names)(
  '%s: in shards, in any order, run twice, killed and merged, to the bytes of the whole',
  async (name) => {
    const [whole, parts, plain] = [folder(), folder(), folder()]
    const scenario = await load(name)
    await run(scenario, { ...asked, directory: plain })
    // Only mapped where there is an executor.
    await run(scenario, { ...asked, directory: whole, executor: callingThread })
    expectSameRun(plain, whole)
    const shard = (part: number, executor?: Executor) =>
      runShard(scenario, { part, of: 3 }, { ...asked, directory: parts, executor })
    expect(await shard(3)).toBe(true)
    await expect(shard(1, mortal(name === 'slices' ? 1 : 0))).rejects.toThrow('killed')
    await expect(mergeRun(parts)).rejects.toThrow(
      name === 'slices'
        ? /3 of 5 outputs are missing: slice 2 \(--shard 2\/3\), slice 4 \(--shard 1\/3\), slice 5 \(--shard 2\/3\)\..*E_RUN_DIRECTORY/
        : /2 of 3 outputs are missing: \w+ 1 \(--shard 1\/3\), \w+ 2 \(--shard 2\/3\)\..*E_RUN_DIRECTORY/,
    )
    expect(existsSync(join(parts, 'manifest.json'))).toBe(false)
    expect(isRunInShards(parts)).toBe(true)
    for (const part of [2, 2, 1]) await shard(part)
    expect(await shard(1)).toBe(false)
    expect((await mergeRun(parts, asked)).wasFinished).toBe(false)
    expectSameRun(plain, parts)
    expect((await mergeRun(parts)).wasFinished).toBe(true)
    expect(await shard(2)).toBe(false)
    expect(readdirSync(parts)).toEqual(readdirSync(plain))
  },
)

test.each(names)('%s: a job that is carried out twice puts out the same bytes', async (name) => {
  const scenario = await load(name)
  const outputs = async () => {
    const directory = folder()
    await runShard(scenario, { part: 1, of: 1 }, { ...asked, directory })
    const jobs = readdirSync(join(directory, 'jobs')).filter((at) => /-\d+$/.test(at) && !at.startsWith('shard'))
    return Object.fromEntries(
      jobs.map((at) => [at, readFileSync(join(directory, 'jobs', at, 'output.safetensors')).toString('base64')]),
    )
  }
  const first = await outputs()
  expect(Object.keys(first)).toHaveLength(name === 'slices' ? 5 : 3)
  expect(await outputs()).toEqual(first)
})

test('a run that was killed goes on from what its jobs had put out, with an executor and without', async () => {
  const whole = folder()
  const scenario = await load('slices')
  await run(scenario, { ...asked, directory: whole })
  for (const after of [callingThread, undefined]) {
    const parts = folder()
    await expect(run(scenario, { ...asked, directory: parts, executor: mortal(3) })).rejects.toThrow('killed')
    let begun = 0
    const counted: Perform = (kind, input, hooks) => {
      begun++
      return kind.run(input, hooks)
    }
    const counting = after && executorOf(1, counted)
    await run(scenario, { ...asked, directory: parts, executor: counting, resume: true })
    if (after !== undefined) expect(begun).toBe(2)
    expectSameRun(whole, parts)
  }
})

test('a run that trained in turn goes on with its slices as jobs', async () => {
  const [whole, parts] = [folder(), folder()]
  const scenario = await load('slices')
  await run(scenario, { ...asked, directory: whole })
  const stop = new AbortController()
  const onProgress = ({ done }: { done: number }) => done === 60 && stop.abort()
  await expect(run(scenario, { ...asked, directory: parts, signal: stop.signal, onProgress })).rejects.toThrow(
    StoppedError,
  )
  await run(scenario, { ...asked, directory: parts, resume: true, executor: callingThread })
  expectSameRun(whole, parts)
})

test('a shard that is stopped keeps the state of its job, and goes on there', async () => {
  const [whole, parts] = [folder(), folder()]
  const scenario = await load('slices')
  await run(scenario, { ...asked, directory: whole })
  const stop = new AbortController()
  const shard = (signal?: AbortSignal) => {
    const onProgress = () => signal !== undefined && stop.abort()
    return runShard(scenario, { part: 1, of: 1 }, { ...asked, directory: parts, signal, onProgress })
  }
  await expect(shard(stop.signal)).rejects.toMatchObject({ name: 'StoppedError', directory: parts, kept: true })
  expect(readdirSync(join(parts, 'jobs', 'slice-1'))).toEqual(['checkpoint-job.safetensors'])
  expect(await shard()).toBe(true)
  await mergeRun(parts, asked)
  expectSameRun(whole, parts)
})

test('shards of two runs are refused by name, before anything is computed and when they are merged', async () => {
  const [parts, other] = [folder(), folder()]
  const shard = async (part: number, of: number, directory: string, ...set: string[]) =>
    runShard(await load('slices', ...set), { part, of }, { ...asked, directory })
  await shard(1, 2, parts)
  await expect(shard(2, 3, parts)).rejects.toThrow(
    /another number of shards \(3, not 2\).*shard-1-of-2.*E_RUN_DIRECTORY/,
  )
  await expect(shard(2, 2, parts, 'seed=7')).rejects.toThrow(/another scenario, other settings or another seed.*E_RUN/)
  expect(readdirSync(join(parts, 'jobs')).filter((name) => name.startsWith('shard'))).toEqual(['shard-1-of-2'])
  // Brought together by hand.
  await shard(2, 2, other, 'seed=7')
  for (const name of ['slice-2', 'slice-4', 'shard-2-of-2'])
    cpSync(join(other, 'jobs', name), join(parts, 'jobs', name), { recursive: true })
  await expect(mergeRun(parts)).rejects.toThrow(/shard-2-of-2: it is of a run with another seed \(7, not 1\).*E_RUN/)
  rmSync(join(parts, 'jobs', 'shard-2-of-2'), { recursive: true })
  await expect(mergeRun(parts)).rejects.toThrow(/slice-2.output\.safetensors: it is of another run.*E_FORMAT/)
  const damaged = join(parts, 'jobs', 'slice-1', 'output.safetensors')
  const bytes = readFileSync(damaged)
  bytes[bytes.length - 3]! ^= 1
  writeFileSync(damaged, bytes)
  await expect(mergeRun(parts)).rejects.toThrow(/slice-1.output\.safetensors: does not have the checksum.*E_FORMAT/)
})

test('what has no independent jobs is refused with what would have, and nothing is written', async () => {
  const directory = folder()
  const shard = async (name: Name, ...set: string[]) =>
    runShard(await load(name, ...set), { part: 1, of: 2 }, { ...asked, directory })
  await expect(shard('slices', 'learning.start=neighbour')).rejects.toThrow(
    /learning\.start.*Set learning\.start=independent.*E_INVALID_VALUE/,
  )
  await expect(shard('trajectories', 'sampling.trajectories=4096')).rejects.toThrow(
    /sampling\.trajectories.*Set more than 4096.*E_INVALID_VALUE/,
  )
  expect(existsSync(directory)).toBe(false)
  mkdirSync(directory)
  await expect(mergeRun(directory)).rejects.toThrow(/no shard of a run has begun there.*E_RUN_DIRECTORY/)
})
