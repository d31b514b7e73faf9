import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { rolldown } from 'rolldown'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createGpu } from '../../src/backend/gpu/gpu.js'
import type { claims } from './gpu-page/claims.js'
import type { Lattice } from './gpu-page/common.js'
import { browserPath } from './open-page.js'

/** WebGPU on the CPU; a page must come from a secure origin to see it. */
const software = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader', '--enable-features=Vulkan']
const origin = 'http://localhost/'

/** What a result may differ by, relative to the largest of its kind: some tens of float32 roundings in a sum of 145. */
const rounding = 2e-5

/** Both ways to nudge, one so far that its bias shows, and one so little that a difference of float32 statistics would be lost. */
const nudges = [
  { rule: 'nudged-force-matching', nudge: 0.5, sides: 'one' },
  { rule: 'nudged-force-matching', nudge: 1e-4, sides: 'two' },
] as const

type Claims = typeof claims

let script = ''

/** Bundles what runs in the page. */
async function bundle(): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'overdamped-gpu-'))
  try {
    const build = await rolldown({ input: 'test/browser/gpu-page/claims.ts', platform: 'browser' })
    const file = join(directory, 'page.js')
    await build.write({ file, format: 'iife', name: 'page', codeSplitting: false })
    await build.close()
    return readFileSync(join(directory, 'page.js'), 'utf8')
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/** A page with the claims in it, which comes from no network. */
async function openPage(browser: Browser): Promise<Page> {
  const page = await browser.newPage()
  await page.route(`${origin}**`, (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html>' }))
  await page.goto(origin)
  await page.addScriptTag({ content: script })
  return page
}

function ask<Name extends keyof Claims>(
  page: Page,
  name: Name,
  ...args: Parameters<Claims[Name]>
): Promise<Awaited<ReturnType<Claims[Name]>>> {
  return page.evaluate(`page.claims.${name}(...${JSON.stringify(args)})`)
}

describe.skipIf(browserPath === undefined)('in Chromium (skipped where none is found; CHROMIUM=path names one)', () => {
  let browser: Browser
  let page: Page
  let adapter = false
  beforeAll(async () => {
    script = await bundle()
    browser = await chromium.launch({ executablePath: browserPath as string, args: ['--no-sandbox', ...software] })
    page = await openPage(browser)
    adapter = await ask(page, 'hasAdapter')
    if (!adapter && process.env.REQUIRE_PEERS)
      throw new Error('Chromium has no WebGPU adapter, and REQUIRE_PEERS is set')
  })
  afterAll(() => browser?.close())
  beforeEach(({ skip }) => {
    skip(!adapter, 'this Chromium has no WebGPU adapter')
  })

  it('says what it runs on', async () => {
    const { name, device, threads } = await ask(page, 'identity')
    expect(name).toBe('gpu')
    expect(threads).toBe(1)
    expect(device).toMatch(/^float32, webgpu: google swiftshader/)
  })

  it.each([
    [1, 0, 0, 64, 4096],
    [2 ** 53 - 1, 19_999_999, 1600, 145, 64],
    [2 ** 31, 2 ** 24 + 1, 2 ** 20, 1, 4096],
  ])('draws the normals of seed %i, step %i from trajectory %i on', async (...draw) => {
    // WGSL allows a square root 4.5 ulp of error and the rest about as much, most of it halved by the root: 8 ulp.
    const { relative, different } = await ask(page, 'normals', ...draw)
    expect(relative).toBeLessThan(8 * 2 ** -23)
    // Random bits at fault would change nearly all of them.
    expect(different).toBeLessThan(0.1)
  })

  it.each<[Lattice, number]>([
    [[1, 1, 'all'], 1],
    [[1, 2, 'all'], 65],
    [[1, 3, 'all'], 63],
    [[11, 13, 'all'], 3],
    [[5, 29, 'all'], 65],
    [[11, 13, 1], 63],
    [[5, 29, 2], 3],
    [[1, 3, 1], 1],
    [[1, 1, 'all', { hidden: { units: 1 } }], 1],
    [[3, 4, 1, { hidden: { units: 12 }, radius: 1 }], 21],
    [[3, 3, 1, { labels: 2 }], 5],
    [[11, 13, 'all', { hidden: { units: 67, temperature: 0.1 }, labels: 2 }], 33],
  ])('has the forces, energies and gradients of %j for %i trajectories', async (shape, trajectories) => {
    expect(await ask(page, 'force', shape, trajectories)).toBeLessThan(rounding)
    expect(await ask(page, 'energy', shape, trajectories)).toBeLessThan(rounding)
    for (const rule of [{ rule: 'force-matching' }, ...nudges] as const) {
      const { gradient, loss } = await ask(page, 'gradient', shape, trajectories, rule)
      expect(gradient, JSON.stringify(rule)).toBeLessThan(rounding)
      expect(loss).toBeLessThan(rounding)
    }
  })

  it.each<[Lattice, number, boolean]>([
    [[3, 3, 'all'], 20, false],
    [[3, 3, 'all'], 20, true],
    [[5, 4, 1], 3, true],
    [[3, 3, 'all', { hidden: { units: 7 }, labels: 1 }], 20, false],
    [[3, 3, 1, { hidden: { units: 9, temperature: 0.1 }, radius: 1, labels: 2 }], 20, true],
    [[2, 2, 'all', { baths: { mobility: [1, 3, 0.5, 1] } }], 5, false],
  ])('moves %j as the reference does; work and heat make up ΔU (%i trajectories, moving: %s)', async (...system) => {
    const { firstLaw, unmeasured, ...apart } = await ask(page, 'motion', ...system)
    for (const [name, value] of Object.entries(apart)) expect(value, name).toBeLessThan(rounding)
    // Sums of ten float32 energies in float64.
    expect(firstLaw).toBeLessThan(1e-12)
    expect(unmeasured).toBe(0)
  })

  it('learns from sets larger than its arrays, and descends as the host would', async () => {
    const { loss, gradient, theta } = await ask(page, 'learning', 2100)
    expect(loss).toBeLessThan(rounding)
    expect(gradient).toBeLessThan(rounding)
    expect(theta).toBeLessThan(rounding)
  })

  it('agrees with the continuum far from 0, or says why not: random harmonic schedules', async () => {
    const judged = await ask(page, 'traps', 1, 40)
    const refused = judged.filter((found) => 'refused' in found)
    for (const found of judged) {
      if ('refused' in found) continue
      for (const [name, z] of Object.entries(found.z)) expect(z, `${name}, ${found.widths} widths`).toBeLessThan(5.5)
      expect(found.heat).toBeGreaterThan(0)
    }
    for (const found of refused) expect(found.refused).toContain('E_PRECISION')
    expect(refused.filter(({ widths }) => widths <= 1000)).toEqual([])
    expect(refused.length).toBeLessThan(8)
  }, 120_000)

  it('gives a trajectory the same bits in any batch and any ensemble', async () => {
    expect(await ask(page, 'cuts')).toEqual([0, 0, 0, 0])
  })

  it('runs an ensemble larger than its arrays in parts', async () => {
    const trajectories = 2 ** 18 + 100
    const { final, work, frames, covered, last } = await ask(page, 'parts', trajectories)
    expect(final).toBeLessThan(rounding)
    expect(work).toBeLessThan(rounding)
    expect(frames).toEqual([
      [1, 0],
      [1, trajectories / 2 + 14],
    ])
    expect(covered).toBe(trajectories)
    expect(last).toBe(true)
  })

  it('shows observers the frames that they want, with heat so far', async () => {
    const { x, time, heat } = await ask(page, 'frames')
    expect(x).toBeLessThan(rounding)
    expect(time).toBe(0)
    expect(heat).toBeLessThan(rounding)
  })

  it.each([false, true])('names the step and trajectory that diverged (work and heat: %s)', async (measured) => {
    const [expected, found] = await ask(page, 'divergence', measured)
    expect(expected).toMatch(/^step 2, trajectory 21: .*\[E_DIVERGED\]$/)
    expect(found).toBe(expected)
  })

  it('stops when it is told to, and reports how far it is', async () => {
    const { message, reports } = await ask(page, 'stopped')
    expect(message).toBe('stopped')
    expect(reports).toHaveLength(2)
    expect(reports[1]).toBeGreaterThan(reports[0]!)
  })

  it.each<Parameters<Claims['resumed']>>([
    [[3, 3, 'all', { hidden: { units: 5 }, labels: 1 }], 20, 30, 'hold', true, 2],
    [[3, 3, 1], 37, 30, 'still', true, 2],
    [[3, 3, 1], 20, 30, 'hold', false, 2],
    [[1, 1, 'all'], 2 ** 18 + 100, 2, 'still', true, 3],
  ])(
    'goes on with the same bits where it was stopped: %j, %i trajectories, %i steps, %s, work and heat %s',
    async (...of) => {
      const { stops, different } = await ask(page, 'resumed', ...of)
      expect(different).toBe(0)
      expect(stops).toBeGreaterThan(0)
    },
  )

  it('refuses what it has no kernels for', async () => {
    const [known, rule, integrator, formula, hidden, twice] = await ask(page, 'refusals')
    expect(known).toBeNull()
    expect(rule).toMatch(/rule implicit-score-matching/)
    expect(integrator).toMatch(/heun/)
    expect(formula).toMatch(/term "cosine"/)
    expect(hidden).toMatch(/no term "quartic hidden units"/)
    expect(twice).toMatch(/"stiffness" once/)
  })

  it('works beside another and after it was closed; closed, it says so', async () => {
    const { beside, after, again } = await ask(page, 'closing')
    expect(beside).toBe('no error')
    expect(after).toMatch(/^gpu: .*\[E_BACKEND\]$/)
    expect(again).toBe('no error')
  })

  it('refuses to run anywhere but on WebGPU', async () => {
    const plain = await chromium.launch({
      executablePath: browserPath as string,
      args: ['--no-sandbox', '--disable-features=WebGPU', '--disable-gpu'],
    })
    try {
      expect(await ask(await openPage(plain), 'open')).toMatch(
        /^(WebGPU finds no graphics card|this engine has no WebGPU).*\[E_BACKEND\]$/,
      )
    } finally {
      await plain.close()
    }
  })
})

const { navigator } = globalThis as { navigator?: object }
it.skipIf(navigator !== undefined && 'gpu' in navigator)('says in Node.js what to install', async () => {
  await expect(createGpu()).rejects.toThrow(/In Node\.js install the package webgpu.*\[E_BACKEND\]$/)
})
