import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import ndarray from 'ndarray'
import { afterAll, describe, expect, test } from 'vitest'
import { loadIdx } from '../../src/data/idx.js'
import { loadMnist } from '../../src/data/mnist.js'
import { loadArray } from '../../src/data/table.js'
import { OverdampedError } from '../../src/errors.js'
import { encodeNpy, type NumericArray } from '../../src/io/npy.js'
import { run } from '../../src/run/run.js'
import { parseScenario } from '../../src/scenario/load.js'

const folder = mkdtempSync(join(tmpdir(), 'overdamped-data-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let files = 0
/** Writes a file of its own; returns its path. */
function file(content: Uint8Array | string, name = 'file'): string {
  const path = join(folder, `${files++}-${name}`)
  writeFileSync(path, content)
  return path
}

/** An IDX file: magic, shape, bytes. */
function idx(magic: number, shape: readonly number[], bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(4 + 4 * shape.length + bytes.length)
  const view = new DataView(out.buffer)
  view.setUint32(0, magic)
  shape.forEach((length, axis) => {
    view.setUint32(4 + 4 * axis, length)
  })
  out.set(bytes, 4 + 4 * shape.length)
  return out
}

// Forty images, 0 1 7 0 1 7 …: a bar whose place depends on the digit, with some variety, so that classes can be told apart.
const count = 40
const labels = Uint8Array.from({ length: count }, (_, n) => [0, 1, 7][n % 3]!)
const pixels = Uint8Array.from({ length: count * 784 }, (_, at) => {
  const n = Math.floor(at / 784)
  const column = at % 28
  return Math.abs(column - 6 - labels[n]! * 2) < 3 ? 255 - ((at * 7 + n * 31) % 120) : (at * 13 + n * 17) % 30
})
const imageBytes = idx(0x803, [count, 28, 28], pixels)
const labelBytes = idx(0x801, [count], labels)
const keys = { digits: [0, 7], size: 6, holdout: 0.25 } as const

/** The error's message without the folder; fails when there is none or it is no refusal with exit code 2. */
function refusal(load: () => unknown): string {
  try {
    load()
  } catch (error) {
    if (!(error instanceof OverdampedError)) throw error
    expect(error.exitCode).toBe(2)
    expect(error.message.startsWith(folder)).toBe(true)
    return error.message.replaceAll(`${folder}/`, '')
  }
  return 'accepted'
}

describe('IDX files', () => {
  const images = file(imageBytes, 'images')
  const tags = file(labelBytes, 'labels')
  const loaded = loadIdx({ images, labels: tags, ...keys })

  test('are cropped, averaged over blocks, mapped to [-1, 1] and split as the digits of the package are', () => {
    const sevens = [...labels.keys()].filter((n) => labels[n] === 7)
    const zeros = [...labels.keys()].filter((n) => labels[n] === 0)
    expect(loaded.train.count + loaded.heldOut.count).toBe(zeros.length + sevens.length)
    // Every fourth of a digit is held out: index mod 4 = 3.
    expect([...loaded.heldOut.labels]).toEqual([0, 0, 0, 7, 7, 7])
    const mean = (n: number, row: number, column: number) => {
      let sum = 0
      for (let y = 0; y < 4; y++)
        for (let x = 0; x < 4; x++) sum += pixels[784 * n + 28 * (2 + 4 * row + y) + 2 + 4 * column + x]!
      return (2 * sum) / (16 * 255) - 1
    }
    for (const [set, at, n] of [
      [loaded.heldOut, 1, zeros[7]!],
      [loaded.heldOut, 3, sevens[3]!],
      [loaded.train, 0, zeros[0]!],
      [loaded.train, 3, zeros[4]!],
    ] as const)
      for (const [row, column] of [
        [0, 0],
        [2, 3],
        [5, 5],
      ] as const)
        expect(set.images[36 * at + 6 * row + column]).toBeCloseTo(mean(n, row, column), 14)
    // The third digit votes in `other`.
    expect(new Set(loaded.every().labels)).toEqual(new Set([0, 1, 7]))
  })

  test('give the bits of the package when they hold its digits', () => {
    const { train, heldOut } = loadMnist([3], 24, 0.2)
    // The middle 24×24 px, back in bytes and in the package's order.
    const bytes = new Uint8Array((train.count + heldOut.count) * 784)
    const next = { train: 0, heldOut: 0 }
    for (let n = 0; n * 784 < bytes.length; n++) {
      const part = n % 5 === 4 ? 'heldOut' : 'train'
      const from = (part === 'train' ? train : heldOut).images.subarray(576 * next[part]++)
      for (let at = 0; at < 576; at++)
        bytes[784 * n + 28 * (2 + Math.floor(at / 24)) + 2 + (at % 24)] = Math.round((255 * (from[at]! + 1)) / 2)
    }
    const total = bytes.length / 784
    const again = loadIdx({
      images: file(idx(0x803, [total, 28, 28], bytes)),
      labels: file(idx(0x801, [total], new Uint8Array(total).fill(3))),
      digits: [3],
      size: 24,
      holdout: 0.2,
    })
    // The package rounds to a few digits: half a step of a byte at most.
    for (const part of ['train', 'heldOut'] as const) {
      const mine = again[part].images
      const theirs = part === 'train' ? train.images : heldOut.images
      expect(mine.length).toBe(theirs.length)
      expect(mine.every((p, at) => Math.abs(p - theirs[at]!) < 1.01 / 255)).toBe(true)
    }
  })

  test('are the same gzipped, whatever their name', () => {
    const zipped = loadIdx({ images: file(gzipSync(imageBytes)), labels: file(gzipSync(labelBytes), 'a.txt'), ...keys })
    expect(zipped.train).toEqual(loaded.train)
    expect(zipped.heldOut).toEqual(loaded.heldOut)
  })

  const zipped = gzipSync(imageBytes)
  const damagedZip = Uint8Array.from(zipped)
  damagedZip[zipped.length - 6]! ^= 1
  const padded = (bytes: Uint8Array) => Uint8Array.from([...bytes, 1, 2, 3])
  test.each<[string, Uint8Array | string, string]>([
    ['labels in place of images', labelBytes, 'is an IDX file of labels; expected an IDX file of images'],
    ['another format', 'not an IDX file', 'begins with 0x6e6f7420; expected an IDX file of images'],
    ['other elements', idx(0xd03, [count, 28, 28], pixels), 'begins with 0x00000d03'],
    ['no bytes', '', 'is empty; expected an IDX file of images'],
    ['three bytes', imageBytes.subarray(0, 3), 'ends after 3 bytes'],
    ['half a header', imageBytes.subarray(0, 10), 'within its header; expected 16. It is truncated'],
    [
      'a truncated file',
      imageBytes.subarray(0, 5000),
      'has 5000 bytes; its header [40, 28, 28] describes 31376. It is t',
    ],
    ['trailing bytes', padded(imageBytes), 'has 31379 bytes; its header [40, 28, 28] describes 31376. Bytes follow'],
    [
      'other sizes',
      idx(0x803, [count, 32, 32], new Uint8Array(count * 1024)),
      'images of 32×32 pixels; expected 28×28',
    ],
    ['fewer images than labels', idx(0x803, [3, 28, 28], pixels.subarray(0, 3 * 784)), '3 images, but'],
    ['no images', idx(0x803, [0, 28, 28], new Uint8Array(0)), 'holds no items'],
    ['a truncated gzip', zipped.subarray(0, zipped.length - 20), 'cannot be unpacked (unexpected end of file)'],
    ['a gzip of four bytes', zipped.subarray(0, 4), 'ends after 0 bytes'],
    ['a damaged gzip', damagedZip, 'cannot be unpacked (incorrect data check)'],
    ['a gzip of a truncated file', gzipSync(imageBytes.subarray(0, 5000)), 'unpacks to 5000 bytes'],
    ['a gzip of a longer file', gzipSync(padded(imageBytes)), 'unpacks to more than the 31376 bytes'],
    ['bytes after a gzip', padded(zipped), 'cannot be unpacked (incorrect header check)'],
    ['zeros after a gzip', Uint8Array.from([...zipped, 0, 0, 0]), 'has 3 bytes after its end'],
  ])('with %s are refused, with the name and what was expected', (_name, content, expected) => {
    const message = refusal(() => loadIdx({ images: file(content, 'bad'), labels: tags, ...keys }))
    expect(message).toMatch(/^\d+-bad: /)
    expect(message).toContain(expected)
    expect(message).toMatch(/\[E_(DATA|FILE)\]$/)
  })

  test('that would unpack to gigabytes are refused before memory is taken', () => {
    // 300 MB of zeros in 300 kB, after a header that describes 31,376 bytes.
    const bomb = new Uint8Array(300_000_000)
    bomb.set(imageBytes)
    const path = file(gzipSync(bomb, { level: 1 }))
    const before = process.memoryUsage()
    expect(refusal(() => loadIdx({ images: path, labels: tags, ...keys }))).toContain(
      'unpacks to more than the 31376 bytes',
    )
    const huge = idx(0x803, [2 ** 32 - 1, 28, 28], new Uint8Array(100))
    const many = file(idx(0x801, [2 ** 32 - 1], new Uint8Array(100)))
    expect(refusal(() => loadIdx({ images: file(huge), labels: many, ...keys }))).toContain('at most 1 GiB')
    const after = process.memoryUsage()
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(50e6)
  })

  test.each<[string, Uint8Array, string]>([
    ['a label above 9', labelBytes.map((byte, at) => (at === 20 ? 11 : byte)), 'label 11 of item 12; expected digits'],
    ['other labels', idx(0x801, [count], new Uint8Array(count).fill(7)), 'no image of digit 0; the file has 7'],
    [
      'one zero',
      idx(0x801, [count], new Uint8Array(count).fill(7).fill(0, 0, 1)),
      '1 images of digit 0; a holdout of 0.25',
    ],
    ['fewer labels', idx(0x801, [3], labels.subarray(0, 3)), '40 images, but'],
  ])('with %s are refused', (_name, content, expected) => {
    expect(refusal(() => loadIdx({ images, labels: file(content), ...keys }))).toContain(expected)
  })
})

test('a file that is missing, a folder, a device, a loop of links or below a file is named', () => {
  mkdirSync(join(folder, 'states.npy'))
  symlinkSync(join(folder, 'loop'), join(folder, 'loop'))
  writeFileSync(join(folder, 'points.csv'), '1\n')
  const load = (path: string) => refusal(() => loadArray({ path: join(folder, path), holdout: 0.5 }, 1))
  expect(load('point.csv')).toBe(
    'point.csv: no such file of numbers (.npy or .csv). Did you mean "points.csv"? [E_FILE]',
  )
  expect(load('states.npy')).toContain('is a folder; expected a file of numbers')
  expect(load('loop')).toContain('cannot be read (ELOOP)')
  expect(load('points.csv/x')).toContain('no such file')
  expect(load('nowhere/x')).toContain('no such file')
  expect(() => loadArray({ path: '/dev/zero', holdout: 0.5 }, 1)).toThrow('is a device or a pipe')
})

describe('arrays', () => {
  const numbers = Array.from({ length: 24 }, (_, n) => n - 10)
  const npy = (data: NumericArray, shape: number[]) => file(encodeNpy(ndarray(data, shape)), 'states.npy')
  const rows = (set: { points: Float64Array; count: number; units: number }) =>
    Array.from({ length: set.count }, (_, n) => [...set.points.subarray(n * set.units, (n + 1) * set.units)])

  test.each([
    ['f8', Float64Array.from(numbers)],
    ['f4', Float32Array.from(numbers)],
    ['i4', Int32Array.from(numbers)],
    ['u1', Uint8Array.from(numbers, (x) => x + 10)],
  ])('of %s are read row by row; every fourth is held out', (name, data) => {
    const shift = name === 'u1' ? 10 : 0
    const { train, heldOut } = loadArray({ path: npy(data, [12, 2]), holdout: 0.25 }, 2)
    expect(rows(heldOut)).toEqual([3, 7, 11].map((n) => [2 * n - 10 + shift, 2 * n - 9 + shift]))
    expect(rows(train)).toEqual([0, 1, 2, 4, 5, 6, 8, 9, 10].map((n) => [2 * n - 10 + shift, 2 * n - 9 + shift]))
  })

  test.each([
    ['commas', ','],
    ['semicolons', ';'],
    ['tabs', '\t'],
    ['spaces', '  '],
  ])('are read from CSV with %s, with and without a header, quotes, comments and empty lines', (_name, mark) => {
    const expected = loadArray({ path: npy(Float64Array.from(numbers), [12, 2]), holdout: 0.25 }, 2)
    const lines = Array.from({ length: 12 }, (_, n) => `${numbers[2 * n]}${mark}${numbers[2 * n + 1]}`)
    for (const text of [
      lines.join('\n'),
      `\ufeffx${mark}y\r\n${lines.join('\r\n')}\r\n`,
      `# x y\n\n"x"${mark}"y"\n${lines.join('\n\n')}\n\n`,
      lines.map((line) => line.replace(/(-?\d+)$/, '"$1"')).join('\n'),
      lines.map((line) => line.replace(/(-?\d+)$/, '$1.0e+0')).join('\n'),
    ])
      expect(loadArray({ path: file(text, 'a.csv'), holdout: 0.25 }, 2)).toEqual(expected)
  })

  const good = '1,2\n3,4\n5,6\n7,8\n'
  test.each<[string, string, string]>([
    ['a word', '1,2\n3,x4\n', 'bad.csv:2:3: expected a finite number, got "x4"'],
    ['a word in the first line', '1,x\n3,4\n', 'bad.csv:1:3: expected a finite number, got "x"'],
    ['nan', `${good}nan,2\n`, 'bad.csv:5:1: expected a finite number, got "nan"'],
    ['nan in the first line', `nan,nan\n${good}`, 'bad.csv:1:1: expected a finite number, got "nan"'],
    ['infinity', `${good}1,-inf\n`, 'bad.csv:5:3:'],
    ['an overflow', `${good}1e999,1\n`, 'bad.csv:5:1: expected a finite number, got "1e999"'],
    ['an empty field', `${good}1,\n`, 'bad.csv:5:3: expected a finite number, got ""'],
    ['a hexadecimal number', `${good}0x10,1\n`, 'bad.csv:5:1:'],
    ['a short row', `${good}1\n`, 'bad.csv:5:1: 1 fields; expected 2'],
    ['a long row', `${good}1,2,3\n`, 'bad.csv:5:1: 3 fields; expected 2'],
    ['decimal commas', '1,5;2,5\n', 'bad.csv:1:1: expected a finite number, got "1,5". Write the decimal point as "."'],
    ['a header alone', 'x,y\n', 'bad.csv: holds no row of numbers; expected 2 in each line'],
    ['three columns', '1,2,3\n4,5,6\n', 'bad.csv: has 3 columns; expected 2, one for each visible unit'],
    ['three rows', '1,2\n3,4\n5,6\n', '3 rows, of which a holdout of 0.5 holds out 1. Expected at least 4 rows'],
    ['zeros', '\0\0\0', 'is neither NPY nor text'],
    ['no bytes', '', 'is empty'],
  ])('from CSV with %s are refused with line and column', (_name, text, expected) => {
    expect(refusal(() => loadArray({ path: file(text, 'bad.csv'), holdout: 0.5 }, 2))).toContain(expected)
  })

  test('from NPY are refused before memory is taken: shapes, types, sizes; then values that are not finite', () => {
    const load = (path: string, units = 2) => refusal(() => loadArray({ path, holdout: 0.5 }, units))
    const data = Float64Array.from(numbers)
    expect(load(npy(data, [24]))).toContain('has shape (24); expected two axes, (states, 2)')
    expect(load(npy(data, [2, 2, 6]))).toContain('has shape (2, 2, 6)')
    expect(load(npy(data, [8, 3]))).toContain('has 3 columns; expected 2')
    expect(
      load(
        npy(
          data.map((x, n) => (n === 7 ? Number.NaN : x)),
          [12, 2],
        ),
      ),
    ).toContain('row 3, column 1')
    expect(load(npy(data.subarray(0, 4), [2, 2]))).toContain('2 rows')
    const whole = encodeNpy(ndarray(data, [12, 2]))
    for (const length of [1, 9, 40, 127, 128, whole.length - 1])
      expect(load(file(whole.subarray(0, length), 'cut.npy'))).toMatch(/^\d+-cut\.npy: .*\[E_FORMAT\]$/)
    expect(load(file(Uint8Array.from([...whole, 0])))).toContain('Save one array to a file')
    const text = (from: string, to: string) =>
      file(Buffer.from(Buffer.from(whole).toString('latin1').replace(from, to), 'latin1'))
    expect(load(text("'<f8'", "'<i8'"))).toContain('has elements of type <i8')
    expect(load(text('False', 'True '))).toContain('Fortran')
    expect(load(text('(12, 2), }      ', '(99999999, 2), }'))).toContain('needs 1600000112 bytes, the file has 320')

    // A file that is as large as it says, without taking room on the disk.
    const sparse = file(
      Buffer.from(Buffer.from(whole).toString('latin1').replace('(12, 2), }      ', '(67108865, 2), }'), 'latin1'),
    )
    truncateSync(sparse, 128 + 67108865 * 16)
    expect(load(sparse)).toMatch(/at most 1 GiB|at most 1073/)
    const bytes = encodeNpy(ndarray(new Uint8Array(24), [12, 2]))
    const wide = file(
      Buffer.from(Buffer.from(bytes).toString('latin1').replace('(12, 2), }       ', '(300000000, 2), }'), 'latin1'),
    )
    truncateSync(wide, 128 + 600000000)
    const before = process.memoryUsage().arrayBuffers
    expect(load(wide)).toContain('300000000 states of 2 units take 4.5 GiB; at most 1 GiB')
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10e6)
  })
})

describe('a scenario', () => {
  const quick = `noising: { slices: 3 }
learning: { iterations: 4, batch: 16 }
sampling: { trajectories: 20 }
observe: [work, heat]
potential: { onsite: [stiffness, bias], pair: [bilinear] }
`
  test('learns from IDX files and is measured as with the digits of the package', async () => {
    const [images, tags] = [file(gzipSync(imageBytes)), file(labelBytes)]
    const text = `name: idx
data: { source: idx, images: ${images}, labels: ${tags}, digits: [0, 7], size: 6, holdout: 0.25 }
network: { visible: { lattice: [6, 6] } }
${quick}`
    const { metrics } = await run(parseScenario(text, 'idx.yaml'), { directory: join(folder, 'run-idx') })
    expect(Object.keys(metrics)).toEqual([
      'oneNearestNeighbour',
      'frechetDistance',
      'bridge',
      'other',
      'modeWeightError',
      'nearestTraining',
    ])
    for (const { value, floor, control } of Object.values(metrics))
      for (const figure of [value, floor, control]) expect(Number.isFinite(figure)).toBe(true)
    // Training digits of the file are told from the third class by its own voters.
    expect(metrics.other!.floor).toBe(0)
  })

  test('learns from an array and is measured without clipping', async () => {
    // Two units about (30, -30): clipped to [-1, 1], as pixels are, all samples would be one point.
    const states = Float64Array.from({ length: 80 }, (_, n) => (n % 2 === 0 ? 30 : -30) + Math.sin(n * n))
    const path = file(encodeNpy(ndarray(states, [40, 2])))
    const text = `name: array
data: { source: array, path: ${path}, holdout: 0.25 }
network: { visible: { units: 2 } }
${quick}`
    const scenario = parseScenario(text, 'array.yaml')
    const directory = join(folder, 'run-array')
    const { metrics } = await run(scenario, { directory })
    expect(Object.keys(metrics)).toEqual(['oneNearestNeighbour', 'frechetDistance', 'nearestTraining'])
    // Floor and control lie at the data, within its spread of 1; samples of so short a training do not.
    expect(metrics.nearestTraining!.floor).toBeLessThan(1)
    expect(metrics.nearestTraining!.control).toBeLessThan(2)
    expect(metrics.nearestTraining!.value).toBeGreaterThan(5)
    expect(metrics.oneNearestNeighbour!.value).toBe(1)
    expect(metrics.frechetDistance!.control).toBeLessThan(1)

    // An unfinished run goes on only with the data that it began with.
    const manifest = join(directory, 'manifest.json')
    const unfinished = readFileSync(manifest, 'utf8').replace('"finished"', '"stopped"')
    writeFileSync(manifest, unfinished)
    states[3]! += 1
    writeFileSync(path, encodeNpy(ndarray(states, [40, 2])))
    await expect(run(scenario, { directory, resume: true })).rejects.toThrow(/data are not those.*E_RUN_DIRECTORY/)
    expect(readFileSync(manifest, 'utf8')).toBe(unfinished)
  })
})
