import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium } from 'playwright-core'
import { Application, TSConfigReader, type TypeDocOptions } from 'typedoc'
import { expect, test } from 'vitest'
import * as library from '../../src/index.js'
import config from '../../typedoc.config.mjs'
import { chromiumPath } from '../chromium.js'
import { fileFolder } from '../run-folder.js'

// What `npm run docs` writes.

const folder = fileFolder()

/** What is said of the names in a file, as the pages of the library are made. */
async function faultsOf(source: string): Promise<string[]> {
  writeFileSync(join(folder, 'names.ts'), source)
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ files: ['names.ts'] }))
  const places = { entryPoints: [join(folder, 'names.ts')], tsconfig: join(folder, 'tsconfig.json'), basePath: folder }
  const app = await Application.bootstrapWithPlugins({ ...config, ...places, logLevel: 'Error' } as TypeDocOptions, [
    new TSConfigReader(),
  ])
  const faults: string[] = []
  app.logger.error = (text) => faults.push(String(text))
  app.validate((await app.convert())!)
  return faults
}

test('a name or a member without a docstring is refused', async () => {
  const source = (docstring: string) =>
    `/** What it is. */\nexport interface Known {\n${docstring}\nreadonly value: number }\n${docstring}\nexport const known = 1\n`
  expect(await faultsOf(source('/** One. */'))).toEqual([])
  const refused = ['Known.value', 'known'].map((name) => expect.stringContaining(`${name} has no docstring`))
  expect(await faultsOf(source(''))).toEqual(refused)
})

const chrome = chromiumPath()

test.skipIf(chrome === undefined)(
  'every name has a page, which opens from disk and is found by searching',
  async () => {
    const out = join(folder, 'api')
    const program = resolve('node_modules/typedoc/bin/typedoc')
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, '--out', out], { encoding: 'utf8' })
    expect(stdout + stderr).not.toMatch(/\[(warning|error)\]/)
    expect(status).toBe(0)
    const pages = ['functions', 'variables', 'classes'].map((kind) => join(out, kind))
    const lost = Object.keys(library).filter((name) => !pages.some((page) => existsSync(join(page, `${name}.html`))))
    expect(lost).toEqual([])
    expect(readFileSync(join(out, 'functions', 'simulate.html'), 'utf8')).not.toMatch(/href="(https?:)?\/\/(?!typedoc)/)

    const browser = await chromium.launch({ executablePath: chrome!, args: ['--no-sandbox'] })
    try {
      const page = await browser.newPage()
      const faults: string[] = []
      page.on('pageerror', ({ message }) => faults.push(message))
      await page.goto(pathToFileURL(join(out, 'index.html')).href)
      await page.getByRole('link', { name: 'createNetwork', exact: true }).first().click()
      expect(await page.getByRole('heading', { level: 1 }).innerText()).toContain('createNetwork')
      await page.keyboard.press('/')
      await page.keyboard.type('jarzynski', { delay: 20 })
      await page.getByRole('option').first().waitFor()
      expect(await page.getByRole('option').allInnerTexts()).toEqual(
        expect.arrayContaining([expect.stringMatching(/jarzynski/i)]),
      )
      expect(faults).toEqual([])
    } finally {
      await browser.close()
    }
  },
)
