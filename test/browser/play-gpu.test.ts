import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { computerOf } from '../../src/play/computer.js'
import type { NetworkRecord } from '../../src/play/record.js'
import { open } from '../../src/play/serve.js'
import { createSession } from '../../src/play/session.js'
import { renderPlay } from '../../viz/play/page.js'
import { fileFolder } from '../run-folder.js'
import { findings } from './axe.js'
import { browserPath, launch, openFile } from './open-page.js'
import { playedPage } from './played.js'
import { within } from './within.js'

/** WebGPU on the CPU. */
const software = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader', '--enable-features=Vulkan']
/** What the moving page draws differs from the kernels' by rounding: some hundred steps of a network that is not chaotic. */
const rounding = 1e-4

const folder = fileFolder()
const file = join(folder, 'gpu.html')
let record: NetworkRecord
beforeAll(async () => {
  ;({ record } = await playedPage(folder))
  writeFileSync(file, renderPlay(record, { graphics: true }))
})

/** Clicked, not checked: without a card the page takes the choice back at once. */
const choose = (page: Page, on: 'processor' | 'graphics') => page.click(`[name=on][value=${on}]`, { force: true })
const drawn = (page: Page, ask: object) =>
  page.evaluate<{ samples: number[]; work: number[]; heat: number[]; energyChange: number[] }>(
    `overdamped.draw(${JSON.stringify(ask)}).then((drawn) => Object.fromEntries(
      ['samples', 'work', 'heat', 'energyChange'].map((name) => [name, [...drawn[name]]])))`,
  )
const farthest = (a: readonly number[], b: ArrayLike<number>) =>
  a.reduce((most, value, n) => Math.max(most, Math.abs(value - b[n]!)), 0)

it('has the policy of the page without it: nothing is evaluated from text', () => {
  const policy = (page: string) => /Content-Security-Policy" content="([^"]+)"/.exec(page)?.[1]
  expect(policy(renderPlay(record, { graphics: true }))).toBe(policy(renderPlay(record)))
})

it('refuses a graphics card to a page that does not bring it', async () => {
  const { network, backend } = await open({ record, kernels: readFileSync('dist/wasm/kernels.wasm').buffer })
  await expect(computerOf(network, backend).choose('graphics')).rejects.toThrow(/play --gpu.*\[E_BACKEND\]$/)
})

it('brings gpu.js where a graphics card may compute, and nowhere else', () => {
  expect(renderPlay(record).length).toBeLessThan(renderPlay(record, { graphics: true }).length - 5e5)
  expect(renderPlay(record)).not.toContain('name="on"')
})

describe.skipIf(browserPath === undefined)('in Chromium (skipped where none is found; CHROMIUM=path names one)', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: browserPath as string, args: ['--no-sandbox', ...software] })
  })
  afterAll(() => browser.close())

  it('draws on the graphics card what the processor draws, and says what computes and how fast', async () => {
    const { page, complaints } = await openFile(browser, file, { width: 1200, motion: 'no-preference' })
    expect(await page.textContent('#device')).toMatch(/^float32, SIMD, 1 thread$/)
    await choose(page, 'graphics')
    await within(() => page.textContent('#device')).toMatch(/^float32, webgpu: /)
    expect(await page.textContent('#device')).toContain('swiftshader')
    await within(() => page.textContent('#rate')).toMatch(
      /^\d+ frames and \d+ steps a second here, by float32, webgpu: google swiftshader/,
    )
    const ask = { trajectories: 9, seed: 21, label: 'each' as const }
    const there = await drawn(page, ask)
    const { network, backend } = await open({ record, kernels: readFileSync('dist/wasm/kernels.wasm').buffer })
    const here = await createSession(network, backend).draw(ask)
    expect(there.samples).toHaveLength(9 * 36)
    expect(farthest(there.samples, here.samples)).toBeLessThan(rounding)
    // Not the processor's after all: its bits are others.
    expect(there.samples).not.toEqual([...here.samples])
    for (const exchanged of ['work', 'heat'] as const)
      expect(farthest(there[exchanged], here[exchanged]), exchanged).toBeLessThan(0.01)
    const broken = there.work.map((work, n) => work - there.heat[n]! - there.energyChange[n]!)
    expect(farthest(broken, new Float64Array(9))).toBeLessThan(1e-3)
    // What is known is filled in by the processor, whatever was chosen.
    await page.click('[data-half=left]')
    await within(() => page.textContent('#rate')).toMatch(/here, by float32, SIMD, 1 thread\.$/)
    await choose(page, 'processor')
    await within(() => page.textContent('#device')).toMatch(/^float32, SIMD/)
    expect((await drawn(page, ask)).samples).toEqual([...here.samples])
    expect(await page.isHidden('#failure')).toBe(true)
    expect(await findings(page)).toEqual([])
    expect(complaints).toEqual([])
    await page.close()
  }, 120_000)

  it('says what is missing in a browser without WebGPU, and the processor goes on', async () => {
    const plain = await launch()
    const { page } = await openFile(plain, file, { width: 1200, motion: 'no-preference' })
    await choose(page, 'graphics')
    await page.locator('#failure:not([hidden])').waitFor()
    expect(await page.textContent('#failure')).toMatch(/WebGPU.*\[E_BACKEND\]$/)
    expect(await page.textContent('#device')).toMatch(/^float32, SIMD/)
    expect(await page.isChecked('[name=on][value=processor]')).toBe(true)
    const { samples } = await drawn(page, { trajectories: 1, seed: 1, label: 0 })
    expect(samples).toHaveLength(36)
    await plain.close()
  })
})
