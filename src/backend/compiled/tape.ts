import { type Hoisted, hoisted } from '../../physics/formula/hoisted.js'
import type { Partials } from '../../physics/formula/partials.js'
import { compilePartials, type Operand, type Tape, type TapeStep } from '../../physics/formula/tape.js'
import type { Term } from '../../physics/potential/term.js'
import { type Arena, writeWords } from './memory.js'

/** Operations of kernels/tape.h, by their names in formulas. */
const codes: Readonly<Record<string, number>> = {
  '=': 0,
  '+': 1,
  '-': 2,
  '*': 3,
  '/': 4,
  '^': 10,
  negate: 11,
  sqrt: 12,
  sin: 13,
  cos: 14,
  tan: 15,
  sec: 16,
  asin: 17,
  acos: 18,
  atan: 19,
  sinh: 20,
  cosh: 21,
  tanh: 22,
  sech: 23,
  exp: 24,
  log: 25,
}
/** Those that take a number in the place of a register: a + c, c - a, c·a, a/c, c/a. */
const withNumber = { plus: 5, numberMinus: 6, times: 7, over: 8, numberOver: 9 } as const

/** Smallest and largest normal number of float32. */
const [smallest, largest] = [2 ** -126, (2 - 2 ** -23) * 2 ** 127]

/** A number of a formula that float32 does not have, other than by rounding; null when it has all. */
export function foreignNumber(formula: Partials): number | null {
  const numbers = compilePartials(hoisted(formula).formula).steps.flatMap(({ a, b }) =>
    [a, b].flatMap((operand) => (operand !== null && 'number' in operand ? [operand.number] : [])),
  )
  return numbers.find((value) => value !== 0 && !(Math.abs(value) >= smallest && Math.abs(value) <= largest)) ?? null
}

/** A term that is a formula, and the words at which its parameters and their sums begin. */
export interface TapeOfTerm {
  readonly formula: Hoisted
  /** parameters, without the time */
  readonly size: number
  readonly words: number
  /** the word at which its numbers that depend on the time alone begin, after its parameters */
  readonly inputs: number
  /** its last parameter in θ: the time, where there are such numbers */
  readonly last: number
  readonly sums: number
  /** the units of each parameter's x and y; of a formula in x alone they are those of its number */
  readonly ends: Term['ends'] | null
  readonly driving: Term['driving'] | null
}

/** What forces without a potential count as (kernels/system.h), in its order. */
export const countsAs = ['work', 'bath'] as const

/** A term in memory: its record (Tape in kernels/tape.h), the registers that it takes, and operations for all of its parameters. */
interface EncodedTerm {
  readonly record: readonly number[]
  readonly registers: number
  readonly operations: number
}

/** Writes a term's operations to memory. */
export function encodeTerm(term: TapeOfTerm, arena: Arena): EncodedTerm {
  const { size, words, sums, ends, driving } = term
  const { formula, inputs } = term.formula
  const { steps, results, registers } = compilePartials(formula)
  // A register for a number that an operation takes from one.
  const operations = steps.map((step) => encodeStep(step, registers))
  const countAfter = (ends: number) => operations.slice(0, ends).flat().length
  const rowsOf = (units: Int32Array) =>
    writeWords(
      arena,
      units.map((unit) => unit * 64),
    )
  const [slopeX, slopeY] = results as [Result, Result]
  const value = results.at(-1)!
  const record = [
    size,
    4 * words,
    sums,
    rowsOf(ends?.from ?? Int32Array.from({ length: size }, (_, unit) => unit)),
    ends == null ? 0 : rowsOf(ends.to),
    writeWords(arena, Int32Array.from(operations.flat(2))),
    countAfter(results.at(-2)!.steps),
    countAfter(value.steps),
    slopeX.register,
    ends == null ? 0 : slopeY.register,
    value.register,
    inputs.length,
    4 * term.inputs,
    driving == null ? 0 : 1 + countsAs.indexOf(driving),
  ]
  return { record, registers: registers + 1, operations: size * countAfter(value.steps) }
}

type Result = Tape['results'][number]

/** An operation of kernels/tape.h, five words: what, to, a, b, number. */
type Words = [code: number, to: number, a: number, b: number, number: number]

/** A step as one operation, or as two where its number must stand in a register, `spare`. */
function encodeStep({ name, a, b, to }: TapeStep, spare: number): Words[] {
  const register = (operand: Operand) => ('register' in operand ? operand.register : spare)
  if ('number' in a && (b === null || 'number' in b)) return [[codes['=']!, to, 0, 0, bitsOf(a.number)]]
  const given = 'number' in a ? a.number : b !== null && 'number' in b ? b.number : null
  if (given === null) return [[codes[name]!, to, register(a), b === null ? 0 : register(b), 0]]
  const other = 'register' in a ? a.register : register(b!)
  const first = 'number' in a
  const one = (code: number, value = given): Words[] => [[code, to, other, 0, bitsOf(value)]]
  switch (name) {
    case '+':
      return one(withNumber.plus)
    case '-':
      return first ? one(withNumber.numberMinus) : one(withNumber.plus, -given)
    case '*':
      return one(withNumber.times)
    case '/':
      return one(first ? withNumber.numberOver : withNumber.over)
    default:
      return [
        [codes['=']!, spare, 0, 0, bitsOf(given)],
        [codes[name]!, to, register(a), register(b!), 0],
      ]
  }
}

/** The bits of a number as float32. */
export function bitsOf(value: number): number {
  return new Int32Array(Float32Array.of(value).buffer)[0]!
}
