import { join } from 'node:path'
import { usageError } from '../../errors.js'
import { sha256 } from '../files/checksum.js'
import { openScenario } from '../scenario/load.js'
import type { Tree } from '../scenario/overrides.js'
import type { Scenario } from '../scenario/schema.js'
import { type SweepOptions, sweep } from '../sweep/sweep.js'
import type { SweepAxis } from '../sweep/sweep-grid.js'
import { sweepTable } from '../sweep/sweep-table.js'
import { hardwareAt, partOf, type Sized, sizeIn } from './hardware-at.js'
import { imperfections as all, type Imperfection, whyNot } from './imperfections.js'
import { lossy, qualityOf, tried } from './losses.js'
import { figureOf, metricsOf } from './measured.js'
import type { Budget, JudgedBy, ToleranceDocument, Tried } from './tolerance-document.js'

/** What to find the tolerances of, and how. */
export interface ToleranceOptions extends Omit<SweepOptions, 'axes' | 'shard' | 'seed'> {
  /** of the runs; each has an ideal device of its own */
  readonly seeds: readonly number[]
  /** which ones; all that apply when absent */
  readonly imperfections?: readonly Imperfection[] | undefined
  /** of the only imperfection, in any order; its own when absent */
  readonly sizes?: readonly number[] | undefined
  /** what quality is judged by, as paths in results.json with or without `metrics.`; the usual ones when absent */
  readonly metrics?: readonly string[] | undefined
  /** whether a quality is worse where the figure is more, or less, by its path */
  readonly worseOf: (metric: string) => 'more' | 'less'
  /**
   * loss of quality that counts, in units of the only metric; when absent a quarter of the way from the ideal mean to 1 for 1-NN, as much
   * again as the ideal mean for the Fréchet distance, a tenth of it for others
   */
  readonly lost?: number | undefined
  /** part of their tolerable sizes at which all are tried at once; not tried when absent */
  readonly budget?: number | undefined
  /** the command that gives the curve of one imperfection by itself; none when absent */
  readonly commandOf?: ((name: string) => string) | undefined
}

/** Loss that counts where nobody says, by the ideal quality. */
function usualLossOf(metric: string, ideal: number): number {
  // At 1 nothing is like the data.
  if (metric === 'metrics.oneNearestNeighbour') return 0.25 * (1 - ideal)
  if (metric === 'metrics.frechetDistance') return ideal
  return 0.1 * Math.abs(ideal)
}

/** The devices of a study, the ideal one first, then each imperfection at each size. */
export interface ToleranceGrid {
  /** of seeds and devices, for `planSweep` */
  readonly axes: readonly SweepAxis[]
  /** each with its sizes from the mildest to the worst */
  readonly curves: readonly { readonly imperfection: Imperfection; readonly sizes: readonly number[] }[]
  /** those that say nothing of the scenario */
  readonly without: ToleranceDocument['without']
  /** the section of the scenario */
  readonly given: Scenario['hardware']
}

/**
 * The grid of imperfection × size × seed, the runs of the ideal device once for each seed.
 *
 * @throws E_USAGE for an imperfection that does not apply, sizes that are none or of several, seeds twice; as `loadScenario` does
 */
export async function toleranceGrid(
  options: Pick<ToleranceOptions, 'scenario' | 'profile' | 'set' | 'seeds' | 'imperfections' | 'sizes'>,
): Promise<ToleranceGrid> {
  const { profile, set, seeds, imperfections, sizes } = options
  const scenario = await (await openScenario(options.scenario)).changed({ profile, set })
  if (scenario.learning === undefined)
    throw usageError(
      'it has no section learning, and hardware is what that happens on. Name a scenario with data and learning.',
      scenario.name,
    )
  if (seeds.length === 0 || new Set(seeds).size < seeds.length)
    throw usageError('expected seeds, each once, for example 11,12,13.', `--seeds ${seeds.join(',')}`)
  const without = (imperfections ?? all).flatMap((one) => {
    const why = whyNot(one, scenario)
    if (why !== null && imperfections !== undefined)
      throw usageError(`it does not apply to ${scenario.name}: ${why}. Leave it away.`, `--imperfection ${one.name}`)
    return why === null ? [] : [{ name: one.name, why }]
  })
  const applied = [...new Set(imperfections ?? all)].filter(({ name }) => without.every((one) => one.name !== name))
  if (sizes !== undefined && applied.length !== 1)
    throw usageError('sizes are of one imperfection. Add one --imperfection NAME.', '--sizes')
  const curves = applied.map((imperfection) => ({ imperfection, sizes: ordered(imperfection, sizes) }))
  const given = scenario.hardware
  const size = all.find((one) => sizeIn(given, one) !== undefined)
  if (size !== undefined)
    throw usageError(
      `sizes are what tolerances are of, and the scenario gives one. Remove hardware.${size.path}, or set it to 0.`,
      scenario.name,
    )
  const devices: Tree[] = [
    hardwareAt(given, []),
    ...curves.flatMap(({ imperfection, sizes }) => sizes.map((size) => hardwareAt(given, [{ imperfection, size }]))),
  ]
  return { axes: axesOf(seeds, devices), curves, without, given }
}

/**
 * What computes the runs of a study, where nobody chooses: what learns on imperfect hardware, also for the ideal device, or a difference to it
 * would be one of rounding, too.
 */
export function toleranceBackend(
  asked: ToleranceOptions['backend'],
  given: Scenario['hardware'],
): ToleranceOptions['backend'] {
  return (asked === undefined || asked === 'auto') && given?.training !== 'model' ? 'reference' : asked
}

function axesOf(seeds: readonly number[], devices: readonly Tree[]): SweepAxis[] {
  return [
    { path: 'seed', values: seeds },
    { path: 'hardware', values: devices },
  ]
}

/** From the mildest to the worst. */
function ordered({ worse, isWhole, sizes: usual }: Imperfection, sizes = usual): number[] {
  const isSize = (size: number) => (isWhole ? Number.isSafeInteger(size) : Number.isFinite(size)) && size > 0
  if (sizes.length === 0 || new Set(sizes).size < sizes.length || !sizes.every(isSize))
    throw usageError(
      `expected ${isWhole ? 'whole numbers' : 'sizes'} above 0, each once: the ideal is run anyway.`,
      `--sizes ${sizes.join(',')}`,
    )
  return sizes.toSorted((a, b) => (worse === 'more' ? a - b : b - a))
}

/**
 * What a device must hold: the quality of a scenario against the size of each imperfection of its hardware, and the size at which a stated
 * quality is lost. The runs are a sweep in `directory`: what is finished there is left alone, and the same again continues.
 *
 *     await tolerance({ scenario: 'my.yaml', seeds: [11, 12, 13], directory: 'runs/tolerance', worseOf: () => 'more' })
 *
 * @throws as `toleranceGrid`, `metricsOf` and `sweep` do; E_USAGE for a loss or a part that is none
 *
 * Cost: that of the runs, seeds × (1 + all sizes), and as many seeds again for a budget.
 */
export async function tolerance(options: ToleranceOptions): Promise<ToleranceDocument> {
  const { directory, seeds, metrics: names, worseOf, budget, commandOf = () => '' } = options
  requireLevels(options)
  const { axes, curves, without, given } = await toleranceGrid(options)
  const study = { ...options, backend: toleranceBackend(options.backend, given), seed: undefined }
  // A metric that is not there is said before hours of runs.
  const ideals = await sweep({ ...study, axes: axesOf(seeds, [hardwareAt(given, [])]) })
  metricsOf(directory, ideals, seeds.length, names)
  const document = await sweep({ ...study, axes })
  const measured = metricsOf(directory, document, seeds.length, names)
  const metrics = measured.map(({ path, at }): JudgedBy => {
    const ideal = qualityOf(at(0))
    return { path, worse: worseOf(path), lost: options.lost ?? usualLossOf(path, ideal.quality!.value), ideal }
  })
  let device = 1
  const found = curves.map(({ imperfection, sizes }): Tried => {
    const first = device
    device += sizes.length
    const values = measured.map(({ at }) => sizes.map((_, n) => at(first + n)))
    return { ...tried(imperfection, sizes, values, metrics), command: commandOf(imperfection.name) }
  })
  const head = { format: 'overdamped-tolerance', version: 1, scenario: document.scenario } as const
  return {
    ...{ ...head, seeds, metrics },
    ...{ imperfections: found, without },
    budget: budget === undefined ? null : await spent(study, budget, { found, given, metrics }),
  }
}

/** Runs a device that has all imperfections at once, each at a part of its tolerable size: a sweep in a folder of its own. */
async function spent(
  options: ToleranceOptions & { readonly seed: undefined },
  part: number,
  of: { found: readonly Tried[]; given: Scenario['hardware']; metrics: readonly JudgedBy[] },
): Promise<Budget> {
  const known = of.found.flatMap(({ name, tolerance: held }) => (held === null ? [] : [{ name, held }]))
  const sized = known.map(({ name, held }): Sized => {
    const imperfection = all.find((one) => one.name === name)!
    return { imperfection, size: partOf(imperfection, held.size, part) }
  })
  // A delay of a part of an iteration is none.
  const hardware = hardwareAt(
    of.given,
    sized.filter(({ size }) => size > 0),
  )
  // Its settings are too many for the name of a point to tell them apart.
  const directory = join(options.directory, `budget-${part}-${sha256(JSON.stringify(hardware)).slice(0, 8)}`)
  const document = await sweep({ ...options, directory, axes: axesOf(options.seeds, [hardware]) })
  const table = sweepTable(directory, document)
  return {
    ...{ part, hardware },
    atEnds: known.flatMap(({ name, held }) => (held.where === 'inside' ? [] : [name])),
    found: of.metrics.map((metric) => lossy(figureOf(table, metric.path), metric)),
  }
}

/** @throws E_USAGE for a loss or a part of sizes that is none */
export function requireLevels({ lost, metrics, budget }: Pick<ToleranceOptions, 'lost' | 'metrics' | 'budget'>): void {
  requireAbove0('--lost', lost)
  if (lost !== undefined && metrics?.length !== 1)
    throw usageError('a loss is in units of one metric. Add one --metric NAME.', `--lost ${lost}`)
  requireAbove0('--budget', budget, 1)
}

function requireAbove0(option: string, value: number | undefined, most = Number.MAX_VALUE): void {
  if (value === undefined || (value > 0 && value <= most)) return
  throw usageError(`expected a number above 0${most === 1 ? ' and at most 1' : ''}.`, `${option} ${value}`)
}
