import type { FieldSpec, MapsSpec } from '../field-spec.js'
import { formatNumber } from '../format.js'
import { all } from './block.js'
import type { ChoiceStore } from './choice.js'
import { edgeMap, strongestTable } from './edges.js'
import { paintLattice, pickUnits, unitWords } from './lattice.js'
import { readNumber } from './numbers.js'
import { ramp, rampColour, showScale } from './ramp.js'
import { unpack, unpackUnits } from './unpack.js'

/** A quantity on the units: its value at a knot, undefined where the chosen unit has no edge. */
type UnitValue = (knot: number, unit: number) => number | undefined

/**
 * Draws the lattice maps of the page and follows slider, choice and theme.
 * @returns a function that draws them again in the present colours
 */
export function drawMaps(spec: MapsSpec, store: ChoiceStore): () => void {
  const redraws = spec.fields.flatMap((field) => {
    const value = unpack(field.values)
    unitsTable(field, spec, value, store)
    return onCanvas(field.id, field, spec, value, largest(field.values.steps), store)
  })
  const ends = unpackUnits(spec.edges)
  for (const pair of spec.pairs) {
    const value = unpack(pair.values)
    const map = edgeMap(ends, spec.units, value)
    const ofChosen: UnitValue = (knot, unit) => map(knot, store.now().unit, unit)
    redraws.push(...onCanvas(`pairs/${pair.id}`, pair, spec, ofChosen, largest(pair.values.steps), store))
    strongestTable(pair, ends, value, spec, store)
  }
  knotSliders(spec, store)
  return () => {
    for (const again of redraws) again()
  }
}

/** The largest magnitude of each row is 32767 of its steps. */
function largest(steps: number[]): number[] {
  return steps.map((step) => 32767 * step)
}

function onCanvas(
  id: string,
  { symbol }: FieldSpec,
  maps: MapsSpec,
  value: UnitValue,
  reach: number[],
  store: ChoiceStore,
): (() => void)[] {
  const { units } = maps
  const canvas = all<HTMLCanvasElement>('canvas[data-map]').find(({ dataset }) => dataset.map === id)
  const figure = canvas?.closest('figure')
  if (!canvas || !figure) return []
  const section = canvas.closest('section')
  const output = all<HTMLOutputElement>('[data-map-reading]', figure)[0]
  let hovered: number | undefined
  const read = () => {
    const { knot, unit } = store.now()
    const at = hovered ?? unit
    const figureOf = value(knot, at)
    const shown =
      figureOf !== undefined
        ? `${symbol} = ${readNumber(figureOf)}`
        : at === unit
          ? 'the chosen unit itself'
          : 'no edge'
    const text = `${unitWords(at, maps)}: ${shown}`
    if (output && output.textContent !== text) output.textContent = text
  }
  const paint = () => {
    const { knot, unit } = store.now()
    const allKnots = section?.querySelector('input[value=all]:checked') !== null
    const limit = allKnots ? Math.max(...reach) : pairLimit(id, value, knot, units, reach)
    const colours = ramp()
    const fill = (at: number) => {
      const found = value(knot, at)
      return found === undefined || Number.isNaN(found) ? undefined : rampColour(colours, found, limit)
    }
    paintLattice(canvas, { layout: maps, units, fill, chosen: unit })
    showScale(figure, colours, limit)
    read()
  }
  pickUnits(
    canvas,
    maps,
    units,
    () => store.now().unit,
    (unit) => store.change({ unit }),
    (unit) => {
      hovered = unit
      read()
    },
  )
  for (const input of all<HTMLInputElement>('.switch input', section ?? document))
    input.addEventListener('change', paint)
  new ResizeObserver(paint).observe(canvas)
  store.follow(paint)
  paint()
  return [paint]
}

/** A map of one unit's couplings spans its own values: those of the strongest unit would leave it pale. */
function pairLimit(id: string, value: UnitValue, knot: number, units: number, reach: number[]): number {
  if (!id.startsWith('pairs/')) return reach[knot] ?? 0
  let limit = 0
  for (let unit = 0; unit < units; unit++) limit = Math.max(limit, Math.abs(value(knot, unit) ?? 0) || 0)
  return limit
}

function knotSliders({ knots }: MapsSpec, store: ChoiceStore): void {
  const sliders = all<HTMLInputElement>('input[data-knot]')
  const times = all<HTMLOutputElement>('[data-knot-time]')
  const show = () => {
    const { knot } = store.now()
    const text = `t = ${readNumber(knots[knot] ?? 0, 3)}`
    for (const slider of sliders) {
      slider.value = String(knot)
      slider.setAttribute('aria-valuetext', text)
    }
    for (const time of times) time.textContent = text
  }
  for (const slider of sliders) slider.addEventListener('input', () => store.change({ knot: slider.valueAsNumber }))
  store.follow(show)
  show()
}

/** Keeps the table of a map's values at the chosen knot while it is open. */
function unitsTable({ id }: FieldSpec, { units }: MapsSpec, value: UnitValue, store: ChoiceStore): void {
  const table = all<HTMLElement>('[data-cells]').find(({ dataset }) => dataset.cells === id)
  const folded = table?.closest('details')
  if (!table || !folded) return
  const cells = all<HTMLElement>('[data-cell]', table)
  const fill = () => {
    if (!folded.open) return
    for (const cell of cells) {
      const unit = Number(cell.dataset.cell)
      if (unit < units) cell.textContent = formatNumber(value(store.now().knot, unit))
    }
  }
  folded.addEventListener('toggle', fill)
  store.follow(fill)
}
