import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import ndarray from 'ndarray'
import { beforeAll, describe, expect, test } from 'vitest'
import { OverdampedError } from '../../src/errors.js'
import { encodeNpy, type NumericArray } from '../../src/experiment/files/npy.js'
import { decodeNpz, encodeNpz } from '../../src/experiment/files/npz.js'
import { renderComparison } from '../../viz/compare.js'
import { readRun } from '../../viz/read-run.js'
import { renderReport } from '../../viz/report.js'
import { chooser, foreignRun, hostileTexts, seal, smallRuns, writeSmallRuns } from '../foreign-run.js'
import { fileFolder } from '../run-folder.js'

// A directory that somebody else made: whatever stands in it, a page comes of it or a line that names what is wrong.

const folder = fileFolder()
/** A longer run takes other payloads: npm run fuzz -- test/interface/foreign-runs.test.ts */
const long = Number(process.env.FUZZ_SECONDS ?? 0)
const firstSeed = long > 0 ? Math.floor(Math.random() * 2 ** 31) : 1
/** Seconds of processor time. */
const patience = 5

beforeAll(() => writeSmallRuns(folder), 120_000)
const original = (name: string) => join(folder, name)

/** What stands in a page beside our own script and style. */
function shown(page: string): string {
  return page.replace(/<script>.*?<\/script>|<style>.*?<\/style>/gs, '')
}

/** Payloads that are markup would be seen in the text of a page as such; the browser's tests see the rest. */
function expectEscaped(page: string): void {
  const text = shown(page)
  const wrong =
    /<img src=x|<svg onload|<script>|<base|<link|<meta http-equiv=refresh|<a href="javascript|<\/textarea/.exec(text)
  expect(wrong?.[0] ?? '', text.slice(Math.max(0, (wrong?.index ?? 0) - 200), (wrong?.index ?? 0) + 100)).toBe('')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a page has none of them
  expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f\u202a-\u202e\u2066-\u2069]/)
  expect(page).toContain(`<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:;`)
}

/** One line in words. */
function expectNamed(error: unknown): void {
  if (!(error instanceof OverdampedError)) throw error
  expect([1, 2]).toContain(error.exitCode)
  expect(error.message).toMatch(/\[E_[A-Z_]+\]$/)
  expect(error.message).not.toMatch(/\n {4}at /)
}

/** What becomes of a directory: its report and a comparison of it, or null where it is refused; in time. */
function pagesOf(directory: string, isCompared: boolean): string[] | null {
  const start = process.cpuUsage()
  try {
    const run = readRun(directory)
    const both = ['a', hostileTexts[0]].map((name) => ({ name, run }))
    return [renderReport(run), ...(isCompared ? [renderComparison(both)] : [])]
  } catch (error) {
    expectNamed(error)
    return null
  } finally {
    const { user, system } = process.cpuUsage(start)
    expect((user + system) / 1e6).toBeLessThan(patience)
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  }
}

/** Changed copies of a run, each in the same place. */
function* copies(name: string, count: number, change: (directory: string, seed: number) => string[]) {
  const directory = join(folder, `copy-of-${name}`)
  const end = Date.now() + 1000 * long
  for (let seed = firstSeed; long > 0 ? Date.now() < end : seed < firstSeed + count; seed++) {
    rmSync(directory, { recursive: true, force: true })
    yield { directory, seed, told: change(directory, seed) }
  }
}

describe('of 200 runs with something else in the place of texts, numbers and keys, sealed as ours are, come pages without markup', () => {
  test.each(smallRuns)('%s', (name) => {
    let pages = 0
    const change = (directory: string, seed: number) =>
      foreignRun(original(name), directory, seed, [0.02, 0.05, 0.2, 0.5][seed % 4]!)
    for (const { directory, seed, told } of copies(name, 40, change)) {
      try {
        const made = pagesOf(directory, seed % 4 === 0)
        for (const page of made ?? []) expectEscaped(page)
        if (made !== null) pages++
      } catch (error) {
        throw new Error(`seed ${seed}, ${told.length} places: ${told.slice(0, 12).join('; ')}`, { cause: error })
      }
    }
    // Not everything is refused for one reason.
    expect(pages).toBeGreaterThan(15)
  })
})

describe('of 120 runs with arrays of other shapes, numbers and names, or none, come pages or a line', () => {
  const lengths = [0, 1, 2, 3, 9, 40, 1000]
  const values = [Number.NaN, Number.POSITIVE_INFINITY, -1e308, 1e308, 0, -0, 1, 5e-324, 1e9, -1]
  const arrays = (names: string[], seed: number): Record<string, ndarray.NdArray<NumericArray>> => {
    const pick = chooser(seed)
    const made = names.map((name) => {
      const shape = Array.from({ length: pick(4) }, () => lengths[pick(pick(2) === 0 ? 4 : lengths.length)]!)
      const size = shape.reduce((product, length) => product * length, 1)
      const huge = size === 0 && pick(2) === 0 ? shape.map((length) => (length === 0 ? 0 : 1e9)) : shape
      const data =
        size > 1e6 ? new Float32Array(0) : Float64Array.from({ length: size }, () => values[pick(values.length)]!)
      return [
        pick(6) === 0 ? hostileTexts[pick(hostileTexts.length)]!.slice(0, 200) : name,
        ndarray(data, size > 1e6 ? [0, 1e9] : huge),
      ] as const
    })
    return Object.fromEntries(made)
  }
  test.each(smallRuns)('%s', (name) => {
    const change = (directory: string, seed: number) => {
      cpSync(original(name), directory, { recursive: true })
      const files = readdirSync(directory).filter((file) => /\.np[yz]$/.test(file))
      const changed = files.filter((_, n) => (seed + n) % 3 === 0 || files.length === 1)
      for (const file of changed) {
        const bytes = readFileSync(join(directory, file))
        const names = file.endsWith('.npz') ? Object.keys(decodeNpz(bytes, file)) : ['a']
        const made = arrays(names, seed)
        const whole = file.endsWith('.npz') ? encodeNpz(made) : encodeNpy(Object.values(made)[0]!)
        writeFileSync(join(directory, file), whole)
      }
      seal(directory)
      return changed
    }
    for (const { directory, seed, told } of copies(name, 24, change))
      try {
        for (const page of pagesOf(directory, seed % 4 === 0) ?? []) expectEscaped(page)
      } catch (error) {
        throw new Error(`seed ${seed}: ${told.join(', ')}`, { cause: error })
      }
  })
})

describe('a page has bounds: of what would take long or fill memory comes a page of a part, or a line', () => {
  const lines = (count: number, line: (n: number) => object) =>
    Array.from({ length: count }, (_, n) => JSON.stringify(line(n))).join('\n')
  const objective = { objective: { kind: 'x', arms: [{ name: 'a', figures: { b: 1 } }] } }
  const write = (directory: string, name: string, content: string | Uint8Array | object) =>
    writeFileSync(
      join(directory, name),
      typeof content === 'string' || content instanceof Uint8Array ? content : JSON.stringify(content),
    )
  const floats = (size: number) => new Float32Array(size)
  const cases: Record<string, [(directory: string) => void, RegExp?]> = {
    'a million lines of wrong kinds': [(d) => write(d, 'metrics.jsonl', '[[]]\nnull\n1\n"a"\n{}\n'.repeat(2e5))],
    'ten million line breaks': [(d) => write(d, 'metrics.jsonl', '\n'.repeat(1e7)), /more than 3000000 lines/],
    'a hundred thousand knots': [
      (d) =>
        write(
          d,
          'metrics.jsonl',
          lines(1e5, (n) => ({ kind: 'slice', slice: n, t: n, trainingLoss: 1 })),
        ),
      /100000 knots/,
    ],
    'one iteration again and again': [
      (d) => {
        write(d, 'results.json', objective)
        write(
          d,
          'metrics.jsonl',
          lines(2e5, () => ({ arm: 'a', iteration: 1, figures: { b: 1 } })),
        )
      },
    ],
    'a curve a line': [
      (d) => {
        write(d, 'results.json', objective)
        write(
          d,
          'metrics.jsonl',
          lines(1e4, (n) => ({ arm: `a${n}`, iteration: 1, figures: { b: 1 } })),
        )
      },
      /more than 1000 curves/,
    ],
    'more samples than are looked at': [
      (d) => {
        write(d, 'scenario.yaml', 'name: a\nnetwork: { visible: { units: 1 } }\n')
        rmSync(join(d, 'samples-denoised.npy'))
        write(d, 'samples.npy', encodeNpy(ndarray(floats(4.1e6), [4.1e6, 1])))
      },
    ],
    'a billion units of no sample': [
      (d) => {
        rmSync(join(d, 'samples-denoised.npy'))
        write(d, 'samples.npy', encodeNpy(ndarray(floats(0), [0, 1e9])))
      },
      /has shape \[0,1000000000\] and no elements/,
    ],
    'thousands of trajectories': [
      (d) =>
        write(
          d,
          'trajectories.npz',
          encodeNpz({ time: ndarray(floats(20), [20]), x: ndarray(floats(1e6), [5000, 20, 10]) }),
        ),
    ],
    'ten thousand checks': [
      (d) => write(d, 'results.json', { checks: Array(10_000).fill({ name: 'a' }) }),
      /at most 2000/,
    ],
    'a figure of its own for each arm': [
      (d) =>
        write(d, 'results.json', {
          objective: {
            kind: 'x',
            arms: Array.from({ length: 200 }, (_, n) => ({
              name: `a${n}`,
              figures: Object.fromEntries(Array.from({ length: 100 }, (_, m) => [`f${n}-${m}`, m])),
            })),
          },
        }),
      /20000 figures of 200 arms/,
    ],
    'brackets a hundred thousand deep': [
      (d) => write(d, 'results.json', `{"a":${'['.repeat(1e5)}${']'.repeat(1e5)}}`),
      /nested more than 100 deep/,
    ],
    'a lattice of 10¹⁸': [(d) => write(d, 'scenario.yaml', 'name: a\nnetwork: { visible: { lattice: [1e9, 1e9] } }\n')],
    'half a row': [(d) => write(d, 'scenario.yaml', 'name: a\nnetwork: { visible: { lattice: [0.5, 18] } }\n')],
    'a manifest of a megabyte': [
      (d) => write(d, 'manifest.json', { a: 'x'.repeat(1e6) }),
      /manifest\.json: has \d+ bytes; a file of a run has at most 262144/,
    ],
  }
  test.each(Object.entries(cases))('%s', (_name, [spoil, reason]) => {
    const directory = join(folder, 'bounded')
    rmSync(directory, { recursive: true, force: true })
    cpSync(original('lattice'), directory, { recursive: true })
    spoil(directory)
    if (reason !== undefined) expect(() => renderReport(readRun(directory))).toThrow(reason)
    else for (const page of pagesOf(directory, false) ?? ['refused']) expectEscaped(page)
  })
})
