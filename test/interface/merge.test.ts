import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { StoppedError } from '../../src/errors.js'
import { sealedJson } from '../../src/experiment/files/checksum.js'
import { parseGrid } from '../../src/experiment/sweep/axes.js'
import { mergeSweeps } from '../../src/experiment/sweep/merge.js'
import { type SweepOptions, sweep } from '../../src/experiment/sweep/sweep.js'
import type { SweepDocument } from '../../src/experiment/sweep/sweep-document.js'
import { awaitShards } from '../../src/experiment/sweep/wait.js'
import { command } from '../command.js'
import { runFolders } from '../run-folder.js'

const folder = runFolders()

/** A sweep over five points of a millisecond. */
const small = (directory: string, options: Partial<SweepOptions> = {}) =>
  sweep({
    scenario: 'scenarios/ornstein-uhlenbeck.yaml',
    set: ['sampling.trajectories=20', 'protocol.duration=0.1', 'checks=[]'],
    axes: parseGrid(['protocol.parameters.stiffness=1:5:5']),
    ...{ directory, backend: 'reference', ...options },
  })
const part = (n: number, of = 3) => ({ shard: { part: n, of } })
const text = (...path: string[]) => readFileSync(join(...path), 'utf8')
const changed = (path: string, change: (document: SweepDocument) => object) => {
  const { sha256: _, ...document } = JSON.parse(readFileSync(path, 'utf8'))
  writeFileSync(path, sealedJson(change(document)))
}

describe('shards', () => {
  test('in one directory or in three merge into what the whole sweep says, twice into the same bytes', async () => {
    const [whole, here, out] = [folder(), folder(), folder()]
    const there = [folder(), folder(), folder()]
    await small(whole)
    for (const n of [3, 1, 2]) await small(here, part(n))
    for (const n of [1, 2, 3]) await small(there[n - 1]!, part(n))
    expect(readdirSync(here)).toContain('sweep-2-of-3.csv')
    expect(readdirSync(here)).not.toContain('sweep.json')
    await mergeSweeps([here], here)
    expect(text(here, 'sweep.json')).toBe(text(whole, 'sweep.json'))
    const table = text(here, 'sweep.csv')
    await mergeSweeps([here], here)
    expect([text(here, 'sweep.json'), text(here, 'sweep.csv')]).toEqual([text(whole, 'sweep.json'), table])
    const untimed = (csv: string) => csv.replaceAll(/(,[^,\n]*){3}\n/g, '\n')
    expect(untimed(table)).toBe(untimed(text(whole, 'sweep.csv')))
    // What stands in several directories is there once.
    const { points } = await mergeSweeps([...there, here], out)
    expect(points.map(({ name }) => name)).toEqual([1, 2, 3, 4, 5].map((n) => `stiffness=${n}`))
    expect(untimed(text(out, 'sweep.csv'))).toBe(untimed(table))
  })

  test('that are missing are named; the others merge on request alone, which is forgotten when they are there', async () => {
    const directory = folder()
    await small(directory, part(2))
    await expect(mergeSweeps([directory], directory)).rejects.toThrow(
      /^\S+: shards 1\/3, 3\/3 are missing: run the command of the others with --shard 1\/3\. .*\[E_RUN_DIRECTORY\]$/,
    )
    expect(readdirSync(directory)).not.toContain('sweep.json')
    const { points, missing } = await mergeSweeps([directory], directory, { partial: true })
    expect([points.map(({ name }) => name), missing]).toEqual([
      ['stiffness=2', 'stiffness=5'],
      ['1/3', '3/3'],
    ])
    await small(directory, part(3))
    // The merge of a part does not stand for what it lacks.
    await expect(mergeSweeps([directory], directory)).rejects.toThrow(/shard 1\/3 is missing.*\[E_RUN_DIRECTORY\]$/)
    await small(directory, part(1))
    const merged = await mergeSweeps([directory], directory)
    expect([merged.points.length, merged.missing]).toEqual([5, undefined])
  })

  test.each<[string, Partial<SweepOptions>, RegExp]>([
    ['settings', { set: ['sampling.trajectories=21'] }, /the scenario, its settings or its grid differ/],
    ['seed', { seed: 2 }, /the scenario, its settings or its grid differ/],
    ['grid', { axes: parseGrid(['protocol.parameters.stiffness=1:4:4']) }, /their grids differ/],
    ['number', part(2, 4), /shard 2\/4 in \S+ is of another sweep than shard 1\/3.*parts of different numbers/],
  ])('of another %s are refused by name', async (_, options, message) => {
    const [one, other, out] = [folder(), folder(), folder()]
    await small(one, part(1))
    await small(other, { ...part(2), ...options })
    await expect(mergeSweeps([one, other], out, { partial: true })).rejects.toThrow(message)
    await expect(mergeSweeps([one, other], out, { partial: true })).rejects.toThrow(/^merge: shard 2.*\[E_USAGE\]$/)
    expect(readdirSync(join(out, '..'))).not.toContain(out.split('/').at(-1))
  })

  test('of versions that did not say of which sweep they are merge still', async () => {
    const directory = folder()
    for (const n of [1, 2, 3]) {
      await small(directory, part(n))
      changed(join(directory, `sweep-${n}-of-3.json`), ({ of: _, ...document }) => document)
    }
    const { points } = await mergeSweeps([directory], directory)
    expect(points.map(({ name }) => name)).toEqual([1, 2, 3, 4, 5].map((n) => `stiffness=${n}`))
  })

  test('are waited for until all are there and have run, and a signal ends that', async () => {
    const [directory, later] = [folder(), folder()]
    const said: string[] = []
    const stop = new AbortController()
    const waiting = awaitShards([directory, later], { every: 5, onNote: (line) => said.push(line) })
    await small(directory, part(1))
    await small(later, part(2))
    await small(later, part(3))
    changed(join(directory, 'sweep-1-of-3.json'), (document) => ({
      ...document,
      points: document.points.map((point) => ({ ...point, status: 'pending' })),
    }))
    const stopped = awaitShards([directory, later], { every: 5, signal: stop.signal, onNote: () => stop.abort() })
    await expect(stopped).rejects.toThrow(StoppedError)
    await small(directory, part(1))
    await waiting
    expect(said[0]).toBe(`waiting: nothing has begun in ${directory} yet`)
    expect(said).toContain(`waiting: nothing has begun in ${later} yet`)
  })
})

test('the command names what is not finished, and its exit code is 1', async () => {
  const directory = folder()
  await small(directory, part(1))
  await small(directory, part(2))
  expect(await command('merge', directory)).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('shard 3/3 is'),
  })
  const partly = await command('merge', directory, '--partial')
  expect(partly).toMatchObject({ status: 1, stderr: 'shard 3/3 is missing\n' })
  const stop = await command('merge', directory, '--wait', '--max-time', '0.2s')
  expect(stop).toMatchObject({ status: 75, stderr: expect.stringContaining('waiting: shard 3/3 is not there yet') })
  await small(directory, part(3))
  changed(join(directory, 'sweep-3-of-3.json'), (document) => ({
    ...document,
    points: document.points.map((point) => ({ ...point, status: 'failed', error: 'it broke' })),
  }))
  const failed = await command('merge', directory, '--wait')
  expect(failed).toMatchObject({ status: 1, stderr: '1 of 5 points are not finished\nstiffness=3: failed: it broke\n' })
  // A point that one file knows as failed and another as finished is finished.
  const elsewhere = `${directory}-copy`
  cpSync(directory, elsewhere, { recursive: true })
  await small(elsewhere, part(3))
  const merged = await command('merge', directory, elsewhere, '--out', folder())
  expect(merged).toMatchObject({ status: 0, stderr: '' })
  rmSync(elsewhere, { recursive: true })
})
