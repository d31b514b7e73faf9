import { type Arrangement, arrangement, canvasStyle } from './arrangement.js'
import type { FieldSpec, MapsSpec } from './field-spec.js'
import { brief, foldedTable, thinned } from './figure.js'
import { formatNumber } from './format.js'
import { hiddenFieldId, seenBy, strongestHidden } from './hidden-units.js'
import { html, type Insertable, type Markup } from './html.js'
import type { ParameterTerm } from './learned-record.js'
import { pack, packUnits } from './pack.js'
import type { RunRecord } from './run-record.js'
import { startUnit } from './start-unit.js'
import { summarise } from './summary.js'
import { termFacts } from './term-facts.js'

/** Fewer units than this say more as curves over t than as a map. */
const fewUnits = 8
/** Numbers on edges that the page keeps, and as many on units: two bytes each, and base64 adds a third. */
const mostNumbers = 1_000_000

/**
 * What the maps of the page draw: every term of the learned potential, what the strongest hidden units see, and the virial
 * residuals, at the same knots. Knots are
 * thinned when a large network would make the page heavy.
 * @returns undefined for few units, and when nothing was learned
 */
export function mapsSpec(run: RunRecord): MapsSpec | undefined {
  const { parameters, virial } = run
  const units = parameters?.units ?? virial?.units ?? 0
  const times = parameters?.knots ?? virial?.t ?? []
  // Unit numbers are packed in 16 bits.
  if (units <= fewUnits || units > 65536 || times.length === 0) return undefined
  const onEdges = parameters?.terms.filter(({ on, columns }) => on === 'edge' && columns > 0) ?? []
  const onUnits = parameters?.terms.filter(({ on }) => on === 'unit') ?? []
  const columnsOf = (terms: readonly ParameterTerm[]) => terms.reduce((sum, { columns }) => sum + columns, 0)
  const numbers = Math.max(columnsOf(onEdges), columnsOf(onUnits))
  const kept = thinned([...times.keys()], Math.max(2, Math.floor(mostNumbers / Math.max(1, numbers))))
  const field = (id: string, symbol: string, columns: number, values: ArrayLike<number>): FieldSpec => ({
    id,
    symbol,
    values: pack(kept.length, columns, (row, column) => values[(kept[row] as number) * columns + column] as number),
  })
  const ofTerm = ({ name, columns, values }: ParameterTerm) => field(name, termFacts(name).symbol, columns, values)
  const residuals =
    virial && virial.units === units && virial.t.length === times.length
      ? [field('virial/units', 'residual', units, virial.onsite)]
      : []
  const hidden = parameters?.hidden
  const seen = (parameters ? strongestHidden(parameters) : []).map((unit) =>
    field(hiddenFieldId(unit), 'V', units, hidden ? seenBy(hidden, unit, units, times.length) : []),
  )
  return {
    knots: kept.map((knot) => brief(times[knot] as number)),
    units,
    ...arrangement(run, units),
    unit: startUnit(run),
    fields: [...onUnits.map(ofTerm), ...residuals, ...seen],
    pairs: onEdges.map(ofTerm),
    edges: packUnits(onEdges.length > 0 ? (parameters?.edges ?? []) : []),
  }
}

/**
 * The slider over the knots; all of them on the page move together, because the knot is one choice.
 * @param id unique on the page
 * @param maps what is drawn
 * @param scaled whether to offer one scale of colour for all knots
 */
export function knotControl(id: string, maps: MapsSpec, scaled: boolean): Markup {
  const last = maps.knots.length - 1
  return html`<div class="controls live"><div class="slider"><label for="${id}">Knot, from noise to data</label>
<input type="range" id="${id}" data-knot min="0" max="${last}" value="${last}" step="1"><output for="${id}" data-knot-time>t = ${formatNumber(maps.knots[last])}</output></div>
${
  scaled
    ? html`<fieldset class="switch"><legend>Colours span</legend>
<label><input type="radio" name="${id}-scale" value="knot" checked><span>this knot</span></label>
<label><input type="radio" name="${id}-scale" value="all"><span>all knots</span></label></fieldset>`
    : undefined
}</div>`
}

/**
 * Inputs that choose a unit by number: row and column on a lattice, one number elsewhere.
 * @param id unique on the page
 * @param units how many there are
 */
export function unitControl(id: string, units: number, { lattice, placed }: Arrangement): Markup {
  const input = (axis: string, label: string, most: number) =>
    html`<label for="${id}-${axis}">${label}</label><input type="number" id="${id}-${axis}" data-unit-axis="${axis}" min="1" max="${most}" value="1">`
  return html`<div class="unit-control live" role="group" aria-label="Choose a unit">${
    placed
      ? html`${input('row', 'Unit in row', lattice[0])}${input('column', 'column', lattice[1])}`
      : input('unit', 'Unit', units)
  }</div>`
}

/**
 * A place for one map: canvas, colour scale and the figure under the pointer; the script draws it.
 * @param id what to draw: the id of a field, or `pairs/` and that of a quantity on edges
 * @param label what a screen reader says of it
 */
export function mapPlace(id: string, label: string, maps: MapsSpec): Markup {
  return html`<canvas class="lattice${maps.torus ? ' torus' : ''}" data-map="${id}" style="${canvasStyle(maps)}" tabindex="0" role="application" aria-roledescription="lattice map" aria-label="${label}. Arrow keys choose a unit."></canvas>
<div class="ramp-line"><span data-low></span><i class="ramp"></i><span data-high></span></div>
<p class="reading"><output data-map-reading="${id}"></output></p>`
}

/**
 * The figures behind a map: the spread over the columns at each knot.
 * @param values [knots, columns]
 */
export function spreadTable(
  times: readonly number[],
  columns: number,
  values: ArrayLike<number>,
  label: Insertable & string,
): Markup {
  const rows = times.map((t, knot) => {
    const { mean, standardDeviation, minimum, median, maximum } = summarise(
      Array.from({ length: columns }, (_, column) => values[knot * columns + column] as number),
    )
    return [formatNumber(t), ...[mean, standardDeviation, minimum, median, maximum].map((value) => formatNumber(value))]
  })
  return foldedTable({ head: ['t', 'mean', 's.d.', 'minimum', 'median', 'maximum'], rows }, label)
}

/** A table of every unit's value that the script keeps at the chosen knot; it starts with the least noisy one. */
export function unitsTable(id: string, maps: MapsSpec, last: ArrayLike<number>): Markup {
  const [rows, columns] = maps.lattice
  const cell = (row: number, column: number) => {
    const unit = row * columns + column
    return html`<td data-cell="${unit}">${unit < maps.units ? formatNumber(last[unit]) : undefined}</td>`
  }
  return html`<details class="data"><summary>Table of the units at this knot</summary>
<div class="scroll" tabindex="0" role="group" aria-label="Values of the units"><table data-cells="${id}"><thead><tr><th scope="col">row</th>${Array.from(
    { length: columns },
    (_, column) => html`<th scope="col">${column + 1}</th>`,
  )}</tr></thead><tbody>${Array.from(
    { length: rows },
    (_, row) =>
      html`<tr><th scope="row">${row + 1}</th>${Array.from({ length: columns }, (_, column) => cell(row, column))}</tr>
`,
  )}</tbody></table></div></details>`
}
