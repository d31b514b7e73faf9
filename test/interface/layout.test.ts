import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { circles, functionLengths, globalsRead, reachedFrom, type SourceFile, sourceFiles } from '../source-files.js'

/**
 * The rooms of src/ in reading order, two levels deep. A file may import from its own room and from those before it. A file can be
 * a room of its own: where it stands above or below the folder that it lies in.
 */
const rooms = [
  'errors.ts',
  'physics/formula',
  'physics/network',
  'physics/potential',
  'physics/protocol',
  'physics/noise',
  'physics/dynamics',
  'physics/observe',
  'physics/truth',
  'learning/data',
  'learning/rules',
  'learning/hardware',
  'learning/objectives',
  'learning/evaluation',
  'backend',
  'backend/compiled',
  'backend/wasm',
  'backend/native',
  'backend/gpu',
  'backend/node',
  'learning/training',
  'learning/generation',
  'engine.ts',
  'play',
  'play/scenes',
  'experiment/files',
  'experiment/scenario',
  'experiment/engines',
  'experiment/executor',
  'experiment/system',
  'experiment/record',
  'experiment/training',
  'experiment/sampling',
  'experiment/measurement',
  'experiment/checks',
  'experiment/gradients',
  'experiment/study',
  'experiment/run',
  'experiment/play',
  'experiment/sweep',
  'experiment/tolerance',
  'experiment/jobs',
  'experiment/queue',
  'experiment/verify',
  'bench',
  'cli/handlers',
  'cli',
  'index.ts',
]

/** Packages that the engine may load, and those that only files may which are loaded when asked for, by import(). */
const enginePackages = ['fastest-levenshtein', 'ml-matrix']
const enginePackagesOnDemand = ['mathjs']
/** What only Node has. */
const nodeGlobals = [
  'Buffer',
  '__dirname',
  '__filename',
  'clearImmediate',
  'global',
  'process',
  'require',
  'setImmediate',
]

/** Functions may have so many lines, and so many of them more than the second number. */
const longest = 100
const long = { lines: 60, count: 15 }

const source = sourceFiles('src')

/** The room of a file: the longest entry of the list that it is or lies in. */
function roomOf(path: string): string | undefined {
  const within = path.replace(/^src\//, '')
  return rooms.filter((room) => within === room || within.startsWith(`${room}/`)).sort((a, b) => b.length - a.length)[0]
}

const lines = (texts: readonly string[]) => `\n${texts.map((text) => `  ${text}`).join('\n')}\n`
const expectNone = (wrong: readonly string[], mend: string) => expect(wrong, `${mend}:${lines(wrong)}`).toEqual([])

test('every folder of src is a room with a place in reading order', () => {
  const folders = readdirSync('src', { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => `${entry.parentPath.replaceAll('\\', '/')}/${entry.name}`.replace('src/', ''))
    .filter((folder) => folder.split('/').length <= 2)
  expectNone(
    folders.filter((folder) => !rooms.some((room) => room === folder || room.startsWith(`${folder}/`))),
    'Give these folders a place in `rooms`, above and in README.md, or move their files to a room that there is',
  )
  expectNone(
    source.filter(({ path }) => roomOf(path) === undefined).map(({ path }) => path),
    'These files are in no room: move them to one',
  )
  expectNone(
    rooms.filter((room) => !existsSync(`src/${room}`)),
    'These rooms are gone: take them out of `rooms` and of README.md',
  )
})

test('imports between rooms go down', () => {
  const wrong = source.flatMap(({ path, imports }) =>
    imports.flatMap(({ target }) => {
      if (target === null) return []
      const room = roomOf(target)
      const isBelow =
        target.startsWith('src/') && room !== undefined && rooms.indexOf(room) <= rooms.indexOf(roomOf(path)!)
      const isReport = target.startsWith('viz/') && path.startsWith('src/cli/')
      return isBelow || isReport ? [] : [`${path} imports ${target}`]
    }),
  )
  expectNone(
    wrong,
    'Imports go down the list of rooms, and only cli imports viz. Move what is needed to the lower room, or hand it in as an argument',
  )
})

test('no file leads back to itself', () => {
  expectNone(
    circles(source).map((group) => group.join(' ↔ ')),
    'Take these circles apart, types count: move what both need into one of the files, or into a third below them',
  )
})

test('functions are short', () => {
  const lengths = source.flatMap(functionLengths).sort((a, b) => b.lines - a.lines)
  const said = (minimum: number) =>
    lengths.filter(({ lines }) => lines > minimum).map(({ lines, name }) => `${lines} lines: ${name}`)
  expectNone(said(longest), `Cut these functions into parts of one thought each: more than ${longest} lines`)
  const over = said(long.lines)
  expect(
    over.length,
    `More than ${long.count} functions have over ${long.lines} lines; cut one of them:${lines(over)}`,
  ).toBeLessThanOrEqual(long.count)
})

/** What pages are made from: files; a live page and the engine in it agree on types, and its worker starts that engine. */
function mayRead(path: string, target: string, typeOnly: boolean): boolean {
  if (/^(viz\/|src\/(experiment\/files\/|errors\.ts$))/.test(target)) return true
  if (path === 'viz/play/worker.ts' && target === 'src/backend/gpu/gpu.ts') return true
  if (target === 'src/play/base64.ts') return true
  return (
    target.startsWith('src/play/') &&
    (/^viz\/play\/(scenes-)?worker\.ts$/.test(path) || (typeOnly && path.startsWith('viz/play/')))
  )
}

test('viz reads run directories and never the engine', () => {
  const wrong = sourceFiles('viz').flatMap(({ path, imports }) =>
    imports
      .filter(({ target, typeOnly }) => target !== null && !mayRead(path, target, typeOnly))
      .map(({ target }) => `${path} imports ${target}`),
  )
  expectNone(
    wrong,
    'Pages are made from files alone: read what is needed from the run directory (src/experiment/files)',
  )
})

test('nothing below the command line asks for the time of day or for unkeyed randomness', () => {
  const wrong = source
    .filter(({ path }) => !path.startsWith('src/cli/'))
    .filter(({ text }) => /Math\.random|Date\.now/.test(text))
    .map(({ path }) => path)
  expectNone(wrong, 'Draw from a stream of src/physics/noise, or take the time as an argument from cli')
})

test('what the engine reaches runs anywhere', () => {
  expect(
    existsSync('src/engine.ts'),
    'src/engine.ts is the entry of the engine: it exports what runs without Node',
  ).toBe(true)
  const reached = reachedFrom('src/engine.ts', source)
  const wrong = [...reached].flatMap(([file, from]) =>
    foreign(file).map((what) => `${file.path}${from === null ? '' : ` (by way of ${from})`}: ${what}`),
  )
  expectNone(
    wrong,
    'The engine runs in browsers: hand in what the host has as an argument, or export this from index.ts in place of engine.ts',
  )
})

test('a thread of the kernels loads what runs them and nothing of the physics', () => {
  const loaded = [...reachedFrom('src/backend/node/worker.ts', source, true)]
  expect(loaded.length).toBeGreaterThan(5)
  const wrong = loaded.flatMap(([{ path }, from]) =>
    path.startsWith('src/backend/') || path === 'src/errors.ts' ? [] : [`${path} (by way of ${from})`],
  )
  expectNone(
    wrong,
    'Each simulation starts its threads, which is as fast as what they load is small: import types only',
  )
})

/** Whether a file is loaded when it is asked for only: whoever imports it does so by import(). */
function isOnDemand({ path }: SourceFile): boolean {
  return source.every(({ imports }) => imports.every(({ target, dynamic }) => target !== path || dynamic))
}

/** What a file has that only Node has, or that the engine is not to bring along. */
function foreign(file: SourceFile): string[] {
  const modules = file.imports.flatMap(({ specifier, target, dynamic }) => {
    if (specifier === null) return ['import() of a name that is computed']
    if (target !== null) return []
    const name = specifier
      .split('/')
      .slice(0, specifier.startsWith('@') ? 2 : 1)
      .join('/')
    const allowed = dynamic || isOnDemand(file) ? [...enginePackages, ...enginePackagesOnDemand] : enginePackages
    return allowed.includes(name) ? [] : [`${dynamic ? 'import() of' : 'imports'} ${specifier}`]
  })
  return [...modules, ...globalsRead(file, nodeGlobals).map((name) => `reads the global ${name}`)]
}

test('README names the rooms in the same order', () => {
  const section = /## Reading order\n(.*?)\n## /s.exec(readFileSync('README.md', 'utf8'))?.[1] ?? ''
  const named = section
    .split(/\n(?=- )|\n\n/)
    .filter((item) => item.startsWith('- `'))
    .flatMap((item) => {
      const [head, ...parts] = [...item.matchAll(/`([^`]+)`/g)].map(([, name]) => name!.replace(/\/$/, ''))
      return [...(rooms.includes(head!) ? [head!] : []), ...parts.map((part) => `${head}/${part}`)]
    })
  expect(named, 'Say the same rooms in the same order in README.md ("Reading order") as in `rooms`').toEqual(rooms)
})

test('the picture of ARCHITECTURE.md has the rooms in the same order, the lowest floor last', () => {
  const rows = [...readFileSync('ARCHITECTURE.md', 'utf8').matchAll(/^│ (\S*) +│ ([^│]*?) *│/gm)]
  // A floor whose rooms need another line leaves its name out there.
  const floors: { floor: string; names: string }[] = []
  for (const [, floor, names] of rows) {
    if (floor !== '') floors.push({ floor: floor!, names: names! })
    else floors.at(-1)!.names += names
  }
  const drawn = floors
    .toReversed()
    .flatMap(({ floor, names }) => names.split(/ *→ */).map((name) => (name === 'itself' ? floor : `${floor}/${name}`)))
  expect(drawn, 'Draw the same rooms in the same order in ARCHITECTURE.md ("Floors") as in `rooms`').toEqual(rooms)
})

test('every path of src that the documents name is there', () => {
  const documents = [
    'README.md',
    'ARCHITECTURE.md',
    'CONTRIBUTING.md',
    ...readdirSync('docs')
      .filter((name) => name.endsWith('.md'))
      .map((name) => `docs/${name}`),
  ]
  const wrong = documents.flatMap((document) =>
    [...readFileSync(document, 'utf8').matchAll(/(?:src|viz|test|kernels)\/[\w./-]*\w/g)]
      .map(([path]) => path)
      // NAME stands for that of a file to be written.
      .filter((path) => !existsSync(path.replace(/\/NAME\.ts$/, '')))
      .map((path) => `${document}: ${path}`),
  )
  expectNone(wrong, 'These paths have moved: say where they are now')
})
