import type { ChartSeries, ChartSpec } from '../chart-spec.js'
import { runTone } from '../comparison/columns.js'
import { brief, chartFigure, type Drawn, thinned } from '../figure.js'
import { absent, formatCount, formatNumber, formatWithError } from '../format.js'
import { html } from '../html.js'
import type { IterationLoss } from '../learned-record.js'
import { summarise } from '../summary.js'

/** Slices that have a curve, and points of each, at most. */
const [mostCurves, mostPoints] = [6, 60]
/** Logged iterations of a slice from which its beginning and its end tell something. */
const fewest = 8

/**
 * The minibatch loss within single slices, each over its own iterations: one after another they would be a curve that climbs, since
 * what cannot be known of the noise grows from slice to slice.
 * @param iterations in the order of training
 * @returns nothing for fewer than three
 */
export function whileLearning(iterations: readonly IterationLoss[]): Drawn[] {
  if (iterations.length < 3) return []
  const slices = bySlice(iterations)
  const shown = thinned(slices, mostCurves)
  const spec: ChartSpec = {
    id: 'chart-iterations',
    height: 260,
    x: { label: 'iteration of the slice' },
    y: { label: 'minibatch loss', floor: 0 },
    series: shown.map(curve),
  }
  const changes = slices.map(change)
  const content = {
    head: ['slice', 't', 'logged', 'first quarter ± s.e.', 'last quarter ± s.e.'],
    rows: slices.map((slice, n) => {
      const [{ slice: number, t }] = slice as [IterationLoss]
      const { before, after } = changes[n] ?? {}
      const quarter = (of: typeof before) => (of ? formatWithError(of.mean, of.standardError) : absent)
      return [formatNumber(number), formatNumber(t), formatCount(slice.length), quarter(before), quarter(after)]
    }),
  }
  const which =
    shown.length < slices.length ? `${shown.length} of the ${slices.length} slices, evenly spread` : 'Every slice'
  const caption = `${which}: each curve is one slice from its first iteration to its last, and is to be compared with itself alone. Slices are learned one after another, from the noisiest to the least noisy, each from where the last one ended; that curves lie above one another says how much of the noise can be known there.${reading(changes)}`
  return [{ spec, markup: html`<h3>While learning</h3>${chartFigure(spec, caption, content)}` }]
}

/** One slice, averaged in blocks of neighbours where more was logged than can be seen. */
function curve(slice: readonly IterationLoss[], place: number): ChartSeries {
  const size = Math.ceil(slice.length / mostPoints)
  const blocks = Array.from({ length: Math.ceil(slice.length / size) }, (_, n) => slice.slice(n * size, (n + 1) * size))
  const mean = (values: number[]) => brief(summarise(values).mean)
  return {
    label: `t = ${formatNumber(slice[0]?.t)}`,
    kind: 'line',
    tone: runTone(place),
    points: blocks.length < 3,
    x: blocks.map((block) => mean(block.map(({ iteration }) => iteration))),
    y: blocks.map((block) => mean(block.map(({ loss }) => loss))),
  }
}

/** The iterations of each slice, slices in the order of training. */
function bySlice(iterations: readonly IterationLoss[]): IterationLoss[][] {
  const slices = new Map<number, IterationLoss[]>()
  for (const row of iterations) {
    const rows = slices.get(row.slice)
    if (rows) rows.push(row)
    else slices.set(row.slice, [row])
  }
  return [...slices.values()]
}

/**
 * Mean losses of the first and of the last quarter of a slice; undefined where too few were logged. The error of a minibatch is from
 * differences of neighbours, in which what is learned along the way cancels: s² = ⟨Δ²⟩/2.
 */
function change(slice: readonly IterationLoss[]) {
  if (slice.length < fewest) return undefined
  const losses = slice.map(({ loss }) => loss)
  const quarter = Math.floor(losses.length / 4)
  const squares = losses.slice(1).map((loss, n) => (loss - (losses[n] as number)) ** 2)
  const standardError = Math.sqrt(summarise(squares).mean / 2 / quarter)
  const of = (part: readonly number[]) => ({ mean: summarise(part).mean, standardError })
  return { before: of(losses.slice(0, quarter)), after: of(losses.slice(-quarter)) }
}

/** What the quarters say of all slices together. */
function reading(changes: readonly ReturnType<typeof change>[]): string {
  const told = changes.filter((found) => found !== undefined)
  if (told.length === 0) return ''
  // The difference of two means that have the same error.
  const risen = told.filter(({ before, after }) => after.mean - before.mean > 3 * Math.SQRT2 * after.standardError)
  return risen.length === 0
    ? ' No slice ends above its beginning by more than three standard errors of the difference.'
    : ` ${risen.length} of ${told.length} slices end above their beginning by more than three standard errors of the difference.`
}
