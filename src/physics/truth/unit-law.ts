import {
  boole,
  bottoms,
  type Cell,
  cutoff,
  energiesAt,
  integrated,
  looks,
  overestimate,
  type UnitEnergy,
} from './adaptive-cells.js'

/** Where a coordinate may be: beyond an end that is infinite only its potential holds it. */
export interface Range {
  readonly lower: number
  readonly upper: number
}

/** Everywhere. */
export const line: Range = { lower: -Infinity, upper: Infinity }

/** The Boltzmann law e^(-U/kT)/Z of one coordinate, cell by cell. */
export interface UnitLaw {
  /** ends of the cells, ascending, [cells + 1], and what is below each of them, from 0 to 1 */
  readonly x: Float64Array
  readonly below: Float64Array
  /** e^(-U/kT)/Z at the ends of each cell, [cells + 1] */
  readonly density: Float64Array
  /** log Z, Z = ∫ e^(-U/kT) dx, and what it may be off by */
  readonly logPartition: number
  readonly error: number
  readonly mean: number
  readonly variance: number
}

/** What is wrong with a potential that has no Boltzmann law; a clause. */
export interface Unconfined {
  readonly unconfined: string
}

/** Places are looked at in every octave of the distance from 0 (or from the only wall), of so many octaves on either side of 1. */
const octaves = { each: 8, below: 20, above: 60 }

/** Mass beyond the window, over all of it, that counts as none. */
const negligible = 1e-14

/**
 * The law of a coordinate in any potential: the wells are found by looking at all scales of distance and going downhill, and the integral
 * is Simpson's with halves of halves where it has not settled, so that wells may be several, narrow and far from 0. A well between two
 * places that neither a slope nor `bend` gives away is not found.
 *
 * @returns what is wrong where there is no such law
 *
 * Cost: some 5,000 energies, and some ten for each thermal width of a well and each kT of its walls.
 * Source: Davis and Rabinowitz, Methods of Numerical Integration (1984), section 6.2 (adaptive Simpson).
 */
export function unitLaw(energy: UnitEnergy, range: Range = line): UnitLaw | Unconfined {
  const places = placesIn(range)
  const u = energiesAt(energy, places)
  const lowest = u.reduce((a, b) => Math.min(a, b), Infinity)
  if (lowest === Infinity) return { unconfined: 'is nowhere a number' }
  const ends = endsOf(places, u)
  const found = sides(range).find((side) => isOpen(u, side))
  if (found !== undefined) return { unconfined: fallsShort(places, u, found) }
  for (;;) {
    const law = integral(energy, nodesWithin(energy, places[ends.first]!, places[ends.last]!))
    const beyond = (side: Side) => {
      const at = side === 'lower' ? 0 : law.x.length - 1
      return law.density[at]! * Math.abs(law.x[at]! - law.mean) > negligible
    }
    const short = sides(range).filter(beyond)
    if (short.length === 0) return law
    for (const side of short) {
      if (side === 'lower' ? ends.first === 0 : ends.last === places.length - 1)
        return { unconfined: fallsShort(places, u, side) }
      if (side === 'lower') ends.first = Math.max(0, ends.first - octaves.each)
      else ends.last = Math.min(places.length - 1, ends.last + octaves.each)
    }
  }
}

type Side = 'lower' | 'upper'

/** Sides on which nothing but the potential holds the coordinate. */
function sides({ lower, upper }: Range): Side[] {
  return [...(lower === -Infinity ? (['lower'] as const) : []), ...(upper === Infinity ? (['upper'] as const) : [])]
}

/** Places at all scales. */
function placesIn({ lower, upper }: Range): Float64Array {
  if (Number.isFinite(lower) && Number.isFinite(upper)) return evenly(lower, upper, looks.places)
  const count = octaves.each * (octaves.below + octaves.above) + 1
  const distances = Float64Array.from({ length: count }, (_, n) => 2 ** (n / octaves.each - octaves.below))
  const [left, right] = [distances.map((s) => -s).reverse(), distances]
  if (Number.isFinite(lower)) return Float64Array.of(lower, ...right.map((s) => lower + s))
  if (Number.isFinite(upper)) return Float64Array.of(...left.map((s) => upper + s), upper)
  return Float64Array.of(...left, 0, ...right)
}

function evenly(from: number, to: number, parts: number): Float64Array {
  return Float64Array.from({ length: parts + 1 }, (_, n) => from + ((to - from) * n) / parts)
}

/** Whether the potential has not risen to the cutoff at the last place of a side. */
function isOpen(u: Float64Array, side: Side): boolean {
  const lowest = u.reduce((a, b) => Math.min(a, b), Infinity)
  return !((side === 'lower' ? u[0]! : u.at(-1)!) - lowest > cutoff)
}

function fallsShort(places: Float64Array, u: Float64Array, side: Side): string {
  const [end, before] = side === 'lower' ? [0, octaves.each] : [u.length - 1, u.length - 1 - octaves.each]
  const [far, near] = [u[end]!, u[before]!]
  const how = far < near ? 'falls' : far === near ? 'is flat' : 'grows too slowly for a normaliser'
  return `${how} towards x = ${places[end]! < 0 ? '-∞' : '∞'}`
}

/** The outermost places within the cutoff, and one beyond. */
function endsOf(places: Float64Array, u: Float64Array): { first: number; last: number } {
  const lowest = u.reduce((a, b) => Math.min(a, b), Infinity)
  const isIn = (value: number) => value - lowest <= cutoff
  return {
    first: Math.max(0, u.findIndex(isIn) - 1),
    last: Math.min(places.length - 1, u.findLastIndex(isIn) + 1),
  }
}

/** Places in the window, the bottoms of all wells among them, after looking closer and closer at what is within the cutoff. */
function nodesWithin(energy: UnitEnergy, from: number, to: number): Float64Array {
  let [low, high] = [from, to]
  const nodes = new Set<number>()
  for (let look = 0; look < looks.repeated; look++) {
    const even = evenly(low, high, looks.places)
    for (const x of even) nodes.add(x)
    for (const x of bottoms(energy, even)) nodes.add(x)
    const places = Float64Array.from(nodes).sort()
    const ends = endsOf(places, energiesAt(energy, places))
    ;[low, high] = [Math.max(from, places[ends.first]!), Math.min(to, places[ends.last]!)]
  }
  return Float64Array.from(nodes).sort()
}

/** The law between the first and the last node. Cells are measured by what the whole is, which the first try may not know. */
function integral(energy: UnitEnergy, nodes: Float64Array): UnitLaw {
  let known = nodes
  let scale = Infinity
  for (;;) {
    const found = integrated(energy, known, scale)
    if ('deeper' in found) known = Float64Array.from(new Set([...known, ...found.deeper])).sort()
    else if (found.total * overestimate < found.scale) scale = found.total
    else return lawOf(found.cells, found.lowest, found.missed)
  }
}

function lawOf(cells: readonly Cell[], lowest: number, missed: number): UnitLaw {
  const x = new Float64Array(cells.length + 1)
  const density = new Float64Array(cells.length + 1)
  const below = new Float64Array(cells.length + 1)
  const weights = cells.map(({ u }) => u.map((value) => Math.exp(lowest - value)))
  // About a place among them, which costs the variance no digits.
  const origin = cells[weights.reduce((best, w, n) => (w[2]! > weights[best]![2]! ? n : best), 0)]!.a
  let [total, first, second] = [0, 0, 0]
  cells.forEach(({ a, b }, n) => {
    let mass = 0
    boole.forEach((share, k) => {
      const w = share * (b - a) * weights[n]![k]!
      const at = a + ((b - a) * k) / 4 - origin
      mass += w
      first += w * at
      second += w * at * at
    })
    total += mass
    x[n] = a
    x[n + 1] = b
    density[n] = weights[n]![0]!
    density[n + 1] = weights[n]![4]!
    below[n + 1] = total
  })
  const shift = first / total
  return {
    x,
    below: below.map((mass) => mass / total),
    density: density.map((w) => w / total),
    logPartition: Math.log(total) - lowest,
    error: missed / total,
    mean: origin + shift,
    variance: second / total - shift * shift,
  }
}

/** The place below which a share p of a law lies; within a cell the density is a line, which is off by less than 1e-7 of all. */
export function quantileOf({ x, below, density }: UnitLaw, p: number): number {
  let [low, high] = [0, below.length - 1]
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (below[middle]! <= p) low = middle
    else high = middle
  }
  const [from, to, wa, wb] = [x[low]!, x[high]!, density[low]!, density[high]!]
  const mass = below[high]! - below[low]!
  if (!(mass > 0)) return from
  const share = Math.min(1, Math.max(0, (p - below[low]!) / mass))
  // ∫ of the line from wa to wb is this share of all of it.
  const root = wa + Math.sqrt(wa * wa + share * (wb * wb - wa * wa))
  return root > 0 ? from + ((to - from) * share * (wa + wb)) / root : from + (to - from) * share
}
