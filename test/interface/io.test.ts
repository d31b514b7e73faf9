import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { zipSync } from 'fflate'
import ndarray from 'ndarray'
import { describe, expect, it } from 'vitest'
import { OverdampedError } from '../../src/errors.js'
import { writeAtomic } from '../../src/experiment/files/atomic.js'
import type { NumericArray } from '../../src/experiment/files/dtype.js'
import { decodeNpy, encodeNpy } from '../../src/experiment/files/npy.js'
import { decodeNpz, encodeNpz } from '../../src/experiment/files/npz.js'
import { decodePlainData, encodePlainData } from '../../src/experiment/files/plain-data.js'
import { decodeSafetensors, encodeSafetensors, type Tensor } from '../../src/experiment/files/safetensors.js'
import { numpyPython } from '../numpy.js'
import { fileFolder } from '../run-folder.js'

const folder = fileFolder()

/** The bytes of a value that compare equal only for the same bits, NaN and -0 included. */
const bits = (data: NumericArray) => [...new Uint8Array(data.buffer, data.byteOffset, data.byteLength)]

/** Typed arrays of the four kinds, from raw bytes, so that NaN payloads, infinities and -0 occur. */
const anyData = (count: number) =>
  fc.constantFrom<(b: ArrayBuffer) => NumericArray>(
    (b) => new Float32Array(b, 0, count),
    (b) => new Float64Array(b, 0, count),
    (b) => new Int32Array(b, 0, count),
    (b) => new Uint8Array(b, 0, count),
  )
const anyArray = fc
  .array(fc.nat(4), { maxLength: 4 })
  .chain((shape) => {
    const count = shape.reduce((product, length) => product * length, 1)
    return fc.tuple(fc.constant(shape), fc.uint8Array({ minLength: 8 * count, maxLength: 8 * count }), anyData(count))
  })
  .map(([shape, bytes, view]): Tensor => ({ shape, data: view(new Uint8Array(bytes).buffer) }))

/** The error that `decode` throws; fails when it throws none. */
function failure(decode: () => unknown): OverdampedError {
  try {
    decode()
  } catch (cause) {
    if (cause instanceof OverdampedError) return cause
    throw new Error('expected an OverdampedError', { cause })
  }
  throw new Error('expected an error, got a value')
}

/** A file as a piece of a larger one at an odd offset: what a view that assumed alignment would trip over. */
function misaligned(bytes: Uint8Array): Buffer {
  const larger = Buffer.alloc(bytes.length + 3)
  larger.set(bytes, 3)
  return larger.subarray(3)
}

const someTensors: Record<string, Tensor> = {
  'b.weights': { shape: [2, 3], data: new Float32Array([1, -2, 0.5, 3.25, -0, 1e-40]) },
  a: { shape: [3], data: new Uint8Array([1, 2, 255]) },
  10: { shape: [2], data: new Float64Array([Math.PI, -1e300]) },
  9: { shape: [], data: new Int32Array([-7]) },
  empty: { shape: [0, 4], data: new Float64Array(0) },
}

describe('npy', () => {
  it('returns every shape and element type bit by bit', () => {
    fc.assert(
      fc.property(anyArray, ({ shape, data }) => {
        const back = decodeNpy(misaligned(encodeNpy(ndarray(data, shape))), 'x.npy')
        expect(back.shape).toEqual(shape)
        expect(back.data.constructor).toBe(data.constructor)
        expect(bits(back.data)).toEqual(bits(data))
      }),
    )
  })

  it('stores views in C order: transposed, reversed, stepped, offset and picked', () => {
    const array = ndarray(
      new Float64Array(24).map((_, i) => i),
      [2, 3, 4],
    )
    const views = [array, array.transpose(2, 0, 1), array.step(-1, 1, -2), array.lo(1, 1, 1), array.pick(null, 1, null)]
    for (const view of views) {
      const back = decodeNpy(encodeNpy(view), 'view.npy')
      expect(back.shape).toEqual([...view.shape])
      fc.assert(
        fc.property(fc.tuple(...view.shape.map((length) => fc.nat(length - 1))), (index) => {
          expect(back.get(...index)).toBe(view.get(...index))
        }),
        { numRuns: 30 },
      )
    }
  })

  it('puts the data at a multiple of 64 bytes behind a header that ends in a newline', () => {
    const file = encodeNpy(ndarray(new Float32Array(5), [5]))
    expect(file.length - 20).toBe(128)
    expect(file[127]).toBe(0x0a)
  })

  it('gives memory of its own: changing the array leaves the file alone', () => {
    const file = Buffer.from(encodeNpy(ndarray(new Uint8Array([1, 2, 3]))))
    const copy = Buffer.from(file)
    decodeNpy(file, 'x.npy').data.fill(9)
    expect(file.equals(copy)).toBe(true)
  })

  it('refuses every truncation and any excess with E_FORMAT, naming the file', () => {
    const file = encodeNpy(ndarray(new Float64Array(6), [2, 3]))
    for (let length = 0; length < file.length; length++) {
      const error = failure(() => decodeNpy(file.subarray(0, length), 'cut.npy'))
      expect(error).toMatchObject({ code: 'E_FORMAT', where: 'cut.npy' })
    }
    expect(failure(() => decodeNpy(new Uint8Array([...file, 0]), 'long.npy')).code).toBe('E_FORMAT')
  })

  it('says what it expected of a wrong magic, version, order, element type, header or shape', () => {
    const file = encodeNpy(ndarray(new Float64Array(6), [2, 3]))
    const edited = (from: string, to: string) => {
      const text = Buffer.from(file).toString('latin1')
      expect(text).toContain(from)
      return Buffer.from(text.replace(from, to), 'latin1')
    }
    const cases: [Uint8Array, RegExp][] = [
      [edited('NUMPY', 'LUMPY'), /not an NPY file.*numpy\.save/],
      [edited('NUMPY\x01', 'NUMPY\x02'), /version 2\.0.*Expected version 1\.0/],
      [edited('False', 'True '), /Fortran order.*ascontiguousarray/],
      [edited('<f8', '>f8'), /type >f8.*<f4, <f8, <i4 or \|u1/],
      [edited('descr', 'dascr'), /lacks descr/],
      // Python takes the last value of a key.
      [edited("'shape': (2, 3), }       ", "'shape': (9,), 'shape': (6,)}"), /lacks descr/],
      [edited("'shape': (2, 3), }  ", "'shape': (2, 3), }+1"), /lacks descr/],
      [edited("'shape': (2, 3), }", "'shape': (02, 3),}"), /lacks descr/],
      [edited("{'descr'", "['descr'"), /lacks descr/],
      [edited("'<f8', 'fort", "'<\nf', 'fort"), /type < f\. Expected/],
      [edited("'shape': (2, 3), }         ", "'shape': (0, 9007199254740993)}"), /impossible shape/],
      [edited("'shape': (2, 3), }", "'shape': (9999999999999999, 9), }"), /shape/],
    ]
    for (const [bytes, message] of cases) {
      const error = failure(() => decodeNpy(bytes, 'bad.npy'))
      expect(error.code).toBe('E_FORMAT')
      expect(error.message).toMatch(message)
    }
  })
})

describe('npy of many axes', () => {
  const withAxes = (count: number) => {
    const text = `{'descr': '<f8', 'fortran_order': False, 'shape': (${'1, '.repeat(count)}), }\n`
    const preamble = Buffer.from('\x93NUMPY\x01\0\0\0', 'latin1')
    preamble.writeUInt16LE(text.length, 8)
    return new Uint8Array(Buffer.concat([preamble, Buffer.from(text), new Uint8Array(8)]))
  }

  it('is read with 32, as NumPy has them, and refused with more in a short line', () => {
    expect(decodeNpy(withAxes(32), 'x.npy').shape).toHaveLength(32)
    // Code is made for every number of axes up to that of an array: 20,000 axes took 20 s, then memory.
    const { message } = failure(() => decodeNpy(withAxes(20_000), 'x.npy'))
    expect(message).toContain('has the impossible shape "(1, 1, ')
    expect(message.length).toBeLessThan(200)
  })

  it('says a type of thousands of letters in a short line', () => {
    const text = Buffer.from(withAxes(20_000))
      .toString('latin1')
      .replace("'<f8'", `'${'x'.repeat(20_000)}'`)
    const { message } = failure(() => decodeNpy(Buffer.from(text.slice(0, 60_128), 'latin1'), 'x.npy'))
    expect(message).toMatch(/lacks descr|has elements of type x+\. Expected/)
    expect(message.length).toBeLessThan(300)
  })
})

describe('npz', () => {
  const arrays = {
    positions: ndarray(
      new Float32Array(40).map((_, i) => i / 3),
      [4, 10],
    ).transpose(1, 0),
    'times/slow': ndarray(new Float64Array([0, 0.1, 0.2])),
    labels: ndarray(new Int32Array([-1, 1])),
  }

  it('returns names in order, shapes and values', () => {
    const back = decodeNpz(misaligned(encodeNpz(arrays)), 'x.npz')
    expect(Object.keys(back)).toEqual(Object.keys(arrays))
    expect(back.positions!.shape).toEqual([10, 4])
    expect(back.positions!.get(7, 2)).toBe(Math.fround(27 / 3))
    expect([...back['times/slow']!.data]).toEqual([0, 0.1, 0.2])
    expect(back.labels!.data).toEqual(new Int32Array([-1, 1]))
  })

  it('gives the same bytes in every time zone', () => {
    const zone = process.env.TZ
    const files = ['UTC', 'Pacific/Kiritimati', 'America/Los_Angeles'].map((name) => {
      process.env.TZ = name
      return Buffer.from(encodeNpz(arrays)).toString('hex')
    })
    if (zone === undefined) delete process.env.TZ
    else process.env.TZ = zone
    expect(new Set(files).size).toBe(1)
  })

  it('refuses every truncation with E_FORMAT, naming the file', () => {
    const file = encodeNpz(arrays)
    for (let length = 0; length < file.length; length++) {
      const error = failure(() => decodeNpz(file.subarray(0, length), 'cut.npz'))
      expect(error.code).toBe('E_FORMAT')
      expect(error.where.startsWith('cut.npz')).toBe(true)
    }
  })

  it('refuses every damaged byte of contents, packed or not, unless the arrays are the same', () => {
    const array = ndarray(new Float32Array(40).map((_, i) => Math.sin(i)))
    const whole = encodeNpz({ a: array })
    const plain = zipSync({ 'a.npy': encodeNpy(array) }, { level: 0 })
    // The local header ends after 30 bytes and the name; the directory of one such entry takes 46 + 5, its end 22.
    for (const archive of [whole, plain])
      for (let at = 35; at < archive.length - 73; at++) {
        const damaged = archive.map((byte, n) => (n === at ? byte ^ 4 : byte))
        try {
          expect(decodeNpz(damaged, 'x.npz')).toEqual({ a: array })
        } catch (error) {
          expect(error).toMatchObject({ code: 'E_FORMAT' })
        }
      }
    expect(decodeNpz(plain, 'x.npz')).toEqual({ a: array })
    const flipped = plain.map((byte, n) => (n === 35 + 128 + 2 ? byte ^ 4 : byte))
    expect(failure(() => decodeNpz(flipped, 'x.npz')).message).toContain(
      'x.npz: is not a whole zip archive (wrong checksum)',
    )
  })

  /** An archive of one packed array of zeros: the local header has 30 bytes and the name 5, the directory 51, its end 22. */
  const packed = zipSync({ 'a.npy': encodeNpy(ndarray(new Uint8Array(10_000))) }, { mtime: new Date(1980, 0, 1) })
  const directory = packed.length - 73
  const withField = (at: number, width: 2 | 4, value: number) => {
    const copy = packed.slice()
    const view = new DataView(copy.buffer)
    if (width === 2) view.setUint16(at, value, true)
    else view.setUint32(at, value, true)
    return copy
  }

  it('takes no memory for what an entry cannot hold', () => {
    const before = process.memoryUsage().arrayBuffers
    const refused = (size: number) => failure(() => decodeNpz(withField(directory + 24, 4, size), 'x.npz')).message
    expect(refused(2 ** 32 - 1)).toContain('x.npz: unpacks to 4294967295 bytes; at most 2147483648')
    expect(refused(2 ** 31)).toContain('an entry says that it unpacks to more than it can')
    expect(refused(10_000)).toContain('x.npz: is not a whole zip archive')
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10e6)
  })

  it('refuses what could be read in two ways', () => {
    const cases: [Uint8Array, string][] = [
      [withField(30, 2, 0x6262), 'an entry has another name in its header'],
      [withField(directory + 8, 2, 1), 'an entry is encrypted'],
      [withField(directory + 6, 2, 127), 'an entry is of a later version of zip'],
      [withField(directory + 10, 2, 12), 'an entry is packed by method 12'],
      [withField(packed.length - 6, 4, directory - 1), 'its directory is elsewhere'],
      [withField(packed.length - 12, 2, 0), 'its directory has more entries than it says'],
      [withField(directory + 42, 4, 5), 'an entry has no header'],
      [withField(directory + 20, 4, 10_000), 'its entries overlap'],
    ]
    for (const [archive, why] of cases) expect(failure(() => decodeNpz(archive, 'x.npz')).message).toContain(why)
  })

  it('shows the name of an entry in one short line', () => {
    const named = (name: string) => failure(() => decodeNpz(zipSync({ [name]: new Uint8Array(3) }), 'x.npz')).message
    expect(named('a\nb\u001b[2J.npy')).toContain('x.npz/a\\nb\\u001b[2J.npy: has 3 bytes')
    expect(named(`${'x'.repeat(5000)}.npy`).length).toBeLessThan(200)
    expect(named('x'.repeat(5000)).length).toBeLessThan(200)
  })

  it('names the entry that is no array', () => {
    const note = zipSync({ 'notes.txt': new Uint8Array([65]) })
    expect(failure(() => decodeNpz(note, 'x.npz')).message).toMatch(/x\.npz: holds "notes\.txt"/)
    const broken = zipSync({ 'a.npy': new Uint8Array([65]) })
    expect(failure(() => decodeNpz(broken, 'x.npz')).message).toMatch(/^x\.npz\/a\.npy: .*E_FORMAT/)
  })
})

describe('safetensors', () => {
  it('returns every name, shape and element type bit by bit, with its metadata', () => {
    const table = fc.dictionary(fc.string({ unit: 'grapheme', maxLength: 8 }), anyArray, { maxKeys: 5 })
    fc.assert(
      fc.property(table, fc.dictionary(fc.string(), fc.string(), { maxKeys: 3 }), (tensors, metadata) => {
        const back = decodeSafetensors(misaligned(encodeSafetensors(tensors, metadata)), 'x.safetensors')
        expect(Object.keys(back.tensors).sort()).toEqual(Object.keys(tensors).sort())
        for (const [name, { shape, data }] of Object.entries(tensors)) {
          expect(back.tensors[name]!.shape).toEqual(shape)
          expect(back.tensors[name]!.data.constructor).toBe(data.constructor)
          expect(bits(back.tensors[name]!.data)).toEqual(bits(data))
        }
        expect(Object.entries(back.metadata).sort()).toEqual(Object.entries(metadata).sort())
      }),
    )
  })

  it('lists tensors by name in the order of their offsets, and starts the data at a multiple of 8 bytes', () => {
    const file = encodeSafetensors(someTensors)
    const length = new DataView(file.buffer).getUint32(0, true)
    const header = new TextDecoder().decode(file.subarray(8, 8 + length))
    // Read as text: JSON.parse would itself sort the names that look like integers.
    const listed = [...header.matchAll(/"([^"]+)":\{"dtype":"\w+","shape":[^\]]*\],"data_offsets":\[(\d+)/g)]
    expect(listed.map((match) => match[1])).toEqual(['10', '9', 'a', 'b.weights', 'empty'])
    expect(listed.map((match) => Number(match[2]))).toEqual([0, 16, 20, 23, 47])
    expect(length % 8).toBe(0)
    expect(decodeSafetensors(file, 'x').metadata).toEqual({})
  })

  it('gives the same bytes whatever order the tensors come in', () => {
    const reversed = Object.fromEntries(Object.entries(someTensors).reverse())
    expect(encodeSafetensors(reversed)).toEqual(encodeSafetensors(someTensors))
  })

  it('refuses every truncation and any excess with E_FORMAT, naming the file', () => {
    const file = encodeSafetensors(someTensors, { step: '12' })
    for (let length = 0; length < file.length; length++) {
      const error = failure(() => decodeSafetensors(file.subarray(0, length), 'cut.safetensors'))
      expect(error).toMatchObject({ code: 'E_FORMAT', where: 'cut.safetensors' })
    }
    expect(failure(() => decodeSafetensors(new Uint8Array([...file, 0]), 'long')).code).toBe('E_FORMAT')
  })

  it('refuses headers that lie about lengths, types or places', () => {
    const written = (header: string, dataBytes: number) => {
      const text = new TextEncoder().encode(header)
      const file = new Uint8Array(8 + text.length + dataBytes)
      new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true)
      file.set(text, 8)
      return file
    }
    const entry = (dtype: string, shape: string, begin: number, end: number) =>
      `{"dtype":"${dtype}","shape":${shape},"data_offsets":[${begin},${end}]}`
    expect(decodeSafetensors(written(`{"a":${entry('F32', '[2]', 0, 8)}}`, 8), 'x').tensors.a!.shape).toEqual([2])
    const headers = [
      'null',
      '[]',
      ` {"a":${entry('F32', '[2]', 0, 8)}}`,
      '{"a":1}',
      '{"a":{}}',
      '{"__metadata__":{"a":1}}',
      `{"a":${entry('F16', '[4]', 0, 8)}}`,
      `{"a":${entry('F32', '[3]', 0, 8)}}`,
      `{"a":${entry('F32', '[-2]', 0, 8)}}`,
      `{"a":${entry('F32', '[2.5]', 0, 8)}}`,
      `{"a":${entry('F32', '[1e300,1e300]', 0, 8)}}`,
      `{"a":${entry('F32', '[2]', 8, 0)}}`,
      `{"a":${entry('F32', '[1]', 4, 8)}}`,
      `{"a":${entry('F32', '[2]', 8, 16)}}`,
      `{"a":${entry('F32', '[2]', 0, 8)},"b":${entry('F32', '[1]', 4, 8)}}`,
      `{"a":${entry('F32', '[1]', 0, 4)}}`,
    ]
    for (const header of headers) {
      expect(failure(() => decodeSafetensors(written(header, 8), 'x')).code, header).toBe('E_FORMAT')
    }
    const deep = `{"a":{"dtype":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`
    const long = `{"${'x'.repeat(5000)}":{"dtype":"${'y'.repeat(5000)}"}}`
    const wide = `{"a":${entry('F32', `[${'2,'.repeat(5000)}2]`, 0, 8)}}`
    for (const header of [deep, long, wide, '{"\u2028', '\n{"a":1,\n]', `{"a\\nb\\u001b[2J":1}`]) {
      const { code, message } = failure(() => decodeSafetensors(written(header, 8), 'x'))
      expect([code, message.length < 400, /[\p{Cc}\p{Zl}]/u.test(message)], message).toEqual(['E_FORMAT', true, false])
    }
    const huge = written('{}', 0)
    new DataView(huge.buffer).setBigUint64(0, 2n ** 63n, true)
    expect(failure(() => decodeSafetensors(huge, 'x')).code).toBe('E_FORMAT')
    const notUtf8 = written('{}', 0)
    notUtf8[9] = 0xff
    expect(failure(() => decodeSafetensors(notUtf8, 'x')).code).toBe('E_FORMAT')
  })

  it('refuses to write a shape that does not match the data, or a tensor called __metadata__', () => {
    const data = new Float32Array(3)
    expect(failure(() => encodeSafetensors({ a: { shape: [2, 2], data } })).message).toMatch(/"a".*3 elements/)
    expect(failure(() => encodeSafetensors({ __metadata__: { shape: [3], data } })).code).toBe('E_FORMAT')
  })
})

describe('plain data', () => {
  it('comes back with every bit, whatever its keys and numbers', () => {
    const value = {
      $: [{ $$: 1 }, { $x: Number.NaN }],
      'a.b': Float32Array.of(-0, 1),
      a: { b: Int32Array.of(3) },
      n: -0,
      i: -Infinity,
    }
    expect(decodePlainData(encodePlainData(value, {}), 'x').value()).toStrictEqual(value)
  })

  it('says what stands for nothing in a short line', () => {
    const read = (data: string) => decodePlainData(encodeSafetensors({}, { data }), 'checkpoint').value
    for (const name of [`"${'x'.repeat(5000)}"`, '"__proto__"', '{"toString":1}', '[[]]', 'null', '7']) {
      const { code, message } = failure(read(`[{"$":${name}}]`))
      expect([code, message.length < 300], message).toEqual(['E_FORMAT', true])
    }
    expect(failure(read('['.repeat(1000) + ']'.repeat(1000))).message).toContain('more than 64 deep')
  })
})

describe('writeAtomic', () => {
  it('makes the folders, replaces the file and leaves no other', () => {
    const path = join(folder, 'new', 'deeper', 'file.txt')
    writeAtomic(path, 'once')
    writeAtomic(path, new TextEncoder().encode('twice: é'))
    expect(readFileSync(path, 'utf8')).toBe('twice: é')
    expect(readdirSync(join(folder, 'new', 'deeper'))).toEqual(['file.txt'])
  })

  it('removes its temporary file and keeps what was there when the rename fails', () => {
    const inTheWay = join(folder, 'taken', 'file')
    mkdirSync(inTheWay, { recursive: true })
    expect(failure(() => writeAtomic(inTheWay, 'x'))).toMatchObject({ code: 'E_FILE', where: inTheWay })
    expect(readdirSync(join(folder, 'taken'))).toEqual(['file'])
    expect(existsSync(inTheWay)).toBe(true)
  })

  it('says E_FILE when the folder is a file', () => {
    writeFileSync(join(folder, 'plain'), '')
    expect(failure(() => writeAtomic(join(folder, 'plain', 'x'), 'x')).code).toBe('E_FILE')
  })
})

const numpy = numpyPython()
const unless = numpy === null ? ' (not run: no python3 with numpy)' : ''

/** Runs Python with arguments; the JSON that it prints. */
function python(script: string, ...args: string[]): unknown {
  return JSON.parse(
    execFileSync(numpy!, ['-c', script, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
  )
}

describe('NumPy', () => {
  it.skipIf(numpy === null)(`opens npy, npz and safetensors with the right values${unless}`, () => {
    const array = ndarray(
      new Float32Array(6).map((_, i) => i / 4),
      [2, 3],
    )
    writeAtomic(join(folder, 'a.npy'), encodeNpy(array.transpose(1, 0)))
    writeAtomic(join(folder, 'a.npz'), encodeNpz({ a: array, b: ndarray(new Int32Array([-5]), []) }))
    writeAtomic(join(folder, 'a.safetensors'), encodeSafetensors(someTensors, { step: '12' }))
    const script = `
import json, sys, numpy
npy, npz = numpy.load(sys.argv[1] + '/a.npy'), numpy.load(sys.argv[1] + '/a.npz')
raw = open(sys.argv[1] + '/a.safetensors', 'rb').read()
n = int.from_bytes(raw[:8], 'little'); header = json.loads(raw[8:8+n]); meta = header.pop('__metadata__')
types = {'F32': '<f4', 'F64': '<f8', 'I32': '<i4', 'U8': '|u1'}
part = lambda v: numpy.frombuffer(raw[8+n:][slice(*v['data_offsets'])], types[v['dtype']]).reshape(v['shape']).tolist()
tensors = {name: part(v) for name, v in header.items()}
print(json.dumps([str(npy.dtype), npy.tolist(), npz['a'].tolist(), npz['b'].tolist(), meta, tensors]))`
    expect(python(script, folder)).toEqual([
      'float32',
      [
        [0, 0.75],
        [0.25, 1],
        [0.5, 1.25],
      ],
      [
        [0, 0.25, 0.5],
        [0.75, 1, 1.25],
      ],
      -5,
      { step: '12' },
      {
        10: [Math.PI, -1e300],
        9: -7,
        a: [1, 2, 255],
        'b.weights': [
          [1, -2, 0.5],
          [3.25, -0, Math.fround(1e-40)],
        ],
        empty: [],
      },
    ])
  })

  it.skipIf(numpy === null)(`writes npy and npz files that are read back${unless}`, () => {
    const script = `
import sys, numpy
a = numpy.arange(6).reshape(2, 3)
numpy.save(sys.argv[1] + '/n.npy', a.astype('f4'))
numpy.save(sys.argv[1] + '/f.npy', numpy.asfortranarray(a.astype('f8')))
numpy.savez(sys.argv[1] + '/n.npz', a=a.astype('i4'), b=numpy.uint8(7))
numpy.savez_compressed(sys.argv[1] + '/c.npz', a=a.astype('f8'))
print(0)`
    python(script, folder)
    const read = (name: string) => readFileSync(join(folder, name))
    expect(decodeNpy(read('n.npy'), 'n').shape).toEqual([2, 3])
    expect([...decodeNpy(read('n.npy'), 'n').data]).toEqual([0, 1, 2, 3, 4, 5])
    expect(failure(() => decodeNpy(read('f.npy'), 'f.npy')).message).toMatch(/Fortran/)
    const { a, b } = decodeNpz(read('n.npz'), 'n')
    expect(a!.data).toEqual(new Int32Array([0, 1, 2, 3, 4, 5]))
    expect([b!.shape, b!.get()]).toEqual([[], 7])
    expect([...decodeNpz(read('c.npz'), 'c').a!.data]).toEqual([0, 1, 2, 3, 4, 5])
  })
})
