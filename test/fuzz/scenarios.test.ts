import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { requireRunnable } from '../../src/experiment/run/runnable.js'
import { defineScenario, parseScenario } from '../../src/experiment/scenario/load.js'
import type { ScenarioInput } from '../../src/experiment/scenario/schema.js'
import { parseGrid } from '../../src/experiment/sweep/axes.js'
import { gridPoints } from '../../src/experiment/sweep/sweep-grid.js'
import { loadFormulas } from '../../src/physics/formula/mathjs.js'
import { refusalOf } from '../refusal.js'
import { prepare, runsOf, seedOf, unkind } from './attempt.js'
import { bases, type Mutant, mutants, places, suits } from './settings.js'

beforeAll(loadFormulas)

/** Of one scenario: seconds of processor time, and bytes of memory that the process has at once beyond what it had before. */
const bounds = { seconds: 5, bytes: 2 ** 30 }
const all = bases()
const keys = places()
/** The name of a section of a scenario. */
const section =
  /\b(name|about|seed|data|network|potential|bath|noising|learning|hardware|objective|initial|protocol|firstPassage|sampling|record|finalDensity|observe|checks|profiles)\b/

/** Prepares a mutant. @returns whether it is valid. @throws where it is not refused in words, in time and in memory */
async function tried(mutant: Mutant): Promise<boolean> {
  const [start, before] = [process.cpuUsage(), process.resourceUsage().maxRSS]
  let isValid = true
  try {
    await prepare(mutant)
  } catch (error) {
    isValid = false
    const wrong = unkind(error)
    if (wrong === 'another error') throw error
    const { message } = error as Error
    if (wrong !== null) throw new Error(`${wrong}: ${JSON.stringify(message)}`)
    // The key that was changed, or the one that does not go together with it; or the place in the text.
    const names = mutant.changes.flatMap(({ place }) => place.path.filter((key) => typeof key === 'string'))
    if (
      !names.some((name) => message.includes(name)) &&
      !section.test(message) &&
      !/^[^:]+:\d+:\d+|\[E_(FILE|FORMAT|DATA)\]/.test(message)
    )
      throw new Error(`names no key: ${message}`)
  }
  const { user, system } = process.cpuUsage(start)
  if ((user + system) / 1e6 > bounds.seconds) throw new Error(`took ${(user + system) / 1e6} s`)
  const taken = 1024 * (process.resourceUsage().maxRSS - before)
  if (taken > bounds.bytes) throw new Error(`took ${taken} bytes`)
  if (({} as { polluted?: unknown }).polluted !== undefined) throw new Error('changed the prototype of all objects')
  return isValid
}

/** A few in the everyday suite, 5,000 in the slow one. */
const settings = Number(process.env.FUZZ_SETTINGS ?? 1500)

describe(`${settings} settings of every key are prepared, or refused by the key in words, within 5 s and 1 GiB:`, () => {
  /** Of no type that any key has. */
  const wrong = [
    '{ toString: 1 }',
    '"\\e[31m"',
    '-1e308',
    '[[[null]]]',
    '{ __proto__: { polluted: 1 } }',
    '9007199254740993',
  ]
  let [count, accepted] = [keys.length, 0]

  test('each key once', async () => {
    for (const [n, place] of keys.entries()) {
      const among = all.filter((base) => suits(base, place))
      const base = (among.length > 0 ? among : all)[n % Math.max(1, among.length)]!
      await tried({ door: 'text', base, changes: [{ place, text: wrong[n % wrong.length]!, value: undefined }] })
    }
  })

  test('any value at one key or two, in the text, a profile, --set, --over and from a program', async () => {
    const property = fc.asyncProperty(mutants(all, keys), async (mutant) => {
      count++
      if (await tried(mutant)) accepted++
    })
    await fc.assert(property, { seed: seedOf(20260101), ...runsOf(settings - keys.length) })
    if (process.env.FUZZ_SECONDS === undefined && process.env.FUZZ_PATH === undefined)
      expect(count).toBeGreaterThanOrEqual(settings)
    // Not everything is refused for one reason.
    if (count >= settings) expect(accepted).toBeGreaterThan((settings - keys.length) / 40)
  })
})

const trap = {
  name: 'trap',
  network: { visible: { units: 2 } },
  potential: { onsite: ['stiffness'] },
  protocol: { duration: 1, dt: 0.1, parameters: { stiffness: 1 } },
  initial: { kind: 'point', x: 0 },
}
const ring: unknown[] = []
ring.push(ring)

describe('what only a program can give is refused before it is walked:', () => {
  const named: readonly (readonly [string, unknown, string])[] = [
    ['four billion holes', new Array(2 ** 32 - 1), 'initial.x: more than 1,000,000 values'],
    ['a list in itself', ring, 'nested more than 200 deep'],
    [
      'an array of numbers',
      new Float64Array(3),
      'initial.x: expected text, a number, a list or a mapping, got a Float64Array',
    ],
    ['a date', new Date(0), 'got a Date'],
    ['a big integer', 10n ** 400n, 'got a bigint'],
    ['a function', () => 1, 'got a function'],
    ['a symbol', Symbol('s'), 'got a symbol'],
    ['what has no text', { toString: 1 }, 'initial.x: expected a finite number, or a list, got {"toString":1}'],
  ]
  test.each(named)('%s', async (_name, x, says) => {
    const start = process.cpuUsage()
    const input = { ...trap, initial: { kind: 'point', x } } as unknown as ScenarioInput
    expect(await refusalOf(() => defineScenario(input))).toContain(says)
    expect(process.cpuUsage(start).user / 1e6).toBeLessThan(1)
  })
})

describe('what is too large is refused with what it asks for and what there may be:', () => {
  const simulation = (visible: string) => `name: a
network: { visible: ${visible}, couplings: { visible: { edges: [] } } }
potential: { onsite: [stiffness] }
initial: { kind: point, x: 0 }
protocol: { duration: 1, parameters: { stiffness: 1 } }
`
  const study = (keys: string, data = 'source: density, name: two-modes') => `name: a
network: { visible: { units: 1 } }
potential: { onsite: [stiffness, quartic] }
data: { ${data} }
objective: { ${keys} }
`
  test.each([
    ['units', simulation('{ units: 1e9 }'), '1000000000 units; expected at most 1,000,000'],
    [
      'units that move',
      simulation('{ units: 1e6 }, hidden: { units: 1 }'),
      'take about 7450 GiB; expected at most 10,000 units',
    ],
    ['units below none', simulation('{ lattice: [16, -2147483628] }'), 'lattice.1: expected more than 0'],
    ['iterations', study('kind: nce, iterations: 1e12'), 'objective.iterations: expected at most 100000000'],
    ['a batch', study('kind: nce, batch: 1e12'), 'objective.batch: expected at most 1000000'],
    ['pairs', study('kind: energy-filter', 'source: pairs, units: 2147483626'), 'data.units: expected at most 500'],
    ['cells', study('kind: recovery-likelihood, cells: 1e-215'), 'objective.cells: cells of 1e-215'],
  ])('%s', async (_name, text, says) => {
    const start = process.cpuUsage()
    expect(await refusalOf(async () => requireRunnable(await parseScenario(text, 'a.yaml')))).toContain(says)
    expect(process.cpuUsage(start).user / 1e6).toBeLessThan(2)
  })
})

describe('a sweep', () => {
  const names = (...axes: string[]) => gridPoints(parseGrid(axes), null).map(({ name }) => name)

  test('has directories of its own whatever its keys and values are called', () => {
    const words = [
      '..',
      '../..',
      '/etc/passwd',
      'a/b',
      'a\\b',
      '.',
      '',
      '~',
      'C:\\x',
      'x',
      'X',
      'x_3',
      '\u202e',
      'a\\0b',
      'k'.repeat(5000),
    ]
    const found = names(`a/../b=${words.map((word) => JSON.stringify(word)).join(',')}`, '../..=1,2')
    expect(new Set(found.map((name) => name.toLowerCase())).size).toBe(found.length)
    for (const name of found) expect(name).toMatch(/^[\w.+=-]{1,120}$/)
    for (const name of found) expect(['.', '..']).not.toContain(name)
  })

  test('gives no two points one directory where a name looks like a numbered one', () => {
    expect(names('a=x_3,x,X')).toEqual(['a=x_3', 'a=x', 'a=X_6'])
  })

  test('of 10,000 points is named in a second; of more it is refused', () => {
    const start = process.cpuUsage()
    const list = (n: number) => Array.from({ length: n }, (_, k) => k).join(',')
    expect(new Set(names(`a=${list(100)}`, `b=${list(100)}`)).size).toBe(10_000)
    expect(names(`a=${list(10_000)}`)).toHaveLength(10_000)
    expect(() => names(`a=${list(60_000)}`)).toThrow('60000 values; expected at most 10,000')
    expect(() => names(`a=${list(101)}`, `b=${list(100)}`)).toThrow('10100 points; expected at most 10000')
    expect(process.cpuUsage(start).user / 1e6).toBeLessThan(4)
  })

  test('refuses values that no scenario can have, in short words', () => {
    expect(() => parseGrid(['bath.kT=1,.nan'])).toThrow('expected finite numbers, got NaN')
    expect(() => parseGrid([`a=${'b'.repeat(9000)},${'b'.repeat(9000)}`])).toThrow(/^.{1,300}$/)
  })
})
