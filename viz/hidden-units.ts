import type { HiddenUnits, Parameters } from './learned-record.js'

/** Hidden units that the page shows. */
const mostShown = 8

/** The strength of every hidden unit at the least noisy knot: the root of the summed squares of its couplings, [hidden units]. */
export function hiddenStrength({ knots, hidden }: Parameters): number[] {
  if (!hidden) return []
  const { edges, couplings, units } = hidden
  const count = edges.length / 2
  const last = (knots.length - 1) * count
  const squares = new Array<number>(units).fill(0)
  for (let edge = 0; edge < count; edge++)
    (squares[edges[2 * edge + 1] as number] as number) += (couplings[last + edge] as number) ** 2
  return squares.map(Math.sqrt)
}

/** The strongest hidden units, the strongest first; at most eight. */
export function strongestHidden(parameters: Parameters): number[] {
  const strength = hiddenStrength(parameters)
  return [...strength.keys()]
    .sort((a, b) => (strength[b] as number) - (strength[a] as number) || a - b)
    .slice(0, mostShown)
}

/** The couplings of one hidden unit to every visible one, [knots, visible]; NaN where there is none. */
export function seenBy({ edges, couplings }: HiddenUnits, unit: number, visible: number, knots: number): Float64Array {
  const count = edges.length / 2
  const out = new Float64Array(knots * visible).fill(Number.NaN)
  for (let edge = 0; edge < count; edge++)
    // Label units, which hidden ones may see too, come after the visible ones.
    if (edges[2 * edge + 1] === unit && (edges[2 * edge] as number) < visible)
      for (let knot = 0; knot < knots; knot++)
        out[knot * visible + (edges[2 * edge] as number)] = couplings[knot * count + edge] as number
  return out
}

/** The map of a hidden unit among those of the page. */
export function hiddenFieldId(unit: number): string {
  return `hidden/${unit}`
}
