import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { rolldown } from 'rolldown'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { StoppedError } from '../../src/errors.js'
import { callingThread, type Executor } from '../../src/experiment/executor/executor.js'
import { createThreads } from '../../src/experiment/executor/threads.js'
import type { Scenario } from '../../src/experiment/scenario/schema.js'
import { lastingProbe, type Probe, probe } from '../jobs/probe.js'
import { createProcesses } from '../jobs/processes.js'

// Node runs no TypeScript: threads and processes of their own are bundled from source.
let folder = ''
const entry = (name: string) => join(folder, `${name}.mjs`)
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'overdamped-jobs-'))
  const build = await rolldown({
    input: Object.fromEntries(['thread', 'process', 'idle'].map((name) => [name, `test/jobs/${name}.ts`])),
    platform: 'node',
  })
  await build.write({ dir: folder, format: 'esm', entryFileNames: '[name].mjs', chunkFileNames: '[name].mjs' })
  await build.close()
})
afterAll(() => rmSync(folder, { recursive: true }))

let files = 0
/** Jobs of the given acts; each knows its place by its index. */
const jobs = (acts: readonly Probe['act'][], after: (n: number) => number = () => 0) =>
  acts.map((act, index): Probe => {
    const file = join(folder, `stopped-${files++}`)
    return { scenario: {} as Scenario, seed: 7 + index, index, act, after: after(index), file }
  })
const draws = (count: number) => Array<'draw'>(count).fill('draw')

const implementations: { name: string; isolated: boolean; create: () => Executor }[] = [
  { name: 'the calling thread', isolated: false, create: () => callingThread },
  { name: 'one thread', isolated: true, create: () => createThreads(1, entry('thread')) },
  { name: 'three threads', isolated: true, create: () => createThreads(3, entry('thread')) },
  { name: 'two processes', isolated: true, create: () => createProcesses(2, entry('process')) },
]

describe.each(implementations)('$name', ({ create, isolated }) => {
  let executor: Executor
  beforeAll(() => {
    executor = create()
  })
  afterAll(() => executor.close())

  test('gives the outputs in the order of the jobs, the same bits as anywhere, and says how far each is', async () => {
    const said: [number, number][] = []
    const notes: string[] = []
    const results: number[] = []
    let inHand = 0
    let most = 0
    // The first take longest, so that later ones are done before them.
    const list = jobs(draws(7), (n) => 35 - 5 * n)
    const outputs = await executor.map(probe, list, {
      onStart: () => {
        most = Math.max(most, ++inHand)
      },
      onProgress: (place, share) => said.push([place, share]),
      onNote: (place, line) => notes.push(`${place} ${line}`),
      onResult: (place) => {
        inHand--
        results.push(place)
      },
    })
    const alone = await callingThread.map(probe, list)
    expect(outputs.map(({ normals }) => [...normals])).toEqual(alone.map(({ normals }) => [...normals]))
    expect(new Set(outputs.map(({ normals }) => normals[0])).size).toBe(7)
    expect(results.sort()).toEqual([0, 1, 2, 3, 4, 5, 6])
    expect(most).toBe(executor.atATime)
    expect(notes.sort()).toEqual(list.map((_, n) => `${n} probe ${n}`))
    for (const n of list.keys())
      expect(said.filter(([place]) => place === n).map(([, share]) => share)).toEqual([0.25, 0.5, 1])
  })

  test('ends with the first failure, whole, and stops the other jobs before', async () => {
    const started: number[] = []
    // As many as it has in hand, the last of which fails.
    const acts = [...Array<'wait'>(executor.atATime - 1).fill('wait'), 'refuse' as const, ...draws(3)]
    const failing = executor.map(lastingProbe, jobs(acts), { onStart: (place) => started.push(place) })
    await expect(failing).rejects.toMatchObject({
      ...{ name: 'OverdampedError', code: 'E_DIVERGED', text: `index ${executor.atATime - 1} is too large.` },
      ...{ where: `seed ${6 + executor.atATime}`, exitCode: 1 },
    })
    expect(started).toHaveLength(executor.atATime)
    await expect(executor.map(probe, jobs(['break']))).rejects.toMatchObject({ message: 'broken', code: 'EXDEV' })
    expect(await executor.map(probe, jobs(draws(2)))).toHaveLength(2)
  })

  test('stops when it is told, and waits for jobs that write as they go', async () => {
    const controller = new AbortController()
    const list = jobs([...Array<'wait'>(executor.atATime).fill('wait'), 'draw'])
    const stopped = executor.map(lastingProbe, list, {
      signal: controller.signal,
      onProgress: (_, share) => share === 0.5 && controller.abort(),
    })
    await expect(stopped).rejects.toThrow(StoppedError)
    expect(existsSync(list[0]!.file)).toBe(true)
    const started: number[] = []
    const again = executor.map(probe, list, { signal: controller.signal, onStart: (place) => started.push(place) })
    await expect(again).rejects.toThrow(StoppedError)
    expect(started).toEqual([])
    expect(await executor.map(probe, jobs(draws(2)))).toHaveLength(2)
    expect(await executor.map(probe, [])).toEqual([])
  })

  if (isolated)
    test('ends a job of which nothing lasts at once', async () => {
      const controller = new AbortController()
      const [job] = jobs(['wait'])
      const onProgress = (_: number, share: number) => share === 0.5 && controller.abort()
      await expect(executor.map(probe, [job!], { signal: controller.signal, onProgress })).rejects.toThrow(StoppedError)
      expect(existsSync(job!.file)).toBe(false)
    })

  test('an error of whoever listens ends the map', async () => {
    const onProgress = () => {
      throw new Error('the display broke')
    }
    await expect(executor.map(probe, jobs(draws(3)), { onProgress })).rejects.toThrow('the display broke')
  })

  if (isolated)
    test('names the job of which the carrier died, and goes on with others', async () => {
      const dying = executor.map(probe, jobs(['draw', 'die', 'draw']))
      await expect(dying).rejects.toThrow(/^probe 2 \(seed 8\): its .* ended \(exit code 3\).*\[E_BACKEND\]$/)
      expect(await executor.map(probe, jobs(draws(2)))).toHaveLength(2)
    })

  if (isolated)
    test('refuses input that is no plain data', async () => {
      const job = { ...jobs(['draw'])[0]!, file: (() => '') as never }
      await expect(executor.map(probe, [job])).rejects.toThrow('could not be cloned')
    })
})

test('threads do one job after another', async () => {
  const executor = createThreads(2, entry('thread'))
  const first = await executor.map(
    probe,
    jobs(draws(6), () => 10),
  )
  const second = await executor.map(
    probe,
    jobs(draws(4), () => 10),
  )
  await executor.close()
  expect(new Set([...first, ...second].map(({ where }) => where)).size).toBe(2)
})

test('an idle thread keeps no process alive', () => {
  const idle = [entry('idle'), entry('thread')]
  const { status, stdout, stderr } = spawnSync(process.execPath, idle, { encoding: 'utf8', timeout: 50_000 })
  expect([stdout, stderr, status]).toEqual(['4\n', '', 0])
})
