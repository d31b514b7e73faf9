import { existsSync, readFileSync, statSync } from 'node:fs'
import { basename, resolve, sep } from 'node:path'
import { OverdampedError } from '../src/errors.js'
import { writeAtomic } from '../src/experiment/files/atomic.js'
import { assets } from './assets.js'
import { comparedChecks } from './comparison/checks.js'
import type { NamedRun } from './comparison/columns.js'
import { comparisonHead, manyHead } from './comparison/head.js'
import { comparedLosses } from './comparison/losses.js'
import { comparedMetrics } from './comparison/metrics.js'
import { comparedObjectives } from './comparison/objectives.js'
import { comparedPictures } from './comparison/pictures.js'
import { comparedRecord } from './comparison/record.js'
import { comparedSettings } from './comparison/settings.js'
import { comparedSystems, systemsMarkdown } from './comparison/systems.js'
import { comparedThermodynamics } from './comparison/thermodynamics.js'
import { page } from './page.js'
import { readRun } from './read-run.js'

const fewest = 2
/** Runs that fit side by side, a column each; and runs of objectives, whose arms have a row each. */
const most = 8
const mostObjectives = 80

/**
 * Reads run directories and writes one page that sets the runs side by side, whole or not at all.
 * @param directories two to eight different run directories, or more where all are of objectives; in their order
 * @param file path of the page
 * @returns the path
 * @throws OverdampedError E_USAGE for fewer, more or repeated directories; else as readRun does, naming the file
 */
export function writeComparison(directories: string[], file: string): string {
  if (directories.length < fewest || directories.length > mostObjectives) throw wrongNumber(directories.length)
  const runs = readRuns(directories)
  if (runs.length > most && runs.some(({ run }) => run.objective === undefined)) throw wrongNumber(runs.length)
  requireOwnPage(file)
  writeAtomic(file, renderComparison(runs))
  return file
}

/**
 * What runs of objectives show, a row each, as a table in Markdown: that of the README.
 * @param directories up to eighty different run directories
 * @throws OverdampedError E_USAGE for repeated directories, or one that is of no objective; else as readRun does, naming the file
 */
export function objectivesMarkdown(directories: string[]): string {
  const runs = readRuns(directories)
  const other = directories.find((_, index) => runs[index]?.run.objective === undefined)
  if (other !== undefined)
    throw new OverdampedError(
      'E_USAGE',
      'it is no run of an objective, which are the ones that --markdown has a table of. Leave it out, or leave --markdown away',
      other,
    )
  return systemsMarkdown(runs)
}

function readRuns(directories: string[]): NamedRun[] {
  const paths = directories.map((directory) => resolve(directory))
  const repeated = directories.find((_, index) => paths.indexOf(paths[index] as string) !== index)
  if (repeated !== undefined)
    throw new OverdampedError('E_USAGE', 'the run is given twice. Name each directory once', repeated)
  const names = shortNames(paths)
  return directories.map((directory, index) => ({ name: names[index] as string, run: readRun(directory) }))
}

/** @throws E_OUTPUT_NOT_EMPTY for a file that is there and is no page of ours, whose title ends in our name */
function requireOwnPage(file: string): void {
  if (!existsSync(file) || statSync(file).size === 0) return
  if (statSync(file).isFile() && readFileSync(file, 'utf8').includes(' · overdamped</title>')) return
  throw new OverdampedError(
    'E_OUTPUT_NOT_EMPTY',
    'it is no page of overdamped, and is not replaced. Name another',
    file,
  )
}

/**
 * The page of several runs: a single HTML file as self-contained as a report. The same records give the same bytes.
 * @param runs two or more, with the names that head their columns; many have two tables, with a row for each run and one for each arm
 * @returns the document
 * @throws OverdampedError E_FILE when dist/viz has not been built
 */
export function renderComparison(runs: readonly NamedRun[]): string {
  const title = `${runs.length} runs compared`
  const footer = 'Written by overdamped from the run directories. ± is one standard error.'
  const systems = [comparedSystems(runs), comparedObjectives(runs)].filter((part) => part !== undefined)
  if (runs.length > most) return page(title, manyHead(runs), systems, footer, assets())
  const sections = [
    comparedPictures(runs),
    ...systems,
    comparedMetrics(runs),
    comparedLosses(runs),
    comparedSettings(runs),
    comparedThermodynamics(runs),
    comparedChecks(runs),
    comparedRecord(runs),
  ].filter((part) => part !== undefined)
  return page(title, comparisonHead(runs), sections, footer, assets())
}

function wrongNumber(given: number): OverdampedError {
  return new OverdampedError(
    'E_USAGE',
    `a comparison shows ${fewest} to ${most} runs, or up to ${mostObjectives} where all are of objectives; ${given} given. Name fewer run directories`,
  )
}

/** The last parts of the paths, as few as tell them apart. */
function shortNames(paths: readonly string[]): string[] {
  const parts = paths.map((path) => path.split(sep))
  for (let depth = 1; depth < Math.max(...parts.map(({ length }) => length)); depth++) {
    const names = parts.map((part) => part.slice(-depth).join('/'))
    if (new Set(names).size === names.length) return names
  }
  return paths.map((path) => basename(path) || path)
}
