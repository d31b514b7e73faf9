/** A potential of one coordinate, as the quadrature asks for it. */
export interface UnitEnergy {
  /** U/kT at places, [places]; what is not a number counts as a place that is not reached */
  readonly at: (x: Float64Array) => Float64Array
  /** a bound of |U″|/kT between two places; where it is absent, what bends between two places that are looked at is not seen */
  readonly bend?: (from: number, to: number) => number
}

/** Energies above the lowest where the window ends, in kT: e^-46 ≈ 1e-20. */
export const cutoff = 46

/** Cells end where halving one changes its integral by less than this share of itself, or of all; … */
const tolerance = { own: 1e-9, all: 1e-13 }

/** … a straight line between its ends misses less than this share of all; … */
const straight = 1e-7

/** … and U can't leave the line between its ends by more than this, in kT, where that would matter. */
const dip = 0.5

const mostCells = 200_000

const deepest = 60

export function energiesAt({ at }: UnitEnergy, x: Float64Array): Float64Array {
  return at(x).map((u) => (Number.isNaN(u) ? Infinity : u))
}

/** A cell between two places with energies at five, evenly spaced. */
export interface Cell {
  readonly a: number
  readonly b: number
  readonly u: readonly [number, number, number, number, number]
}

/** How much too large the whole may have been taken when cells were measured by it. */
export const overestimate = 1.5

/** Adaptive Simpson over the cells between nodes, from left to right; places of a well that is deeper than any node, where one comes to light. */
export function integrated(energy: UnitEnergy, nodes: Float64Array, most: number) {
  const start = energiesAt(energy, nodes)
  const lowest = start.reduce((a, b) => Math.min(a, b), Infinity)
  const weight = (u: number) => Math.exp(lowest - u)
  const trapezia = start.reduce(
    (sum, u, n) => (n === 0 ? 0 : sum + ((nodes[n]! - nodes[n - 1]!) * (weight(u) + weight(start[n - 1]!))) / 2),
    0,
  )
  const scale = Math.min(most, trapezia)
  const cells: Cell[] = []
  let [missed, total] = [0, 0]
  let pending = withMiddles(
    energy,
    Array.from({ length: nodes.length - 1 }, (_, n) => ends(nodes, start, n)),
  )
  for (let depth = 0; pending.length > 0; depth++) {
    const halves: { a: number; b: number; ua: number; um: number; ub: number }[] = []
    for (const cell of pending) {
      const least = Math.min(...cell.u)
      if (least < lowest - deeper) {
        const found = Float64Array.from(cell.u, (_, k) => cell.a + ((cell.b - cell.a) * k) / 4)
        return { deeper: Float64Array.of(found[cell.u.indexOf(least)]!, ...bottoms(energy, found)) }
      }
      const judged = judge(cell, weight, scale, energy.bend, lowest)
      if (judged.isSettled || depth === deepest || cells.length + halves.length + pending.length > mostCells) {
        cells.push(cell)
        missed += judged.missed
        total += judged.mass
        continue
      }
      const m = (cell.a + cell.b) / 2
      const [ua, u1, um, u3, ub] = cell.u
      halves.push({ a: cell.a, b: m, ua, um: u1, ub: um }, { a: m, b: cell.b, ua: um, um: u3, ub })
    }
    pending = withQuarters(energy, halves)
  }
  cells.sort((p, q) => p.a - q.a)
  return { cells, lowest, missed, total, scale }
}

function ends(nodes: Float64Array, u: Float64Array, n: number) {
  return { a: nodes[n]!, b: nodes[n + 1]!, ua: u[n]!, ub: u[n + 1]! }
}

function withMiddles(energy: UnitEnergy, cells: readonly { a: number; b: number; ua: number; ub: number }[]): Cell[] {
  const middles = energiesAt(
    energy,
    Float64Array.from(cells, ({ a, b }) => (a + b) / 2),
  )
  return withQuarters(
    energy,
    cells.map((cell, n) => ({ ...cell, um: middles[n]! })),
  )
}

function withQuarters(
  energy: UnitEnergy,
  cells: readonly { a: number; b: number; ua: number; um: number; ub: number }[],
): Cell[] {
  const x = new Float64Array(2 * cells.length)
  cells.forEach(({ a, b }, n) => {
    x[2 * n] = (3 * a + b) / 4
    x[2 * n + 1] = (a + 3 * b) / 4
  })
  const u = energiesAt(energy, x)
  return cells.map(({ a, b, ua, um, ub }, n) => ({ a, b, u: [ua, u[2 * n]!, um, u[2 * n + 1]!, ub] }))
}

/** Whether a cell may stay as it is, and what its integral may be off by. */
function judge(
  { a, b, u }: Cell,
  weight: (u: number) => number,
  scale: number,
  bend: UnitEnergy['bend'],
  lowest: number,
): { isSettled: boolean; missed: number; mass: number } {
  const h = b - a
  const [w0, w1, w2, w3, w4] = u.map(weight) as [number, number, number, number, number]
  const coarse = (h / 6) * (w0 + 4 * w2 + w4)
  const fine = (h / 12) * (w0 + 4 * w1 + 2 * w2 + 4 * w3 + w4)
  const missed = Math.abs(fine - coarse) / 15
  const sag = Math.max(Math.abs(w1 - (3 * w0 + w4) / 4), Math.abs(w2 - (w0 + w4) / 2), Math.abs(w3 - (w0 + 3 * w4) / 4))
  const middle = (a + b) / 2
  if (!(middle > a && middle < b)) return { isSettled: true, missed, mass: fine }
  if (missed > tolerance.own * fine + tolerance.all * scale || h * sag > straight * scale)
    return { isSettled: false, missed, mass: fine }
  if (bend === undefined) return { isSettled: true, missed, mass: fine }
  // Between its places U can't be lower than the line between two of them by more than this.
  const below = ((h / 4) ** 2 * bend(a, b)) / 8
  const isOut = Math.min(...u) - below - lowest > cutoff
  return { isSettled: below <= dip || isOut, missed, mass: fine }
}

/** Boole's weights: Simpson's rule on both halves, and its error taken off. */
export const boole = [7, 32, 12, 32, 7].map((part) => part / 90)

/** A well that is deeper than those known by this, in kT, makes them new. */
const deeper = 1

const golden = (Math.sqrt(5) - 1) / 2

/** Places of each look at the window that others leave, and how often one looks. */
export const looks = { places: 1024, repeated: 3 }

/** The lowest place near each place that is lower than both its neighbours, by golden sections of all their brackets at once. */
export function bottoms(energy: UnitEnergy, places: Float64Array): Float64Array {
  const u = energiesAt(energy, places)
  const wells = [...u.keys()].filter(
    (n) => n > 0 && n < u.length - 1 && u[n]! <= u[n - 1]! && u[n]! <= u[n + 1]! && u[n]! < Infinity,
  )
  const low = Float64Array.from(wells, (n) => places[n - 1]!)
  const high = Float64Array.from(wells, (n) => places[n + 1]!)
  if (wells.length > looks.places / 4) return new Float64Array(0)
  // To √ε of the bracket: nearer a parabola has no digits.
  for (let section = 0; section < 40 && wells.length > 0; section++) {
    const [a, b] = [
      low.map((l, n) => high[n]! - golden * (high[n]! - l)),
      low.map((l, n) => l + golden * (high[n]! - l)),
    ]
    const [ua, ub] = [energiesAt(energy, a), energiesAt(energy, b)]
    for (let n = 0; n < wells.length; n++)
      if (ua[n]! < ub[n]!) high[n] = b[n]!
      else low[n] = a[n]!
  }
  return low.map((l, n) => (l + high[n]!) / 2)
}
