import { isUtf8 } from 'node:buffer'
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { requireRecorded, sealedJson, sha256, unsealed } from '../../src/experiment/files/checksum.js'
import { decodePlainData, encodePlainData } from '../../src/experiment/files/plain-data.js'
import { withRegularFile } from '../../src/experiment/files/regular-file.js'
import { decodeUtf8 } from '../../src/experiment/files/text.js'
import { parseYaml } from '../../src/experiment/files/yaml.js'
import { readState, writeState } from '../../src/experiment/record/state-file.js'
import { fileFolder } from '../run-folder.js'
import { fuzz, inputsTried, isLong } from './fuzz.js'
import { anyBytes, hostileWords, mutated, mutatedText, rewritten, tokens } from './mutations.js'

// Texts that nobody has looked at: YAML of scenarios, JSON of runs, and paths.

const folder = fileFolder()
const utf8 = (text: string) => new TextEncoder().encode(text)
const length = ({ length }: { readonly length: number }) => length

test('text in UTF-8', async () => {
  const texts = ['name: trap\nseed: 1\n', 'é 日本 😀\n\ttab\r\n', '\ufeffx\n'].map(utf8)
  const read = (bytes: Uint8Array) => decodeUtf8(bytes, 'x.yaml')
  const inputs = fc.oneof(mutated(texts), anyBytes, tokens(['a', '\n', 'é', '😀']).map(utf8))
  const accepted = await fuzz(31, 1200, inputs, length, read, (text, bytes) => {
    expect(isUtf8(bytes)).toBe(true)
    expect(text).toBe(
      Buffer.from(bytes)
        .toString('utf8')
        .replace(/^\ufeff/, ''),
    )
    for (const letter of text)
      if ((letter < ' ' && !'\t\n\r'.includes(letter)) || letter === '\x7f') throw new Error('a control character')
  })
  expect(accepted).toBeGreaterThan(isLong ? 0 : 200)
})

/** A value made of nothing but mappings, lists, text, numbers, true, false and null, with keys of their own. */
function requirePlain(value: unknown, depth = 0): void {
  if (depth > 250) throw new Error('nested too deep')
  if (value === null || ['string', 'number', 'boolean'].includes(typeof value)) return
  if (typeof value !== 'object') throw new Error(`a ${typeof value}`)
  if (!Array.isArray(value) && Object.getPrototypeOf(value) !== Object.prototype) throw new Error('a foreign object')
  for (const part of Object.values(value)) requirePlain(part, depth + 1)
}

describe('YAML', () => {
  const scenarios = readdirSync('scenarios')
    .map((name) => readFileSync(join('scenarios', name), 'utf8'))
    .filter((text) => text.length < (isLong ? 20_000 : 1200))
  const odd = [
    'a: &a [1, 2]\nb: *a\nc: { d: *a }\n',
    'text: |\n  one\n  two\nfold: >-\n  three\n\n  four\n',
    '{"a": [1, 2.5e3, "x\\n"], "b": null, "c": {"d": true}}',
    '%YAML 1.1\n---\na: 1\n...\n',
    "a: 'it''s'\n? b\n: - 1\n  - - 2\n    - 3\n",
  ]
  const words = [
    ...[
      'a: ',
      'b:\n',
      '  ',
      '- ',
      '\n',
      '[',
      ']',
      '{',
      '}',
      ', ',
      ': ',
      '1',
      '"',
      "'",
      '|\n',
      '>\n',
      '? ',
      '&a ',
      '*a',
    ],
    ...['!!map ', '!t ', '# c\n', '---\n', '...\n', '"x\\u0000"', '<<: ', '__proto__: ', '\t', '  - a: ', '"a": 1, '],
  ]
  const inputs = fc.oneof(
    { weight: 2, arbitrary: mutatedText(odd) },
    { weight: 1, arbitrary: mutatedText(scenarios) },
    { weight: 2, arbitrary: tokens(words) },
  )

  test('is plain values, or refused with line and column', async () => {
    const read = (text: string) => parseYaml(text, 'x.yaml')
    const accepted = await fuzz(32, 1500, inputs, length, read, ({ value, place }, text) => {
      requirePlain(value)
      expect(place(text.length)).toMatch(/^x\.yaml:\d+:\d+$/)
    })
    expect(accepted).toBeGreaterThan(isLong ? 0 : 100)
  })

  test('that is JSON is what JSON says', async () => {
    const key = fc.string({ maxLength: 10 }).filter((name) => name !== '__proto__')
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4, withCrossShrink: true },
        fc.oneof(fc.string(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), fc.constant(null)),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(key, tie('value'), { maxKeys: 4 }),
      ),
    }))
    const json = fc
      .tuple(value, fc.constantFrom(undefined, 2))
      .map(([made, indent]) => JSON.stringify(made, null, indent))
    const read = (text: string) => parseYaml(text, 'x.json').value
    const accepted = await fuzz(33, 500, json, length, read, (found, text) => expect(found).toEqual(JSON.parse(text)))
    expect(accepted).toBe(isLong ? accepted : 500)
  })
})

describe('JSON of runs', () => {
  const manifest = {
    formatVersion: 1,
    name: 'a run',
    files: { 'samples.npy': sha256('x') },
    nested: { list: [1, 'é'] },
  }
  const sealed = sealedJson(manifest)
  const words = ['{', '}', '[', ']', ',', ':', '"', '"a":', '1', 'null', '"files":', '{"__proto__":', '"sha256":', '\n']
  const inputs = fc.oneof(
    { weight: 3, arbitrary: mutatedText([sealed, JSON.stringify(manifest), '{}', 'null', '{"files": null}']) },
    { weight: 1, arbitrary: tokens(words) },
  )

  test('is plain values', async () => {
    const read = (text: string) => ({ value: unsealed(text, 'manifest.json') })
    const accepted = await fuzz(34, 1500, inputs, length, read, ({ value }, text) => {
      const { sha256: _, ...rest } = { ...JSON.parse(text) }
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) expect(value).toEqual(rest)
    })
    expect(accepted).toBeGreaterThan(isLong ? 0 : 100)
  })

  test('of which a bit was turned is never another document', async () => {
    const bytes = utf8(sealed)
    const turned = fc
      .tuple(fc.nat(bytes.length - 1), fc.nat(7))
      .map(([n, bit]) => bytes.with(n, bytes[n]! ^ (1 << bit)))
    const read = (text: Uint8Array) => unsealed(new TextDecoder().decode(text), 'manifest.json') as object
    await fuzz(35, 1000, turned, length, read, (value) => {
      // A document of before checksums, as it seems, with a key more: what the run reads is the same.
      expect(value).toMatchObject(manifest)
    })
  })

  test('says which files are whole', async () => {
    const write = rewritten(join(folder, 'manifest.json'))
    const names = fc.constantFrom('samples.npy', '__proto__', 'toString', 'length', '0')
    const read = ([text, name]: readonly [string, string]) => {
      write(utf8(text))
      return requireRecorded(folder, name, utf8('x'))
    }
    const size = ([text]: readonly [string, string]) => text.length
    const accepted = await fuzz(36, 800, fc.tuple(inputs, names), size, read, (bytes) =>
      expect(bytes).toEqual(utf8('x')),
    )
    expect(accepted).toBeGreaterThan(isLong ? 0 : 50)
  })
})

describe('a checkpoint', () => {
  const state = { theta: Float64Array.of(1, -0, Number.NaN), lines: [{ loss: 0.5 }], step: 3, deep: { a: [null, 'x'] } }
  const plain = encodePlainData(state, { of: 'x' })
  const size = (bytes: Uint8Array) => bytes.length
  const changed = (whole: Uint8Array) => fc.oneof({ weight: 9, arbitrary: mutated([whole]) }, anyBytes)

  test('is what was kept, or refused', async () => {
    writeState(folder, 'fuzz', 'of this run', state)
    const path = join(folder, 'checkpoint-fuzz.safetensors')
    const whole = new Uint8Array(readFileSync(path))
    const write = rewritten(path)
    const read = (bytes: Uint8Array) => {
      write(bytes)
      return readState(folder, 'fuzz', 'of this run')
    }
    await fuzz(37, 1000, changed(whole), size, read, (found, bytes) => {
      expect(bytes).toEqual(whole)
      expect(found?.value).toEqual(state)
    })
    write(whole)
    expect(read(whole)?.value).toEqual(state)
  })

  test('without its checksum is plain data, or refused', async () => {
    const accepted = await fuzz(
      39,
      1000,
      changed(plain),
      size,
      (bytes) => decodePlainData(bytes, 'x').value(),
      () => {},
    )
    expect(accepted).toBeGreaterThan(isLong ? 0 : 20)
  })
})

test('paths lead to a file, or to words', async () => {
  const within = join(folder, 'paths')
  mkdirSync(join(within, 'sub'), { recursive: true })
  writeFileSync(join(within, 'a.csv'), '1\n')
  writeFileSync(join(within, 'empty.csv'), '')
  writeFileSync(join(within, 'large.csv'), 'x'.repeat(200))
  symlinkSync('loop', join(within, 'loop'))
  symlinkSync('a.csv', join(within, 'link.csv'))
  const piece = fc.oneof(
    fc.constantFrom('a.csv', 'empty.csv', 'large.csv', 'sub', 'loop', 'link.csv', '..', '.', '/', 'x', ...hostileWords),
    fc.string(),
  )
  const found = fc.constantFrom('a.csv', './a.csv', 'sub/../a.csv', 'link.csv', 'sub/../link.csv')
  const paths = fc
    .oneof(
      { weight: 1, arbitrary: found.map((path) => [path]) },
      { weight: 9, arbitrary: fc.array(piece, { maxLength: 3 }) },
    )
    .map((pieces) => `${within}/${pieces.join('/')}`)
  const kind = { what: 'table', largest: 100, endings: /csv$/ }
  const before = readdirSync(within)
  const read = (path: string) => withRegularFile(path, kind, ({ size, read }) => read(0, size))
  const accepted = await fuzz(38, 1000, paths, length, read, (bytes, path) => {
    expect(bytes.length).toBeGreaterThan(0)
    expect(bytes).toEqual(new Uint8Array(readFileSync(path)))
  })
  expect(accepted).toBeGreaterThan(isLong ? 0 : 20)
  expect(readdirSync(within)).toEqual(before)
})

test('are 8,000 inputs', () => {
  expect(inputsTried()).toBeGreaterThanOrEqual(isLong ? 0 : 8000)
})
