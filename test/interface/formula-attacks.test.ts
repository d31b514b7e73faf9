import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FormulaError } from '../../src/physics/formula/error.js'
import { loadFormulas } from '../../src/physics/formula/mathjs.js'
import { parseFormula } from '../../src/physics/formula/parse.js'
import { onsiteFormulas, pairFormulas } from '../../src/physics/formula/partials.js'
import { translate } from '../../src/physics/formula/translate.js'
import { formulaOnsite } from '../../src/physics/potential/formula-term.js'

await loadFormulas()

/** What an attack would call if it got as far as JavaScript. */
const trap = globalThis as { sprung?: (() => void) | undefined }

/** Each with the column where it must be refused: that of the first thing that no formula has. */
const attacks: readonly (readonly [text: string, column: number])[] = [
  // properties that lead to Function
  ['x.constructor', 2],
  ['x["constructor"]', 2],
  ["x['constructor']", 2],
  ['x[`constructor`]', 2],
  ['x?.constructor', 2],
  ['x.constructor.constructor("sprung()")()', 2],
  ['(x).constructor', 4],
  ['(1).constructor', 4],
  ['1.constructor', 2],
  ['1..constructor', 2],
  ['cos.constructor("sprung()")()', 4],
  ['cos["constructor"]("sprung()")()', 4],
  ['cos(x).constructor', 7],
  ['cos.call(1, x)', 4],
  ['cos.apply(1, [x])', 4],
  ['cos.bind(x)()', 4],
  ['cos.transform', 4],
  ['cos.toTex.constructor("sprung()")()', 4],
  ['pi.constructor', 3],
  ['"".constructor', 1],
  ['[].constructor', 1],
  ['{}.constructor', 1],
  ['constructor', 1],
  ['constructor("sprung()")', 1],
  ['constructor.constructor("sprung()")()', 1],
  ['prototype', 1],
  ['x.prototype', 2],
  ['__proto__', 1],
  ['x.__proto__', 2],
  ['x["__proto__"]["polluted"] = 1', 2],
  ['__proto__.polluted = 1', 1],
  ['__defineGetter__(x)', 1],
  ['__lookupGetter__(x)', 1],
  ['hasOwnProperty(x)', 1],
  ['toString(x)', 1],
  ['valueOf(x)', 1],
  ['isPrototypeOf(x)', 1],
  ['toLocaleString', 1],
  ['{"constructor": 1}', 1],
  ['{__proto__: x}', 1],
  // JavaScript's own names
  ['sprung()', 1],
  ['globalThis.sprung()', 1],
  ['process.exit(1)', 1],
  ['require("fs")', 1],
  ['Function("sprung()")()', 1],
  ['eval("sprung()")', 1],
  ['this', 1],
  ['this.sprung()', 1],
  ['new Function("sprung()")', 1],
  ['arguments', 1],
  ['(() => sprung())()', 3],
  ['x => sprung()', 3],
  ['`\x24{sprung()}`', 1],
  ['x, sprung()', 2],
  ['delete x', 1],
  ['typeof x', 1],
  ['void x', 1],
  ['await x', 1],
  // mathjs' doors to its parser and its state
  ['import({a: 1})', 1],
  ['import({"cos": sprung}, {"override": true})', 1],
  ['createUnit("foo")', 1],
  ['createUnit("x", {aliases: ["constructor"]})', 1],
  ['evaluate("sprung()")', 1],
  ['compile("x").evaluate()', 1],
  ['parse("x")', 1],
  ['parser()', 1],
  ['simplify("x")', 1],
  ['derivative("x^2", "x")', 1],
  ['rationalize("x")', 1],
  ['resolve("x")', 1],
  ['chain(x).done()', 1],
  ['config({number: "BigNumber"})', 1],
  ['typed("a", {"number": x})', 1],
  ['help("cos")', 1],
  ['format(x)', 1],
  ['print("$x", {x: 1})', 1],
  ['reviver()', 1],
  ['map([1], cos)', 1],
  ['filter([1], cos)', 1],
  ['sort([1], cos)', 1],
  ['expression.transform', 1],
  // assignments, definitions, blocks
  ['x = 1', 3],
  ['cos = 1', 5],
  ['cos(x) = 1', 8],
  ['f(x) = x^2', 1],
  ['f(x) = f(x)', 1],
  ['x.a = 1', 2],
  ['x[1] = 1', 2],
  ['x += 1', 4],
  ['x == 1', 3],
  ['x; x', 2],
  ['x\nx', 2],
  ['x\r\nx', 2],
  ['x # a comment', 3],
  ['x // a comment', 4],
  ['x /* a comment */', 4],
  ['x <!-- a comment', 3],
  // other values
  ['"text"', 1],
  ["'text'", 1],
  ['x + "1"', 5],
  ['[x, x]', 1],
  ['[1, 2; 3, 4]', 1],
  ['{a: x}', 1],
  ['1:1000000000', 2],
  ['sum(1:1e9)', 1],
  ['zeros(1e9)', 1],
  ['ones(1e5, 1e5)', 1],
  ['range(0, 1e9)', 1],
  ['end', 1],
  ['x[end]', 2],
  ['true', 1],
  ['false', 1],
  ['null', 1],
  ['undefined', 1],
  ['NaN', 1],
  ['Infinity', 1],
  ['-Infinity', 2],
  ['i', 1],
  ['2i', 2],
  ['5 cm', 3],
  ['x to cm', 3],
  ['x in cm', 3],
  ['speedOfLight', 1],
  ['random()', 1],
  ['now()', 1],
  ['version', 1],
  ['0x10', 2],
  ['0b11', 2],
  ['0xffi8', 2],
  ['10n', 3],
  ['1_000', 2],
  // operators that are not on the list
  ['x ? 1 : 2', 3],
  ['x ?? 1', 3],
  ['x > 1', 3],
  ['x and 1', 3],
  ['not x', 1],
  ['x or 1', 3],
  ['x xor 1', 3],
  ['x & 1', 3],
  ['x | 1', 3],
  ['~x', 1],
  ['!x', 1],
  ['x << 30', 3],
  ['x >>> 1', 3],
  ['x % 2', 3],
  ['x%', 2],
  ['x mod 2', 3],
  ["x'", 2],
  ['x.*x', 2],
  ['x .^ 2', 3],
  ['2.*x', 2],
  ['x!', 2],
  ['170!!', 4],
  ['factorial(1e9)', 1],
  ['gamma(x)', 1],
  ['x ** 2', 4],
  ['x @ 1', 3],
  ['x \\ 1', 3],
  ['$x', 1],
  // products without a sign
  ['2x', 2],
  ['2(x)', 2],
  ['(x)(x)', 4],
  ['x(2)', 2],
  ['x x', 3],
  ['x cos(x)', 3],
  ['1/2x', 4],
  ['pi(x)', 3],
  ['e(1)', 2],
  ['1.2.3', 4],
  ['1e', 2],
  ['1e5e5', 4],
  // look-alikes and invisible characters
  ['х', 1],
  ['cоs(x)', 2],
  ['x²', 2],
  ['x−1', 2],
  ['x×2', 2],
  ['π', 1],
  ['∞', 1],
  ['ｘ', 1],
  ['x\u200b', 2],
  ['x\u00a0+ 1', 2],
  ['\ufeffx', 1],
  ['x\u0000', 2],
  ['x\u2028x', 2],
  ['\\u0078', 1],
  ['x\u202e', 2],
  ['😀', 1],
  // numbers that are none
  ['1e400', 1],
  ['-1e309', 2],
  [`x + ${'9'.repeat(400)}`, 5],
  ['9^9^9^9', 3],
  ['9^9^9^9^9^9^9', 9],
  ['10^308*10', 1],
  ['1/0', 1],
  ['x/0', 1],
  ['x/(1 - 1)', 1],
  ['0^-1', 1],
  ['log(0)', 1],
  ['log(-1)', 1],
  ['sqrt(-1)', 1],
  ['asin(2)', 1],
  ['(-8)^(1/3)', 3],
  ['exp(1000)', 1],
  ['tan(x) + cosh(1e5)', 10],
  // sizes
  [`${'('.repeat(10_000)}x${')'.repeat(10_000)}`, 1001],
  [`${'('.repeat(400)}x${')'.repeat(400)}`, 33],
  [`${'sin('.repeat(150)}x${')'.repeat(150)}`, 132],
  [`${'-'.repeat(900)}x`, 257],
  ['x+'.repeat(50_000), 1001],
  [`${'x^'.repeat(400)}x`, 257],
  [`${'x*'.repeat(400)}x`, 257],
  [' '.repeat(100_000), 1001],
  ['x'.repeat(999), 1],
  ['!'.repeat(1000), 1],
  ['((((((((x', 8],
  // half a formula
  ['', 1],
  [' ', 2],
  ['()', 2],
  ['x +', 4],
  ['* x', 1],
  ['x * / 2', 5],
  ['cos', 4],
  ['cos x', 5],
  ['cos()', 5],
  ['cos(,)', 5],
  ['cos(x,)', 7],
  ['cos(x, x)', 1],
  ['min(x)', 1],
  ['log(x, 2)', 1],
  ['x)', 2],
  ['(x, x)', 3],
  ['x,', 2],
  ['1,5*x', 2],
]

function refusal(read: () => unknown): FormulaError {
  try {
    read()
  } catch (error) {
    if (error instanceof FormulaError) return error
    throw error
  }
  throw new Error('it was let through')
}

describe('no attack gets through', () => {
  test('there are at least 80, each another', () => {
    expect(new Set(attacks.map(([text]) => text)).size).toBe(attacks.length)
    expect(attacks.length).toBeGreaterThanOrEqual(80)
  })

  test.each(attacks.map(([text, column]) => ({ shown: JSON.stringify(text).slice(0, 50), text, column })))(
    '$shown is refused at column $column',
    async ({ text, column }) => {
      let sprung = 0
      trap.sprung = () => {
        sprung++
      }
      const builtIn = Object.getOwnPropertyNames(Object.prototype)
      for (const read of [onsiteFormulas, pairFormulas, (formula: string) => parseFormula(formula, ['t', 'x'])]) {
        const error = refusal(() => read(text))
        expect(error.position).toBe(column)
        expect(error.message).toMatch(new RegExp(`^column ${column} of the formula: .{10,}\\[E_INVALID_VALUE\\]$`))
        // Long text is never repeated whole.
        expect(error.message.length).toBeLessThan(400)
      }
      await expect(formulaOnsite({ name: 'attack', formula: text })).rejects.toThrow(FormulaError)
      trap.sprung = undefined
      expect(sprung).toBe(0)
      expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(builtIn)
      expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
    },
  )

  test('all of them together take less than a second', () => {
    const start = performance.now()
    for (const [text] of attacks) refusal(() => onsiteFormulas(text))
    expect(performance.now() - start).toBeLessThan(1000)
  })
})

test.each([
  [
    'x = 2',
    'column 3 of the formula: "=" has no meaning here. Expected numbers, x, pi or e, + - * / ^, parentheses and sin, cos,',
  ],
  ['2*coss(x)', 'column 3 of the formula: unknown name "coss". Did you mean "cos"?'],
  ['X^2', 'column 1 of the formula: unknown name "X". Did you mean "x"?'],
  ['2x', 'column 2 of the formula: expected an operator before "x"; a product is written with *.'],
  ['cоs(x)', 'column 2 of the formula: "о" (U+043E) has no meaning here.'],
  ['x\u200b', 'column 2 of the formula: a character without a shape (U+200B) has no meaning here.'],
  ['x +\n1', 'column 4 of the formula: a line ends here; a formula is one line.'],
  ['1e400*x', 'column 1 of the formula: 1e400 is too large; expected a finite number.'],
  ['x + log(-1)', 'column 5 of the formula: log(-1) is NaN; expected a finite number.'],
  ['min(x)', 'column 1 of the formula: min takes 2 arguments, got 1.'],
  ['1 + sin(x, 2)', 'column 5 of the formula: sin takes one argument, got 2.'],
  ['(x', 'column 1 of the formula: "(" is not closed; add ")".'],
  ['1,5', 'column 2 of the formula: "," stands only between the arguments of a function; a decimal point is ".".'],
])('%j is refused in words that help', (text, message) => {
  expect(refusal(() => parseFormula(text, ['x'])).text).toContain(message)
})

test('formulas whose derivatives explode are refused within a second each', () => {
  const start = performance.now()
  const bombs = [
    new Array(128).fill('x').join('*'),
    new Array(128).fill('x').join('^'),
    new Array(128).fill('x').join('/'),
    new Array(50).fill('sin(x)').join('*'),
    new Array(25).fill('x').join('^'),
    `${'sin('.repeat(31)}x${')'.repeat(31)}`,
    `${'exp(x*'.repeat(31)}x${')'.repeat(31)}`,
  ]
  for (const bomb of bombs) expect(refusal(() => pairFormulas(bomb)).message).toContain('write it more simply')
  expect(performance.now() - start).toBeLessThan(1000 * bombs.length)
})

test.each(['abs(x)', 'sign(x)', 'min(x, 1)', 'max(1, x)'])('%s, which has a corner, is no potential', (corner) => {
  const error = refusal(() => onsiteFormulas(`x^2 + ${corner}`))
  expect(error.position).toBe(7)
  expect(error.message).toContain('use a smooth function')
  expect(() => parseFormula(corner, ['x'])).not.toThrow()
})

test('random text is read and differentiated, or refused with a column inside it; nothing else happens', () => {
  const pieces = [
    'x',
    'y',
    '2',
    '.5',
    '1e3',
    '(',
    ')',
    '+',
    '-',
    '*',
    '/',
    '^',
    ',',
    ' ',
    'sin(',
    'sqrt(',
    'log(',
    'max(',
  ]
  const rare = [
    'pi',
    'e',
    'abs(',
    '.',
    '=',
    '[',
    '"',
    ':',
    '!',
    "'",
    '\\',
    '\n',
    'constructor',
    '__proto__',
    '\u202e',
    '😀',
  ]
  const text = fc.array(fc.oneof({ weight: 30, arbitrary: fc.constantFrom(...pieces) }, fc.constantFrom(...rare)), {
    maxLength: 12,
  })
  let read = 0
  fc.assert(
    fc.property(text, (parts) => {
      const formula = parts.join('')
      try {
        pairFormulas(formula)
        read++
      } catch (error) {
        if (!(error instanceof FormulaError)) throw error
        expect(error.position).toBeGreaterThanOrEqual(1)
        expect(error.position).toBeLessThanOrEqual(formula.length + 1)
      }
    }),
    { numRuns: 8000, seed: 1 },
  )
  expect(read).toBeGreaterThan(100)
})

test('a formula whose derivative is not real is no potential', () => {
  expect(refusal(() => onsiteFormulas('(-2)^x')).text).toBe(
    'column 1 of the formula: there is no derivative by x: log(-2) is NaN; expected a finite number.',
  )
})

/** The second gate by itself: were a text to slip through the first, mathjs' tree would still be refused. */
describe('a tree that the first gate never makes is refused by the second', () => {
  const x = { type: 'SymbolNode', name: 'x' }
  const column = [{ text: 'x', column: 3 }]
  test.each([
    ['accessor', { type: 'AccessorNode', object: x, index: x }],
    ['array', { type: 'ArrayNode', items: [x] }],
    ['assignment', { type: 'AssignmentNode', object: x, value: x }],
    ['block', { type: 'BlockNode', blocks: [] }],
    ['conditional', { type: 'ConditionalNode', condition: x, trueExpr: x, falseExpr: x }],
    ['function definition', { type: 'FunctionAssignmentNode', name: 'f', params: ['x'], expr: x }],
    ['index', { type: 'IndexNode', dimensions: [] }],
    ['object', { type: 'ObjectNode', properties: {} }],
    ['range', { type: 'RangeNode', start: x, end: x }],
    ['comparison', { type: 'RelationalNode', conditionals: [], params: [x] }],
    ['text', { type: 'ConstantNode', value: 'text' }],
    ['truth value', { type: 'ConstantNode', value: true }],
    ['infinite number', { type: 'ConstantNode', value: Infinity }],
    ['unknown symbol', { type: 'SymbolNode', name: 'constructor' }],
    ['unknown function', { type: 'FunctionNode', fn: { type: 'SymbolNode', name: 'import' }, args: [x] }],
    ['function of two values', { type: 'FunctionNode', fn: { type: 'SymbolNode', name: 'cos' }, args: [x, x] }],
    ['function of nothing', { type: 'FunctionNode', fn: { type: 'SymbolNode', name: 'cos' }, args: [] }],
    ['call of a property', { type: 'FunctionNode', fn: { type: 'AccessorNode', name: 'cos' }, args: [x] }],
    ['unknown operator', { type: 'OperatorNode', op: '!', fn: 'factorial', args: [x] }],
    ['operator of three signs', { type: 'OperatorNode', op: '-', fn: 'unaryMinus', args: [x, x] }],
    [
      'function that only derivatives hold',
      { type: 'FunctionNode', fn: { type: 'SymbolNode', name: 'sech' }, args: [x] },
    ],
    ['name the text does not have', { type: 'OperatorNode', op: '+', fn: 'add', args: [x, x] }],
  ])('%s', (name, node) => {
    const error = refusal(() => translate(node, ['x'], column))
    expect(error.position).toBe(3)
    expect(error.text).toMatch(/is not allowed in a formula\.$/)
    // The node is refused for itself, not because the count of names does not fit.
    expect(error.text.includes('what mathjs read into this')).toBe(name === 'name the text does not have')
  })
})
