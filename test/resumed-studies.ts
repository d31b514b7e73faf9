import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { RunOptions } from '../src/experiment/record/recorded.js'
import { run } from '../src/experiment/run/run.js'
import { loadScenario } from '../src/experiment/scenario/load.js'
import type { Scenario } from '../src/experiment/scenario/schema.js'

/** A shipped scenario, so small that it takes a fraction of a second. */
export function smallStudy(name: string, ...set: string[]): Promise<Scenario> {
  return loadScenario(`scenarios/${name}.yaml`, { profile: 'quick', set: ['objective.repeats=1', ...set] })
}

/** A study in the calling thread that nobody disturbs. Returns how often it could have been stopped. */
export async function undisturbed(scenario: Scenario, directory: string): Promise<number> {
  let chances = 0
  await run(scenario, { directory, threads: 1, onProgress: () => chances++ })
  return chances
}

/** The same, whose process ends without a word at chance number `at`; all that lasts is what was kept before. */
export async function killed(scenario: Scenario, directory: string, at: number, options: Partial<RunOptions> = {}) {
  let chances = 0
  const onProgress = () => {
    if (++chances === at) throw new Error('killed')
  }
  const killing = { directory, threads: 1, checkpointInterval: 0, ...options, onProgress }
  await expect(run(scenario, killing)).rejects.toThrow('killed')
}

/** The same, stopped by its signal, which keeps where it is. */
export async function stopped(scenario: Scenario, directory: string, at: number, options: Partial<RunOptions> = {}) {
  const stop = new AbortController()
  let chances = 0
  const onProgress = () => {
    if (++chances === at) stop.abort()
  }
  await expect(run(scenario, { directory, threads: 1, ...options, onProgress, signal: stop.signal })).rejects.toThrow(
    `continue with --resume --out ${directory}`,
  )
}

/** All files of two runs are the same bytes, but for what says when they ran, for how long, and who chose the backend. */
export function expectSameRun(one: string, other: string): void {
  const names = readdirSync(one).sort()
  expect(readdirSync(other).sort()).toEqual(names)
  const timeless = (directory: string, name: string) => {
    const value = JSON.parse(readFileSync(join(directory, name), 'utf8'))
    const { start: _, starts: __, end: ___, timings: ____, sha256: _____, ...rest } = value
    delete rest.files?.['results.json']
    delete rest.backend?.reason
    return rest
  }
  for (const name of names)
    if (name === 'manifest.json' || name === 'results.json')
      expect(timeless(other, name), name).toEqual(timeless(one, name))
    else expect(readFileSync(join(other, name)).equals(readFileSync(join(one, name))), name).toBe(true)
}

/** Shares of the chances at which a study is disturbed in turn: killed, stopped, killed, … */
const disturbances = [0.08, 0.21, 0.37, 0.55, 0.71, 0.87]
/** Chances that so many disturbances take, in a study that goes on within its arms; others are killed once. */
const fewest = 20

/**
 * Killed and stopped several times and gone on with, the study ends in the same bytes as undisturbed.
 *
 * @param again - chances that come again after a disturbance at most: those of an arm that can't go on in its middle
 */
export async function expectResumes(scenario: Scenario, folder: () => string, again = 2): Promise<void> {
  const [whole, parts] = [folder(), folder()]
  const chances = await undisturbed(scenario, whole)
  let before = 0
  for (const [n, share] of (chances < fewest || again > 2 ? [0.6] : disturbances).entries()) {
    // That of before may come again.
    const at = Math.max(2, Math.round(share * chances) - before)
    const disturb = n % 2 === 0 ? killed : stopped
    await disturb(scenario, parts, at, { resume: n > 0 })
    before = Math.round(share * chances)
  }
  let rest = 0
  await run(scenario, { directory: parts, threads: 1, resume: true, onProgress: () => rest++ })
  expect(rest, 'chances that were left').toBeLessThanOrEqual(chances - before + again)
  expectSameRun(whole, parts)
}
