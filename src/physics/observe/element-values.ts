import type { Expression } from '../formula/expression.js'
import type { Formula } from '../formula/parse.js'
import { compileRows } from '../formula/rows.js'

/** Units, or pairs of them, on each of which a formula has a value. */
export interface Elements {
  /** unit that x stands for, [count] */
  readonly x: Int32Array
  /** unit that y stands for, [count]; null where the elements are units */
  readonly y: Int32Array | null
}

/** Variables of a formula on units: also the time, and the unit's place on the lattice (row: its index where there is none). */
export const unitVariables = ['x', 't', 'row', 'column'] as const
/** Variables of a formula on pairs. */
export const pairVariables = ['x', 'y', 't'] as const

/** Values of a formula on all elements of a batch of states [units, batch] at a time: [elements, batch], reused by the next call. */
export type ElementValues = (x: Float64Array, batch: number, t: number) => Float64Array

/**
 * Compiles a formula in `unitVariables` or `pairVariables` for the elements that it is evaluated on.
 *
 * @param columns - of the lattice, 1 without
 *
 * Cost of a call: elements × batch × nodes; elements that are no stretch of neighbouring units are copied first.
 */
export function elementValues(formula: Formula, { x: first, y: second }: Elements, columns: number): ElementValues {
  const rows = compileRows(formula)
  const count = first.length
  const used = variablesOf(formula.expression)
  const sources = formula.variables.map((name, index): Source => {
    if (!used.has(index)) return unused
    if (name === 't') return clock(count)
    if (name === 'row') return placed(first, (unit) => Math.floor(unit / columns))
    if (name === 'column') return placed(first, (unit) => unit % columns)
    return states(name === 'y' ? second! : first)
  })
  let out = new Float64Array(0)
  return (x, batch, t) => {
    if (out.length < count * batch) out = new Float64Array(count * batch)
    const filled = sources.map((source) => source(x, batch, t))
    const inputs = filled.map(({ values }) => values)
    const starts = filled.map(({ start }) => start)
    rows(inputs, starts, count * batch, out)
    return out
  }
}

/** Where a variable's values stand for all elements of a batch. */
type Source = (x: Float64Array, batch: number, t: number) => { readonly values: Float64Array; readonly start: number }

const nothing = { values: new Float64Array(0), start: 0 }
const unused: Source = () => nothing

function states(units: Int32Array): Source {
  // Neighbouring units stand as they are wanted.
  if (units.every((unit, k) => unit === units[0]! + k)) return (x, batch) => ({ values: x, start: units[0]! * batch })
  let values = new Float64Array(0)
  return (x, batch) => {
    if (values.length < units.length * batch) values = new Float64Array(units.length * batch)
    for (let k = 0, to = 0; k < units.length; k++)
      for (let b = 0, from = units[k]! * batch; b < batch; b++) values[to++] = x[from++]!
    return { values, start: 0 }
  }
}

function clock(count: number): Source {
  let values = new Float64Array(0)
  return (_, batch, t) => {
    if (values.length < count * batch) values = new Float64Array(count * batch)
    values.fill(t, 0, count * batch)
    return { values, start: 0 }
  }
}

function placed(units: Int32Array, place: (unit: number) => number): Source {
  let values = new Float64Array(0)
  let width = 0
  return (_, batch) => {
    if (width !== batch) {
      values = Float64Array.from({ length: units.length * batch }, (_, n) => place(units[Math.floor(n / batch)]!))
      width = batch
    }
    return { values, start: 0 }
  }
}

function variablesOf(expression: Expression): Set<number> {
  if (expression.kind === 'number') return new Set()
  if (expression.kind === 'variable') return new Set([expression.index])
  return new Set(expression.args.flatMap((arg) => [...variablesOf(arg)]))
}
