import { operations } from './expression.js'
import type { Operand, Tape } from './tape.js'

/** What a formula is at a point, and how far rounding may take it. */
export interface Rounded {
  readonly value: number
  /** roundings of u (relative, each) leave the value right to about u·size */
  readonly size: number
}

/** A number and its size; see `roundedResults`. */
type Sized = readonly [value: number, size: number]

/**
 * The results of a tape in float64, and the sizes of what is rounded on the way, to first order: an operation rounds its result, and
 * passes on what its operands are off by,
 *
 *     size(v) = |v| + Σ_a |∂v/∂a| size(a)
 *
 * The variables are exact, and so are numbers that float32 has, be they in the formula or given, the `inputs` after the variables. `largest` is the largest |v| on the way: float32 may not reach so far.
 *
 * Cost: O(steps).
 * Source: Higham, Accuracy and Stability of Numerical Algorithms (2002), section 3.3 (running error analysis).
 */
export function roundedResults(
  tape: Tape,
  variables: readonly number[],
  inputs: readonly number[] = [],
): { results: Rounded[]; largest: number } {
  const given = (value: number): Sized => [value, Math.fround(value) === value ? 0 : Math.abs(value)]
  const registers = [...variables.map((value): Sized => [value, 0]), ...inputs.map(given)]
  const read = (operand: Operand): Sized =>
    'register' in operand ? registers[operand.register]! : given(operand.number)
  let largest = 0
  for (const { name, a, b, to } of tape.steps) {
    const sized = b === null ? unary(name, read(a)) : binary(name, read(a), read(b))
    registers[to] = sized
    largest = Math.max(largest, Math.abs(sized[0]))
  }
  const results = tape.results.map(({ register }): Rounded => {
    const [value, size] = registers[register]!
    return { value, size }
  })
  return { results, largest }
}

/** Derivatives of the functions of one operand a, whose value is v. */
const derivatives: Readonly<Record<string, (a: number, v: number) => number>> = {
  '=': () => 1,
  negate: () => 1,
  sqrt: (_, v) => 0.5 / v,
  exp: (_, v) => v,
  log: (a) => 1 / a,
  sin: (a) => Math.cos(a),
  cos: (a) => Math.sin(a),
  tan: (_, v) => 1 + v * v,
  sec: (a, v) => v * Math.tan(a),
  asin: (a) => 1 / Math.sqrt(1 - a * a),
  acos: (a) => 1 / Math.sqrt(1 - a * a),
  atan: (a) => 1 / (1 + a * a),
  sinh: (a) => Math.cosh(a),
  cosh: (a) => Math.sinh(a),
  tanh: (_, v) => 1 - v * v,
  sech: (a, v) => v * Math.tanh(a),
}

function unary(name: string, [a, size]: Sized): Sized {
  if (name === '=') return [a, size]
  const v = operations.get(name)!.apply(a, 0)
  return [v, (name === 'negate' ? 0 : Math.abs(v)) + carried(derivatives[name]!(a, v), size)]
}

function binary(name: string, [a, sizeA]: Sized, [b, sizeB]: Sized): Sized {
  const v = operations.get(name)!.apply(a, b)
  const [byA, byB] = partial(name, a, b, v)
  return [v, Math.abs(v) + carried(byA, sizeA) + carried(byB, sizeB)]
}

function partial(name: string, a: number, b: number, v: number): [number, number] {
  switch (name) {
    case '*':
      return [b, a]
    case '/':
      return [1 / b, v / b]
    case '^':
      return [(v * b) / a, v * Math.log(Math.abs(a))]
    default:
      return [1, 1]
  }
}

/** Of what is exact there is nothing to pass on, however steep the function. */
function carried(derivative: number, size: number): number {
  return size === 0 ? 0 : Math.abs(derivative) * size
}
