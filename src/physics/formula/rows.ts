import { type Expression, isRepeated, operations } from './expression.js'
import type { Formula } from './parse.js'

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
 * Compiles a formula to a function of whole rows: a list of steps, each a plain loop over a block of elements. No code is
 * generated. The result of an element does not depend on the length of the row, and has the bits of `compileScalar`.
 *
 * Cost of a call: length × nodes.
 */
export function compileRows(formula: Formula): RowsFunction {
  const steps: Step[] = []
  const free: Float64Array[] = []
  // Rows of results, used again once read; those of constants are not among them.
  const owned = new Set<Float64Array>()
  const release = (source: Source) => {
    if ('row' in source && owned.has(source.row)) free.push(source.row)
  }
  const compile = (expression: Expression, last: boolean): Source => {
    if (expression.kind === 'number') return { row: new Float64Array(block).fill(expression.value) }
    if (expression.kind === 'variable') return { variable: expression.index }
    const { name, args } = expression
    const a = compile(args[0]!, false)
    const exponent = name === '^' && args[1]!.kind === 'number' && isRepeated(args[1]!.value) ? args[1]!.value : null
    const b = exponent !== null || args[1] === undefined ? a : compile(args[1], false)
    release(a)
    if (b !== a) release(b)
    // An operand's row may be the output: loops read an element before they write it.
    const out = last ? null : (free.pop() ?? new Float64Array(block))
    if (out !== null) owned.add(out)
    steps.push({ loop: exponent === null ? loopOf(name) : powerLoop(exponent), a, b, out })
    return { row: out ?? unused }
  }
  const result = compile(formula.expression, true)
  // A lone number or variable has no step of its own.
  if (steps.length === 0) steps.push({ loop: copy, a: result, b: result, out: null })

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

const unused = new Float64Array(0)

const copy: Loop = (a, aFrom, _b, _bFrom, length, out, outFrom) => {
  for (let n = 0; n < length; n++) out[outFrom + n] = a[aFrom + n]!
}

/** Loops of their own for arithmetic, where a call for each element costs more than the work; sin or exp cost far more. */
const loops: Readonly<Record<string, Loop>> = {
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

/** Whole powers by repeated squaring, in the order of `power` in expression.ts; the commonest without its inner loop. */
function powerLoop(exponent: number): Loop {
  if (exponent === 2)
    return (a, aFrom, _b, _bFrom, length, out, outFrom) => {
      for (let n = 0; n < length; n++) out[outFrom + n] = a[aFrom + n]! * a[aFrom + n]!
    }
  if (exponent === 3)
    return (a, aFrom, _b, _bFrom, length, out, outFrom) => {
      for (let n = 0; n < length; n++) out[outFrom + n] = a[aFrom + n]! * (a[aFrom + n]! * a[aFrom + n]!)
    }
  const turns = Math.abs(exponent)
  return (a, aFrom, _b, _bFrom, length, out, outFrom) => {
    for (let n = 0; n < length; n++) {
      let result = 1
      let square = a[aFrom + n]!
      for (let rest = turns; rest > 0; rest >>= 1) {
        if (rest & 1) result *= square
        square *= square
      }
      out[outFrom + n] = exponent < 0 ? 1 / result : result
    }
  }
}
