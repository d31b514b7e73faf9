import type { BenchDocument, OwnRates } from './document.js'
import type { ExchangeRates } from './exchange.js'
import { figure, millions } from './format.js'
import type { Rated, RatesOfWorkload } from './rates.js'
import { comparedPairs } from './ratios.js'
import {
  checkpointTable,
  evaluationTable,
  footprintTable,
  objectiveTables,
  scalingTable,
  taskTable,
  trainingTable,
} from './run-tables.js'
import { dash, extent, type Table } from './table.js'
import type { WorkloadFacts } from './workload.js'

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
