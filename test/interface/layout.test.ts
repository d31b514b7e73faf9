import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { expect, test } from 'vitest'

/** The rooms of src/ in the order of the physics: a room imports from itself and from those before it. */
const rooms = [
  'io',
  'formula',
  'scenario',
  'network',
  'potential',
  'protocol',
  'noise',
  'data',
  'dynamics',
  'observe',
  'truth',
  'learn',
  'objective',
  'backend',
  'evaluate',
  'study',
  'run',
  'verify',
  'bench',
  'cli',
]

function typescriptFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name))
}

function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8')
  return [...text.matchAll(/(?:from|import)\s+'(\.[^']+)'/g)].map((match) =>
    relative('.', resolve(dirname(file), match[1]!)),
  )
}

const roomOf = (path: string) => path.split(sep)[1]!

test('every folder of src is a room with a place in the order', () => {
  const folders = readdirSync('src', { withFileTypes: true }).filter((entry) => entry.isDirectory())
  expect(folders.map(({ name }) => name).sort()).toEqual([...rooms].sort())
})

test('imports between the rooms run one way', () => {
  const wrong: string[] = []
  for (const file of typescriptFiles('src')) {
    if (dirname(file) === 'src') continue
    const place = rooms.indexOf(roomOf(file))
    for (const target of importsOf(file)) {
      const outside = target.startsWith('viz') ? roomOf(file) === 'cli' : target.startsWith(join('src', 'errors'))
      if (!outside && !(rooms.indexOf(roomOf(target)) <= place && target.startsWith('src')))
        wrong.push(`${file} imports ${target}`)
    }
  }
  expect(wrong).toEqual([])
})

test('viz reads run directories and never the engine', () => {
  const wrong = typescriptFiles('viz').flatMap((file) =>
    importsOf(file)
      .filter((target) => !/^(viz|src[/\\](io[/\\]|errors))/.test(target))
      .map((target) => `${file} imports ${target}`),
  )
  expect(wrong).toEqual([])
})

test('the engine never asks for the time of day or for unkeyed randomness', () => {
  const wrong = typescriptFiles('src')
    .filter((file) => roomOf(file) !== 'cli')
    .filter((file) => /Math\.random|Date\.now/.test(readFileSync(file, 'utf8')))
  expect(wrong).toEqual([])
})
