import { Buffer } from 'node:buffer'
import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { parse, stringify } from 'yaml'
import { scenarioJsonSchema } from '../../src/experiment/scenario/schema.js'

/** A key from the root of a scenario on; a number is a place in a list. */
type Path = readonly (string | number)[]
type Tree = Record<string | number, unknown>

/** A key of the schema: where it is, and what must stand on the way so that this branch of it is meant. */
export interface Place {
  readonly path: Path
  readonly chosen: readonly { readonly path: Path; readonly value: unknown }[]
  /** what the schema says that a value there is */
  readonly kind: 'number' | 'text' | 'truth' | 'name' | 'other'
}

interface SchemaNode {
  readonly properties?: Readonly<Record<string, SchemaNode>>
  readonly additionalProperties?: SchemaNode | boolean
  readonly items?: SchemaNode | readonly SchemaNode[]
  readonly anyOf?: readonly SchemaNode[]
  readonly oneOf?: readonly SchemaNode[]
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly type?: string
}

/** Keys of mappings whose keys are free: what terms, columns and profiles may be called. */
const freeKeys = new Map<unknown, readonly string[]>([
  ['profiles', ['quick', 'bath.kT', 'constructor']],
  ['columns', ['x', '__proto__']],
])
const termKeys = ['stiffness', 'toString']

/** Every key that the schema knows, those in lists, alternatives and free mappings too. */
export function places(): Place[] {
  const found = new Map<string, Place>()
  const walk = (node: SchemaNode, place: Place, depth: number) => {
    if (place.path.length > 0) found.set(JSON.stringify([place, kindOf(node)]), { ...place, kind: kindOf(node) })
    if (depth > 12) return
    for (const branch of node.anyOf ?? node.oneOf ?? []) {
      const constants = Object.entries(branch.properties ?? {}).filter(([, { const: value }]) => value !== undefined)
      const chosen = constants.map(([name, { const: value }]) => ({ path: [...place.path, name], value }))
      walk(branch, { ...place, chosen: [...place.chosen, ...chosen] }, depth + 1)
    }
    const at = (next: string | number): Place => ({ ...place, path: [...place.path, next] })
    for (const [name, inner] of Object.entries(node.properties ?? {})) walk(inner, at(name), depth + 1)
    if (typeof node.additionalProperties === 'object')
      for (const name of freeKeys.get(place.path.at(-1)) ?? termKeys)
        walk(node.additionalProperties, at(name), depth + 1)
    const items = node.items === undefined ? [] : [node.items].flat()
    items.forEach((inner, index) => {
      walk(inner, at(index), depth + 1)
    })
    if (items.length === 1) walk({}, at(1), depth + 1)
  }
  walk(scenarioJsonSchema() as SchemaNode, { path: [], chosen: [], kind: 'other' }, 0)
  return [...found.values()]
}

function kindOf({ type, enum: names }: SchemaNode): Place['kind'] {
  if (names !== undefined) return 'name'
  if (type === 'number' || type === 'integer') return 'number'
  return type === 'string' ? 'text' : type === 'boolean' ? 'truth' : 'other'
}

/** A scenario that the mutations begin with. */
export interface Base {
  readonly name: string
  readonly tree: Tree
}

/** The built-in scenarios. Those of the whole MNIST, which takes a second to read, learn from a mixture of as many units. */
export function bases(folder = 'scenarios'): Base[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => ({ name, tree: parse(readFileSync(`${folder}/${name}`, 'utf8')) as Tree }))
}

/** The tree with a value at a place, the mappings on the way made where they are not there; `tree` stays as it is. */
export function withValue(tree: Tree, { path, chosen }: Place, value: unknown): Tree {
  const copy = structuredClone(tree)
  for (const { path: where, value: constant } of chosen) {
    // Of another branch: what stands there has other keys.
    const parent = where.slice(0, -1)
    const held = valueAt(copy, parent)
    if (!isTree(held) || held[where.at(-1)!] !== constant) put(copy, parent, { [where.at(-1)!]: constant })
  }
  put(copy, path, value)
  return copy
}

function put(tree: Tree, path: Path, value: unknown): void {
  let at: Tree = tree
  path.forEach((key, depth) => {
    const define = (content: unknown) =>
      Object.defineProperty(at, key, { value: content, writable: true, enumerable: true, configurable: true })
    if (depth === path.length - 1) {
      define(value)
      return
    }
    const next = Object.hasOwn(at, key) ? at[key] : undefined
    if (!isTree(next)) define(typeof path[depth + 1] === 'number' ? [] : {})
    at = at[key] as Tree
  })
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null
}

function valueAt(tree: Tree, path: Path): unknown {
  return path.reduce<unknown>(
    (at, key) => (isTree(at) && Object.hasOwn(at, key) ? (at as Tree)[key] : undefined),
    tree,
  )
}

/** Whether a base has what a place is in: then the rest of it goes together with that. */
export function suits({ tree }: Base, { path, chosen }: Place): boolean {
  return (
    chosen.every((choice) => valueAt(tree, choice.path) === choice.value) &&
    (path.length < 2 || isTree(valueAt(tree, path.slice(0, -1))))
  )
}

/** A value as a scenario's text has it: YAML that parses to it, or to something nobody expects. */
const texts: readonly string[] = [
  ...['null', '~', '', 'true', 'false', 'yes', '.nan', '.inf', '-.inf', '0', '-0', '-0.0', '1e400', '-1e400'],
  ...['1e308', '-1e308', '5e-324', '1e-300', '9007199254740992', '9007199254740993', '-9007199254740992', '4294967296'],
  ...['2147483648', '-1', '-0.5', '0.5', '1.5', '2', '3', '7', '10', '16', '17', '64', '100', '1000', '4096', '65536'],
  ...['100001', '1000000', '3000000', '16777217', '1e7', '1e8', '1e9', '1e10', '1e12', '1e15', '1e21', '1e100'],
  ...['1e-3', '1e-6', '1e-9', '1e-12', '1e-100', '0x7fffffff', '0o17', '0b101', '1_000', '12:30:45', '2020-01-01'],
  ...['2020-01-01T00:00:00Z', '!!binary aGVsbG8=', '!!set {a, b}', '!!js/function "f"', '!!str 1', '!!int "1"'],
  ...['[]', '{}', '[[]]', '[{}]', '[null]', '[~, 1]', '{a: 1}', '{"": 1}', '{null: 1}', '{1: 2}', '[1, 2]', '[1, 2, 3]'],
  ...['[0, 0]', '[1, 1]', '[1e9, 1e9]', '[1000, 1000]', '[-1, 1]', '[null, null]', '[.nan]', '[.inf, 0]', '[[0, 1]]'],
  ...['[[0, 1], [0, 1]]', '[[1, 0]]', '[[0, 0]]', '[[0, 1e9]]', '[[0, 1, 2]]', '[[[0]]]', '{file: nothing.npy}'],
  ...['{file: /dev/zero}', '{file: scenarios}', '{kind: constructor}', '{__proto__: 1}', '{__proto__: {polluted: 1}}'],
  ...['{constructor: {prototype: {polluted: 1}}}', '{toString: 1}', '{valueOf: 1}', '{length: 1e9}', '{then: 1}'],
  ...['"__proto__"', '"constructor"', '"toString"', '"hasOwnProperty"', '"length"', '"all"', '"nearest"', '"two"'],
  ...['"x"', '"t"', '"x^2"', '"sin(t)"', '"1/t"', '"x/0"', '"t^t^t"', '"x.constructor"', '"2*pi"', '"-1"', '"1e999"'],
  ...['"../../../etc/passwd"', '"/etc/passwd"', '"/dev/zero"', '"/proc/self/mem"', '"C:\\\\x"', '"a/b"', '"."', '".."'],
  ...['"~/x"', '"file:///etc/passwd"', '"http://localhost:1/"', '"a\\0b.npy"', '"\\e[31mred"', '"\\r\\nX: y"'],
  ...['"\\u202eabc"', '"\\ud800"', '"😀"', '"%s%n"', '"<script>alert(1)</script>"', '"${x}"', '"{{x}}"', '"[object Object]"'],
  ...['&a [*a]', '&a 1', '*a', '*nothing', '<<: {a: 1}', '? a', '"', '[', '{', ']', '}', '@', '`', '%', '|', '>', '- a'],
]

/** Long and deep ones, made when they are asked for. */
const large: readonly (() => string)[] = [
  () => `${'['.repeat(1000)}${']'.repeat(1000)}`,
  () => `${'['.repeat(150)}1${']'.repeat(150)}`,
  () => `${'{a: '.repeat(150)}1${'}'.repeat(150)}`,
  () => `"${'x'.repeat(100_000)}"`,
  () => `"${'('.repeat(900)}"`,
  () => `"${'x+'.repeat(100)}x"`,
  () => `"${'x^'.repeat(100)}x"`,
  () => `[${new Array(20_000).fill('1').join(', ')}]`,
  () => `[${Array.from({ length: 3000 }, (_, n) => `[${n}, ${n + 1}]`).join(', ')}]`,
  () => `[${new Array(1000).fill('"x^2"').join(', ')}]`,
  () => `[${new Array(500).fill('{a: 1}').join(', ')}]`,
  () => `{${Array.from({ length: 3000 }, (_, n) => `k${n}: ${n}`).join(', ')}}`,
  () => `{"${'k'.repeat(300)}": 1}`,
]

/** Texts of the right type, and seldom of sense. */
const typed: Readonly<Record<Place['kind'], readonly string[]>> = {
  number: [
    ...['-1e308', '-1e9', '-1000', '-2', '-1', '-1e-9', '0', '5e-324', '1e-300', '1e-30', '1e-12', '1e-9', '1e-6', '1e-4'],
    ...['0.001', '0.01', '0.1', '0.3', '0.5', '0.9', '0.99', '1', '1.5', '2', '3', '4', '5', '7', '8', '9', '10', '12', '16'],
    ...['20', '31', '49', '64', '100', '144', '257', '1000', '1001', '2000', '2828', '4096', '10000', '65536', '100000', '999999'],
    ...['1000000', '3000000', '10000000', '20000000', '1e8', '1e9', '4294967296', '1e12', '9007199254740991', '1e16', '1e30', '1e300', '1e308'],
  ],
  text: [
    ...['"x"', '"1"', '"t"', '"sin(t)"', '"x^2/2"', '"x*y"', '"1/t"', '"1/(t-1)"', '"tan(30*t)"', '"exp(t)"', '"exp(exp(t))"', '"sin(1e6*t)"'],
    ...['"1e300*x^2"', '"x^64"', '"exp(x^2)"', '"1/x"', '"log(x)"', '"sqrt(x)"', '"tanh(1e9*x)"', '"x^8 - 1e6*x"', '"cos(1e8*x)"', '"row"'],
    ...['"all"', '"units"', '"pairs"', '"held-out"', '"scenarios/stiffness.npy"', '"scenarios/outcomes.csv"', '"nothing.csv"', '"2*pi"', '"0"', '"1e308"'],
  ],
  truth: ['true', 'false'],
  name: [],
  other: ['[]', '{}', '[1]', '[0, 1]', '[1, 2, 3]', '[[0, 1]]', '[-1e9, 1e9]', '[1e-9]', '[1e9]', '[x, y]', '[100, 100]', '[1000, 1000]'],
}

/** Values that only a program can give. */
const values: readonly (() => unknown)[] = [
  () => undefined,
  () => Number.NaN,
  () => -0,
  () => 1n,
  () => 10n ** 400n,
  () => Symbol('s'),
  () => () => 1,
  () => class Foreign {},
  () => new Date(0),
  () => new Date(Number.NaN),
  () => /x/,
  () => new Map([['a', 1]]),
  () => new Set([1]),
  () => new Float64Array(3),
  () => new Float64Array(1_000_000),
  () => Buffer.from('text'),
  () => new ArrayBuffer(8),
  () => new Error('no'),
  () => Promise.resolve(1),
  () => new Number(3),
  () => new String('x'),
  () => Object.create(null),
  () => Object.create({ kind: 'point', x: 0 }),
  () => new Array(5),
  () => new Array(2 ** 32 - 1),
  () => new Array(100_000).fill(0),
  () => Object.assign([1, 2], { extra: 1 }),
  () => {
    const ring: unknown[] = []
    ring.push(ring)
    return ring
  },
  () => {
    const ring: Tree = {}
    ring.self = ring
    return ring
  },
  () => {
    let deep: unknown = 1
    for (let n = 0; n < 3000; n++) deep = [deep]
    return deep
  },
  () => ({ toJSON: 1, toString: null }),
  () => ({ [Symbol.toPrimitive]: 1, a: 1 }),
  () => JSON.parse('{"__proto__": {"polluted": 1}, "constructor": 1}') as unknown,
]

/** One change of a scenario, or two: where and how it is made, and what is put there. */
export type Door = 'text' | 'set' | 'profile' | 'axis' | 'object'
export interface Mutant {
  readonly door: Door
  readonly base: Base
  readonly changes: readonly { readonly place: Place; readonly text: string; readonly value: unknown }[]
}

/** Mutants of the built-in scenarios at every place of the schema. */
export function mutants(all: readonly Base[], keys: readonly Place[]): fc.Arbitrary<Mutant> {
  const text = fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(...texts) },
    { weight: 1, arbitrary: fc.constantFrom(...large).map((make) => make()) },
    { weight: 3, arbitrary: fc.double().map((value) => stringify(value).trim()) },
    { weight: 2, arbitrary: fc.integer().map(String) },
    { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.stringify(value)) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 30 }).map((value) => JSON.stringify(value)) },
  )
  const value = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...values).map((make) => make()) },
    { weight: 1, arbitrary: fc.anything({ maxDepth: 3, withBigInt: true, withDate: true, withTypedArray: true, withMap: true, withNullPrototype: true, withSparseArray: true }) },
  )
  const change = fc.record({ isSuited: fc.integer({ min: 0, max: 3 }), isTyped: fc.boolean(), number: fc.nat(), text, value })
  return fc
    .record({
      door: fc.constantFrom<Door>('text', 'text', 'set', 'profile', 'axis', 'object'),
      base: fc.constantFrom(...all),
      asked: fc.oneof({ weight: 3, arbitrary: fc.tuple(change) }, { weight: 1, arbitrary: fc.tuple(change, change) }),
    })
    .map(({ door, base, asked }) => {
      const suited = keys.filter((place) => suits(base, place))
      const changes = asked.map(({ isSuited, isTyped, number, text, value }) => {
        const among = isSuited > 0 ? suited : keys
        const place = among[number % among.length]!
        const choices = typed[place.kind]
        return { place, value, text: isTyped && choices.length > 0 ? choices[number % choices.length]! : text }
      })
      return { door, base, changes }
    })
}
