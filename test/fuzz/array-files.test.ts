import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { zipSync } from 'fflate'
import ndarray, { type NdArray } from 'ndarray'
import { describe, expect, test } from 'vitest'
import { OverdampedError } from '../../src/errors.js'
import type { NumericArray } from '../../src/experiment/files/dtype.js'
import { loadIdx } from '../../src/experiment/files/idx.js'
import { decodeNpy, encodeNpy } from '../../src/experiment/files/npy.js'
import { decodeNpz, encodeNpz } from '../../src/experiment/files/npz.js'
import { decodeSafetensors, encodeSafetensors } from '../../src/experiment/files/safetensors.js'
import { decodeParameters, encodeParameters } from '../../src/experiment/record/parameters.js'
import { numpyPython } from '../numpy.js'
import { fileFolder } from '../run-folder.js'
import { everyTerm, lattice } from '../systems.js'
import { fuzz, inputsTried, isLong, requireRefusal } from './fuzz.js'
import { anyBytes, hostileNumbers, hostileWords, mutated, rewritten, tokens } from './mutations.js'

// Files of arrays that nobody has looked at: each is read as what it says, or refused in words.

const folder = fileFolder()
const length = (bytes: Uint8Array) => bytes.length
const joined = (...parts: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(parts))
const latin1 = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'))

/** What a reader gives; fails where it refuses a file that `expected` can read. */
function unlessValid<Value, Expected>(read: () => Value, expected: () => Expected | null): Value {
  try {
    return read()
  } catch (error) {
    if (error instanceof OverdampedError && expected() !== null)
      throw new Error(`refused a valid file: ${error.message}`)
    throw error
  }
}

interface Plain {
  readonly type: string
  readonly shape: readonly number[]
  /** bytes of the elements */
  readonly data: Uint8Array
}

const bytesPer: Readonly<Record<string, number>> = { '<f4': 4, '<f8': 8, '<i4': 4, '|u1': 1, '|b1': 1 }
const typeOf = (data: NumericArray) =>
  data instanceof Float32Array
    ? '<f4'
    : data instanceof Float64Array
      ? '<f8'
      : data instanceof Int32Array
        ? '<i4'
        : '|u1'

function expectSame(array: { shape: readonly number[]; data: NumericArray }, { type, shape, data }: Plain): void {
  const got = new Uint8Array(array.data.buffer, array.data.byteOffset, array.data.byteLength)
  const wrong =
    array.shape.join() !== shape.join() ||
    typeOf(array.data) !== (type === '|b1' ? '|u1' : type) ||
    array.data.length !== shape.reduce((product, axis) => product * axis, 1) ||
    Buffer.compare(got, data) !== 0
  if (wrong) expect({ type: typeOf(array.data), shape: array.shape, data: got }).toEqual({ type, shape, data })
}

/** An NPY file with any header. */
function npy(header: string, data: Uint8Array, version = 1): Uint8Array {
  const text = latin1(`${header}\n`)
  const size = version === 1 ? [text.length % 256, (text.length >> 8) % 256] : [text.length, text.length >> 8, 0, 0]
  return joined(latin1('\x93NUMPY'), Uint8Array.of(version, 0, ...size), text, data)
}
const header = (type: string, shape: string, order = 'False') =>
  `{'descr': ${type}, 'fortran_order': ${order}, 'shape': ${shape}, }`

const ten = Float64Array.from({ length: 10 }, (_, n) => Math.sin(n))
const asBytes = (data: NumericArray) => new Uint8Array(data.buffer.slice(0)).slice(0, data.byteLength)
const npyFiles = [
  encodeNpy(ndarray(ten, [5, 2])),
  encodeNpy(ndarray(Float32Array.from(ten), [10])),
  encodeNpy(ndarray(Int32Array.of(1, -2, 3), [3, 1, 1])),
  encodeNpy(ndarray(Uint8Array.of(1, 2, 3, 4), [2, 2])),
  encodeNpy(ndarray(Float64Array.of(7), [])),
  encodeNpy(ndarray(new Float32Array(0), [0, 4])),
  npy("{'shape': (2,), 'fortran_order': False, 'descr': '|b1'}", Uint8Array.of(0, 1)),
  npy(header("'<f8'", '(5, 2)', 'True'), asBytes(ten)),
  npy(header("'>f8'", '(5, 2)'), asBytes(ten)),
  npy(header("[('x', '<f8'), ('y', '<f8')]", '(5,)'), asBytes(ten)),
  npy(header("'|O'", '(1,)'), latin1('\x80\x04cposix\nsystem\n(S"true"\ntR.')),
  npy(header("'<f8'", '(5, 2)'), asBytes(ten), 2),
  npy(header("'<f8'", '(5, 2)'), asBytes(ten), 3),
  npy(header("'<f8'", '(1099511627776, 1099511627776)'), asBytes(ten)),
]

/** A header of the parts that headers have, in any order, before the right number of bytes for one of them. */
const npyHeaders = tokens([
  ...[
    "{'descr': ",
    "'<f8'",
    ", 'fortran_order': ",
    'False',
    ", 'shape': ",
    '(5, 2)',
    ', }',
    '(10,)',
    '()',
    'True',
    '}',
  ],
  ...[header("'<f8'", '(5, 2)'), "'shape': (1, ", '1, ', "'|u1'", "'"],
]).map((text) => npy(text, asBytes(ten)))
const npyShapes = fc
  .array(fc.oneof(fc.nat(12).map(String), fc.constantFrom(...hostileNumbers)), { maxLength: 40 })
  .map((lengths) => npy(header("'<f8'", `(${lengths.join(', ')},)`), asBytes(ten)))
const npyInputs = fc.oneof(
  { weight: 8, arbitrary: mutated(npyFiles) },
  { weight: 1, arbitrary: npyHeaders },
  { weight: 2, arbitrary: npyShapes },
  { weight: 1, arbitrary: anyBytes },
)

/** What a plain NPY 1.0 file holds, read from its header as Python reads a literal; null for any other file. */
function plainNpy(bytes: Uint8Array): Plain | null {
  if (bytes.length < 10 || Buffer.from(bytes.subarray(0, 8)).toString('latin1') !== '\x93NUMPY\x01\0') return null
  const start = 10 + bytes[8]! + 256 * bytes[9]!
  if (start > bytes.length) return null
  const tokens = Buffer.from(bytes.subarray(10, start))
    .toString('latin1')
    .split(/('[^']*'|[^\w'])/)
    .filter((token) => !['', ' ', '\n'].includes(token))
  const found: Record<string, string | number[]> = {}
  if (tokens.shift() !== '{') return null
  while (tokens[0] !== '}') {
    const [key = '', colon, value = ''] = tokens.splice(0, 3)
    if (!/^'(descr|fortran_order|shape)'$/.test(key) || colon !== ':' || key in found) return null
    if (value !== '(') found[key] = value
    else {
      const inside = tokens.splice(0, tokens.indexOf(')') + 1)
      const lengths = inside.slice(0, -1).join('')
      if (!/^((0|[1-9]\d*),)*(0|[1-9]\d*)?$/.test(lengths) || /^\d+$/.test(lengths) || inside.at(-1) !== ')')
        return null
      found[key] = lengths.split(',').filter(Boolean).map(Number)
    }
    if (tokens[0] === ',') tokens.shift()
    else if (tokens[0] !== '}') return null
  }
  const { "'descr'": type, "'fortran_order'": order, "'shape'": shape } = found
  if (tokens.length !== 1 || typeof type !== 'string' || !Array.isArray(shape) || order !== 'False') return null
  const size = bytesPer[type.slice(1, -1)]
  const count = shape.reduce((product, axis) => product * axis, 1)
  if (size === undefined || bytes.length - start !== count * size || !shape.every(Number.isSafeInteger)) return null
  // NumPy has so many axes at most.
  if (shape.length > 32) return null
  return { type: type.slice(1, -1), shape, data: bytes.slice(start) }
}

test('npy', async () => {
  const read = (bytes: Uint8Array) =>
    unlessValid(
      () => decodeNpy(bytes, 'x.npy'),
      () => plainNpy(bytes),
    )
  const accepted = await fuzz(1, 2500, npyInputs, length, read, (array, bytes) => expectSame(array, plainNpy(bytes)!))
  expect(accepted).toBeGreaterThan(isLong ? 0 : 20)
})

// Of one day, so that a seed gives the same bytes on any other.
const zipped = (entries: Record<string, Uint8Array>, level: 0 | 6) =>
  zipSync(entries, { level, mtime: new Date(1980, 0, 1) })
const archives = [
  encodeNpz({
    positions: ndarray(Float32Array.from(ten), [5, 2]),
    'times/slow': ndarray(ten),
    labels: ndarray(Int32Array.of(-1, 1)),
  }),
  zipped({ 'a.npy': npyFiles[0]!, 'b.npy': npyFiles[3]! }, 0),
  zipped({ 'a.npy': npyFiles[10]! }, 6),
  // A thousand times as large as it is packed.
  zipped({ 'zeros.npy': encodeNpy(ndarray(new Uint8Array(300_000))) }, 6),
]
/** Whole archives of changed arrays under any names. */
const repacked = fc
  .array(fc.tuple(fc.oneof(fc.constantFrom(...hostileWords), fc.string()), mutated(npyFiles)), { maxLength: 4 })
  .map((entries) => zipped(Object.fromEntries(entries.map(([name, bytes]) => [`${name}.npy`, bytes])), 6))
const npzInputs = fc.oneof({ weight: 3, arbitrary: mutated(archives) }, { weight: 1, arbitrary: repacked })

test('npz', async () => {
  const read = (bytes: Uint8Array) => decodeNpz(bytes, 'x.npz')
  const holds = (found: Record<string, NdArray<NumericArray>>) => {
    for (const { shape, data } of Object.values(found))
      expect(shape.reduce((product, axis) => product * axis, 1)).toBe(data.length)
  }
  expect(await fuzz(2, 1500, npzInputs, length, read, holds)).toBeGreaterThan(isLong ? 0 : 20)
})

test('safetensors', async () => {
  const tensors = {
    a: { shape: [3], data: Uint8Array.of(1, 2, 255) },
    'b.weights': { shape: [2, 5], data: ten },
    empty: { shape: [0, 4], data: new Float32Array(0) },
    scalar: { shape: [], data: Int32Array.of(-7) },
  }
  const withHeader = (text: string, data: Uint8Array) => {
    const bytes = new TextEncoder().encode(text)
    const size = new Uint8Array(BigUint64Array.of(BigInt(bytes.length)).buffer)
    return joined(size, bytes, data)
  }
  const entry = '{"dtype":"F64","shape":[10],"data_offsets":[0,80]}'
  const files = [encodeSafetensors(tensors, { format: 'x', step: '12' }), encodeSafetensors({ a: tensors.a })]
  const headers = tokens([
    ...['{', '}', '"a":', entry, '"__metadata__":', '"dtype":', '"F64"', ',"shape":', '[10]', ',"data_offsets":[0,80]'],
    ...['[', ']', ',', ':', '{"a":', `{"a":${entry}}`, `{"__proto__":${entry}}`, '{"dtype":'],
  ]).map((text) => withHeader(text, asBytes(ten)))
  const changedHeader = mutated([new TextEncoder().encode(`{"__metadata__":{"a":"b"},"t":${entry}}`)]).map((bytes) =>
    joined(new Uint8Array(BigUint64Array.of(BigInt(bytes.length)).buffer), bytes, asBytes(ten)),
  )
  const inputs = fc.oneof(mutated(files), headers, changedHeader, anyBytes)
  const types: Readonly<Record<string, string>> = { F32: '<f4', F64: '<f8', I32: '<i4', U8: '|u1' }
  /** As the format's own documentation says it, field by field; null for any other file. */
  const plain = (bytes: Uint8Array): Record<string, Plain> | null => {
    try {
      const size = Number(Buffer.from(bytes).readBigUInt64LE())
      const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, 8 + size))
      const data = bytes.subarray(8 + size)
      const { __metadata__: metadata = {}, ...entries } = JSON.parse(text)
      if (bytes.length < 8 + size || Array.isArray(metadata) || typeof metadata !== 'object' || bytes[8] !== 0x7b)
        return null
      if (metadata === null || !Object.values(metadata).every((value) => typeof value === 'string')) return null
      let [covered, end] = [0, 0]
      const found = Object.entries<{ dtype: string; shape: number[]; data_offsets: number[] }>(entries).map(
        ([name, { dtype, shape, data_offsets: offsets }]): [string, Plain] => {
          const type = Object.hasOwn(types, dtype) ? types[dtype]! : 'none'
          if (![...shape, ...offsets].every((n) => Number.isSafeInteger(n) && n >= 0)) throw new Error('sizes')
          const bytesOf = shape.reduce((product, axis) => product * axis, bytesPer[type]!)
          if (offsets.length !== 2 || offsets[1]! - offsets[0]! !== bytesOf || shape.length > 32)
            throw new Error('sizes')
          covered += bytesOf
          end = Math.max(end, offsets[1]!)
          return [name, { type, shape, data: data.slice(...offsets) }]
        },
      )
      if (covered !== data.length || end !== data.length) return null
      return Object.fromEntries(found)
    } catch {
      return null
    }
  }
  const read = (bytes: Uint8Array) =>
    unlessValid(
      () => decodeSafetensors(bytes, 'x.safetensors'),
      () => plain(bytes),
    )
  const accepted = await fuzz(3, 2500, inputs, length, read, ({ tensors: found }, bytes) => {
    const expected = plain(bytes)!
    expect(Object.keys(found).sort()).toEqual(Object.keys(expected).sort())
    for (const name of Object.keys(found)) expectSame(found[name]!, expected[name]!)
  })
  expect(accepted).toBeGreaterThan(isLong ? 0 : 20)
})

test('parameters of a run', async () => {
  const { potential, theta } = everyTerm(lattice(2, 2, 1))
  const knots = [1, 0.5, 0.1]
  const whole = encodeParameters(
    potential,
    knots,
    knots.map((t) => theta.map((value) => t * value)),
  )
  const read = (bytes: Uint8Array) => decodeParameters(bytes, potential, knots, 'parameters.safetensors')
  const accepted = await fuzz(4, 1000, fc.oneof(mutated([whole]), anyBytes), length, read, (found) => {
    expect(found.map((values) => values.length)).toEqual(knots.map(() => potential.size))
    if (!found.every((values) => values.every(Number.isFinite))) throw new Error('a parameter is not finite')
  })
  expect(accepted).toBeGreaterThan(isLong ? 0 : 20)
})

test('IDX, gzipped or not', async () => {
  const count = 18
  const digits = Uint8Array.from({ length: count }, (_, n) => [0, 1, 7][n % 3]!)
  const idx = (magic: number, shape: readonly number[], data: Uint8Array) => {
    const head = Buffer.alloc(4 + 4 * shape.length)
    for (const [n, value] of [magic, ...shape].entries()) head.writeUInt32BE(value, 4 * n)
    return joined(head, data)
  }
  const pixels = Uint8Array.from({ length: 784 * count }, (_, n) => (n * 7 + Math.floor(n / 784)) % 256)
  const images = idx(0x803, [count, 28, 28], pixels)
  const labels = idx(0x801, [count], digits)
  const bomb = gzipSync(joined(images, new Uint8Array(500_000)))
  const zipped = (bytes: Uint8Array) => gzipSync(bytes, { level: 1 })
  const imageInputs = fc.oneof(
    mutated([images, zipped(images), bomb]),
    mutated([images]).map(zipped),
    fc.constant(images),
  )
  const labelInputs = fc.oneof(mutated([labels, zipped(labels)]), mutated([labels]).map(zipped), fc.constant(labels))
  const [imageFile, labelFile] = ['images', 'labels'].map((name) => rewritten(join(folder, name)))
  const keys = { digits: [0, 7], size: 4, crop: 2, holdout: 0.25 }
  const read = ([a, b]: readonly [Uint8Array, Uint8Array]) => {
    return loadIdx({ ...keys, images: imageFile!(a), labels: labelFile!(b) })
  }
  const unzipped = (bytes: Uint8Array) => (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes)
  // A gzip may unpack to a thousand times its length; the bytes that a header describes are at most a hundred thousand here.
  const size = ([a, b]: readonly [Uint8Array, Uint8Array]) => a.length + b.length + 100_000
  const accepted = await fuzz(5, 600, fc.tuple(imageInputs, labelInputs), size, read, ({ train, heldOut }, [a, b]) => {
    const tags = unzipped(b).subarray(8)
    expect(unzipped(a).length).toBe(16 + 784 * tags.length)
    expect(train.count + heldOut.count).toBe(tags.filter((tag) => tag === 0 || tag === 7).length)
    for (const set of [train, heldOut])
      if (!set.images.every((ink) => ink >= -1 && ink <= 1)) throw new Error('ink out of range')
  })
  expect(accepted).toBeGreaterThan(isLong ? 0 : 20)
})

const numpy = numpyPython()
const unless = numpy === null ? ' (not run: no python3 with numpy)' : ''

/** Reads files from a list of lengths and one of bytes; prints dtype, shape and bytes of the arrays in each, null for none. */
const script = `
import io, json, sys, warnings, numpy
warnings.simplefilter('ignore')
lengths, data = json.load(open(sys.argv[1])), open(sys.argv[2], 'rb').read()
plain = lambda a: [a.dtype.str, list(a.shape), numpy.ascontiguousarray(a).tobytes().hex()]
out, at = [], 0
for n in lengths:
  try:
    found = numpy.load(io.BytesIO(data[at:at+n]), allow_pickle=False, max_header_size=70000)
    out.append(plain(found) if isinstance(found, numpy.ndarray) else {name: plain(found[name]) for name in found.files})
  except Exception:
    out.append(None)
  at += n
json.dump(out, open(sys.argv[3], 'w'))`

describe.skipIf(numpy === null)(`what is accepted is what NumPy reads${unless}`, () => {
  type Read = readonly [type: string, shape: readonly number[], hex: string]
  /** What NumPy reads from each file. */
  function read<Found>(files: readonly Uint8Array[]): readonly Found[] {
    const paths = ['lengths', 'files', 'arrays'].map((name) => join(folder, name))
    writeFileSync(paths[0]!, JSON.stringify(files.map(length)))
    writeFileSync(paths[1]!, joined(...files))
    execFileSync(numpy!, ['-c', script, ...paths])
    return JSON.parse(readFileSync(paths[2]!, 'utf8'))
  }
  const plain = ([type, shape, hex]: Read): Plain => ({ type, shape, data: new Uint8Array(Buffer.from(hex, 'hex')) })
  const sampled = (inputs: fc.Arbitrary<Uint8Array>, seed: number) =>
    fc.sample(inputs, { seed: isLong ? Math.floor(2 ** 31 * Math.random()) : seed, numRuns: isLong ? 10_000 : 800 })
  const accepted = <Value>(decode: () => Value): Value | null => {
    try {
      return decode()
    } catch (error) {
      requireRefusal(error)
      return null
    }
  }

  test('of npy', () => {
    const files = sampled(npyInputs, 6)
    let count = 0
    for (const [n, found] of read<Read | null>(files).entries()) {
      const array = accepted(() => decodeNpy(files[n]!, 'x.npy'))
      if (array === null) continue
      count++
      expect(found, Buffer.from(files[n]!).toString('latin1')).not.toBeNull()
      expectSame(array, plain(found!))
    }
    expect(count).toBeGreaterThan(10)
  })

  test('of npz', () => {
    const files = sampled(npzInputs, 7)
    let count = 0
    for (const [n, found] of read<Readonly<Record<string, Read>> | null>(files).entries()) {
      const arrays = accepted(() => decodeNpz(files[n]!, 'x.npz'))
      if (arrays === null) continue
      count++
      expect(found, Buffer.from(files[n]!).toString('base64')).not.toBeNull()
      expect(Object.keys(arrays).sort()).toEqual(Object.keys(found!).sort())
      for (const name of Object.keys(arrays)) expectSame(arrays[name]!, plain(found![name]!))
    }
    expect(count).toBeGreaterThan(10)
  })
})

test('are 8,000 inputs', () => {
  expect(inputsTried()).toBeGreaterThanOrEqual(isLong ? 0 : 8000)
})
