// Node runs no TypeScript: main.ts is bundled, and run with the arguments of this.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { rolldown } from 'rolldown'

const folder = mkdtempSync(join(tmpdir(), 'overdamped-kills-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
const build = await rolldown({ input: 'test/kills/main.ts', platform: 'node' })
await build.write({ dir: folder, format: 'esm', entryFileNames: 'main.mjs' })
await build.close()
await import(pathToFileURL(join(folder, 'main.mjs')).href)
