import type { ChartSpec } from '../chart-spec.js'
import type { MapsSpec } from '../field-spec.js'
import { brief, chartFigure } from '../figure.js'
import { formatNumber } from '../format.js'
import { html } from '../html.js'
import { knotControl, mapPlace, spreadTable, unitsTable } from '../maps.js'
import type { RunRecord } from '../run-record.js'
import { type Section, section } from './section.js'

/**
 * The virial residuals of the learned force over t, and where on the lattice they are.
 * @param maps what the page's maps draw
 * @returns undefined when they were not measured
 */
export function virial(run: RunRecord, maps: MapsSpec | undefined): Section | undefined {
  const { virial: measured } = run
  if (!measured || measured.t.length === 0) return undefined
  const { t, units, onsite, pair } = measured
  const order = [...t.keys()].sort((a, b) => (t[a] as number) - (t[b] as number))
  const rms = t.map((_, knot) => {
    let squares = 0
    for (let unit = 0; unit < units; unit++) squares += (onsite[knot * units + unit] as number) ** 2
    return Math.sqrt(squares / units)
  })
  const hasPairs = pair.some((value) => Number.isFinite(value))
  const curve = (values: number[]) =>
    order.map((knot) => (Number.isFinite(values[knot]) ? brief(values[knot] as number) : null))
  const x = order.map((knot) => brief(t[knot] as number))
  const spec: ChartSpec = {
    id: 'chart-virial',
    height: 260,
    x: { label: 'noising time t', log: x.every((value) => value > 0) },
    y: { label: 'residual (r.m.s.)', floor: 0 },
    series: [
      { label: 'units', kind: 'line', tone: 'accent', points: true, x, y: curve(rms) },
      ...(hasPairs
        ? [{ label: 'edges', kind: 'line' as const, tone: 'ink' as const, dashed: true, x, y: curve(pair) }]
        : []),
    ],
  }
  const content = {
    head: ['t', 'units, r.m.s.', ...(hasPairs ? ['edges, r.m.s.'] : [])],
    rows: order.map((knot) =>
      [t[knot], rms[knot], ...(hasPairs ? [pair[knot]] : [])].map((value) => formatNumber(value)),
    ),
  }
  const caption = html`How far each knot is from the fixed point of learning, where −⟨G<sub>i</sub> x<sub>i</sub>⟩ = kT on every unit${hasPairs ? html` and ⟨G<sub>i</sub> x<sub>j</sub>⟩ + ⟨G<sub>j</sub> x<sub>i</sub>⟩ = 0 on every edge` : undefined}: root mean square of the difference, in kT. G is the learned equilibrium force kT∇log p.`
  const field = maps?.fields.some(({ id }) => id === 'virial/units')
  const last = Array.from({ length: units }, (_, unit) => onsite[(t.length - 1) * units + unit] as number)
  const body = html`<h3>Residuals at each knot</h3>${chartFigure(spec, caption, content)}
${
  maps && field
    ? html`${knotControl('virial-knot', maps, true)}<div class="panels maps"><figure class="map"><h3>On the lattice <small>−⟨G x⟩/kT − 1</small></h3>
${mapPlace('virial/units', 'Virial residual of every unit', maps)}
<figcaption>Positive: the learned force holds the unit more tightly than the data ask for; negative: less.</figcaption>
${spreadTable(t, units, onsite, 'Table of the knots')}${unitsTable('virial/units', maps, last)}</figure></div>`
    : spreadTable(t, units, onsite, 'Table of the units')
}`
  const note = 'A network that has learned all it can obeys the virial theorem on the data, term by term.'
  return section('virial', 'Virial', note, body, [spec])
}
