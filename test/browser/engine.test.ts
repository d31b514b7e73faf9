import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { type OutputChunk, rolldown } from 'rolldown'
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import { createThreadedWasm } from '../../src/backend/node/threads.js'
import { createReference } from '../../src/backend/reference.js'
import * as here from './engine-page.js'
import { browserPath, launch } from './open-page.js'

const origin = 'http://localhost/'

/** The chunks of a module for a browser, as an application's bundler makes them. */
async function chunksOf(input: string, minify: boolean): Promise<OutputChunk[]> {
  const build = await rolldown({ input: { page: input }, platform: 'browser' })
  const { output } = await build.generate({
    format: 'esm',
    minify,
    entryFileNames: '[name].js',
    chunkFileNames: '[name].js',
  })
  await build.close()
  return output.filter((file) => file.type === 'chunk')
}

/** A page of a site that has a module's chunks and the kernels, and no network beyond it. */
async function openSite(browser: Browser, chunks: readonly OutputChunk[]): Promise<Page> {
  const page = await browser.newPage()
  const kernels = readFileSync('dist/wasm/kernels.wasm')
  await page.route('**', (route) => {
    const name = route.request().url().slice(origin.length)
    const chunk = chunks.find(({ fileName }) => fileName === name)
    if (chunk !== undefined) return route.fulfill({ contentType: 'text/javascript', body: chunk.code })
    if (name === 'kernels.wasm') return route.fulfill({ contentType: 'application/wasm', body: kernels })
    return name === '' ? route.fulfill({ contentType: 'text/html', body: '<!doctype html>' }) : route.abort()
  })
  await page.goto(origin)
  return page
}

test('bundled for browsers the engine is small, needs nothing of Node, and mathjs is a chunk that is loaded later', async () => {
  const chunks = await chunksOf('src/engine.ts', true)
  for (const { code, imports } of chunks) {
    expect(code).not.toMatch(/["'`]node:|\bsetImmediate\b|\bprocess\.|\bBuffer\b|\bSharedArrayBuffer\b|\bAtomics\b/)
    expect(imports.filter((name) => !chunks.some(({ fileName }) => fileName === name))).toEqual([])
  }
  const [lazy, ...more] = chunks.filter(({ isDynamicEntry }) => isDynamicEntry)
  expect(lazy!.fileName).toBe('mathjs-number.js')
  expect(more).toEqual([])
  expect(lazy!.code.length).toBeLessThan(200_000)
  const others = chunks.filter((chunk) => chunk !== lazy)
  expect(others.reduce((sum, { code }) => sum + code.length, 0)).toBeLessThan(353_000)
  expect(others.every(({ imports }) => !imports.includes(lazy!.fileName))).toBe(true)
})

describe.skipIf(browserPath === undefined)('in Chromium (skipped where none is found; CHROMIUM=path names one)', () => {
  let browser: Browser
  let found: Awaited<ReturnType<typeof here.answers>>
  const threaded = createThreadedWasm(2)
  beforeAll(async () => {
    browser = await launch()
    const page = await openSite(browser, await chunksOf('test/browser/engine-page.ts', false))
    found = await page.evaluate(`import('/page.js').then((page) => page.answers('/kernels.wasm'))`)
  }, 60_000)
  afterAll(async () => {
    await browser?.close()
    await threaded.close()
  })

  /** Largest difference, in units of the largest expected value. */
  const deviation = (values: readonly number[], expected: readonly number[]) => {
    expect(values).toHaveLength(expected.length)
    const apart = values.map((value, n) => Math.abs(value - expected[n]!))
    return Math.max(...apart) / Math.max(...expected.map(Math.abs))
  }

  it('a formula of + × / and powers moves the reference backend to the bits of Node', async () => {
    expect(found.formulas).toEqual(await here.formulas())
  })

  it('a cosine, which each JavaScript engine rounds in its way, to 1e-12', async () => {
    expect(deviation(found.cosine, await here.cosine())).toBeLessThan(1e-12)
  })

  it('built-in terms have the bits of Node on both backends: there on two threads, here on one, unshared', async () => {
    expect(found.wasm.builtIn).toEqual(await here.builtIn(threaded))
    expect(found.reference.builtIn).toEqual(await here.builtIn(createReference()))
    expect(found.wasm.builtIn).not.toEqual(found.reference.builtIn)
  })

  // The noise widths and the steps of Adam take exponentials and powers of the JavaScript engine: in float64 these may differ by
  // a rounding, which the sums of training carry on; in float32, where one falls on the edge of a rounding, by 2⁻²⁴.
  it.each([
    ['reference', 1e-12],
    ['wasm', 1e-6],
  ] as const)('trains on the %s backend as in Node, by both rules, to %d', async (name, limit) => {
    const backend = name === 'wasm' ? threaded : createReference()
    const { forceMatching, nudged } = found[name]
    expect(deviation(forceMatching, await here.trained(backend, 'force-matching'))).toBeLessThan(limit)
    expect(deviation(nudged, await here.trained(backend, 'nudged-force-matching'))).toBeLessThan(limit)
    expect(forceMatching[19]).toBeLessThan(forceMatching[0]!)
  })

  it('lets other tasks of the page have their turn after a few ms of work', () => {
    expect(found.turns).toBeGreaterThanOrEqual(5)
  })

  it('the example of the README runs in a page', async () => {
    const example = /```js\n([^`]*'overdamped\/engine'[^`]*)```/.exec(readFileSync('README.md', 'utf8'))![1]!
    // Inside the package, so that its own name resolves to dist/.
    const folder = mkdtempSync(join('dist', 'example-'))
    try {
      writeFileSync(join(folder, 'page.mjs'), `${example}\nexport { final }\n`)
      const page = await openSite(browser, await chunksOf(join(folder, 'page.mjs'), false))
      const states = await page.evaluate<number[]>(`import('/page.js').then(({ final }) => [...final.points])`)
      expect(states).toHaveLength(64 * 144)
      expect(states.every(Number.isFinite)).toBe(true)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
