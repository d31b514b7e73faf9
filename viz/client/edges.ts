import type { FieldSpec, MapsSpec } from '../field-spec.js'
import { formatNumber } from '../format.js'
import { all } from './block.js'
import type { ChoiceStore } from './choice.js'
import { unitWords } from './lattice.js'

/**
 * The values of one unit's edges as a map of the units.
 * @param ends unit pairs, [edges, 2]
 * @param value of an edge at a knot
 * @returns a function of knot, chosen unit and other unit; undefined where there is no edge
 */
export function edgeMap(
  ends: Uint16Array,
  units: number,
  value: (knot: number, edge: number) => number,
): (knot: number, chosen: number, other: number) => number | undefined {
  let edgeTo = new Int32Array(units)
  let of = -1
  // One pass over the edges a choice, not one a square.
  const find = (chosen: number) => {
    edgeTo = new Int32Array(units).fill(-1)
    of = chosen
    for (let edge = 0; 2 * edge < ends.length; edge++) {
      const [a, b] = [ends[2 * edge] as number, ends[2 * edge + 1] as number]
      if (a === chosen) edgeTo[b] = edge
      if (b === chosen) edgeTo[a] = edge
    }
  }
  return (knot, chosen, other) => {
    if (of !== chosen) find(chosen)
    const edge = edgeTo[other] as number
    return edge < 0 ? undefined : value(knot, edge)
  }
}

/** Keeps the table of the strongest couplings at the chosen knot; its buttons choose their unit. */
export function strongestTable(
  { id }: FieldSpec,
  ends: Uint16Array,
  value: (knot: number, edge: number) => number,
  maps: MapsSpec,
  store: ChoiceStore,
): void {
  const table = all<HTMLElement>('[data-strongest]').find(({ dataset }) => dataset.strongest === id)
  if (!table) return
  const rows = all<HTMLElement>('tbody tr', table)
  let shown = -1
  const fill = () => {
    const { knot } = store.now()
    if (knot !== shown) {
      shown = knot
      strongest(ends.length / 2, rows.length, (edge) => value(knot, edge)).forEach((edge, place) => {
        const row = rows[place] as HTMLElement
        all<HTMLElement>('[data-choose]', row).forEach((button, side) => {
          const unit = ends[2 * edge + side] as number
          button.dataset.choose = String(unit)
          button.textContent = unitWords(unit, maps)
        })
        const cell = row.querySelector('[data-value]')
        if (cell) cell.textContent = formatNumber(value(knot, edge))
      })
    }
    for (const button of all<HTMLElement>('[data-choose]', table))
      button.setAttribute('aria-pressed', String(Number(button.dataset.choose) === store.now().unit))
  }
  table.addEventListener('click', (event) => {
    const button = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-choose]') : null
    if (button) store.change({ unit: Number(button.dataset.choose) })
  })
  store.follow(fill)
  fill()
}

/** The edges of largest magnitude, the largest first: insertion into a short list. */
function strongest(edges: number, wanted: number, value: (edge: number) => number): number[] {
  const best: { edge: number; size: number }[] = []
  for (let edge = 0; edge < edges; edge++) {
    const size = Math.abs(value(edge))
    if (best.length === wanted && !(size > (best.at(-1)?.size ?? 0))) continue
    const place = best.findIndex((other) => size > other.size)
    best.splice(place < 0 ? best.length : place, 0, { edge, size })
    best.length = Math.min(best.length, wanted)
  }
  return best.map(({ edge }) => edge)
}
