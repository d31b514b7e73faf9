import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sealedJson, sha256 } from '../src/experiment/files/checksum.js'
import { run } from '../src/experiment/run/run.js'
import { loadScenario } from '../src/experiment/scenario/load.js'
import { writeLearningRun } from './interface/small-run.js'

// Run directories whose author controls every byte: real ones with something else in the place of any text, number or key.

/** What a page, a terminal or a path would obey if it were not told otherwise; each says who it is, so that it can be found again. */
export const hostileTexts = [
  '</script><script>window.__pwned=1</script>',
  '<img src=x onerror="window.__pwned=2">',
  '"><svg onload=window.__pwned=3>',
  "' onmouseover='window.__pwned=4' x='",
  'javascript:window.__pwned=5',
  '--></style></title></textarea><script>window.__pwned=6</script><!--',
  '<a href="javascript:window.__pwned=7" id=main>x</a>',
  '{{constructor.constructor("window.__pwned=8")()}}`+window.__pwned+`',
  '<base href="https://example.invalid/"><link rel=stylesheet href=https://example.invalid/x.css>',
  '<meta http-equiv=refresh content="0;url=https://example.invalid/">',
  'red;background:url(https://example.invalid/x.png)',
  '\u2028\u2029window.__pwned=9\u202e\u2066\ufeff',
  '\u001b]0;owned\u0007\u001b[2J\u009b31m',
  '\0\ud800',
  '../../../../etc/passwd',
  '/dev/zero',
  '__proto__',
  'constructor',
  'toString',
  '',
  ' ',
  '%s%n%00',
  'x'.repeat(2000),
] as const

/** Numbers at the ends of what there is; JSON has 1e999, which is infinite when it is read. */
export const hostileNumbers = [
  '1e999',
  '-1e999',
  '1e308',
  '-1e308',
  '5e-324',
  '1e-320',
  '-0',
  '0',
  '-1',
  '1',
  '0.5',
  '2',
  '1e9',
  '4294967296',
  '9007199254740993',
  '-2147483649',
  '1e21',
  '1e-7',
] as const

/** Values of other kinds. */
export const hostileValues = [
  'null',
  'true',
  'false',
  '[]',
  '{}',
  '[[]]',
  '[{}]',
  '{"a":[{}]}',
  '{"value":"x"}',
  '{"mean":[1],"standardError":{}}',
  '[null,1,"a"]',
  '{"__proto__":{"polluted":1}}',
  '{"length":1e9}',
  '{"toString":1}',
  `[${'1,'.repeat(500)}1]`,
] as const

/** A place in a tree of JSON: the keys that lead to it. */
type Place = readonly (string | number)[]

/** Every place in a tree, that of a key of a mapping too. */
export function placesIn(tree: unknown, at: Place = []): Place[] {
  const inner = typeof tree === 'object' && tree !== null ? Object.entries(tree) : []
  return [at, ...inner.flatMap(([key, value]) => placesIn(value, [...at, Array.isArray(tree) ? Number(key) : key]))]
}

/** Numbers below a bound, from a seed: a multiplicative generator is enough to choose places. */
export function chooser(seed: number): (below: number) => number {
  let state = (seed * 2654435761 + 1) >>> 0
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

/** JSON as text in which a share of the places hold something else, and which. `seed` chooses them. */
export function withPayloads(text: string, seed: number, share: number): { text: string; places: string[] } {
  const pick = chooser(seed)
  const tree: unknown = JSON.parse(text)
  const any = <T>(of: readonly T[]): T => of[pick(of.length)]!
  const chosen = placesIn(tree).filter(
    (place) => place.length > 0 && place[0] !== 'sha256' && pick(1000) < share * 1000,
  )
  const told: string[] = []
  const payload = (was: unknown): string => {
    const kind = pick(10)
    if (kind < 4 && typeof was === 'number') return any(hostileNumbers)
    if (kind < 7) return JSON.stringify(any(hostileTexts))
    if (kind < 8) return any(hostileNumbers)
    return any(hostileValues)
  }
  const isChosen = new Set(chosen.map((place) => JSON.stringify(place)))
  const write = (value: unknown, at: Place): string => {
    const isHit = isChosen.has(JSON.stringify(at))
    const isKey = isHit && pick(4) === 0
    if (isHit && !isKey) {
      const text = payload(value)
      told.push(`${at.join('.')} = ${text.slice(0, 60)}`)
      return text
    }
    if (Array.isArray(value)) return `[${value.map((inner, n) => write(inner, [...at, n])).join(',')}]`
    if (typeof value !== 'object' || value === null) return JSON.stringify(value)
    const entries = Object.entries(value).map(([key, inner]) => {
      const place = [...at, key]
      const renamed = isChosen.has(JSON.stringify(place)) && pick(4) === 0
      const name = renamed ? any(hostileTexts) : key
      if (renamed) told.push(`${place.join('.')} renamed`)
      return `${JSON.stringify(name)}:${write(inner, place)}`
    })
    return `{${entries.join(',')}}`
  }
  return { text: write(tree, []), places: told }
}

/** Gives a directory's manifest a valid seal, and valid checksums of what stands there now: whoever wrote it can. */
export function seal(directory: string, manifestText?: string): void {
  const path = join(directory, 'manifest.json')
  const text = manifestText ?? readFileSync(path, 'utf8')
  let manifest: unknown
  try {
    manifest = JSON.parse(text)
  } catch {
    writeFileSync(path, text)
    return
  }
  if (typeof manifest !== 'object' || manifest === null || Array.isArray(manifest)) {
    writeFileSync(path, text)
    return
  }
  const { sha256: _, ...rest } = manifest as Record<string, unknown>
  const { files } = rest
  if (typeof files === 'object' && files !== null && !Array.isArray(files))
    for (const name of Object.keys(files)) {
      const file = join(directory, name)
      if (/^[a-z.-]+$/.test(name) && existsSync(file))
        (files as Record<string, string>)[name] = sha256(readFileSync(file))
    }
  writeFileSync(path, sealedJson(rest))
}

/** A copy of a run in which results.json and manifest.json hold payloads. */
export function foreignRun(original: string, directory: string, seed: number, share: number): string[] {
  cpSync(original, directory, { recursive: true })
  const changed = (name: string) => {
    const { text, places } = withPayloads(readFileSync(join(original, name), 'utf8'), seed, share)
    return { text, places: places.map((place) => `${name}: ${place}`) }
  }
  const results = changed('results.json')
  writeFileSync(join(directory, 'results.json'), results.text)
  const manifest =
    seed % 2 === 0
      ? changed('manifest.json')
      : { text: readFileSync(join(original, 'manifest.json'), 'utf8'), places: [] }
  seal(directory, manifest.text)
  return [...results.places, ...manifest.places]
}

/** Runs of every kind that a report knows, as small as they can be, by the names of their directories. */
export const smallRuns = ['lattice', 'learned', 'simulation', 'objective', 'table'] as const

/** Makes them in a folder. */
export async function writeSmallRuns(folder: string): Promise<void> {
  mkdirSync(join(folder, 'lattice'))
  writeLearningRun(join(folder, 'lattice'))
  const make = async (name: (typeof smallRuns)[number], scenario: string, set: string[], profile?: string) => {
    const loaded = await loadScenario(join('scenarios', `${scenario}.yaml`), { set, profile })
    await run(loaded, { directory: join(folder, name), threads: 1 })
  }
  await make('learned', 'gaussian-mixture-2d-hidden', [
    'noising.slices=3',
    'observe=[work,heat,entropy-production,virial,trajectories]',
    'learning.iterations=4',
    'learning.batch=16',
    'sampling.trajectories=40',
    'data.samples=60',
  ])
  await make('simulation', 'two-baths', ['sampling.trajectories=100'], 'quick')
  const short = ['objective.iterations=4', 'objective.repeats=1']
  await make('objective', 'contrastive-divergence-machine', [...short, 'objective.bars={}'], 'quick')
  await make('table', 'energy-discrepancy-table', short, 'quick')
}
