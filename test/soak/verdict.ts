import { counts, type State } from './state.js'

/** A process after a cycle. */
export interface Row extends State {
  /** since the first cycle began */
  readonly seconds: number
  readonly cycle: number
}

/** Memory grows by no more than this between the windows. */
const bar = 0.05

/** What is said of the rows, a line each, and whether nothing grows. */
export interface Verdict {
  readonly lines: readonly string[]
  readonly pass: boolean
}

/**
 * Whether a process grows. The first sixth of the time it fills its caches and compiles; compared are the medians over the sixth behind
 * it and the last one. Memory that JavaScript holds, and what the system counts, may grow by 5 %; counts not at all.
 */
export function verdictOf(rows: readonly Row[]): Verdict {
  const span = rows.at(-1)?.seconds ?? 0
  const between = (from: number, to: number) =>
    rows.filter(({ seconds }) => seconds > (from * span) / 6 && seconds <= (to * span) / 6)
  const [early, late, after] = [between(1, 2), between(5, 6), between(1, 6)]
  if (early.length === 0 || late.length === 0) return { lines: [`too few cycles: ${rows.length}`], pass: false }
  const memory = (['held', 'rss'] as const).map((key) => {
    const [first, last] = [early, late].map((window) => median(window.map((row) => row[key]))) as [number, number]
    const { growth, standardError } = growthOf(after.map((row) => [row.seconds, row[key]]))
    const share = last / first - 1
    const fit = `a line grows by ${percent(growth / first)} ± ${percent(standardError / first)}`
    return { pass: share <= bar, line: `${key}: ${mega(first)} → ${mega(last)}, ${percent(share)}; ${fit}` }
  })
  const counted = counts.map((key) => {
    const [first, last] = [early, late].map((window) => Math.max(...window.map((row) => row[key]))) as [number, number]
    return { pass: last <= first, line: `${key}: at most ${first} → ${last}` }
  })
  const said = [...memory, ...counted]
  const head = `${rows.length} cycles in ${(span / 60).toFixed(1)} min; ${early.length} behind the first sixth → ${late.length} in the last`
  return {
    lines: [head, ...said.map(({ pass, line }) => `${pass ? 'flat ' : 'GROWS'}  ${line}`)],
    pass: said.every(({ pass }) => pass),
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
