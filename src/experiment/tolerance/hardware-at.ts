import { hardwareSchema } from '../scenario/hardware.js'
import { isTree, type Tree } from '../scenario/overrides.js'
import type { Scenario } from '../scenario/schema.js'
import { type Imperfection, imperfections } from './imperfections.js'

/** A size of an imperfection. */
export interface Sized {
  readonly imperfection: Imperfection
  readonly size: number
}

/**
 * The section `hardware` of a device that has some imperfections and no others. What the scenario says beside sizes stays: where the network
 * learns, the specimen, correlation times, how is rounded.
 *
 * @param given - the section of the scenario
 */
export function hardwareAt(given: Scenario['hardware'], sized: readonly Sized[]): Tree {
  const keys = new Map(leaves(given ?? {}).filter(([path, value]) => !isSize(path) && usual.get(path) !== value))
  const own = new Map<string, unknown>(sized.map(({ imperfection, size }) => [imperfection.path, size]))
  // A way of rounding alone is none.
  if (!own.has('storage.bits')) keys.delete('storage.rounding')
  const tree: Tree = {}
  for (const [path, value] of [...keys, ...own]) put(tree, path.split('.'), value)
  return tree
}

/** The size of an imperfection that a section `hardware` gives; undefined where it is ideal. */
export function sizeIn(given: Scenario['hardware'], { path }: Imperfection): unknown {
  const [, value] = leaves(given ?? {}).find(([key]) => key === path) ?? []
  return value === 0 ? undefined : value
}

const isSize = (path: string) => imperfections.some((one) => one.path === path)

/** Values with their dotted paths. */
function leaves(tree: object, before = ''): [string, unknown][] {
  return Object.entries(tree).flatMap(([key, value]): [string, unknown][] =>
    isTree(value) ? leaves(value, `${before}${key}.`) : value === undefined ? [] : [[before + key, value]],
  )
}

const mostBits = 16
/** What need not be said. */
const usual = new Map(leaves(hardwareSchema.parse({ storage: { bits: mostBits } })))

function put(tree: Tree, [key = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) {
    tree[key] = value
    return
  }
  const inner = isTree(tree[key]) ? tree[key] : {}
  tree[key] = inner
  put(inner, rest, value)
}

/**
 * A part of a tolerable size: the error that it makes is this part of the one tolerated. A limit is as many times further away; b bits make
 * errors of 2^-b, so that b - log2(part) are needed, of which a device has at most 16. Whole numbers are rounded to the milder side.
 *
 * @param part - in (0, 1]
 */
export function partOf({ worse, scale, isWhole }: Imperfection, size: number, part: number): number {
  const exact =
    scale === 'linear' ? Math.min(mostBits, size - Math.log2(part)) : worse === 'less' ? size / part : size * part
  if (!isWhole) return exact
  return worse === 'less' ? Math.ceil(exact) : Math.floor(exact)
}
