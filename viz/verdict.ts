import { enumerate, formatBeside, formatNumber, formatWithError } from './format.js'
import { isDigits, metricFacts, type Outcome, outcome, realData } from './metric-facts.js'
import { shown } from './read-values.js'
import type { Check, Metric, RunRecord } from './run-record.js'

/** The first thing a reader sees: sentences, and one word for how it went. */
export interface Verdict {
  /** `good`: everything passed and nothing lost; `bad`: a check failed or the leading metric lost; `plain`: nothing to judge. */
  tone: 'good' | 'mixed' | 'bad' | 'plain'
  sentences: string[]
}

/** A metric that has a control, and how it did against it. */
interface Compared {
  metric: Metric
  result: Outcome
}

/**
 * Says in words what the figures say: which metrics beat the harmonic control and which do not, which checks fail, whether
 * the run finished. Nothing is left out because it is unwelcome.
 * @param run the record
 */
export function verdict(run: RunRecord): Verdict {
  const compared = run.metrics.flatMap((metric) => {
    if (hasByConstruction(metric, run)) return []
    const result = outcome(metric)
    return result ? [{ metric, result }] : []
  })
  const failed = run.checks.filter(({ pass }) => pass === false)
  const passed = run.checks.filter(({ pass }) => pass === true)
  const finished = (run.manifest.exitReason ?? 'finished') === 'finished'
  const copying = run.metrics.filter(isCopying)
  // Those of an objective are about arms, some of which are meant to fail.
  const warned = run.warnings.length > 0 && run.objective === undefined
  const leading = leadingOf(compared)
  const tone = () => {
    if (failed.length > 0 || leading?.result === 'loses') return 'bad'
    if (!finished || copying.length > 0 || warned || compared.some(({ result }) => result !== 'beats')) return 'mixed'
    return passed.length + compared.length > 0 ? 'good' : 'plain'
  }
  return {
    tone: tone(),
    sentences: [
      ...comparisonSentences(compared, leading, run.scenario.dataSource),
      ...oracleSentence(run.learning),
      ...copying.map(
        ({ value, floor }) =>
          `Samples lie closer to training examples than held-out data does (${formatNumber(value)} against ${formatNumber(floor)}): a sign of copying.`,
      ),
      ...checkSentences(run.checks, failed),
      ...(warned ? ['There is a warning, which checks of the scheme need not see.'] : []),
      ...(finished
        ? []
        : [`The run ended before it was done (${shown(run.manifest.exitReason)}): the figures are partial.`]),
      ...(compared.length + run.checks.length === 0
        ? ['This run holds no check and no comparison with a control: it shows what happened, it proves nothing.']
        : []),
    ],
  }
}

/**
 * Whether the control has a metric by construction, so that nothing can beat it but by chance: the Fréchet distance, which is of means and
 * covariances. Of images the control is clipped as samples are, and loses some of it.
 */
function hasByConstruction({ name }: Metric, { scenario: { dataSource } }: RunRecord): boolean {
  return name === 'frechetDistance' && dataSource !== '' && !isDigits(dataSource)
}

/**
 * The comparison that decides the tone: the ones that see structure first. The Fréchet distance sees only the moments, which
 * the harmonic control has by construction.
 */
function leadingOf(compared: Compared[]): Compared | undefined {
  const order = ['oneNearestNeighbour', 'bridge']
  const named = order.map((name) => compared.find(({ metric }) => metric.name === name))
  return named.find((found) => found !== undefined) ?? compared[0]
}

/** Two standard errors under the distance of held-out data. */
function isCopying({ name, value, floor, standardError }: Metric): boolean {
  return (
    name === 'nearestTraining' && value !== undefined && floor !== undefined && value < floor - 2 * (standardError ?? 0)
  )
}

function comparisonSentences(compared: Compared[], leading: Compared | undefined, dataSource: string): string[] {
  const phrases: Record<Outcome, string> = {
    beats: 'Beats the harmonic control on',
    loses: 'Loses to the harmonic control on',
    level: 'Cannot be told from the harmonic control (within 2 s.e.) on',
  }
  return (['beats', 'loses', 'level'] as const).flatMap((wanted) => {
    const group = compared.filter(({ result }) => result === wanted)
    if (group.length === 0) return []
    const items = group.map(({ metric }, index) => {
      const against = `${formatWithError(metric.value, metric.standardError)} against ${formatBeside(metric.control, metric.standardError)}`
      const floor =
        metric.floor === undefined
          ? ''
          : `; ${index === 0 ? realData(dataSource) : 'real'} ${formatBeside(metric.floor, metric.standardError)}`
      return `${inSentence(metric.name)} (${against}${floor})`
    })
    const moments = group.some(({ metric }) => metric.name === 'frechetDistance')
    const caveat =
      moments && wanted !== 'beats'
        ? ' The Fréchet distance sees mean and covariance only, which the control has by construction.'
        : ''
    const sentence = `${phrases[wanted]} ${enumerate(items)}.${caveat}`
    return wanted === 'beats' ? [sentence, ...progressSentence(leading, dataSource)] : [sentence]
  })
}

/** The oracle solves every slice exactly for the same potential: the distance to it is the learning rule's own share. */
function oracleSentence({ heldOutLoss, oracleHeldOutLoss }: Record<string, number>): string[] {
  if (heldOutLoss === undefined || oracleHeldOutLoss === undefined || oracleHeldOutLoss <= 0) return []
  const gap = 100 * (heldOutLoss / oracleHeldOutLoss - 1)
  const where = gap >= 0 ? `${formatNumber(gap, 2)} % above` : `${formatNumber(-gap, 2)} % below`
  return [`Its held-out loss is ${where} that of the oracle, the exact least-squares solution for the same potential.`]
}

/** How far the leading metric has come from the control to real data: beating the control may still be a small step. */
function progressSentence(leading: Compared | undefined, dataSource: string): string[] {
  if (leading?.result !== 'beats') return []
  const { name, value, control, floor } = leading.metric
  if (value === undefined || control === undefined || floor === undefined || control === floor) return []
  const share = Math.round((100 * (control - value)) / (control - floor))
  return share > 0 && share < 100
    ? [`On ${inSentence(name)} it has come ${share} % of the way from the control to ${realData(dataSource)}.`]
    : []
}

/** The title of a metric as it stands inside a sentence: a proper name keeps its capital. */
function inSentence(name: string): string {
  const title = metricFacts(name).title || name
  return title.startsWith('Fréchet') ? title : title.charAt(0).toLowerCase() + title.slice(1)
}

function checkSentences(all: Check[], failed: Check[]): string[] {
  const checks = all.filter(({ pass }) => pass !== null)
  const untold = all.length - checks.length
  const plural = untold === 1 ? 'check is' : 'checks are'
  return [...toldSentences(checks, failed), ...(untold === 0 ? [] : [`${untold} ${plural} not applicable.`])]
}

function toldSentences(checks: Check[], failed: Check[]): string[] {
  if (checks.length === 0) return []
  if (failed.length === 0)
    return [`${['', 'The one check passes', 'Both checks pass'][checks.length] ?? `All ${checks.length} checks pass`}.`]
  const names = failed
    .slice(0, 6)
    .map(({ name, z }) => (z === undefined ? name : `${name} (z = ${formatNumber(z, 2)})`))
  if (failed.length > 6) names.push(`${failed.length - 6} more`)
  return [`${failed.length} of ${checks.length} checks ${failed.length === 1 ? 'fails' : 'fail'}: ${enumerate(names)}.`]
}
