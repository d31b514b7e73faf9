import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { OverdampedError } from '../../src/errors.js'
import { type LoadOptions, loadScenario, parseScenario } from '../../src/experiment/scenario/load.js'
import { createProblem } from '../../src/experiment/system/problem.js'
import { command } from '../command.js'
import { type Malformed, malformed, valid } from '../malformed.js'

// Nothing that a user can write may hang, exhaust memory or show the insides: it is refused in words, or it is valid.

const home = process.cwd()
const folder = mkdtempSync(join(tmpdir(), 'overdamped-hostile-'))
beforeAll(() => {
  mkdirSync(join(folder, 'folder'))
  writeFileSync(join(folder, 'ok.yaml'), valid.trap)
  writeFileSync(join(folder, 'empty.yaml'), '')
  process.chdir(folder)
})
afterAll(() => {
  process.chdir(home)
  rmSync(folder, { recursive: true, force: true })
})

/** Seconds of processor time that a refusal may take. */
const patience = 5
/** Characters: twelve findings and their places. */
const longest = 2000

function fileOf({ content, path }: Malformed): string {
  if (path !== undefined) return path
  writeFileSync(join(folder, 'scenario.yaml'), content ?? '')
  return 'scenario.yaml'
}

/** What loading throws, 'valid' when nothing; and how long it took, in seconds of processor time: others may share it. */
async function attempt(load: () => unknown): Promise<{ error: unknown; seconds: number }> {
  const start = process.cpuUsage()
  const seconds = () => {
    const { user, system } = process.cpuUsage(start)
    return (user + system) / 1e6
  }
  try {
    await load()
    return { error: 'valid', seconds: seconds() }
  } catch (error) {
    return { error, seconds: seconds() }
  }
}

function expectRefusal(error: unknown): asserts error is OverdampedError {
  if (!(error instanceof OverdampedError)) throw error
  expect(error.exitCode).toBe(2)
  expect(error.message).toMatch(/\[E_[A-Z_]+\](\n… and \d+ more)?$/)
  expect(error.message.length).toBeLessThan(longest)
  expect(error.message).not.toMatch(/\n {4}at /)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal must not get them
  expect(error.message).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f]/)
}

test('there are at least 60 malformed scenarios, each with a name of its own', () => {
  expect(malformed.length).toBeGreaterThanOrEqual(60)
  expect(new Set(malformed.map(({ name }) => name)).size).toBe(malformed.length)
})

test('the scenarios that they are made from are valid', async () => {
  for (const text of Object.values(valid)) createProblem(await parseScenario(text, 'valid.yaml'))
})

describe('is refused in words, with its place, at once:', () => {
  test.each(malformed.map((entry) => [entry.name, entry] as const))('%s', async (_name, entry) => {
    const file = fileOf(entry)
    const { error, seconds } = await attempt(async () => createProblem(await loadScenario(file, entry.options)))
    expectRefusal(error)
    expect(seconds).toBeLessThan(patience)
    const { at, says = '' } = entry
    if (at !== undefined) expect(error.message.startsWith(`${file}:${at}`), error.message).toBe(true)
    if (typeof says === 'string') expect(error.message).toContain(says)
    else expect(error.message).toMatch(says)
    expect(({} as { polluted?: number }).polluted).toBeUndefined()
  })
})

describe('the command exits with 2, without a stack trace, and leaves no file behind', () => {
  const argumentsOf = (entry: Malformed) => {
    const settings = (entry.options?.set ?? []).flatMap((setting) => ['--set', setting])
    return ['run', fileOf(entry), ...settings, '--out', 'out']
  }
  const expectQuiet = ({ status, stdout, stderr }: { status: number | null; stdout: string; stderr: string }) => {
    expect(status).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toMatch(/\[E_[A-Z_]+\](\n +\d+ \| .*\n +\| +\^)?\n$/)
    expect(stderr).not.toMatch(/\n {4}at |Error:/)
    expect(stderr.length).toBeLessThan(longest)
  }
  const chosen = [
    'ten thousand brackets',
    'a bomb of anchors',
    'ten megabytes',
    'zeros',
    'a function tag',
    'a folder',
    'a device',
    '10¹² trajectories',
    'a key __proto__',
    'data that is not there',
  ]
  test.each(chosen)('%s', async (name) => {
    const args = argumentsOf(malformed.find((entry) => entry.name === name)!)
    const before = readdirSync(folder)
    expectQuiet(await command(...args))
    expect(readdirSync(folder)).toEqual(before)
  })

  test('as it is installed, too', () => {
    const args = argumentsOf(malformed.find(({ name }) => name === 'ten megabytes')!)
    const before = readdirSync(folder)
    const options = { cwd: folder, encoding: 'utf8', timeout: 2 * patience * 1000 } as const
    expectQuiet(spawnSync(process.execPath, [join(home, 'dist', 'cli', 'main.js'), ...args], options))
    expect(readdirSync(folder)).toEqual(before)
  })
})

describe('200 changes of valid scenarios are refused in words or valid:', () => {
  const names = readdirSync(join(home, 'scenarios')).filter(
    (name) => name.endsWith('.yaml') && !name.startsWith('mnist'),
  )
  const sources: string[] = [
    ...names.map((name) => readFileSync(join(home, 'scenarios', name), 'utf8')),
    // Without its data, which take most of a second to load; a mutation may bring them back.
    readFileSync(join(home, 'scenarios', 'mnist-01.yaml'), 'utf8').replace('source: mnist', 'source: mnsit'),
    ...Object.values(valid),
  ]
  const source = fc.constantFrom(...sources)
  const seed = 20250611
  // NaN and infinity as YAML writes them, edges of integers and doubles, and things that are no numbers.
  const value = fc.oneof(
    fc.constantFrom<unknown>(null, true, '', 'all', '__proto__', [], {}, [[]], { a: [{}] }, 0, -0, -1, 0.5, 1e9, 1e300),
    fc.constantFrom<unknown>(2 ** 31, 2 ** 32, 2 ** 53, -(2 ** 53), 5e-324, Number.NaN, Number.POSITIVE_INFINITY),
    fc.integer(),
    fc.double(),
    fc.string(),
    fc.array(fc.oneof(fc.integer(), fc.double(), fc.string()), { maxLength: 5 }),
    fc.object({ maxDepth: 2, maxKeys: 4 }),
    fc.jsonValue(),
  )

  const loads = async (text: string, options?: LoadOptions) => {
    const { error, seconds } = await attempt(async () =>
      createProblem(await parseScenario(text, 'mutant.yaml', options)),
    )
    expect(seconds).toBeLessThan(patience)
    if (error !== 'valid') expectRefusal(error)
    return error === 'valid'
  }
  let accepted = 0
  const count = (isValid: boolean) => {
    if (isValid) accepted++
  }

  test('another value, key or structure anywhere in the tree', async () => {
    const edit = fc.constantFrom('replace', 'remove', 'rename', 'add', 'wrap')
    const key = fc.oneof(
      fc.string(),
      fc.constantFrom('kt', '__proto__', 'constructor', 'toString', 'length', '0', 'data'),
    )
    const property = fc.asyncProperty(source, fc.nat(), edit, value, key, async (text, place, kind, next, name) => {
      const tree = parse(text)
      const places = placesOf(tree)
      const { parent, at } = places[place % places.length]!
      const old = parent[at]
      const define = (target: object, property: string, content: unknown) =>
        Object.defineProperty(target, property, {
          value: content,
          enumerable: true,
          configurable: true,
          writable: true,
        })
      if (kind === 'replace') define(parent, at, next)
      else if (kind === 'wrap') define(parent, at, place % 2 === 0 ? [old] : { [at]: old })
      else if (Array.isArray(parent))
        parent.splice(Number(at), kind === 'add' ? 0 : 1, ...(kind === 'remove' ? [] : [next]))
      else {
        if (kind !== 'add') delete parent[at]
        if (kind !== 'remove') define(parent, name, kind === 'rename' ? old : next)
      }
      count(await loads(stringify(tree)))
    })
    await fc.assert(property, { numRuns: 200, seed })
  })

  test('another character, line or piece anywhere in the text', async () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '[',
        '{',
        '}',
        ']',
        ':',
        '\t',
        '"',
        "'",
        '*a',
        '&a ',
        '!!',
        '%',
        '---\n',
        '- ',
        '\n',
        '#',
        '|',
        '>',
        '\0',
        '\ufeff',
      ),
      // Any code points, halves of surrogate pairs too. (fc.string makes a table of all of them first.)
      fc.array(fc.nat(0x10ffff), { maxLength: 8 }).map((points) => String.fromCodePoint(...points)),
    )
    const property = fc.asyncProperty(source, fc.nat(), fc.nat(40), piece, async (text, place, removed, inserted) => {
      const at = place % text.length
      count(await loads(text.slice(0, at) + inserted + text.slice(at + removed)))
    })
    await fc.assert(property, { numRuns: 200, seed })
  })

  test('any setting', async () => {
    const path = fc.oneof(
      fc.constantFrom(
        'seed',
        'bath.kT',
        'network.visible.units',
        'potential.pair',
        'protocol.duration',
        'data',
        'profiles',
      ),
      fc.string(),
    )
    const property = fc.asyncProperty(source, path, value, async (text, name, next) => {
      count(await loads(text, { set: [`${name}=${JSON.stringify(next) ?? ''}`] }))
    })
    await fc.assert(property, { numRuns: 100, seed })
  })

  test('a file cut anywhere, or bytes of any kind', async () => {
    const bytes = fc.oneof(
      fc
        .tuple(source, fc.nat())
        .map(([text, place]) => new TextEncoder().encode(text).subarray(0, place % text.length)),
      fc.uint8Array({ maxLength: 300 }),
    )
    const property = fc.asyncProperty(bytes, async (content) => {
      writeFileSync(join(folder, 'bytes.yaml'), content)
      const { error, seconds } = await attempt(async () => createProblem(await loadScenario('bytes.yaml')))
      expect(seconds).toBeLessThan(patience)
      if (error !== 'valid') expectRefusal(error)
    })
    await fc.assert(property, { numRuns: 100, seed })
  })

  test('and some are valid, so that not everything is refused for one reason', () => {
    expect(accepted).toBeGreaterThan(20)
  })
})

/** Every place in a tree: its parent and its key there. */
function placesOf(tree: unknown): { parent: Record<string, unknown>; at: string }[] {
  if (typeof tree !== 'object' || tree === null) return []
  const parent = tree as Record<string, unknown>
  return Object.keys(parent).flatMap((at) => [{ parent, at }, ...placesOf(parent[at])])
}
