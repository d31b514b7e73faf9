// Builds dist/: the library, the command line and the report's client script, bundled. The type declarations are tsc's.
// With --if-stale it does so only when dist/ is not of these sources.
import { createHash } from 'node:crypto'
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { themed } from './viz/style/sheet.mjs'

/** What is built of some folders and of the build itself. By content: a checkout changes times, and what is gone has none. */
function sourcesOf(...folders) {
  const within = (folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => `${parentPath}/${name}`)
  const hash = createHash('sha256')
  for (const path of [
    'build.mjs',
    'CITATION.cff',
    'package.json',
    'package-lock.json',
    ...folders.flatMap(within).sort(),
  ])
    hash.update(`${path}\0`).update(readFileSync(path))
  return hash.digest('hex')
}
const stamps = { all: 'sources.sha256', kernels: 'wasm/kernels.sha256' }
const isOf = (stamp, sources) => existsSync(`dist/${stamp}`) && readFileSync(`dist/${stamp}`, 'utf8') === sources
const sources = sourcesOf('kernels', 'src', 'viz')
const onlyIfStale = process.argv.includes('--if-stale')
if (onlyIfStale && isOf(stamps.all, sources)) process.exit()

// A quarter of a second to load, which is most of the time when there is nothing to do.
const { rolldown } = await import('rolldown')
const { parse } = await import('yaml')

// Made beside dist/ and moved there when all is done: a build that fails leaves the last one, and others may be at it.
const out = `dist.${process.pid}.tmp`
mkdirSync(`${out}/wasm`, { recursive: true })
process.on('exit', () => rmSync(out, { recursive: true, force: true }))

/** Folders of packages of which something was bundled, by their names. */
const bundled = new Map()
/** Bundles the entries and writes them with the given output options. */
async function bundle(input, output, options = {}) {
  const build = await rolldown({ input, ...options })
  const { output: chunks } = await build.write(output)
  await build.close()
  for (const id of chunks.flatMap(({ moduleIds = [] }) => moduleIds)) {
    const [folder, name] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(id.replaceAll('\\', '/')) ?? []
    if (name !== undefined) bundled.set(name, folder.replace('\0', ''))
  }
}

// The kernels as WebAssembly, once for one thread and once for threads: their memory is imported, plain or shared.
const kernels = { 'kernels.wasm': [], 'kernels-shared.wasm': ['-matomics', '-Wl,--shared-memory'] }
// They take most of the time, and change seldom.
if (onlyIfStale && isOf(stamps.kernels, sourcesOf('kernels')))
  for (const file of Object.keys(kernels)) cpSync(`dist/wasm/${file}`, `${out}/wasm/${file}`)
else {
  const { runClang } = await import('@yowasp/clang')
  // Read first, since only so can it be told not to say how far it has read itself.
  await runClang(null, {}, { fetchProgress: () => {} })
  const sources = Object.fromEntries(readdirSync('kernels').map((name) => [name, readFileSync(`kernels/${name}`)]))
  const target = ['--target=wasm32-unknown-unknown', '-msimd128', '-mbulk-memory', '-nostdlib', '-Wl,--no-entry']
  // The bits are promised: nothing is contracted or reordered.
  const exact = [
    '-std=gnu11',
    '-O3',
    '-ffp-contract=off',
    '-fno-math-errno',
    '-fno-strict-aliasing',
    '-Wall',
    '-Wextra',
  ]
  // (Loop strength reduction makes pointers whose offsets no longer fit the instructions: 5 % on products.)
  // The memory begins at address 0, which must not be taken for no address.
  const plain = ['-fno-delete-null-pointer-checks', '-mllvm', '-disable-lsr']
  // The host gives each thread a stack; there are no data.
  const memory = ['--import-memory', '--max-memory=2147483648', '--stack-first', '-z', 'stack-size=16384']
  const linked = [...memory, '--export=__stack_pointer', '--strip-all'].map((flag) => `-Wl,${flag}`)
  for (const [file, flags] of Object.entries(kernels)) {
    const args = ['clang', ...target, ...exact, ...plain, ...linked, ...flags, 'kernels.c', '-o', file]
    // What failed stands on the console; the error itself holds all sources.
    const built = await runClang(args, sources).catch((error) => process.exit(error.code ?? 1))
    writeFileSync(`${out}/wasm/${file}`, built[file])
  }
}
writeFileSync(`${out}/${stamps.kernels}`, sourcesOf('kernels'))

// gpu.js is as large as all else: once, for the library and the command line, which load it when a graphics card is asked for, and
// for pages that bring it. It is a script that has a name, and that exports it: pages take it without its last line. Of the package's
// files its own parts, which say of what licence they are.
const graphics = 'gpujs.js'
const isGraphics = (id) => id.endsWith(`/${graphics}`)
await bundle(
  { gpujs: 'src/backend/gpu/gpujs.ts' },
  {
    dir: `${out}/shared`,
    format: 'iife',
    name: 'gpujs',
    entryFileNames: graphics,
    minify: true,
    comments: { jsdoc: false },
  },
  {
    platform: 'browser',
    resolve: { mainFields: ['main'], aliasFields: [] },
    external: ['worker_threads'],
  },
)
appendFileSync(`${out}/shared/${graphics}`, '\nexport const { GPU, WebGPUContext, WebGPUBufferResult } = gpujs\n')

// Names stay, so that traces can be read.
const withoutSpaces = { minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } } }
// What pages run: each a classic script, which viz/ inlines. The report's has uPlot inside; a live page computes in a worker, where
// kernels of a graphics card are translated from the text of functions: it stays as it was written.
const ofPages = {
  client: ['viz/client/main.ts', { minify: true }],
  play: ['viz/play/client/main.ts', { minify: true }],
  'play-worker': ['viz/play/worker.ts', { ...withoutSpaces, comments: false, globals: () => 'gpujs' }],
  'scenes-worker': ['viz/play/scenes-worker.ts', { minify: true }],
}
for (const [name, [entry, output]] of Object.entries(ofPages))
  await bundle(
    { [name]: entry },
    { dir: `${out}/viz`, format: 'iife', entryFileNames: '[name].js', ...output },
    { platform: 'browser', external: isGraphics },
  )

const uplotStyle = createRequire(import.meta.url).resolve('uplot/dist/uPlot.min.css')
// In the order of the cascade: later rules win.
const styles = [
  'frame',
  'sections',
  'samples',
  'controls',
  'motion',
  'maps',
  'figures',
  'scroll',
  'tables',
  'budget',
  'objective',
  'comparison',
  'command',
  'record',
  'downloads',
  'print',
]
writeFileSync(`${out}/viz/style.css`, [readFileSync(uplotStyle, 'utf8'), themed(styles)].join('\n'))
// A live page has the frame of a report, and a look of its own.
const ofPlay = ['frame', 'controls', 'samples', 'play', 'play-stage', 'play-cards', 'scenes']
writeFileSync(`${out}/viz/play.css`, themed(ofPlay))

// What reports ask to be cited as; its version is that of the package which made the run.
const { title, authors, version, license } = parse(readFileSync('CITATION.cff', 'utf8'))
writeFileSync(`${out}/viz/citation.json`, JSON.stringify({ title, authors, version, license }))

// Docstrings stand in the declarations; licences stay.
const forNode = (chunks) => ({
  dir: out,
  format: 'esm',
  entryFileNames: '[name].js',
  chunkFileNames: `${chunks}/[name]-[hash].js`,
  sourcemap: true,
  comments: { jsdoc: false },
  paths: (id) => (isGraphics(id) ? `./shared/${graphics}` : id),
})
// The library: the package's dependencies stay imports; shared code goes to chunks beside the entries.
const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8'))
// Who wants a queue installs them.
const isOfQueues = (id) => ['bullmq', 'ioredis'].includes(id)
const outside = (id) =>
  id.startsWith('node:') ||
  isGraphics(id) ||
  isOfQueues(id) ||
  Object.keys(dependencies).some((name) => id === name || id.startsWith(`${name}/`))
await bundle({ index: 'src/index.ts', engine: 'src/engine.ts' }, forNode('chunks'), {
  platform: 'node',
  external: outside,
})
// The command line and what threads run bring them along: to find and read their hundreds of files took as long as most commands.
await bundle(
  {
    'cli/main': 'src/cli/main.ts',
    'threads/worker': 'src/backend/node/worker.ts',
    'jobs/worker': 'src/experiment/jobs/worker.ts',
  },
  { ...forNode('cli/chunks'), ...withoutSpaces },
  { platform: 'node', external: (id) => isGraphics(id) || isOfQueues(id) },
)
chmodSync(`${out}/cli/main.js`, 0o755)

/** What a package says of its licence: files of its own, or a word in package.json. */
const licenceOf = ([name, folder]) => {
  const { license, version } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'))
  const texts = readdirSync(folder).filter((file) => /^(licen[cs]e|notice)/i.test(file))
  return [
    `${name} ${version}`,
    ...texts.map((file) => readFileSync(`${folder}/${file}`, 'utf8')),
    ...(texts.length > 0 ? [] : [license]),
  ].join('\n\n')
}
writeFileSync(`${out}/third-party-licences.txt`, [...bundled].sort().map(licenceOf).join('\n---\n\n'))
mkdirSync('dist', { recursive: true })
rmSync(`dist/${stamps.all}`, { force: true })
for (const name of new Set([...readdirSync('dist'), ...readdirSync(out)])) {
  if (name === 'types') continue
  rmSync(`dist/${name}`, { recursive: true, force: true })
  if (existsSync(`${out}/${name}`)) renameSync(`${out}/${name}`, `dist/${name}`)
}
// Last: a build that was interrupted is stale.
writeFileSync(`dist/${stamps.all}`, sources)
