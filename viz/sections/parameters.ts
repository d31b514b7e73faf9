import { layoutNote } from '../arrangement.js'
import type { ChartSpec } from '../chart-spec.js'
import type { MapsSpec } from '../field-spec.js'
import { brief, chartFigure } from '../figure.js'
import { formatNumber } from '../format.js'
import { html, type Markup } from '../html.js'
import type { Parameters, ParameterTerm } from '../learned-record.js'
import { knotControl, mapPlace, spreadTable, unitsTable } from '../maps.js'
import type { RunRecord } from '../run-record.js'
import { termFacts } from '../term-facts.js'
import { type Section, section } from './section.js'

/**
 * The on-site terms of the learned potential: as maps of the lattice with a slider over the knots, or, for few units, as
 * curves over t.
 * @param maps what the page's maps draw
 * @returns undefined when nothing was learned on units
 */
export function parameters(run: RunRecord, maps: MapsSpec | undefined): Section | undefined {
  const learned = run.parameters
  const terms = learned?.terms.filter(({ on }) => on === 'unit') ?? []
  if (!learned || terms.length === 0) return undefined
  if (!maps) {
    const charts = terms.map((term) => termChart(term, learned, (unit) => `unit ${unit + 1}`))
    const note = 'What the network learned on each unit, from data (left) to noise (right).'
    const body = html`<div class="charts two">${charts.map(({ markup }) => markup)}</div>`
    return section(
      'potential',
      'Potential',
      note,
      body,
      charts.map(({ spec }) => spec),
    )
  }
  const thinnedKnots =
    maps.knots.length < learned.knots.length
      ? ` The page keeps ${maps.knots.length} of the ${learned.knots.length} knots.`
      : ''
  const panels = terms.map((term) => {
    const { title, symbol, about } = termFacts(term.name)
    const last = Array.from({ length: term.columns }, (_, unit) => lastRow(term, learned, unit))
    return html`<figure class="map"><h3>${title} <small>${symbol}</small></h3>
${mapPlace(term.name, `${title} of every unit`, maps)}
<figcaption>${about}.</figcaption>
${spreadTable(learned.knots, term.columns, term.values, 'Table of the knots')}${unitsTable(term.name, maps, last)}</figure>`
  })
  const note =
    'What the network learned on each unit. Generation runs through all of the knots, and in between from one to the next.'
  const body = html`${knotControl('potential-knot', maps, true)}<div class="panels maps">${panels}</div>
<p class="caption">One ${maps.shape === 'triangular' ? 'hexagon' : maps.shape === 'square' ? 'square' : 'cell'} is one unit${maps.placed || maps.shape !== 'square' ? '' : ', in order'}; zero is pale in the light theme and dark in the dark one. Energies in the scenario's units. A click, a touch or the arrow keys choose a unit on every map of the page.${layoutNote(maps)}${thinnedKnots}</p>`
  return section('potential', 'Potential', note, body)
}

function lastRow(term: ParameterTerm, { knots }: Parameters, column: number): number {
  return term.values[(knots.length - 1) * term.columns + column] as number
}

/**
 * The curves of one term over t, a curve a column, at most eight.
 * @param name of a column
 */
export function termChart(
  { name, columns, values }: ParameterTerm,
  { knots }: Parameters,
  label: (column: number) => string,
): { spec: ChartSpec; markup: Markup } {
  const { title, symbol, about } = termFacts(name)
  const shown = Math.min(8, columns)
  const order = [...knots.keys()].sort((a, b) => (knots[a] as number) - (knots[b] as number))
  const at = (knot: number, column: number) => values[knot * columns + column] as number
  const spec: ChartSpec = {
    id: `chart-term-${name.replace(/[^a-z0-9-]/gi, '_')}`,
    height: 230,
    x: { label: 'noising time t', log: knots.every((t) => t > 0) },
    y: { label: symbol },
    series: Array.from({ length: shown }, (_, column) => ({
      label: label(column),
      kind: 'line' as const,
      tone: `run-${column}` as const,
      points: true,
      x: order.map((knot) => brief(knots[knot] as number)),
      y: order.map((knot) => brief(at(knot, column))),
    })),
  }
  const content = {
    head: ['t', ...Array.from({ length: shown }, (_, column) => label(column))],
    rows: order.map((knot) => [
      formatNumber(knots[knot]),
      ...Array.from({ length: shown }, (_, column) => formatNumber(at(knot, column))),
    ]),
  }
  const rest = columns > shown ? ` The first ${shown} of ${columns} are shown.` : ''
  return {
    spec,
    markup: html`<div><h3>${title} <small>${symbol}</small></h3>${chartFigure(spec, `${about}.${rest}`, content)}</div>`,
  }
}
