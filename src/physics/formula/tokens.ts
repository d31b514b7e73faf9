import { didYouMean, listed } from '../../errors.js'
import { FormulaError } from './error.js'
import { functionArity } from './expression.js'
import { limits } from './limits.js'

/** A number, name or function of a formula, in the order of the text. */
export interface Operand {
  readonly text: string
  /** 1-based */
  readonly column: number
}

/** Names of constants. */
export const constants: ReadonlyMap<string, number> = new Map([
  ['pi', Math.PI],
  ['e', Math.E],
])

const numberPattern = /(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?/y
const namePattern = /[A-Za-z_][A-Za-z0-9_]*/y

interface Opened {
  readonly column: number
  /** the function whose arguments these are, null for plain parentheses */
  readonly caller: Operand | null
  commas: number
}

/** A text that is being read, and how far. */
interface Reading {
  readonly text: string
  readonly variables: readonly string[]
  readonly operands: Operand[]
  readonly opened: Opened[]
  at: number
  wantsValue: boolean
}

/**
 * Reads a formula's text character by character before any parser sees it: only finite decimal numbers, the given names,
 * pi, e, the functions of the list, + - * / ^, commas and parentheses pass, and only where they make sense. So mathjs'
 * parser never meets strings, dots, brackets, assignments, units or anything else it would understand.
 *
 * @returns the operands in the order of the text, with their columns (mathjs' nodes have none)
 * @throws FormulaError with the column of what is wrong
 */
export function readTokens(text: string, variables: readonly string[]): Operand[] {
  const reading: Reading = { text, variables, operands: [], opened: [], at: 0, wantsValue: true }
  const { characters, tokens: mostTokens } = limits
  if (text.length > characters)
    fail(reading, `${text.length} characters; expected at most ${characters}.`, characters + 1)
  let tokens = 0
  for (skipSpace(reading); reading.at < text.length; skipSpace(reading)) {
    if (++tokens > mostTokens)
      fail(reading, `more than ${mostTokens} numbers, names and operators; shorten the formula.`)
    const character = text[reading.at]!
    const word = match(reading, numberPattern) ?? match(reading, namePattern)
    if ((word !== undefined || character === '(') && !reading.wantsValue)
      fail(reading, `expected an operator before "${shortened(word ?? character)}"; a product is written with *.`)
    if (word !== undefined) readWord(reading, word)
    else if (character === '(') openParenthesis(reading, null)
    else readSign(reading, character)
  }
  if (reading.wantsValue) fail(reading, 'it ends too early; expected a number, a name or "(".')
  const unclosed = reading.opened.at(-1)
  if (unclosed !== undefined) fail(reading, '"(" is not closed; add ")".', unclosed.column)
  return reading.operands
}

function fail({ at }: Reading, message: string, column = at + 1): never {
  throw new FormulaError(message, column)
}

function skipSpace(reading: Reading): void {
  while (reading.text[reading.at] === ' ' || reading.text[reading.at] === '\t') reading.at++
}

function match({ text, at }: Reading, pattern: RegExp): string | undefined {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0]
}

/** A number or a name; of a function its opening parenthesis too. */
function readWord(reading: Reading, word: string): void {
  const { text, variables, operands, at } = reading
  const operand = { text: word, column: at + 1 }
  operands.push(operand)
  const isCall = functionArity.has(word) && !variables.includes(word)
  if (/^[.\d]/.test(word)) {
    if (!Number.isFinite(Number(word))) fail(reading, `${shortened(word)} is too large; expected a finite number.`)
  } else if (!variables.includes(word) && !constants.has(word) && !isCall) {
    // A look-alike inside a name: the letter is the mistake, not the name up to it.
    const after = at + word.length
    if ((text.codePointAt(after) ?? 0) > 127) fail(reading, unknownCharacter(text, after, variables), after + 1)
    fail(reading, unknownName(word, variables))
  }
  reading.at += word.length
  if (!isCall) {
    reading.wantsValue = false
    return
  }
  skipSpace(reading)
  if (text[reading.at] !== '(') fail(reading, `expected "(" after the function ${word}.`)
  openParenthesis(reading, operand)
}

/** An operator, a comma or a closing parenthesis. */
function readSign(reading: Reading, character: string): void {
  const { opened } = reading
  const isPrefix = character === '+' || character === '-'
  if (!isPrefix && !'*/^,)'.includes(character))
    fail(reading, unknownCharacter(reading.text, reading.at, reading.variables))
  if (!isPrefix && reading.wantsValue) fail(reading, `expected a number, a name or "(" before "${character}".`)
  const parenthesis = opened.at(-1)
  if (character === ')') {
    if (parenthesis === undefined) fail(reading, '")" closes nothing; remove it.')
    checkArguments(parenthesis)
    opened.pop()
  } else if (character === ',') {
    if (parenthesis === undefined || parenthesis.caller === null)
      fail(reading, '"," stands only between the arguments of a function; a decimal point is ".".')
    parenthesis.commas++
  }
  reading.wantsValue = character !== ')'
  reading.at++
}

function openParenthesis(reading: Reading, caller: Operand | null): void {
  const { opened } = reading
  opened.push({ column: reading.at + 1, caller, commas: 0 })
  if (opened.length > limits.depth) fail(reading, `parentheses are more than ${limits.depth} deep; write it flatter.`)
  reading.at++
}

function checkArguments({ caller, commas }: Opened): void {
  if (caller === null) return
  const arity = functionArity.get(caller.text)!
  if (commas + 1 === arity) return
  const wanted = arity === 1 ? 'one argument' : `${arity} arguments`
  throw new FormulaError(`${caller.text} takes ${wanted}, got ${commas + 1}.`, caller.column)
}

function unknownName(word: string, variables: readonly string[]): string {
  const known = [...variables, ...constants.keys(), ...functionArity.keys()]
  // Within two letters every short name is like every other: only another case is a hint then.
  const near = word.length > 2 ? known : known.filter((name) => name === word.toLowerCase())
  return `unknown name "${shortened(word)}".${didYouMean(word, near) || ` ${allowed(variables)}`}`
}

function unknownCharacter(text: string, at: number, variables: readonly string[]): string {
  const code = text.codePointAt(at)!
  if (code === 10 || code === 13) return 'a line ends here; a formula is one line.'
  const character = String.fromCodePoint(code)
  // Letters are named, since some look like others; what is not visible is not printed.
  const visible = /[\p{L}\p{N}\p{P}\p{S}]/u.test(character) ? `"${character}"` : 'a character without a shape'
  const name =
    code < 127 && code > 31 ? `"${character}"` : `${visible} (U+${code.toString(16).toUpperCase().padStart(4, '0')})`
  return `${name} has no meaning here. ${allowed(variables)}`
}

function allowed(variables: readonly string[]): string {
  return `Expected numbers, ${listed([...variables, ...constants.keys()])}, + - * / ^, parentheses and ${listed([...functionArity.keys()])}.`
}

function shortened(word: string): string {
  return word.length > 30 ? `${word.slice(0, 29)}…` : word
}
