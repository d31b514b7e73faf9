import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import ts from 'typescript'
import { beforeAll, expect, test } from 'vitest'
import { installInto, inWords, strictly } from '../installed.js'
import { fileFolder } from '../run-folder.js'

const folder = fileFolder()
const names = readdirSync('examples/library').map((file) => basename(file, '.ts'))

/** A piece of code in a document, and what it is compiled as. */
interface Piece {
  readonly name: string
  readonly code: string
}

/** Code in the documents. Of an interface the contract is shown (readme.test.ts compares it): that it has a public name is asked here. */
const pieces = ['README.md', 'CONTRIBUTING.md', 'ARCHITECTURE.md', ...readdirSync('docs').map((name) => `docs/${name}`)]
  .filter((file) => file.endsWith('.md'))
  .flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/^```(?:js|ts|mjs|javascript|typescript)\n(.*?)^```/gms)].map(
      ([, code], n): Piece => {
        const shown = [...code!.matchAll(/^export interface (\w+)/gm)].map(([, name]) => name)
        const whole = shown.length > 0 ? `export type { ${shown.join(', ')} } from 'overdamped'\n` : code!
        return { name: `${basename(file, '.md')}-${n + 1}`, code: whole }
      },
    ),
  )

/** Every call that takes long takes the same hooks. */
const watched: Piece = {
  name: 'watched',
  code: `import * as od from 'overdamped'
export const calls = (hooks: od.Hooks, a: never) => [
  od.simulate(a, hooks), od.frames(a, hooks), od.framesOn(a, a, hooks), od.train(a, a, a, a, hooks), od.refine(a, a, a, a, a, hooks),
  od.run(a, { directory: a, ...hooks }), od.sweep({ scenario: a, axes: a, directory: a, ...hooks }), od.mergeSweeps(a, a, hooks),
  od.freeEnergyOfRuns(a, a, hooks), od.compareGradients(a, hooks), od.verify(hooks), od.openBackend(a, a, hooks), od.availableBackends(hooks),
]\n`,
}

/** Everything that is compiled, [name].ts in the folder. */
const sources = () =>
  [...names, ...[...pieces, watched].map(({ name }) => name)].map((name) => join(folder, 'code', `${name}.ts`))

let compiled: ts.Program
beforeAll(() => {
  installInto(folder)
  mkdirSync(join(folder, 'code'))
  for (const name of names) cpSync(`examples/library/${name}.ts`, join(folder, 'code', `${name}.ts`))
  for (const { name, code } of [...pieces, watched]) writeFileSync(join(folder, 'code', `${name}.ts`), code)
  compiled = ts.createProgram(sources(), { ...strictly('nodenext'), outDir: join(folder, 'out') })
}, 120_000)

test('library programs and all code in the documents compile strictly, by either resolution', () => {
  expect(names).toEqual(['move', 'observer', 'sweep', 'term', 'training'])
  expect(pieces.length).toBeGreaterThan(11)
  const bundled = ts.createProgram(sources(), { ...strictly('bundler'), noEmit: true })
  expect(inWords(ts.getPreEmitDiagnostics(bundled))).toEqual([])
  expect(inWords(ts.getPreEmitDiagnostics(compiled))).toEqual([])
  // The declarations are those of the install, and the check is one: what is wrong is refused.
  expect(compiled.getSourceFiles().some(({ fileName }) => fileName.endsWith('overdamped/dist/types/index.d.ts'))).toBe(
    true,
  )
  // Two compilations, all declarations of libraries among them.
}, 180_000)

/** Programs hold themselves to the truth that they print, and end in an error where it is missed. */
test('library programs and the code of docs/ run, and print what they find beside the truth', () => {
  compiled.emit()
  const runnable = pieces.filter(({ name, code }) => !name.startsWith('README') && /^import \{/m.test(code))
  expect(runnable.map(({ name }) => name)).toEqual(['extending-1', 'learning-rules-1'])
  const all = [...names, ...runnable.map(({ name }) => name)]
  const imports = all.map(
    (name) => `console.log('# ${name}')\nawait import('${pathToFileURL(join(folder, 'out', `${name}.js`))}')`,
  )
  writeFileSync(join(folder, 'all.mjs'), imports.join('\n'))
  const { stdout, stderr, status } = spawnSync(process.execPath, ['all.mjs'], { cwd: folder, encoding: 'utf8' })
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 })
  for (const said of stdout.split('# ').filter((part) => names.some((name) => part.startsWith(`${name}\n`))))
    expect(said).toMatch(/(exactly|by quadrature|of the data) \d\.\d+/)
}, 120_000)

test('library programs are short, and know the public names and those of Node only', () => {
  for (const name of names) {
    const text = readFileSync(`examples/library/${name}.ts`, 'utf8')
    expect(text.trimEnd().split('\n').length, name).toBeLessThanOrEqual(70)
    const imported = [...text.matchAll(/from '([^']+)'/g)].map(([, from]) => from!)
    expect(imported.filter((from) => !from.startsWith('node:'))).toEqual(['overdamped'])
  }
})

/** With exactOptionalPropertyTypes `{ seed: maybe }` is refused where a key may be absent but not undefined. */
test('what may be left out of options may be undefined too', () => {
  const checker = compiled.getTypeChecker()
  const index = compiled.getSourceFiles().find(({ fileName }) => fileName.endsWith('overdamped/dist/types/index.d.ts'))!
  const exported = checker.getExportsOfModule(checker.getSymbolAtLocation(index)!)
  const options = exported
    .map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol))
    .filter(({ name }) => /(Options|Settings|Hooks|Request)$/.test(name))
  expect(options.length).toBeGreaterThan(30)
  const strict = options.flatMap((symbol) =>
    checker
      .getPropertiesOfType(checker.getDeclaredTypeOfSymbol(symbol))
      .filter((property) => property.flags & ts.SymbolFlags.Optional)
      .filter((property) => {
        const [declared] = property.declarations ?? []
        const type = declared !== undefined && ts.isPropertySignature(declared) ? declared.type : undefined
        return type !== undefined && !/\bundefined\b|\bunknown\b/.test(type.getText())
      })
      .map((property) => `${symbol.name}.${property.name}`),
  )
  expect(strict).toEqual([])
})
