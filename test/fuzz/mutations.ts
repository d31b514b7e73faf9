import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs'
import fc from 'fast-check'
import { afterAll } from 'vitest'
import { isLong } from './fuzz.js'

/** A change of a file. */
type Edit = (bytes: Uint8Array) => Uint8Array

const utf8 = (text: string) => new TextEncoder().encode(text)
const latin1 = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
const fromLatin1 = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'))
const joined = (...parts: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(parts))

/** Whole numbers at which sizes, offsets and counters go wrong. */
const extremes = [0n, 1n, -1n, 255n, 65535n, 2n ** 31n - 1n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 40n, 2n ** 53n, 2n ** 63n]

/** The same and others as text. */
export const hostileNumbers: readonly string[] = [
  ...extremes.map(String),
  ...['-0', '-2', '0.5', '1e3', '1e308', '1e999', '5e-324', 'NaN', '.nan', 'Infinity', '-.inf', '0x10', '0o7', '1_0'],
  ...['18446744073709551616', '9'.repeat(400), '1,'.repeat(3000), '1, '.repeat(40), '', ' ', 'null', '+1', '1.', '١'],
]

/** Words that objects, paths, terminals and parsers give a meaning. */
export const hostileWords: readonly string[] = [
  ...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'length', '__metadata__', ''],
  ...['../../etc/passwd', '/etc/passwd', 'C:\\x', 'a/../b', '~', '..', '.', 'CON', 'x'.repeat(5000)],
  ...['\u001b[2J', '\u0000', '\n', '\r\n', '\u0085', '\u2028', '\u202e', '\ufeff', '\ud800', 'é', '日本', '\u009b31m'],
  ...['True', 'False', '|O', '>f8', '<f2', '<c16', '<U8', '[("a","<f4")]', 'F16', 'BF16', 'I64', 'false'],
  ...[
    '&a',
    '*a',
    '<<',
    '!!js/function',
    '%YAML 1.1',
    '---',
    '...',
    '- ',
    '? ',
    '|',
    '>',
    '#',
    '{',
    '}',
    '[',
    ']',
    '"',
    "'",
  ],
]

/** Bytes that are no text, or text of another encoding. */
const hostileBytes: readonly Uint8Array[] = [
  ...hostileWords.map(utf8),
  ...['\0\0\0\0', '\xff\xfe', '\xfe\xff', '\xef\xbb\xbf', '\xed\xa0\x80', '\xc0\x80', '\xf8', '\x80', '\x1f\x8b'].map(
    fromLatin1,
  ),
  ...['PK\x01\x02', 'PK\x03\x04', 'PK\x05\x06', '\x93NUMPY', '\x93NUMPY\x02\0'].map(fromLatin1),
]

/** A place in a file: near its beginning, near its end, or anywhere. */
const place = fc.tuple(fc.constantFrom<'begin' | 'end' | 'anywhere'>('begin', 'end', 'anywhere'), fc.nat(2 ** 24))
type Place = readonly ['begin' | 'end' | 'anywhere', number]
function at([where, n]: Place, length: number): number {
  if (where === 'anywhere') return n % (length + 1)
  const near = Math.min(length, n % 160)
  return where === 'begin' ? near : length - near
}

/** `count` bytes at `from` replaced by others. */
const replaced = (bytes: Uint8Array, from: number, count: number, by: Uint8Array) =>
  joined(bytes.subarray(0, from), by, bytes.subarray(from + count))

/** One number or word of the text in a file in the place of another. */
function reworded(bytes: Uint8Array, pattern: RegExp, n: number, by: string): Uint8Array {
  const text = latin1(bytes)
  const found = [...text.slice(0, 4096).matchAll(pattern)]
  const match = found[n % Math.max(1, found.length)]
  return match === undefined ? bytes : replaced(bytes, match.index, match[0].length, utf8(by))
}

function withByte(bytes: Uint8Array, where: Place, change: (byte: number) => number): Uint8Array {
  const n = Math.min(at(where, bytes.length), bytes.length - 1)
  return n < 0 ? bytes : bytes.with(n, change(bytes[n]!))
}

function withNumber(bytes: Uint8Array, from: number, width: 1 | 2 | 4 | 8, littleEndian: boolean, value: bigint) {
  const copy = bytes.slice()
  if (from + width > copy.length) return copy
  const field = new DataView(new ArrayBuffer(8))
  field.setBigUint64(0, BigInt.asUintN(64, value), littleEndian)
  copy.set(new Uint8Array(field.buffer, littleEndian ? 0 : 8 - width, width), from)
  return copy
}

const encodings: readonly Edit[] = [
  (bytes) => new Uint8Array(Buffer.from(latin1(bytes), 'utf16le')),
  (bytes) => joined(fromLatin1('\xff\xfe'), new Uint8Array(Buffer.from(latin1(bytes), 'utf16le'))),
  (bytes) => utf8(latin1(bytes)),
  (bytes) => utf8(`\ufeff${latin1(bytes)}`),
  (bytes) => fromLatin1(latin1(bytes).replaceAll('\n', '\r\n')),
  (bytes) => fromLatin1(latin1(bytes).replaceAll('\n', '\r')),
  (bytes) => fromLatin1(latin1(bytes).toUpperCase()),
  (bytes) => bytes.toReversed(),
]

/** How often a piece is repeated, so that what takes the square of the length shows. */
const repeats = fc.oneof({ weight: 9, arbitrary: fc.nat(40) }, { weight: 1, arbitrary: fc.nat(isLong ? 30_000 : 2000) })
const longestPiece = 12

const edits: fc.Arbitrary<Edit> = fc.oneof(
  // As often as three others, since it leaves the most to be read.
  {
    weight: 3,
    arbitrary: fc.tuple(place, fc.nat(7)).map(([where, bit]): Edit => {
      return (bytes) => withByte(bytes, where, (byte) => byte ^ (1 << bit))
    }),
  },
  fc.tuple(place, fc.constantFrom(0, 1, 0x7f, 0x80, 0xff, 0x0a, 0x0d, 0x22)).map(([where, value]): Edit => {
    return (bytes) => withByte(bytes, where, () => value)
  }),
  place.map(
    (where): Edit =>
      (bytes) =>
        bytes.subarray(0, at(where, bytes.length)),
  ),
  fc.tuple(place, fc.nat(40)).map(([where, count]): Edit => {
    return (bytes) => replaced(bytes, at(where, bytes.length), count, new Uint8Array(0))
  }),
  fc.tuple(place, fc.constantFrom(...hostileBytes), fc.nat(8)).map(([where, piece, count]): Edit => {
    return (bytes) => replaced(bytes, at(where, bytes.length), count, piece)
  }),
  fc.tuple(place, fc.uint8Array({ maxLength: 16 }), fc.nat(16)).map(([where, piece, count]): Edit => {
    return (bytes) => replaced(bytes, at(where, bytes.length), count, piece)
  }),
  fc.uint8Array({ maxLength: 64 }).map(
    (more): Edit =>
      (bytes) =>
        joined(bytes, more),
  ),
  fc.tuple(place, fc.nat(300), place).map(([from, count, to]): Edit => {
    return (bytes) => {
      const begin = at(from, bytes.length)
      return replaced(bytes, at(to, bytes.length), 0, bytes.subarray(begin, begin + count))
    }
  }),
  fc
    .tuple(place, fc.constantFrom(1, 2, 4, 8), fc.boolean(), fc.constantFrom(...extremes))
    .map(([where, width, little, value]): Edit => {
      return (bytes) => withNumber(bytes, at(where, bytes.length), width as 1 | 2 | 4 | 8, little, value)
    }),
  fc.tuple(fc.nat(), fc.constantFrom(...hostileNumbers)).map(([n, by]): Edit => {
    return (bytes) => reworded(bytes, /\d+(?:\.\d+)?/g, n, by)
  }),
  fc.tuple(fc.nat(), fc.constantFrom(...hostileWords)).map(([n, by]): Edit => {
    return (bytes) => reworded(bytes, /[A-Za-z_][\w-]*/g, n, by)
  }),
  fc.tuple(place, fc.integer({ min: 1, max: longestPiece }), repeats).map(([where, count, times]): Edit => {
    return (bytes) => {
      const begin = at(where, bytes.length)
      const piece = latin1(bytes.subarray(begin, begin + count))
      return replaced(bytes, begin, count, fromLatin1(piece.repeat(times)))
    }
  }),
  fc.constantFrom(...encodings),
)

/** Whole files, each changed once to four times, or begun by one and ended by another. */
export function mutated(files: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  const file = fc.constantFrom(...files)
  const spliced = fc.tuple(file, place, file, place).map(([a, end, b, begin]) => {
    return joined(a.subarray(0, at(end, a.length)), b.subarray(at(begin, b.length)))
  })
  const few = fc.oneof(
    edits.map((edit) => [edit]),
    fc.array(edits, { minLength: 1, maxLength: 4 }),
  )
  const changed = fc
    .tuple(file, few)
    .map(([bytes, changes]) => changes.reduce((changing, change) => change(changing), bytes))
  return fc.oneof({ weight: 12, arbitrary: changed }, { weight: 1, arbitrary: spliced })
}

/** The same of texts. */
export function mutatedText(texts: readonly string[]): fc.Arbitrary<string> {
  return mutated(texts.map(utf8)).map((bytes) => new TextDecoder().decode(bytes))
}

/** Bytes of no format, a few of which begin as one does. */
export const anyBytes: fc.Arbitrary<Uint8Array> = fc
  .tuple(fc.constantFrom(new Uint8Array(0), ...hostileBytes), fc.uint8Array({ maxLength: 200 }))
  .map(([head, bytes]) => joined(head, bytes))

/** Characters of a text of tokens, about. */
const longestText = isLong ? 400_000 : 20_000

/** Tokens strung together, of which some are repeated: text that is nearly of a grammar. */
export function tokens(words: readonly string[]): fc.Arbitrary<string> {
  const word = fc.oneof(fc.constantFrom(...words), fc.constantFrom(...hostileWords), fc.constantFrom(...hostileNumbers))
  const times = fc.oneof({ weight: 9, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: repeats })
  return fc
    .array(fc.tuple(word, times), { maxLength: 20 })
    .map((parts) => parts.map(([text, n]) => text.repeat(Math.min(n, longestText / (text.length + 1) + 1))).join(''))
}

/**
 * A file that is written over and over: it stays open, since a file system may wait for the disk where one is made empty and written.
 * @returns what writes it; the path
 */
export function rewritten(path: string): (bytes: Uint8Array) => string {
  const descriptor = openSync(path, 'w')
  afterAll(() => closeSync(descriptor))
  return (bytes) => {
    ftruncateSync(descriptor, bytes.length)
    writeSync(descriptor, bytes, 0, bytes.length, 0)
    return path
  }
}
