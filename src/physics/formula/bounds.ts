import type { Expression } from './expression.js'
import {
  add,
  evenGrowing,
  everywhere,
  exactly,
  growing,
  holds,
  hull,
  type Interval,
  inverse,
  magnitude,
  multiply,
  negative,
  outward,
  power,
  sine,
  tangent,
} from './interval.js'
import type { Formula } from './parse.js'

/** What a function can be on an interval of one of its variables: all its values, and all its slopes there. */
export interface Bounds {
  readonly value: Interval
  /** everything where the function jumps */
  readonly slope: Interval
}

const still = exactly(0)
const one = exactly(1)
const half = Math.PI / 2

/** Images of the functions of one variable, and of their derivatives. */
const unary: Readonly<Record<string, readonly [(a: Interval) => Interval, (a: Interval) => Interval]>> = {
  sin: [sine, (a) => sine(a, half)],
  cos: [(a) => sine(a, half), (a) => negative(sine(a))],
  tan: [tangent, (a) => power(inverse(sine(a, half)), 2)],
  asin: [growing(Math.asin, -1, 1), (a) => growing((x) => 1 / Math.sqrt(1 - x * x), 0, 1)(absolute(a))],
  acos: [
    (a) => negative(growing((x) => -Math.acos(x), -1, 1)(a)),
    (a) => negative(growing((x) => 1 / Math.sqrt(1 - x * x), 0, 1)(absolute(a))),
  ],
  atan: [growing(Math.atan), (a) => inverse(add(one, power(a, 2)))],
  sinh: [growing(Math.sinh), evenGrowing(Math.cosh)],
  cosh: [evenGrowing(Math.cosh), growing(Math.sinh)],
  tanh: [growing(Math.tanh), (a) => power(inverse(evenGrowing(Math.cosh)(a)), 2)],
  exp: [growing(Math.exp), growing(Math.exp)],
  log: [growing(Math.log, 0), (a) => growing((x) => x, 0)(inverse(a))],
  sqrt: [growing(Math.sqrt, 0), (a) => inverse(multiply(exactly(2), growing(Math.sqrt, 0)(a)))],
  abs: [absolute, (a) => ({ lo: a.lo < 0 ? -1 : 1, hi: a.hi > 0 ? 1 : -1 })],
  sign: [(a) => ({ lo: Math.sign(a.lo), hi: Math.sign(a.hi) }), (a) => (holds(a, 0) ? everywhere : still)],
  sec: [(a) => inverse(sine(a, half)), (a) => multiply(inverse(sine(a, half)), multiply(tangent(a), one))],
  sech: [(a) => inverse(evenGrowing(Math.cosh)(a)), () => ({ lo: -1, hi: 1 })],
  negate: [negative, () => exactly(-1)],
}

function absolute(a: Interval): Interval {
  return { lo: holds(a, 0) ? 0 : Math.min(Math.abs(a.lo), Math.abs(a.hi)), hi: magnitude(a) }
}

/**
 * Bounds of a formula by interval arithmetic: every value and every slope by one variable, the first, that the formula has on an
 * interval lies inside, to rounding and where it is finite (outside of its domain nothing is said). The value is also bounded by
 * the slope about the middle, so that bounds of small intervals are close.
 *
 * @param along - the number of that variable
 * @returns a function of the interval and of the other variables, in their order
 *
 * Cost of a call: O(nodes).
 * Source: Moore, Kearfott and Cloud, Introduction to Interval Analysis (2009), chapters 5 and 6.
 */
export function compileBounds(formula: Formula, along = 0): (from: number, to: number, ...others: number[]) => Bounds {
  const bounds = compile(formula.expression, along)
  return (from, to, ...others) => {
    const { value, slope } = bounds({ lo: from, hi: to }, others)
    const reach = (magnitude(slope) * (to - from)) / 2
    const middle = bounds(exactly((from + to) / 2), others).value
    // What rounding does in the middle it may do elsewhere too.
    const slack = 2 * (middle.hi - middle.lo) + 8 * Number.EPSILON * (magnitude(middle) + reach)
    if (!(reach + slack < Infinity)) return { value, slope }
    const near = outward(middle.lo - reach - slack, middle.hi + reach + slack)
    return { value: { lo: Math.max(value.lo, near.lo), hi: Math.min(value.hi, near.hi) }, slope }
  }
}

type Node = (interval: Interval, others: readonly number[]) => Bounds

function compile(expression: Expression, along: number): Node {
  if (expression.kind === 'number') {
    const constant = { value: exactly(expression.value), slope: still }
    return () => constant
  }
  if (expression.kind === 'variable') {
    const { index } = expression
    if (index === along) return (interval) => ({ value: interval, slope: one })
    const other = index < along ? index : index - 1
    return (_, others) => ({ value: exactly(others[other]!), slope: still })
  }
  const { name, args } = expression
  const [a, b] = args.map((arg) => compile(arg, along))
  if (b === undefined) {
    const [image, derivative] = unary[name]!
    return (interval, others) => {
      const inner = a!(interval, others)
      const slope = isStill(inner.slope) ? still : multiply(derivative(inner.value), inner.slope)
      return { value: image(inner.value), slope }
    }
  }
  const combine = name === '^' && args[1]!.kind === 'number' ? constantPower(args[1]!.value) : binary[name]!
  return (interval, others) => combine(a!(interval, others), b(interval, others))
}

const isStill = ({ lo, hi }: Interval) => lo === 0 && hi === 0

function constantPower(exponent: number): (a: Bounds) => Bounds {
  return (a) => ({
    value: power(a.value, exponent),
    slope: isStill(a.slope) ? still : multiply(multiply(exactly(exponent), power(a.value, exponent - 1)), a.slope),
  })
}

const binary: Readonly<Record<string, (a: Bounds, b: Bounds) => Bounds>> = {
  '+': (a, b) => ({ value: add(a.value, b.value), slope: add(a.slope, b.slope) }),
  '-': (a, b) => ({ value: add(a.value, negative(b.value)), slope: add(a.slope, negative(b.slope)) }),
  '*': (a, b) => ({
    value: multiply(a.value, b.value),
    slope: add(multiply(a.slope, b.value), multiply(a.value, b.slope)),
  }),
  '/': (a, b) => {
    const over = inverse(b.value)
    const change = add(a.slope, negative(multiply(multiply(a.value, over), b.slope)))
    return { value: multiply(a.value, over), slope: isStill(change) ? still : multiply(change, over) }
  },
  '^': (a, b) => {
    // Where the base may be below 0, only whole exponents have a value, and those may come one by one.
    if (a.value.lo < 0) return { value: everywhere, slope: everywhere }
    const logarithm = growing(Math.log, 0)(a.value)
    const value = loose(growing(Math.exp)(multiply(b.value, logarithm)))
    const rate = add(multiply(b.slope, logarithm), multiply(multiply(b.value, inverse(a.value)), a.slope))
    return { value, slope: multiply(value, rate) }
  },
  min: (a, b) => extreme(a, b, -1),
  max: (a, b) => extreme(a, b, 1),
}

/** The logarithm's rounding, times an exponent up to 700, stands in an exponential. */
const loose = ({ lo, hi }: Interval) => outward(lo - Math.abs(lo) * 1e-12, hi + Math.abs(hi) * 1e-12)

function extreme(a: Bounds, b: Bounds, side: 1 | -1): Bounds {
  const [x, y] = side > 0 ? [a, b] : [b, a]
  if (x.value.lo > y.value.hi) return a
  if (y.value.lo > x.value.hi) return b
  const of = side > 0 ? Math.max : Math.min
  return {
    value: { lo: of(a.value.lo, b.value.lo), hi: of(a.value.hi, b.value.hi) },
    slope: hull(a.slope, b.slope),
  }
}
