import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { OverdampedError } from '../../src/errors.js'
import { entry } from '../read-values.js'
import { readText } from '../run-files.js'
import type { Scenario } from './scenarios.js'

const program = join('dist', 'cli', 'main.js')

/** Runs the scenarios that have no run yet by their quick profile, one after another. @throws OverdampedError E_FILE where one ends without a report */
export function makeRuns(all: readonly Scenario[], folder: string): void {
  for (const { name, profiles, run } of all) {
    if (run !== undefined) continue
    const out = join(folder, name)
    const profile = profiles.includes('quick') ? ['--profile', 'quick'] : []
    console.error(`running ${name}`)
    spawnSync(process.execPath, [program, 'run', name, ...profile, '--out', out, '--quiet'], { stdio: 'inherit' })
    if (!existsSync(join(out, 'report.html')))
      throw new OverdampedError('E_FILE', 'the run has no report; look at what it says, or build with --no-runs', out)
  }
}

/**
 * Writes the page on which a network or a simulation moves.
 *
 * @param asked a run directory or a scenario
 * @throws OverdampedError E_FILE where there is no such page of it
 */
export function writeLive(asked: string, file: string): void {
  const { status, stderr } = spawnSync(process.execPath, [program, 'play', asked, '--out', file], { encoding: 'utf8' })
  if (status !== 0) throw new OverdampedError('E_FILE', `the live page cannot be written: ${stderr}`, asked)
}

/** The profile that a run is of, where it is of one. */
export function profileOf(run: string): string | null {
  const profile = entry(JSON.parse(readText(run, 'manifest.json')), 'scenario', 'profile')
  return typeof profile === 'string' ? profile : null
}

/** The report of a run. */
export function reportOf(run: string): string {
  return readFileSync(join(run, 'report.html'), 'utf8')
}
