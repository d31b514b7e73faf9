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
]
const none = undefined
export const given: od.FramesOptions = { potential: a(), protocol: a(), trajectories: 1, bath: none, start: none, seed: none, batch: none,
  integrator: none, workAndHeat: none, observers: none, limit: none, every: none }
declare function a(): never\n`,
}

/** What has a default may be left out; nothing of it runs. */
const least: Piece = {
  name: 'least',
  code: `import * as od from 'overdamped'
export async function calls(maybe: undefined, theta: Float64Array, work: Float64Array, bytes: Uint8Array) {
  const network = od.createNetwork({ visible: { units: 1 }, hidden: maybe, couplings: { visible: maybe } })
  const potential = od.createPotential(network)
  const noising = od.createNoising({ slices: 4, tMin: maybe }, { kT: 0.5 })
  const data = od.drawSets(od.createMixture({ means: [[0]], width: 1, weights: maybe }) && od.isotropicMixture([[0]], 1), 100)
  const knots = await od.refine({ potential, noising, data }, await od.train({ potential, noising, data }))
  const protocol = od.generationProtocol(noising, knots, { dt: maybe })
  await od.simulate({ potential, protocol, trajectories: 1, bath: { kT: 2 }, observers: maybe, seed: maybe }, { backend: maybe })
  for await (const { points } of od.frames({ potential, protocol, trajectories: 1, every: maybe })) return points
  await od.run(await od.defineScenario({ name: 'least', network: { visible: { units: 1 } }, protocol: maybe }), { directory: 'runs/least', resume: maybe })
  const { points } = await od.sweep({ scenario: { name: 'least', network: { visible: { units: 1 } } }, axes: [], directory: 'runs' })
  await Promise.all([od.verify(), od.openBackend(), od.availableBackends(), od.createWasm({ kernels: bytes })])
  od.annealedPartition(potential, theta, od.defaultBath, { walkers: maybe })
  const settings = { iterations: 10, optimizer: { kind: 'adam', rate: 0.1, beta1: maybe } } as const
  const landscape = od.createLandscape(potential)
  for (const done of od.descend(landscape, od.chainObjective({ move: od.moveBy(od.eulerMaruyama, landscape, 0.1), steps: 1, seed: 1, data: od.dataPhase(od.columnsOf(data.train)), chains: maybe }), theta, new Uint8Array(1), settings)) void done
  od.createNoiser(data.train, noising).minibatch(0.1, 10, 0)
  return [points, od.jarzynski(work, 1), od.bennett(work, work, 1), od.loadMnist(), od.loadArray({ path: 'a.csv', header: maybe }, 2), od.loadIdx({ images: 'i', labels: 'l' })]
}\n`,
}

/** Everything that is compiled, [name].ts in the folder. */
const sources = () =>
  [...names, ...[...pieces, watched, least].map(({ name }) => name)].map((name) => join(folder, 'code', `${name}.ts`))

let compiled: ts.Program
beforeAll(() => {
  installInto(folder)
  mkdirSync(join(folder, 'code'))
  for (const name of names) cpSync(`examples/library/${name}.ts`, join(folder, 'code', `${name}.ts`))
  for (const { name, code } of [...pieces, watched, least]) writeFileSync(join(folder, 'code', `${name}.ts`), code)
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
        // What a mapping lets be left out, of SimulationOptions, says no more here than that it must be there elsewhere: see `watched`.
        const own = declared !== undefined && ts.isPropertySignature(declared) && declared.questionToken !== undefined
        const type = own ? declared.type : undefined
        return type !== undefined && !/\bundefined\b|\bunknown\b/.test(type.getText())
      })
      .map((property) => `${symbol.name}.${property.name}`),
  )
  expect(strict).toEqual([])
})
