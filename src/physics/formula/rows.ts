import { operations } from './expression.js'
import type { Formula } from './parse.js'
import { compileTape, type Operand } from './tape.js'

/**
 * A formula on rows: writes f(a[starts_0 + n], b[starts_1 + n], …) to out[n] for n < length, one array and start for each
 * variable. `out` may be one of the inputs only where it starts at the same place.
 */
export type RowsFunction = (
  inputs: readonly Float64Array[],
  starts: readonly number[],
  length: number,
  out: Float64Array,
) => void

/** Elements that go through the whole formula together: a block of all intermediate rows stays in the first-level cache. */
const block = 256

/** One operation on a block: reads `a` from `aFrom` and `b` from `bFrom`, writes `out` from `outFrom`. */
type Loop = (
  a: Float64Array,
  aFrom: number,
  b: Float64Array,
  bFrom: number,
  length: number,
  out: Float64Array,
  outFrom: number,
) => void

/** Where a step finds an operand: a variable's row, or an array of this formula's own that starts at 0. */
type Source = { readonly variable: number } | { readonly row: Float64Array }

interface Step {
  readonly loop: Loop
  readonly a: Source
  readonly b: Source
  /** null: the caller's output */
  readonly out: Float64Array | null
}

/**
 * Compiles a formula to a function of whole rows: its tape (see `compileTape`), each step a plain loop over a block of elements. No
 * code is generated. The result of an element does not depend on the length of the row, and has the bits of `compileScalar`.
 *
 * Cost of a call: length × steps.
 */
export function compileRows(formula: Formula): RowsFunction {
  const variables = formula.variables.length
  const tape = compileTape([formula])
  const rows = Array.from({ length: tape.registers }, () => new Float64Array(block))
  const sourceOf = (operand: Operand): Source =>
    'number' in operand
      ? { row: new Float64Array(block).fill(operand.number) }
      : operand.register < variables
        ? { variable: operand.register }
        : { row: rows[operand.register]! }
  const steps = tape.steps.map(({ name, a, b, to }, n): Step => {
    const out = n === tape.steps.length - 1 ? null : rows[to]!
    return { loop: loopOf(name), a: sourceOf(a), b: sourceOf(b ?? a), out }
  })
  // A lone variable has no step of its own.
  const result = sourceOf({ register: tape.results[0]!.register })
  if (steps.length === 0) steps.push({ loop: loopOf('='), a: result, b: result, out: null })

  return (inputs, starts, length, out) => {
    for (let first = 0; first < length; first += block) {
      const size = Math.min(block, length - first)
      for (const { loop, a, b, out: row } of steps) {
        const aRow = 'row' in a ? a.row : inputs[a.variable]!
        const bRow = 'row' in b ? b.row : inputs[b.variable]!
        const aFrom = 'row' in a ? 0 : starts[a.variable]! + first
        const bFrom = 'row' in b ? 0 : starts[b.variable]! + first
        loop(aRow, aFrom, bRow, bFrom, size, row ?? out, row === null ? first : 0)
      }
    }
  }
}

/** Loops of their own for arithmetic, where a call for each element costs more than the work; sin or exp cost far more. */
const loops: Readonly<Record<string, Loop>> = {
  '=': (a, aFrom, _b, _bFrom, length, out, outFrom) => {
    for (let n = 0; n < length; n++) out[outFrom + n] = a[aFrom + n]!
  },
  '+': (a, aFrom, b, bFrom, length, out, outFrom) => {
    for (let n = 0; n < length; n++) out[outFrom + n] = a[aFrom + n]! + b[bFrom + n]!
  },
  '-': (a, aFrom, b, bFrom, length, out, outFrom) => {
    for (let n = 0; n < length; n++) out[outFrom + n] = a[aFrom + n]! - b[bFrom + n]!
  },
  '*': (a, aFrom, b, bFrom, length, out, outFrom) => {
    for (let n = 0; n < length; n++) out[outFrom + n] = a[aFrom + n]! * b[bFrom + n]!
  },
  '/': (a, aFrom, b, bFrom, length, out, outFrom) => {
    for (let n = 0; n < length; n++) out[outFrom + n] = a[aFrom + n]! / b[bFrom + n]!
  },
  negate: (a, aFrom, _b, _bFrom, length, out, outFrom) => {
    for (let n = 0; n < length; n++) out[outFrom + n] = -a[aFrom + n]!
  },
}

function loopOf(name: string): Loop {
  const loop = loops[name]
  if (loop !== undefined) return loop
  const { apply } = operations.get(name)!
  return (a, aFrom, b, bFrom, length, out, outFrom) => {
    for (let n = 0; n < length; n++) out[outFrom + n] = apply(a[aFrom + n]!, b[bFrom + n]!)
  }
}
