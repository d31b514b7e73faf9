import type fc from 'fast-check'
import { stringify } from 'yaml'
import { OverdampedError } from '../../src/errors.js'
import { requireRunnable } from '../../src/experiment/run/runnable.js'
import { defineScenario, parseScenario } from '../../src/experiment/scenario/load.js'
import type { ScenarioInput } from '../../src/experiment/scenario/schema.js'
import { parseGrid } from '../../src/experiment/sweep/axes.js'
import { gridPoints, pathsOf } from '../../src/experiment/sweep/sweep-grid.js'
import { type Mutant, type Place, withValue } from './settings.js'

/** Stands in a text where the mutated value comes. */
const gap = (n: number) => `gap-${n}-of-the-mutant`

/** Reads a mutant by its door and prepares all that `validate` and `run --dry-run` prepare. @throws what is thrown */
export async function prepare(mutant: Mutant): Promise<void> {
  requireRunnable(await read(mutant))
}

async function read({ door, base, changes }: Mutant) {
  if (door === 'object') {
    const gaps = changes.reduce((tree, { place }, n) => withValue(tree, place, gap(n)), base.tree)
    const tree = replaced(gaps, new Map(changes.map(({ value }, n): [unknown, unknown] => [gap(n), value])))
    return defineScenario(tree as unknown as ScenarioInput)
  }
  if (door === 'text') return parseScenario(textOf({ base, changes }), 'mutant.yaml')
  const settings = changes.flatMap(({ place, text }) => settingsOf(place, text))
  const whole = stringify(base.tree)
  if (door === 'set') return parseScenario(whole, 'mutant.yaml', { set: settings })
  if (door === 'profile') {
    const changed = changes.map(({ place }, n): [string, unknown] => [place.path.join('.'), gap(n)])
    const text = filled(stringify({ ...base.tree, profiles: { quick: Object.fromEntries(changed) } }), changes)
    return parseScenario(text, 'mutant.yaml', changes.length === 1 ? {} : { profile: 'quick' })
  }
  const axes = parseGrid(changes.map(({ place, text }) => `${place.path.join('.')}=${text},1`))
  const [point] = gridPoints(axes, null)
  const swept = pathsOf(axes).map((path, n) => `${path}=${JSON.stringify(point!.values[n])}`)
  const chosen = changes.flatMap(({ place }) => settingsOf(place, '').slice(0, -1))
  return parseScenario(whole, 'mutant.yaml', { set: [...chosen, ...swept] })
}

/** The tree with what stands for the gaps: values that structuredClone refuses. */
function replaced(tree: unknown, values: ReadonlyMap<unknown, unknown>): unknown {
  if (values.has(tree)) return values.get(tree)
  if (typeof tree !== 'object' || tree === null) return tree
  if (Array.isArray(tree)) return tree.map((value) => replaced(value, values))
  const copy = {}
  for (const [key, value] of Object.entries(tree))
    Object.defineProperty(copy, key, {
      value: replaced(value, values),
      writable: true,
      enumerable: true,
      configurable: true,
    })
  return copy
}

function settingsOf({ path, chosen }: Place, text: string): string[] {
  const constants = chosen.map((choice) => `${choice.path.join('.')}=${JSON.stringify(choice.value)}`)
  return [...constants, `${path.join('.')}=${text}`]
}

/** A mutant's text. */
function textOf({ base, changes }: Pick<Mutant, 'base' | 'changes'>): string {
  const tree = changes.reduce((tree, { place }, n) => withValue(tree, place, gap(n)), base.tree)
  return filled(stringify(tree), changes)
}

function filled(text: string, changes: Mutant['changes']): string {
  return changes.reduce((whole, { text }, n) => whole.replace(gap(n), () => text), text)
}

/** What is wrong with how something was refused; null when it is in words that help. */
export function unkind(error: unknown): string | null {
  if (!(error instanceof OverdampedError)) return 'another error'
  const { message } = error
  if (!/\[E_[A-Z_]+\](\n… and \d+ more)?$/.test(message)) return 'no code'
  if (message.length > 4000) return 'too long'
  if (/\n\s+at |node_modules|\.ts:\d|\.js:\d/.test(message)) return 'a stack trace'
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal must not get them
  if (/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/.test(message)) return 'control characters'
  if (message.replaceAll('"[object Object]', '').includes('[object Object]')) return 'an object without words'
  if (
    /\b[Zz]od|invalid_[a-z]+|unrecognized_keys|Invalid input|expected (nan|never|undefined|nonoptional)|is not a function/.test(
      message,
    )
  )
    return 'insides'
  return null
}

const { FUZZ_SECONDS, FUZZ_SEED, FUZZ_PATH } = process.env

/** The seed of a property: fixed in the everyday suite, fresh in a long run, or the one that is to be repeated. */
export function seedOf(everyday: number): number {
  if (FUZZ_SEED !== undefined) return Number(FUZZ_SEED)
  return FUZZ_SECONDS === undefined ? everyday : Math.floor(Math.random() * 2 ** 31)
}

/** How many inputs a property tries: so many in the everyday suite, and in a long run as there is time for. */
export function runsOf(everyday: number): fc.Parameters<unknown> {
  const path = FUZZ_PATH === undefined ? {} : { path: FUZZ_PATH }
  if (FUZZ_SECONDS === undefined) return { numRuns: everyday, endOnFailure: true, ...path }
  const limit = { interruptAfterTimeLimit: 1000 * Number(FUZZ_SECONDS), markInterruptAsFailure: false }
  return { numRuns: 2 ** 31, endOnFailure: true, ...limit, ...path }
}
