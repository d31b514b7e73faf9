import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { run } from '../../src/experiment/run/run.js'
import { loadScenario } from '../../src/experiment/scenario/load.js'
import { copied, cuts, expectNoticed, failure, filesRead, flips, hashes } from '../damage.js'
import { damagedRuns } from '../damaged-runs.js'
import { fileFolder } from '../run-folder.js'

// Every file that anything reads back, a bit flipped or cut short, for each that reads it; test/slow has more places and lengths.

const folder = fileFolder()
const { readings, scenarios, at, finish } = await damagedRuns(folder)
const copy = join(folder, 'copy')

describe('what is damaged is named, and nothing is written, by', () => {
  test.each(readings)('$name', async (reading) => {
    const files = await filesRead(reading, copy)
    expect(files.length).toBeGreaterThan(0)
    for (const file of files) await expectNoticed(reading, file, copy, { places: 12, cuts: 4 })
  })
})

describe('a damaged state: the one before it is taken, which is said, and the run ends in the same bits; where both are damaged nothing is written', () => {
  const states = (['training', 'simulation', 'study'] as const).flatMap((name) =>
    readdirSync(at(`${name}-stopped`), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('-previous.safetensors'))
      .map((previous) => ({ name, previous, newest: previous.replace('-previous', '') })),
  )
  test.each(states)('$name: $newest', async ({ name, previous, newest }) => {
    const damaged = (file: string) => [...flips(readFileSync(join(at(`${name}-stopped`), file)), 9)][8]!
    const damages = [() => writeFileSync(join(copy, newest), damaged(newest)), () => rmSync(join(copy, newest))]
    for (const damage of damages) {
      copied(at(`${name}-stopped`), copy)
      damage()
      const notes: string[] = []
      await finish(scenarios[name], copy, { resume: true, onNote: (line) => notes.push(line) })
      expect(notes.join('\n')).toContain(`Continuing from ${basename(previous)}`)
      expect(timeless(copy)).toEqual(timeless(at(name)))
    }
    copied(at(`${name}-stopped`), copy)
    for (const file of [newest, previous]) writeFileSync(join(copy, file), damaged(file))
    const before = hashes(copy)
    expect(String(await failure(() => finish(scenarios[name], copy, { resume: true })))).toContain(basename(previous))
    expect(hashes(copy)).toEqual(before)
  })
})

/** What two runs of a scenario have alike: all but their times. */
function timeless(directory: string): Record<string, string> {
  const { 'manifest.json': _, 'results.json': __, 'report.html': ___, ...rest } = hashes(directory)
  return rest
}

test('metrics.jsonl of an unfinished run is not read back: whatever became of it, it ends as that of an undisturbed run', async () => {
  const name = 'metrics.jsonl'
  for (const bytes of cuts(readFileSync(join(at('training-stopped'), name)), 4)) {
    copied(at('training-stopped'), copy)
    writeFileSync(join(copy, name), bytes)
    await finish(scenarios.training, copy, { resume: true })
    expect(hashes(copy)[name]).toBe(hashes(at('training'))[name])
  }
})

test('a stopped simulation says that it continues, and does, to the bits of an undisturbed one', async () => {
  const [directory, whole] = [join(folder, 'stopped'), join(folder, 'whole')]
  const simulation = await loadScenario('scenarios/double-well.yaml', { profile: 'quick' })
  const on = { backend: 'reference' } as const
  await run(simulation, { ...on, directory: whole })
  const error = await failure(() => run(simulation, { ...on, directory, signal: AbortSignal.abort() }))
  expect(String(error)).toContain('continue with --resume')
  await run(simulation, { ...on, directory, resume: true })
  expect(timeless(directory)).toEqual(timeless(whole))
})
