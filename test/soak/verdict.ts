import { counts, type State } from './state.js'

/** A process after a cycle. */
export interface Row extends State {
  /** since the first cycle began */
  readonly seconds: number
  readonly cycle: number
}

/** Memory may grow by so much between the windows. */
const bar = 0.05
/** Where a share is beyond the bar by so many standard errors, it is no accident. */
const sure = 4

/** What is said of one figure: beyond the bar, but not surely, it is `unclear`: too few cycles, or too much scatter. */
type Word = 'flat' | 'unclear' | 'GROWS'

/** What is said of the rows, a line each, and the worst of it. */
export interface Verdict {
  readonly lines: readonly string[]
  readonly word: Word
}

/**
 * Whether a process grows. In the first sixth of the time it compiles and fills what it keeps; compared are the medians of the sixth of
 * the cycles behind it, and of the last sixth. Memory that JavaScript holds, and what the system counts, may grow by 5 %; counts not at all.
 * The standard error is that of a line through all cycles behind the first sixth of the time, by their own scatter.
 */
export function verdictOf(rows: readonly Row[]): Verdict {
  const span = rows.at(-1)?.seconds ?? 0
  const after = rows.filter(({ seconds }) => seconds > span / 6)
  const width = Math.ceil(after.length / 5)
  const [early, late] = [after.slice(0, width), after.slice(-width)]
  if (after.length < 3) return { lines: [`unclear  ${rows.length} cycles are too few`], word: 'unclear' }
  const memory = (['held', 'rss'] as const).map((key) => {
    const [first, last] = [early, late].map((window) => median(window.map((row) => row[key]))) as [number, number]
    const { growth, standardError } = growthOf(after.map((row) => [row.seconds, row[key]]))
    const share = last / first - 1
    const word: Word = share <= bar ? 'flat' : share - (sure * standardError) / first > bar ? 'GROWS' : 'unclear'
    const fit = `a line grows by ${percent(growth / first)} ± ${percent(standardError / first)}`
    return { word, line: `${key}: ${mega(first)} → ${mega(last)}, ${percent(share)}; ${fit}` }
  })
  const counted = counts.map((key) => {
    const [first, last] = [early, late].map((window) => Math.max(...window.map((row) => row[key]))) as [number, number]
    const word: Word = last <= first ? 'flat' : 'GROWS'
    return { word, line: `${key}: at most ${first} → ${last}` }
  })
  const said = [...memory, ...counted]
  const words: readonly Word[] = ['GROWS', 'unclear', 'flat']
  return {
    lines: [
      `${rows.length} cycles in ${(span / 60).toFixed(1)} min; windows of ${width}, from cycle ${early[0]!.cycle} and to the last`,
      ...said.map(({ word, line }) => `${word.padEnd(7)}  ${line}`),
    ],
    word: words.find((word) => said.some((each) => each.word === word))!,
  }
}

/** How far a line through points (x, y) rises from the first to the last, by least squares, and its standard error. */
export function growthOf(points: readonly (readonly [number, number])[]): { growth: number; standardError: number } {
  const n = points.length
  const mean = (of: (point: readonly [number, number]) => number) => points.reduce((sum, p) => sum + of(p), 0) / n
  const [x, y] = [mean(([x]) => x), mean(([, y]) => y)]
  const width = points.reduce((sum, [px]) => sum + (px - x) ** 2, 0)
  const slope = points.reduce((sum, [px, py]) => sum + (px - x) * (py - y), 0) / width
  const rest = points.reduce((sum, [px, py]) => sum + (py - y - slope * (px - x)) ** 2, 0)
  const span = points[n - 1]![0] - points[0]![0]
  return { growth: slope * span, standardError: Math.sqrt(rest / (n - 2) / width) * span }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2
}

const mega = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`
const percent = (share: number) => `${(100 * share).toFixed(2)} %`
