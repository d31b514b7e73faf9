import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import type { BackendName } from '../../src/backend/names.js'
import { placeProduct, readProduct } from '../../src/experiment/queue/product.js'
import { readManifest } from '../../src/experiment/record/manifest.js'
import { run } from '../../src/experiment/run/run.js'
import { loadScenario } from '../../src/experiment/scenario/load.js'
import { contentsOf, faultAt } from '../every-write.js'
import { withFault } from '../faulty-files.js'
import { fileFolder } from '../run-folder.js'

// Runs that came from elsewhere, put where something lies already.

const folder = fileFolder()
const at = (name: string) => join(folder, name)
const set = ['learning.iterations=20', 'sampling.trajectories=64', 'noising.slices=2', 'observe=[]', 'checks=[]']
const go = async (name: string, backend: BackendName, more: object = {}) => {
  const scenario = await loadScenario('gaussian-mixture-2d', { profile: 'quick', set })
  return run(scenario, { directory: at(name), backend, threads: 1, checkpointInterval: 0, ...more })
}
/** Stops a run as it learns. */
const stopped = async (name: string, backend: BackendName) => {
  const controller = new AbortController()
  const onProgress = ({ done }: { done: number }) => void (done >= 5 && controller.abort())
  await expect(go(name, backend, { signal: controller.signal, onProgress })).rejects.toThrow()
  expect(readdirSync(at(name))).toContain('checkpoint.safetensors')
}
const begin = (from: string, to: string) => {
  rmSync(at(to), { recursive: true, force: true })
  cpSync(at(from), at(to), { recursive: true })
}
const ours = 'of the user'

beforeAll(async () => {
  await go('whole', 'wasm')
  await stopped('half', 'wasm')
  writeFileSync(at('half/notes.txt'), ours)
  for (const beside of ['to~new', 'to~old']) {
    mkdirSync(at(beside))
    writeFileSync(at(`${beside}/notes.txt`), ours)
  }
})

test('wherever the disk fails, the user has all that was there, and the run goes on, by itself or by the same files', async () => {
  const files = readProduct(at('whole'))
  const whole = { ...contentsOf(at('whole')), 'notes.txt': expect.any(String) }
  const place = () => placeProduct(at('to'), files)
  begin('half', 'to')
  const { watched, outcome } = await withFault(place)
  expect(outcome).toHaveProperty('result')
  expect(contentsOf(at('to'))).toEqual(whole)
  let met = 0
  for (let call = 1; call <= watched.calls.length; call += 5) {
    begin('half', 'to')
    const { watched, outcome } = await withFault(place, { at: call, fault: faultAt(call) })
    met += watched.failed.length
    if ('error' in outcome) expect(outcome.error).toMatchObject({ code: 'E_FILE' })
    for (const notes of ['to/notes.txt', 'to~new/notes.txt', 'to~old/notes.txt'])
      expect(readFileSync(at(notes), 'utf8'), `call ${call}`).toBe(ours)
    const names = readdirSync(at('to'))
    expect(names, `call ${call}`).toEqual(expect.arrayContaining(['manifest.json', 'checkpoint.safetensors']))
    begin('to', 'alone')
    await go('alone', 'wasm', { resume: true })
    expect(contentsOf(at('alone')), `call ${call}`).toEqual(whole)
    await place()
    expect(contentsOf(at('to')), `call ${call}`).toEqual(whole)
  }
  expect(met).toBeGreaterThan(5)
})

test('where nothing was, what was placed in part is a run that goes on', async () => {
  const files = readProduct(at('whole'))
  const { watched } = await withFault(() => placeProduct(at('first'), files))
  for (let call = 1; call <= watched.calls.length; call += 7) {
    rmSync(at('first'), { recursive: true })
    await withFault(() => placeProduct(at('first'), files), { at: call, fault: faultAt(call) })
    await go('first', 'wasm', { resume: true })
    expect(contentsOf(at('first')), `call ${call}`).toEqual(contentsOf(at('whole')))
  }
})

test('a run that failed elsewhere, or has other bits, takes the place of none that can go on', async () => {
  begin('half', 'kept')
  const before = contentsOf(at('kept'))
  await stopped('elsewhere', 'wasm')
  await placeProduct(at('kept'), readProduct(at('elsewhere')))
  expect(contentsOf(at('kept'))).toEqual(before)
  await go('other-bits', 'reference')
  const placing = placeProduct(at('kept'), readProduct(at('other-bits')))
  await expect(placing).rejects.toMatchObject({ code: 'E_RUN_DIRECTORY', where: at('kept') })
  expect(contentsOf(at('kept'))).toEqual(before)
  await placeProduct(at('failed'), readProduct(at('elsewhere')))
  expect(readManifest(at('failed')).exitReason).toBe('stopped')
})

test('a run that is finished there stays as it is', async () => {
  begin('whole', 'finished')
  const before = readFileSync(at('finished/manifest.json'), 'utf8')
  await go('again', 'wasm')
  writeFileSync(at('finished/checkpoint-sample.safetensors'), 'of a process that was killed at its end')
  await placeProduct(at('finished'), readProduct(at('again')))
  expect(readFileSync(at('finished/manifest.json'), 'utf8')).toBe(before)
  expect(contentsOf(at('finished'))).toEqual(contentsOf(at('whole')))
})

test('files that are not all of a run are not placed', async () => {
  const { 'samples.npy': _, ...some } = readProduct(at('whole'))
  await expect(placeProduct(at('some'), some)).rejects.toMatchObject({ code: 'E_FORMAT' })
  expect(readdirSync(folder)).not.toContain('some')
})
