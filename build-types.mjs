// Builds dist/types: the declarations that an import of the library reaches, and no others.
// With --if-stale it does so only when they are not of these sources.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import ts from 'typescript'

const folder = join('dist', 'types')
const stamp = join(folder, 'sources.sha256')
const hash = createHash('sha256')
const within = readdirSync('src', { recursive: true }).filter((name) => name.endsWith('.ts'))
for (const name of [
  'tsconfig.json',
  'tsconfig.build.json',
  'package-lock.json',
  ...within.sort().map((name) => join('src', name)),
])
  hash.update(`${name}\0`).update(readFileSync(name))
const sources = hash.digest('hex')
if (process.argv.includes('--if-stale') && existsSync(stamp) && readFileSync(stamp, 'utf8') === sources) process.exit()

rmSync(folder, { recursive: true, force: true })
const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc')
execFileSync(process.execPath, [compiler, '-p', 'tsconfig.build.json'], { stdio: 'inherit' })

const reached = new Set()
const open = ['index.d.ts', 'engine.d.ts'].map((name) => join(folder, name))
for (let path = open.pop(); path !== undefined; path = open.pop()) {
  if (reached.has(path)) continue
  reached.add(path)
  for (const { fileName } of ts.preProcessFile(readFileSync(path, 'utf8')).importedFiles)
    if (fileName.startsWith('.')) open.push(join(dirname(path), fileName.replace(/\.js$/, '.d.ts')))
}
// From the inside out: a folder may be empty by then.
for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }).reverse()) {
  const path = join(entry.parentPath, entry.name)
  if (entry.isFile() ? !reached.has(path) : readdirSync(path).length === 0) rmSync(path, { recursive: true })
}
writeFileSync(stamp, sources)
