// Builds dist/: the library, the command line and the report's client script, bundled. The type declarations are tsc's.
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { rolldown } from 'rolldown'

mkdirSync('dist', { recursive: true })
for (const name of readdirSync('dist')) if (name !== 'types') rmSync(`dist/${name}`, { recursive: true })

/** Bundles the entries and writes them with the given output options. */
async function bundle(input, output, options = {}) {
  const build = await rolldown({ input, ...options })
  await build.write(output)
  await build.close()
}

// The SIMD kernels, once for one thread and once for threads: their memory is imported, plain or shared.
mkdirSync('dist/wasm', { recursive: true })
const compile = (file, ...flags) => {
  const compiler = ['node_modules/assemblyscript/bin/asc.js', 'kernels/index.ts', '-o', `dist/wasm/${file}`, '-O3']
  const memory = ['--importMemory', '--initialMemory', '1', '--maximumMemory', '32768']
  const lean = ['--noAssert', '--runtime', 'stub', '--disableWarning', '112']
  execFileSync(process.execPath, [...compiler, ...lean, ...memory, '--enable', 'simd', ...flags], { stdio: 'inherit' })
}
compile('kernels.wasm')
compile('kernels-shared.wasm', '--enable', 'threads', '--sharedMemory')

// The report's client: one classic script with uPlot inside, which viz/ inlines into the page.
await bundle(
  { client: 'viz/client/main.ts' },
  { dir: 'dist/viz', format: 'iife', entryFileNames: '[name].js', minify: true },
  { platform: 'browser' },
)

const uplotStyle = createRequire(import.meta.url).resolve('uplot/dist/uPlot.min.css')
// In the order of the cascade: later rules win.
const styles = [
  'theme',
  'frame',
  'sections',
  'samples',
  'controls',
  'motion',
  'maps',
  'figures',
  'budget',
  'comparison',
  'record',
  'print',
]
const sheet = (name) => readFileSync(`viz/style/${name}.css`, 'utf8')
// The dark palette stands once: as the reader chooses it, and as their system does unless they chose light.
const dark = (where) => sheet('dark').replace(':root', `:root${where}`)
const palettes = [
  `@media screen {\n${dark('[data-theme="dark"]')}}`,
  `@media screen and (prefers-color-scheme: dark) {\n${dark(':not([data-theme="light"])')}}`,
]
const [theme, ...others] = styles.map(sheet)
writeFileSync('dist/viz/style.css', [readFileSync(uplotStyle, 'utf8'), theme, ...palettes, ...others].join('\n'))

// Node: the package's dependencies stay imports; shared code goes to chunks beside the entries.
const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8'))
const outside = (id) =>
  id.startsWith('node:') || Object.keys(dependencies).some((name) => id === name || id.startsWith(`${name}/`))
await bundle(
  {
    index: 'src/index.ts',
    engine: 'src/engine.ts',
    'cli/main': 'src/cli/main.ts',
    'wasm/worker': 'src/backend/node/worker.ts',
    'jobs/worker': 'src/experiment/jobs/worker.ts',
  },
  {
    dir: 'dist',
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js',
    sourcemap: true,
  },
  { platform: 'node', external: outside },
)
chmodSync('dist/cli/main.js', 0o755)

// The licences of what was bundled: the charts, and the kernels' compiler for graphics cards with its parser.
const bundled = ['uplot', 'gpu.js', 'acorn']
const licences = bundled.map((name) => `${name}\n\n${readFileSync(`node_modules/${name}/LICENSE`, 'utf8')}`)
writeFileSync('dist/third-party-licences.txt', licences.join('\n---\n\n'))
