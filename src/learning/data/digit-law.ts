import { invalidValue } from '../../errors.js'
import type { Density } from './density.js'
import { type DiscreteLaw, discreteLaw } from './discrete-law.js'

/** The window of either coordinate that is cut into levels: beyond it toy densities have next to nothing. */
const window = 6

/** How a coordinate in [-6, 6) is written: its level ⌊(x + 6) Kⁿ/12⌋ as n digits of base K, the highest first. */
export interface DigitOptions {
  /** K; two-state units ±1 in Gray code for 2, where neighbouring levels differ in one bit; plain digits 0 … K - 1 above */
  readonly base: number
  /** n, of each coordinate */
  readonly digits: number
}

/**
 * A density of two units as digits: the first half of the units is one coordinate, the second the other. Its probabilities are the
 * masses of the cells, so that everything is exact; data are drawn from these.
 *
 * @throws E_INVALID_VALUE for a density of other units, or more than 65,536 states
 *
 * Cost: the mass of each cell, once.
 */
export function digitLaw(density: Density, { base, digits }: DigitOptions): DiscreteLaw {
  if (density.units !== 2) throw invalidValue(`its states have ${density.units} units; expected 2.`, 'density')
  const levels = base ** digits
  const edges = Float64Array.from({ length: levels + 1 }, (_, n) => ((2 * n) / levels - 1) * window)
  const values = base === 2 ? [-1, 1] : Array.from({ length: base }, (_, digit) => digit)
  const places = Array.from({ length: 2 * digits }, () => values)
  if (levels ** 2 > 2 ** 16)
    throw invalidValue(
      `${base} to the power of ${2 * digits} are ${levels ** 2} states; expected at most 65,536. Take fewer digits.`,
      'digits',
    )
  const masses = cellMasses(density, edges)
  const coded = new Float64Array(masses.length)
  const cells = new Int32Array(masses.length)
  const wide = levels / shown(levels)
  for (let i = 0; i < levels; i++)
    for (let j = 0; j < levels; j++) {
      const state = codeOf(i, base) * levels + codeOf(j, base)
      coded[state] = masses[i * levels + j]!
      cells[state] = Math.floor(i / wide) * shown(levels) + Math.floor(j / wide)
    }
  const x = Float64Array.from({ length: shown(levels) }, (_, n) => ((2 * n + 1) / shown(levels) - 1) * window)
  return discreteLaw(places, coded, { x, cells })
}

/** The digits of a level read as a plain number, which is its place among all states. */
function codeOf(level: number, base: number): number {
  return base === 2 ? level ^ (level >> 1) : level
}

/** A picture shows so many cells along an axis: several levels are one where they are many, and even. */
function shown(levels: number): number {
  return levels > 128 && levels % 4 === 0 ? levels / 4 : levels
}

/**
 * The level of each coordinate of a state of a digit law, which says where it is drawn.
 *
 * @param x - state [2·digits]
 */
export function levelsOf(x: ArrayLike<number>, { base, digits }: DigitOptions): [number, number] {
  const level = (first: number) => {
    let value = 0
    for (let k = 0; k < digits; k++) value = value * base + (base === 2 ? Number(x[first + k]! > 0) : x[first + k]!)
    if (base === 2) for (let shift = 1; shift < digits; shift *= 2) value ^= value >> shift
    return value
  }
  return [level(0), level(digits)]
}

/** Points along each side of a cell whose mass has no closed form. */
const points = 4

function cellMasses(density: Density, edges: Float64Array): Float64Array {
  if (density.cellMasses !== undefined) return density.cellMasses(edges)
  const cells = edges.length - 1
  const masses = new Float64Array(cells * cells)
  const x = new Float64Array(2)
  const width = (edges[1]! - edges[0]!) / points
  for (let i = 0; i < cells * points; i++)
    for (let j = 0; j < cells * points; j++) {
      x[0] = edges[0]! + (i + 0.5) * width
      x[1] = edges[0]! + (j + 0.5) * width
      masses[Math.floor(i / points) * cells + Math.floor(j / points)]! +=
        width * width * Math.exp(density.logDensity(x))
    }
  return masses
}

/**
 * -∫ p log p of a density of two units, in nats, by the midpoint rule over the window.
 *
 * @param midpoints - along either axis; edges of a density that has some should lie between them
 */
function differentialEntropy(density: Density, midpoints = 384): number {
  const x = new Float64Array(2)
  const width = (2 * window) / midpoints
  let sum = 0
  for (let i = 0; i < midpoints; i++)
    for (let j = 0; j < midpoints; j++) {
      x[0] = (i + 0.5) * width - window
      x[1] = (j + 0.5) * width - window
      const log = density.logDensity(x)
      if (log > -700) sum -= width * width * Math.exp(log) * log
    }
  return sum
}

/**
 * The entropy of a density of two units in levels of width 1/scale, as these become narrow: -∫ p log p + 2 log scale. No model of such
 * levels has a smaller mean of -log q, so that what it reaches tells nothing before this is taken off.
 */
export function entropyFloor(density: Density, scale: number): number {
  return differentialEntropy(density) + 2 * Math.log(scale)
}
