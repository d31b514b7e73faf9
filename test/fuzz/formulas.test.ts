import fc from 'fast-check'
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { requireRunnable } from '../../src/experiment/run/runnable.js'
import { parseScenario } from '../../src/experiment/scenario/load.js'
import { compileBounds } from '../../src/physics/formula/bounds.js'
import { FormulaError } from '../../src/physics/formula/error.js'
import { functionArity, sizeOf } from '../../src/physics/formula/expression.js'
import { hoisted } from '../../src/physics/formula/hoisted.js'
import { limits } from '../../src/physics/formula/limits.js'
import { loadFormulas } from '../../src/physics/formula/mathjs.js'
import { type Formula, parseFormula } from '../../src/physics/formula/parse.js'
import { forceFormulas, onsiteFormulas, type Partials, pairFormulas } from '../../src/physics/formula/partials.js'
import { compileRows } from '../../src/physics/formula/rows.js'
import { compileScalar } from '../../src/physics/formula/scalar.js'
import { compilePartials, compileTape } from '../../src/physics/formula/tape.js'
import { refusalOf } from '../refusal.js'
import { runsOf, seedOf, unkind } from './attempt.js'

beforeAll(loadFormulas)

/** Seconds of processor time and bytes that a formula may take: what docs/formulas.md promises. */
const bounds = { seconds: 1, bytes: 100e6 }

/** Everything that is done with a formula before anything runs. */
const places: readonly ((text: string) => unknown)[] = [
  (text) => compiled(onsiteFormulas(text)),
  (text) => compiled(pairFormulas(text)),
  (text) => compiled(forceFormulas([text, text])),
  (text) => evaluable(parseFormula(text, ['t', 'row', 'column'])),
]

function compiled(partials: Partials): void {
  const all = [partials.value, ...partials.slopes, ...partials.curvatures]
  all.forEach(evaluable)
  const { steps, registers } = compilePartials(partials)
  const most = (1 + partials.slopes.length) * limits.derivative
  expect(steps.length).toBeLessThanOrEqual(most)
  expect(registers).toBeLessThanOrEqual(most)
  compileTape(all)
  hoisted(partials)
}

function evaluable(formula: Formula): void {
  expect(sizeOf(formula.expression)).toBeLessThanOrEqual(limits.derivative)
  compileBounds(formula)(-1, 1, ...formula.variables.slice(1).map(() => 0.5))
  compileScalar(formula)(...formula.variables.map(() => 0.5))
  const rows = formula.variables.map(() => new Float64Array(4).fill(0.5))
  if (rows.length > 0) compileRows(formula)(rows, new Array(rows.length).fill(0), 4, new Float64Array(4))
}

/** What a formula must never reach. */
const sprung = vi.fn()
beforeEach(() => {
  sprung.mockClear()
  vi.stubGlobal('sprung', sprung)
  vi.stubGlobal('eval', sprung)
})
afterEach(() => {
  vi.unstubAllGlobals()
})

/** Reads a formula in every place. @returns whether one took it. @throws where it is not refused in words, in time and in memory */
function tried(text: string): boolean {
  let isTaken = false
  // (The schema of a scenario is compiled by it, so not everywhere.)
  vi.stubGlobal('Function', sprung)
  for (const place of places) {
    const [start, before] = [process.cpuUsage(), process.memoryUsage()]
    try {
      place(text)
      isTaken = true
    } catch (error) {
      if (!(error instanceof FormulaError)) throw error
      expect(unkind(error)).toBe(null)
      expect(error.position).toBeGreaterThanOrEqual(1)
      expect(error.position).toBeLessThanOrEqual(Math.min(text.length, limits.characters) + 1)
      expect(error.message.length).toBeLessThan(500)
    }
    const [{ user, system }, after] = [process.cpuUsage(start), process.memoryUsage()]
    expect((user + system) / 1e6).toBeLessThan(bounds.seconds)
    expect(after.heapUsed - before.heapUsed + after.arrayBuffers - before.arrayBuffers).toBeLessThan(bounds.bytes)
  }
  expect(sprung).not.toHaveBeenCalled()
  return isTaken
}

const nested = (before: string, inner: string, after: string, depth: number) =>
  before.repeat(depth) + inner + after.repeat(depth)
const joined = (piece: string, by: string, count: number) => new Array(count).fill(piece).join(by)

/** Ways to grow: by depth or length. Each as long as it may be, half as long, and far beyond. */
const families: Readonly<Record<string, (size: number) => string>> = {
  brackets: (n) => nested('(', 'x', ')', n),
  signs: (n) => `${'-'.repeat(n)}x`,
  sum: (n) => joined('x', '+', n),
  product: (n) => joined('x', '*', n),
  quotient: (n) => joined('x', '/', n),
  tower: (n) => joined('x', '^', n),
  'tower of brackets': (n) => nested('(', 'x', ')^x', n),
  'power of powers': (n) => nested('(', 'x', '^64)', n),
  'negative powers': (n) => joined('x^-63', '*', n),
  'whole powers': (n) => joined('x^64', '+', n),
  'product of sums': (n) => joined('(x+y)', '*', n),
  'sum in a product': (n) => nested('x*(1+', 'x', ')', n),
  'product in a sum': (n) => nested('(1+x)*(y+', 'x', ')', n),
  'product of quotients': (n) => joined('(x^2+1)/(x^2-1)', '*', n),
  'continued fraction': (n) => nested('1/(x+', 'x', ')', n),
  'power in an exponent': (n) => nested('x^(1+', 'x', ')', n),
  'base and exponent': (n) => joined('(x^y)', '^', n),
  'times of places': (n) => nested('sin(x*y*t+', 'x', ')', n),
  schedules: (n) => joined('sin(t*row+column)', '*', n),
  maxima: (n) => nested('max(x,', 't', ')', n),
  poles: (n) => joined('1/(t-.5)', '+', n),
  factorials: (n) => `${n}${'!'.repeat(n)}`,
  ranges: (n) => `1:${10 ** Math.min(n, 300)}`,
  matrices: (n) => nested('[', 'x', ']', n),
  calls: (n) => nested('f(', 'x', ')', n),
  accessors: (n) => `x${'.constructor'.repeat(n)}`,
  definitions: (n) => joined('x=x', ';', n),
  digits: (n) => `x+${'9'.repeat(n)}`,
  spaces: (n) => ' '.repeat(n),
  strings: (n) => `"${'x'.repeat(n)}"`,
  'look-alikes': (n) => joined('х', '+', n),
  ...Object.fromEntries(
    [...functionArity].flatMap(([name, arity]): [string, (size: number) => string][] => [
      [`${name} in ${name}`, (n) => nested(`${name}(${arity === 2 ? 'y,' : ''}`, 'x', ')', n)],
      [`${name} with a factor`, (n) => nested(`${name}(${arity === 2 ? 'y,' : ''}x*`, 'x', ')', n)],
      [`product of ${name}`, (n) => joined(`${name}(${arity === 2 ? 'y,' : ''}x)`, '*', n)],
    ]),
  ),
}
const sizes = [7, 31, 128, 100_000]
const grown = Object.entries(families).flatMap(([name, make]) =>
  sizes.map((size): [string, string] => [`${name} × ${size}`, make(size)]),
)

describe('a formula that grows is refused or compiled within a second and 100 MB', () => {
  test('there are at least 300, each another', () => {
    expect(new Set(grown.map(([, text]) => text)).size).toBe(grown.length)
    expect(grown.length).toBeGreaterThanOrEqual(300)
  })

  test.each(Object.keys(families))('%s', (name) => {
    for (const size of sizes) tried(families[name]!(size))
  })
})

/** Formulas of the grammar, without bounds of their own, and with pieces that no formula has. */
const { formula } = fc.letrec<{ formula: string; leaf: string }>((tie) => ({
  leaf: fc.oneof(
    {
      weight: 8,
      arbitrary: fc.constantFrom('x', 'y', 't', 'x', 'pi', 'e', '2', '.5', '1e3', '64', '1e308', '1e-300', 'row'),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        '"a"',
        '[1]',
        'x.a',
        '1:9',
        '3 cm',
        'f(x)',
        'x=1',
        '5!',
        'х',
        'i',
        'import',
        'x[1]',
        '{}',
      ),
    },
  ),
  formula: fc.oneof(
    { depthSize: 'max', maxDepth: 9 },
    tie('leaf'),
    fc
      .tuple(tie('formula'), fc.constantFrom('+', '-', '*', '/', '^'), tie('formula'))
      .map(([a, by, b]) => `(${a}${by}${b})`),
    fc.tuple(fc.constantFrom(...functionArity.keys()), tie('formula')).map(([name, a]) => {
      return functionArity.get(name) === 2 ? `${name}(${a},x)` : `${name}(${a})`
    }),
  ),
}))

test('formulas of the grammar, of any size, are refused or compiled within a second and 100 MB', () => {
  let taken = 0
  fc.assert(
    fc.property(formula, (text) => {
      if (tried(text)) taken++
    }),
    { seed: seedOf(1), ...runsOf(120) },
  )
  expect(taken).toBeGreaterThan(10)
})

/** A scenario with a formula in a place of it. */
const simulation = (keys: string) => `name: a
network: { visible: { chain: 2 } }
initial: { kind: point, x: 0 }
sampling: { trajectories: 10 }
${keys}`
const still = 'protocol: { duration: 1, parameters: { stiffness: 1 } }'
const onsite = 'potential: { onsite: [stiffness] }'
const inScenario: Readonly<Record<string, (text: string) => string>> = {
  'a parameter': (f) => `${onsite}\nprotocol: { duration: 1, parameters: { stiffness: ${f} } }`,
  'parameters one by one': (f) => `${onsite}\nprotocol: { duration: 1, parameters: { stiffness: [${f}, ${f}] } }`,
  'the temperature': (f) => `${onsite}\nprotocol: { duration: 1, kT: ${f}, parameters: { stiffness: 1 } }`,
  'a term': (f) =>
    `potential: { onsite: [{ name: a, formula: ${f} }] }\nprotocol: { duration: 1, parameters: { a: 1 } }`,
  'a coupling': (f) =>
    `potential: { onsite: [stiffness], pair: [{ name: a, formula: ${f} }] }\nprotocol: { duration: 1, parameters: { stiffness: 1, a: 1 } }`,
  'a force': (f) =>
    `potential: { onsite: [stiffness], force: [{ name: a, formula: ${f} }] }\nprotocol: { duration: 1, parameters: { stiffness: 1, a: 1 } }`,
  'an observable': (f) => `${onsite}\n${still}\nobserve: [{ name: a, formula: ${f} }]`,
  'a check': (f) =>
    `${onsite}\n${still}\nobserve: [{ name: a, formula: x }]\nchecks: [{ observable: a, expected: ${f} }]`,
}
/** Schedules with poles, jumps and bursts; terms with walls and cusps; formulas at the bounds. */
const schedules = [
  '1/(t-.5)',
  '1/t',
  'tan(100*t)',
  'exp(exp(5*t))',
  'sin(1e9*t)',
  'sign(sin(1e5*t))',
  '1e308*t',
  'max(t,1e9*t-1e8)',
]
const terms = [
  'x^64',
  '1/x',
  'log(x)',
  'exp(x^2)',
  'cos(1e8*x)',
  'tanh(1e9*x)',
  '1e308*x^2',
  '(x-1e6*t)^2',
  '1/(x-t)',
  nested('tanh(x+', 't', ')', 4),
]
const hostile: Readonly<Record<string, readonly string[]>> = {
  'a parameter': schedules,
  'parameters one by one': ['1/(t-.5)', 'tan(100*t)', 'row/column'],
  'the temperature': ['1/(t-.5)', '1/t', 'exp(exp(5*t))', 't-1'],
  'a term': terms,
  'a coupling': ['1/x', 'cos(1e8*x)', '1/(x-y)', 'x^y'],
  'a force': [...terms, 'exp(x*y)'],
  'an observable': ['1/x', 'sin(1e9*t)', 'x^64'],
  'a check': ['1e308', '2*pi', 'x', '1/0'],
}

describe('in a scenario it is refused with its key, or prepared within five seconds', () => {
  test.each(Object.keys(inScenario))('%s', async (place) => {
    for (const text of hostile[place]!) {
      const start = process.cpuUsage()
      const refusal = await refusalOf(async () =>
        requireRunnable(await parseScenario(simulation(inScenario[place]!(`"${text}"`)), 'a.yaml')),
      )
      const { user, system } = process.cpuUsage(start)
      expect((user + system) / 1e6, text).toBeLessThan(5)
      if (refusal !== 'valid')
        expect(refusal, text).toMatch(/(protocol|potential|observe|checks|initial|network)\b.*: .{10,} \[E_/)
    }
    expect(sprung).not.toHaveBeenCalled()
  })
})
