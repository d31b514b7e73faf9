import type { CheckpointCost } from './checkpoints.js'
import type { BenchDocument, OwnRates } from './document.js'
import type { EvaluationResult } from './evaluation.js'
import type { ExchangeRates } from './exchange.js'
import type { FootprintResult } from './footprint.js'
import { figure, millions, time } from './format.js'
import type { ObjectiveRates } from './objectives.js'
import type { Rated, RatesOfWorkload } from './rates.js'
import { comparedPairs } from './ratios.js'
import type { Curve, Growth } from './scaling.js'
import type { Spread } from './statistics.js'
import type { TaskResult } from './tasks.js'
import type { TrainingResult } from './training.js'
import type { WorkloadFacts } from './workload.js'

/** A table of figures with a sentence above and remarks below. */
export interface Table {
  readonly caption: string
  readonly header: readonly string[]
  readonly rows: readonly (readonly string[])[]
  readonly notes?: readonly string[]
}

/** All tables of a benchmark that have rows. */
export function tablesOf(document: BenchDocument): Table[] {
  const { rates, exchange, formulas, flips, training, evaluation, tasks, checkpoints, scaling, footprint } = document
  const tables = [
    ...(rates.length > 0
      ? [ratesTable(document), ratiosTable(document), ...rooflineTable(document), spreadTable(document)]
      : []),
    ...(exchange ?? []).map(exchangeTable),
    ...(formulas == null ? [] : formulas.rates.map((row) => ownTable(row, document, formulas, formulaCaption))),
    ...(flips == null ? [] : flips.rates.map((row) => ownTable(row, document, flips, flipCaption))),
    ...(training === null ? [] : [trainingTable(training)]),
    ...objectiveTables(document.objectives ?? []),
    ...(evaluation == null ? [] : [evaluationTable(evaluation)]),
    ...(tasks === undefined || tasks.length === 0 ? [] : [taskTable(tasks)]),
    ...(checkpoints === undefined || checkpoints.length === 0 ? [] : [checkpointTable(checkpoints)]),
    ...scaling.map(scalingTable),
    ...(footprint.length > 0 ? [footprintTable(footprint)] : []),
  ]
  return tables.filter(({ rows }) => rows.length > 0)
}

const dash = '–'

/** Names of the contenders that have a figure somewhere, in their order. */
function measured({ contenders, rates }: BenchDocument): string[] {
  return contenders.map(({ name }) => name).filter((name) => rates.some((row) => rated(row, name) !== null))
}

function rated({ results }: RatesOfWorkload, contender: string): Rated | null {
  const result = results.find((candidate) => candidate.contender === contender)
  return result === undefined || 'notRun' in result ? null : result
}

function heading({ workload: { name, couplings } }: RatesOfWorkload): string {
  return `${name} (${couplings.toLocaleString('en')} couplings)`
}

/** A row for each contender that has a figure somewhere, in their order, and a column for each workload. */
function contenderTable(
  document: BenchDocument,
  caption: string,
  cell: (figures: Rated, workload: WorkloadFacts) => string,
): Table {
  return {
    caption,
    header: ['', ...document.rates.map(heading)],
    rows: measured(document).map((name) => [
      name,
      ...document.rates.map((row) => {
        const figures = rated(row, name)
        return figures === null ? dash : cell(figures, row.workload)
      }),
    ]),
  }
}

/** The smallest to the largest of repeated figures. */
function extent({ min, max }: Spread, format: (value: number) => string): string {
  return `${format(min)} to ${format(max)}`
}

/** Rates, and in brackets what part of the limit's they are. */
function ratesTable(document: BenchDocument): Table {
  const { rates, contenders } = document
  const limit = contenders.find(({ role }) => role === 'limit')?.name ?? ''
  const { units, batch } = rates[0]!.workload
  const stopped = rates.flatMap(({ workload, results }) =>
    results.flatMap((result) =>
      'notRun' in result ? [`${result.contender}, ${workload.name}: not run: ${result.notRun}`] : [],
    ),
  )
  const caption = `Site-updates per second, in millions (units × trajectories × Euler–Maruyama steps, Gaussian noise included), ${units} units, batch ${batch}; in brackets: of ${limit}`
  const table = contenderTable(document, caption, ({ contender, rate, timesOf }) => {
    const part = contender === limit ? 1 : timesOf[limit]
    return `${millions(rate.median)}${part === undefined ? '' : ` (${part.toFixed(part < 0.1 ? 3 : 2)})`}`
  })
  return { ...table, notes: stopped }
}

/** How many times as fast this package is as each of the others. */
function ratiosTable(document: BenchDocument): Table {
  const { rates, contenders } = document
  const names = measured(document)
  const others = contenders.filter(({ name }) => names.includes(name))
  return {
    caption: 'Times as fast as: medians of the ratios within each repeat',
    header: ['', ...rates.map(heading)],
    rows: comparedPairs(others).map(([own, other]) => [
      `${own.name} / ${other.name}`,
      ...rates.map((row) => {
        const ratio = rated(row, own.name)?.timesOf[other.name]
        return ratio === undefined ? dash : figure(ratio)
      }),
    ]),
  }
}

/** How near each contender comes to what the processor can multiply and add, if its neighbours were all that a step costs. */
function rooflineTable(document: BenchDocument): Table[] {
  const { peak, contenders } = document
  if (peak == null) return []
  const { fused, unfused } = peak
  const threads = new Map(contenders.map((contender) => [contender.name, contender.threads]))
  const most = Math.max(fused.max, unfused.max)
  const caption = `Share of the multiply-add peak: 2 operations for each neighbour of a site-update, of the ${figure(most)} GFLOP/s for each thread that one core was measured to do at most in float32: ${figure(fused.max)} with fused multiply-adds, ${figure(unfused.max)} with multiplications and additions that are not fused, which on some processors are as many and on others half. The kernels of this package do not fuse, so that all processors compute the same bits`
  const share = ({ contender, rate }: Rated, { couplings, units }: WorkloadFacts) =>
    (rate.median * 2 * ((2 * couplings) / units)) / (threads.get(contender)! * most * 1e9)
  return [contenderTable(document, caption, (...figures) => share(...figures).toFixed(2))]
}

/** Smallest and largest rate, and how each contender computed. */
function spreadTable(document: BenchDocument): Table {
  const caption = 'Smallest to largest of the repeats, in millions, and how it was computed'
  return contenderTable(document, caption, ({ rate, form }) => `${extent(rate, millions)}, ${form}`)
}

function formulaCaption({ name, units, couplings, batch }: WorkloadFacts): string {
  const size = couplings > 0 ? `${units} units, ${couplings} pairs` : `${units} unit`
  return `A formula, ${name} (${size}, batch ${batch}): site-updates per second, in millions; times as fast as`
}

function flipCaption({ name, units, couplings, batch }: WorkloadFacts): string {
  const size = `${units.toLocaleString('en')} units of two states, ${couplings.toLocaleString('en')} couplings, batch ${batch}`
  return `Gibbs sweeps, ${name} (${size}): units drawn per second, in millions; times as fast as`
}

/** Rates of a workload with peers of its own, and how many times as fast as each of them this package is. */
function ownTable(
  { workload, results }: RatesOfWorkload,
  { contenders }: BenchDocument,
  own: OwnRates,
  caption: (workload: WorkloadFacts) => string,
): Table {
  const peers = own.contenders.flatMap((peer) => ('notRun' in peer ? [] : [peer.name]))
  const ours = contenders.flatMap(({ name, role }) => (role === 'project' ? [name] : []))
  return {
    caption: caption(workload),
    header: ['', 'median', 'smallest to largest', ...peers],
    rows: results.map((result) => {
      if ('notRun' in result) return [result.contender, `not run: ${result.notRun}`]
      const { contender, rate, timesOf } = result
      const ratios = peers.map((peer) => (ours.includes(contender) ? figure(timesOf[peer]!) : dash))
      return [contender, millions(rate.median), extent(rate, millions), ...ratios]
    }),
  }
}

/** What recording work and heat costs. */
function exchangeTable({ workload, moving, results }: ExchangeRates): Table {
  const landscape = moving ? 'parameters that change at every step' : 'constant parameters'
  return {
    caption: `Work and heat, ${workload.units} units ${workload.name}, batch ${workload.batch}, ${landscape}: site-updates per second, in millions`,
    header: ['', 'without', 'with work and heat', 'with / without'],
    rows: results.map((result) => {
      if ('notRun' in result) return [result.contender, `not run: ${result.notRun}`, '', '']
      const { contender, without, recorded, share } = result
      return [contender, millions(without.median), millions(recorded.median), figure(share)]
    }),
  }
}

/** Seconds of the metrics of digits. */
function evaluationTable({ counts, pixels, results }: EvaluationResult): Table {
  const count = (n: number) => n.toLocaleString('en')
  return {
    caption: `Evaluation of ${count(counts.samples)} samples of ${pixels} pixels, one thread: this package's metrics of digits, against NumPy's comparison of every sample with each of ${count(counts.train)} training digits and of ${count(counts.every)} that vote, which is the greatest part of the same metrics; seconds`,
    header: ['', 'median', 'smallest to largest', 'times as fast as the other'],
    rows: results.map((result) => {
      if ('notRun' in result) return [result.contender, `not run: ${result.notRun}`, '', '']
      const { contender, seconds, timesOf } = result
      const ratios = Object.values(timesOf).map(figure)
      return [contender, figure(seconds.median), extent(seconds, figure), ratios.join(', ') || dash]
    }),
  }
}

/** Seconds of physicists' tasks, from the start of the program to its end. */
function taskTable(tasks: readonly TaskResult[]): Table {
  const count = (n: number) => n.toLocaleString('en')
  return {
    caption:
      'Tasks of physicists, the whole command with its native backend (all threads, checks and report included) and plain NumPy on one thread (its import included): seconds',
    header: ['', 'trajectories × steps', 'overdamped', 'smallest to largest', 'NumPy', 'smallest to largest', 'ratio'],
    rows: tasks.map(({ task, trajectories, steps, results }) => {
      const cells = ['overdamped', 'NumPy'].flatMap((name) => {
        const found = results.find(({ contender }) => contender === name)!
        return 'notRun' in found
          ? [`not run: ${found.notRun}`, '']
          : [figure(found.seconds.median), extent(found.seconds, figure)]
      })
      const own = results.find(({ contender }) => contender === 'overdamped')
      const ratio = own === undefined || 'notRun' in own ? undefined : own.timesOf.NumPy
      return [task, `${count(trajectories)} × ${count(steps)}`, ...cells, ratio === undefined ? dash : figure(ratio)]
    }),
  }
}

/** What keeping checkpoints costs. */
function checkpointTable(costs: readonly CheckpointCost[]): Table {
  const percent = (ratio: number) => `${(100 * (ratio - 1)).toFixed(1)} %`
  const cells = ({ median, lowerQuartile, upperQuartile }: Spread) => [
    percent(median),
    `${percent(lowerQuartile)} to ${percent(upperQuartile)}`,
  ]
  return {
    caption:
      'Checkpoints, native: how much longer the same run takes with them than without, medians of the ratios within each repeat and their quartiles',
    header: [
      ...['', 'without, s', 'usual', 'quartiles', 'usual, processor time', 'quartiles'],
      ...['each second', 'quartiles', 'each second, processor time', 'quartiles'],
    ],
    rows: costs.map((cost) => {
      if ('notRun' in cost) return [cost.work, `not run: ${cost.notRun}`, ...Array<string>(8).fill('')]
      const { usual, 'each second': often } = cost.times
      return [cost.work, figure(cost.seconds.median), ...[usual.wall, usual.cpu, often.wall, often.cpu].flatMap(cells)]
    }),
  }
}

/** Iterations of force matching per second. */
function trainingTable({ workload, minibatch, results }: TrainingResult): Table {
  return {
    caption: `Force matching, ${workload.units} units ${workload.name}, batch ${minibatch}: iterations per second`,
    header: ['', 'median', 'smallest to largest'],
    rows: results.map((result) => {
      if ('notRun' in result) return [result.contender, `not run: ${result.notRun}`, '']
      const { contender, iterationsPerSecond: rate } = result
      return [contender, figure(rate.median), extent(rate, figure)]
    }),
  }
}

/** Iterations of objectives per second, a table for each network. */
function objectiveTables(all: readonly ObjectiveRates[]): Table[] {
  return [...new Set(all.map(({ workload }) => workload.name))].map((name) => {
    const own = all.filter(({ workload }) => workload.name === name)
    const { workload, minibatch, results } = own[0]!
    return {
      caption: `Objectives, ${workload.units} units ${name}, batch ${minibatch}: iterations per second (times the reference's)`,
      header: ['', ...results.map(({ contender }) => contender)],
      rows: own.map((row) => [
        row.objective,
        ...row.results.map((result) => {
          if ('notRun' in result) return `not run: ${result.notRun}`
          const { iterationsPerSecond, timesReference } = result
          return `${figure(iterationsPerSecond.median)}${timesReference === null ? '' : ` (${figure(timesReference)})`}`
        }),
      ]),
    }
  })
}

/** The growth of the cost with one thing. */
function scalingTable({ over, setting, series }: Growth): Table {
  const values = series.find(({ points }) => points.length > 0)?.points.map(({ x }) => x) ?? []
  return {
    caption: `Seconds of ${over === 'steps' ? 'a run' : 'a step of the batch'} against ${over} (${setting})`,
    header: [over, ...values.map(String), over === 'couplings' ? 'line, largest deviation' : `∝ ${over}^p, p`],
    rows: series.map((one) => [
      one.contender,
      ...values.map((x) => {
        const point = one.points.find((candidate) => candidate.x === x)
        return point === undefined ? dash : time(point.seconds)
      }),
      growth(one),
    ]),
  }
}

function growth({ exponent, line }: Curve): string {
  if (exponent !== null) return exponent.toFixed(2)
  if (line === null) return dash
  const { intercept, slope, largestDeviation } = line
  return `${time(intercept)} + ${time(slope)}/coupling, ${(100 * largestDeviation).toFixed(0)} %`
}

/** Memory and time of the command as a process. */
function footprintTable(results: readonly FootprintResult[]): Table {
  return {
    caption: 'The command as a process of its own, from its start to its end',
    header: ['', 'peak memory', 'samples drawn', 'quick profile: training, samples, report', 'Node alone'],
    rows: results.map((result) => {
      if ('notRun' in result) return [result.backend, `not run: ${result.notRun}`, '', '', '']
      const { backend, simulation, scenario, samples, trainedSeconds, nodeMB } = result
      return [
        backend,
        `${figure(simulation.peakMB)} MB (${simulation.trajectories} × 144)`,
        `${samples.count} of ${scenario} in ${figure(samples.seconds.median)} s`,
        `${figure(trainedSeconds)} s`,
        `${figure(nodeMB)} MB`,
      ]
    }),
  }
}
