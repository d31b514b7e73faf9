import { join } from 'node:path'
import { writeAtomic } from '../src/experiment/files/atomic.js'
import { assets } from './assets.js'
import { mapsSpec } from './maps.js'
import { page } from './page.js'
import { readRun } from './read-run.js'
import { entry } from './read-values.js'
import type { RunRecord } from './run-record.js'
import { bill } from './sections/bill.js'
import { checks } from './sections/checks.js'
import { cloudOf } from './sections/cloud.js'
import { couplings } from './sections/couplings.js'
import { errorBudget } from './sections/error-budget.js'
import { hidden } from './sections/hidden.js'
import { hybrids } from './sections/hybrids.js'
import { images, shownRange } from './sections/images.js'
import { learning } from './sections/learning.js'
import { metrics } from './sections/metrics.js'
import { motion } from './sections/motion.js'
import { objective } from './sections/objective.js'
import { observables } from './sections/observables.js'
import { overTime } from './sections/over-time.js'
import { overview } from './sections/overview.js'
import { parameters } from './sections/parameters.js'
import { record } from './sections/record.js'
import { restored } from './sections/restored.js'
import { scatter } from './sections/scatter.js'
import { tableSamples } from './sections/table-samples.js'
import { thermodynamics } from './sections/thermodynamics.js'
import { virial } from './sections/virial.js'
import { trajectoriesSpec } from './trajectories.js'

/**
 * Reads a run directory and writes its report.html, whole or not at all.
 * @param directory path of the run directory
 * @returns path of the report
 * @throws OverdampedError naming the file that is missing or cut short
 */
export function writeReport(directory: string): string {
  const path = join(directory, 'report.html')
  writeAtomic(path, renderReport(readRun(directory)))
  return path
}

/**
 * The report of one run: a single HTML page that holds its pictures, style and script, and loads nothing.
 * Sections without data are left out. The same record gives the same bytes.
 * @param run what readRun returns
 * @returns the document
 * @throws OverdampedError E_FILE when dist/viz has not been built
 */
export function renderReport(run: RunRecord): string {
  const maps = mapsSpec(run)
  const trajectories = trajectoriesSpec(run, shownRange(run))
  const plane = cloudOf(run)
  const sections = [
    objective(run),
    restored(run),
    images(run),
    tableSamples(run) ?? scatter(run),
    motion(run, trajectories, plane),
    observables(run),
    overTime(run),
    metrics(run),
    errorBudget(run),
    hybrids(run),
    learning(run),
    parameters(run, maps),
    couplings(run, maps),
    hidden(run, maps),
    virial(run, maps),
    thermodynamics(run),
    bill(run),
    checks(run),
    record(run),
  ].filter((part) => part !== undefined)
  const version = entry(run.manifest, 'package', 'version')
  const footer = `Written by overdamped${typeof version === 'string' ? ` ${version}` : ''} from the run directory. ± is one standard error.`
  return page(run.scenario.name, overview(run), sections, footer, assets(), { maps, trajectories, 'cloud-data': plane })
}
