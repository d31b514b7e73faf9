import { arrangement, layoutNote, unitName } from '../arrangement.js'
import type { MapsSpec } from '../field-spec.js'
import { formatCount, formatNumber } from '../format.js'
import { html, type Markup } from '../html.js'
import type { Parameters, ParameterTerm } from '../learned-record.js'
import { knotControl, mapPlace, spreadTable, unitControl } from '../maps.js'
import type { RunRecord } from '../run-record.js'
import { termFacts } from '../term-facts.js'
import { termChart } from './parameters.js'
import { type Section, section } from './section.js'

const listed = 10

/**
 * The couplings of the learned potential: those of one chosen unit as a map of the lattice, and the strongest of all as a
 * table; for few units curves over t.
 * @param maps what the page's maps draw
 * @returns undefined without couplings
 */
export function couplings(run: RunRecord, maps: MapsSpec | undefined): Section | undefined {
  const learned = run.parameters
  const terms = learned?.terms.filter(({ on, columns }) => on === 'edge' && columns > 0) ?? []
  if (!learned || terms.length === 0) return undefined
  const { edges, units } = learned
  const place = arrangement(run, units)
  const name = (unit: number) => unitName(unit, place)
  const end = (edge: number, side: number) => edges[2 * edge + side] as number
  if (!maps) {
    const charts = terms.map((term) =>
      termChart(term, learned, (edge) => `units ${end(edge, 0) + 1} and ${end(edge, 1) + 1}`),
    )
    const body = html`<div class="charts two">${charts.map(({ markup }) => markup)}</div>`
    const note = 'What the network learned between two units.'
    return section(
      'couplings',
      'Couplings',
      note,
      body,
      charts.map(({ spec }) => spec),
    )
  }
  const panels = terms.map((term) => {
    const { title, symbol, about } = termFacts(term.name)
    return html`<div class="pair"><figure class="map"><h3>${title} of one unit <small>${symbol}</small></h3>
${mapPlace(`pairs/${term.name}`, `${title} of the chosen unit to every other`, maps)}
<figcaption>${about}. The outlined ${maps.shape === 'triangular' ? 'hexagon' : maps.shape === 'square' ? 'square' : 'cell'} is the chosen unit; a unit without an edge to it is left empty.</figcaption>
${spreadTable(learned.knots, term.columns, term.values, 'Table of the knots')}</figure>
<div>${strongest(term, learned, symbol, name)}</div></div>`
  })
  const [first] = terms
  const note = `${formatCount(first?.columns ?? 0)} edges between ${formatCount(units)} units. Choose a unit on the map, or by its ${maps.placed ? 'row and column' : 'number'}.${layoutNote(maps)}`
  const body = html`${knotControl('couplings-knot', maps, true)}${unitControl('couplings-unit', units, place)}${panels}`
  return section('couplings', 'Couplings', note, body)
}

/** The strongest couplings at the least noisy knot; the script follows the slider. */
function strongest(
  { name, columns, values }: ParameterTerm,
  { knots, edges }: Parameters,
  symbol: string,
  unit: (unit: number) => string,
): Markup {
  const last = (knots.length - 1) * columns
  const size = (edge: number) => Math.abs(values[last + edge] as number)
  const order = [...Array(columns).keys()].sort((a, b) => size(b) - size(a) || a - b).slice(0, listed)
  const chooser = (edge: number, side: number) => {
    const number = edges[2 * edge + side] as number
    return html`<button type="button" class="plain" data-choose="${number}">${unit(number)}</button>`
  }
  return html`<h3>Strongest <small>at this knot</small></h3><div class="scroll" tabindex="0" role="group" aria-label="Strongest couplings"><table class="strongest" data-strongest="${name}">
<thead><tr><th scope="col">unit</th><th scope="col">and unit</th><th scope="col">${symbol}</th></tr></thead>
<tbody>${order.map(
    (
      edge,
    ) => html`<tr><th scope="row">${chooser(edge, 0)}</th><td>${chooser(edge, 1)}</td><td data-value>${formatNumber(values[last + edge] as number)}</td></tr>
`,
  )}</tbody></table></div>`
}
