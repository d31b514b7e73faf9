import { didYouMean, listed } from '../../errors.js'
import { FormulaError } from './error.js'
import { functionArity } from './expression.js'

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

/** Longest formula, in characters. */
const mostCharacters = 1000
/** Most numbers, names and operators, and deepest parentheses: what follows is recursive, and derivatives grow. */
const mostTokens = 256
const deepest = 32

const numberPattern = /(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?/y
const namePattern = /[A-Za-z_][A-Za-z0-9_]*/y

interface Opened {
  readonly column: number
  /** the function whose arguments these are, null for plain parentheses */
  readonly caller: Operand | null
  commas: number
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
  const operands: Operand[] = []
  const opened: Opened[] = []
  let tokens = 0
  let wantsValue = true
  let at = 0
  const fail = (message: string, column = at + 1): never => {
    throw new FormulaError(message, column)
  }
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at
    return pattern.exec(text)?.[0]
  }
  const open = (caller: Operand | null) => {
    opened.push({ column: at + 1, caller, commas: 0 })
    if (opened.length > deepest) fail(`parentheses are more than ${deepest} deep; write it flatter.`)
  }
  if (text.length > mostCharacters)
    fail(`${text.length} characters; expected at most ${mostCharacters}.`, mostCharacters + 1)

  while (at < text.length) {
    const character = text[at]!
    if (character === ' ' || character === '\t') {
      at++
      continue
    }
    if (++tokens > mostTokens) fail(`more than ${mostTokens} numbers, names and operators; shorten the formula.`)
    const word = match(numberPattern) ?? match(namePattern)
    if ((word !== undefined || character === '(') && !wantsValue)
      fail(`expected an operator before "${shortened(word ?? character)}"; a product is written with *.`)
    if (word !== undefined) {
      const operand = { text: word, column: at + 1 }
      operands.push(operand)
      const isCall = functionArity.has(word) && !variables.includes(word)
      if (/^[.\d]/.test(word)) {
        if (!Number.isFinite(Number(word))) fail(`${shortened(word)} is too large; expected a finite number.`)
      } else if (!variables.includes(word) && !constants.has(word) && !isCall) {
        // A look-alike inside a name: the letter is the mistake, not the name up to it.
        const after = at + word.length
        if ((text.codePointAt(after) ?? 0) > 127) fail(unknownCharacter(text, after, variables), after + 1)
        fail(unknownName(word, variables))
      }
      at += word.length
      if (!isCall) {
        wantsValue = false
        continue
      }
      while (text[at] === ' ' || text[at] === '\t') at++
      if (text[at] !== '(') fail(`expected "(" after the function ${word}.`)
      open(operand)
    } else if (character === '(') open(null)
    else if (character === '+' || character === '-') wantsValue = true
    else if ('*/^,)'.includes(character)) {
      if (wantsValue) fail(`expected a number, a name or "(" before "${character}".`)
      const parenthesis = opened.at(-1)
      if (character === ')') {
        if (parenthesis === undefined) fail('")" closes nothing; remove it.')
        else checkArguments(parenthesis)
        opened.pop()
      } else if (character === ',') {
        if (parenthesis !== undefined && parenthesis.caller !== null) parenthesis.commas++
        else fail('"," stands only between the arguments of a function; a decimal point is ".".')
        wantsValue = true
      } else wantsValue = true
    } else fail(unknownCharacter(text, at, variables))
    at++
  }
  if (wantsValue) fail('it ends too early; expected a number, a name or "(".')
  const unclosed = opened.at(-1)
  if (unclosed !== undefined) fail('"(" is not closed; add ")".', unclosed.column)
  return operands
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
