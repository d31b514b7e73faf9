/** All numbers from `lo` to `hi`, which may be infinite. */
export interface Interval {
  readonly lo: number
  readonly hi: number
}

/** Every number. */
export const everywhere: Interval = { lo: -Infinity, hi: Infinity }

/** What the engine's elementary functions may be off by, and our own rounding, with room: four units in the last place. */
const rounding = 4 * Number.EPSILON

/** An interval that holds both ends in spite of rounding; everything where one of them is not a number. */
export function outward(lo: number, hi: number): Interval {
  if (Number.isNaN(lo) || Number.isNaN(hi)) return everywhere
  // What overflowed is beyond the largest number, on that side.
  const [low, high] = [Math.min(lo, Number.MAX_VALUE), Math.max(hi, -Number.MAX_VALUE)]
  return {
    lo: low - Math.abs(low) * rounding - Number.MIN_VALUE,
    hi: high + Math.abs(high) * rounding + Number.MIN_VALUE,
  }
}

/** A single number. */
export function exactly(value: number): Interval {
  return { lo: value, hi: value }
}

/** Whether the interval holds a number. */
export function holds({ lo, hi }: Interval, value: number): boolean {
  return lo <= value && value <= hi
}

/** The largest |value|. */
export function magnitude({ lo, hi }: Interval): number {
  return Math.max(Math.abs(lo), Math.abs(hi))
}

/** The smallest interval that holds both. */
export function hull(a: Interval, b: Interval): Interval {
  return { lo: Math.min(a.lo, b.lo), hi: Math.max(a.hi, b.hi) }
}

/** a + b of any two of their numbers. */
export function add(a: Interval, b: Interval): Interval {
  return outward(a.lo + b.lo, a.hi + b.hi)
}

/** -a */
export function negative({ lo, hi }: Interval): Interval {
  return { lo: -hi, hi: -lo }
}

/** a·b; 0·∞ is 0, since an infinite end stands for numbers without bound. */
export function multiply(a: Interval, b: Interval): Interval {
  const product = (x: number, y: number) => (x === 0 || y === 0 ? 0 : x * y)
  const ends = [product(a.lo, b.lo), product(a.lo, b.hi), product(a.hi, b.lo), product(a.hi, b.hi)]
  return outward(Math.min(...ends), Math.max(...ends))
}

/** 1/a; everything where 0 lies inside. */
export function inverse(a: Interval): Interval {
  if (a.lo < 0 && a.hi > 0) return everywhere
  if (a.lo === 0 && a.hi === 0) return everywhere
  if (a.lo === 0) return outward(1 / a.hi, Infinity)
  if (a.hi === 0) return outward(-Infinity, 1 / a.lo)
  return outward(1 / a.hi, 1 / a.lo)
}

/** The image of a function that only grows, on the part of its domain that the interval meets; everything where there is none. */
export function growing(apply: (x: number) => number, from = -Infinity, to = Infinity): (a: Interval) => Interval {
  return (a) => {
    const lo = Math.max(a.lo, from)
    const hi = Math.min(a.hi, to)
    return lo <= hi ? outward(apply(lo), apply(hi)) : everywhere
  }
}

/** sin; cos is a quarter of a turn ahead. */
export function sine(a: Interval, ahead = 0): Interval {
  const at = ahead === 0 ? Math.sin : Math.cos
  // Beyond this the places of the extremes are lost in the rounding of π.
  if (!(magnitude(a) < 1e9) || a.hi - a.lo >= 2 * Math.PI) return { lo: -1, hi: 1 }
  const turn = (x: number) => (x + ahead) / (2 * Math.PI)
  const margin = 1e-6
  // sin is 1 at turns n + ¼ and -1 at n - ¼.
  const meets = (where: number) => Math.floor(turn(a.hi) - where + margin) > Math.floor(turn(a.lo) - where - margin)
  const { lo, hi } = outward(Math.min(at(a.lo), at(a.hi)), Math.max(at(a.lo), at(a.hi)))
  return { lo: meets(-0.25) ? -1 : lo, hi: meets(0.25) ? 1 : hi }
}

/** tan; everything where a pole may lie inside. */
export function tangent(a: Interval): Interval {
  const cosine = sine(a, Math.PI / 2)
  return holds(cosine, 0) || a.hi - a.lo >= Math.PI ? everywhere : outward(Math.tan(a.lo), Math.tan(a.hi))
}

/** cosh, and what is symmetric and grows with |x| like it. */
export function evenGrowing(apply: (x: number) => number): (a: Interval) => Interval {
  return (a) => {
    const least = holds(a, 0) ? 0 : Math.min(Math.abs(a.lo), Math.abs(a.hi))
    return outward(apply(least), apply(magnitude(a)))
  }
}

/** a^exponent with a constant exponent. */
export function power(a: Interval, exponent: number): Interval {
  if (exponent === 0) return exactly(1)
  if (exponent < 0) return inverse(power(a, -exponent))
  const apply = (x: number) => x ** exponent
  // A whole power of repeated products is off by a rounding for each.
  const loose = ({ lo, hi }: Interval) => outward(lo - 16 * rounding * Math.abs(lo), hi + 16 * rounding * Math.abs(hi))
  if (!Number.isInteger(exponent)) return loose(growing(apply, 0)(a))
  return loose(exponent % 2 === 0 ? evenGrowing(apply)(a) : growing(apply)(a))
}
