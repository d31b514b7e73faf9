import type { BenchDocument } from './document.js'
import { millions, time } from './format.js'
import type { RatesOfWorkload } from './rates.js'
import type { Growth } from './scaling.js'
import { element, escaped, label, logScale } from './svg.js'

/** Colours as in the report: one tone for this package, one for the limit, grey for peers; they follow the reader's theme. */
const style = `
svg { --surface: #ffffff; --ink: #17201f; --muted: #55625f; --line: #dfe5e3;
  --project: #0a6b70; --limit: #c2410c; --peer: #9aa8a5; background: var(--surface);
  font: 13px system-ui, -apple-system, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; }
@media (prefers-color-scheme: dark) { svg { --surface: #171f1e; --ink: #e6ecea; --muted: #9aa8a5; --line: #2a3533;
  --project: #5cc4c2; --limit: #ff9d66; --peer: #6b7a77; } }
text { fill: var(--ink); } .title { font-weight: 600; } .muted { fill: var(--muted); } .end { font-size: 11px; }
.grid { stroke: var(--line); } .spread { stroke: var(--ink); }
.project { fill: var(--project); } .limit { fill: var(--limit); } .peer { fill: var(--peer); }
path { fill: none; stroke-width: 2; } path.project { stroke: var(--project); fill: none; }
path.limit { stroke: var(--limit); fill: none; stroke-dasharray: 6 4; }`

const width = 960
const margin = 24
const lineHeight = 22
const nameWidth = 250
const panelWidth = (width - 3 * margin) / 2
const panelHeight = 260
/** Beside the ends of lines: the name of a contender. */
const nameRoom = 165
/** From one such name to the next: a line for the name, one for the exponent. */
const nameHeight = 30

/** A page-wide picture of a benchmark: bars of the rates, and how the cost grows. One SVG that needs nothing else. */
export function benchChart(document: BenchDocument): string {
  const roles = new Map(document.contenders.map(({ name, role }) => [name, role]))
  const { machine, date, overdamped, options } = document
  const { cpu, cores, node } = machine
  const measured = `${cpu}, ${cores} cores, Node ${node}, ${date.slice(0, 10)}; medians of ${options.repeats} interleaved repeats`
  let y = margin + 12
  const parts = [
    label(margin, y, `overdamped ${overdamped} beside its peers`, 'title'),
    label(margin, y + lineHeight, `${measured}, lines: smallest to largest`, 'muted'),
  ]
  y += 2 * lineHeight
  for (const row of document.rates) {
    parts.push(bars(row, roles, y))
    y += (row.results.length + 2) * lineHeight
  }
  document.scaling.forEach((study, index) => {
    const left = margin + (index % 2) * (panelWidth + margin)
    parts.push(element('g', { transform: `translate(${left} ${y})` }, lines(study, roles)))
    if (index % 2 === 1 || index === document.scaling.length - 1) y += panelHeight + margin
  })
  const size = { xmlns: 'http://www.w3.org/2000/svg', viewBox: `0 0 ${width} ${Math.ceil(y)}`, role: 'img' }
  const title = element('title', {}, escaped(`Benchmark of overdamped ${overdamped}`))
  return `${element('svg', size, `${title}<style>${style}</style>${parts.join('\n')}`)}\n`
}

/** One bar a contender, on a common scale from zero. */
function bars({ workload, results }: RatesOfWorkload, roles: ReadonlyMap<string, string>, top: number): string {
  const most = Math.max(...results.map((result) => ('rate' in result ? result.rate.max : 0)))
  const left = margin + nameWidth
  const at = (rate: number) => left + (rate / most) * (width - left - margin - 60)
  const title = `${workload.units} units, ${workload.name}: millions of site-updates per second`
  const parts = [label(margin, top + lineHeight, title, 'title')]
  results.forEach((result, index) => {
    const y = top + (index + 1.5) * lineHeight
    parts.push(label(left - 8, y + 14, result.contender, '', 'end'))
    if ('notRun' in result) {
      parts.push(label(left, y + 14, 'not run', 'muted'))
      return
    }
    const { median, min, max } = result.rate
    const role = roles.get(result.contender) ?? 'peer'
    parts.push(
      element('rect', { x: left, y: y + 2, width: at(median) - left, height: lineHeight - 6, rx: 2, class: role }),
      element('line', { x1: at(min), x2: at(max), y1: y + 10, y2: y + 10, class: 'spread' }),
      label(at(max) + 6, y + 14, millions(median)),
    )
  })
  return parts.join('')
}

/** Cost against what grows, both logarithmic. */
function lines({ over, setting, series }: Growth, roles: ReadonlyMap<string, string>): string {
  const points = series.flatMap((one) => one.points)
  const parts = [label(0, 14, `Cost against ${over}`, 'title'), label(0, 32, setting, 'muted')]
  if (points.length === 0) return parts.join('')
  const seconds = points.map((point) => point.seconds)
  const values = points.map((point) => point.x)
  const x = logScale(Math.min(...values), Math.max(...values), 60, panelWidth - nameRoom)
  const y = logScale(Math.min(...seconds), Math.max(...seconds), panelHeight - 36, 50)
  for (const tick of y.ticks)
    parts.push(
      element('line', { x1: 60, x2: panelWidth - nameRoom, y1: y.at(tick), y2: y.at(tick), class: 'grid' }),
      label(54, y.at(tick) + 4, time(tick), 'muted end', 'end'),
    )
  for (const value of new Set(values))
    parts.push(label(x.at(value), panelHeight - 14, String(value), 'muted end', 'middle'))
  const drawn = series.filter((one) => one.points.length > 0)
  const ends = apart(drawn.map((one) => y.at(one.points.at(-1)!.seconds)))
  for (const [n, { contender, points: own, exponent }] of drawn.entries()) {
    const role = roles.get(contender) ?? 'peer'
    const path = own.map(
      (point, index) => `${index === 0 ? 'M' : 'L'}${x.at(point.x).toFixed(1)} ${y.at(point.seconds).toFixed(1)}`,
    )
    const right = x.at(own.at(-1)!.x) + 8
    parts.push(
      element('path', { d: path.join(''), class: role }),
      ...own.map((point) => element('circle', { cx: x.at(point.x), cy: y.at(point.seconds), r: 3, class: role })),
      label(right, ends[n]! + 4, contender, 'end'),
    )
    if (exponent !== null) parts.push(label(right, ends[n]! + 17, `∝ ${over}^${exponent.toFixed(2)}`, 'muted end'))
  }
  return parts.join('')
}

/** The places of labels, moved down where they would overlap, and then up where they would leave the panel. */
function apart(places: readonly number[]): number[] {
  const out = [...places]
  const order = places.map((_, index) => index).sort((a, b) => places[a]! - places[b]!)
  let free = -Infinity
  for (const n of order) {
    out[n] = Math.max(out[n]!, free)
    free = out[n]! + nameHeight
  }
  let last = panelHeight - 1.5 * nameHeight
  for (const n of order.reverse()) {
    out[n] = Math.min(out[n]!, last)
    last = out[n]! - nameHeight
  }
  return out
}
