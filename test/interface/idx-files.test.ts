import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { loadIdx } from '../../src/experiment/files/idx.js'
import { run } from '../../src/experiment/run/run.js'
import { parseScenario } from '../../src/experiment/scenario/load.js'
import { dataFolder, soon } from '../data-folder.js'

const { folder, file, refusal } = dataFolder()

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
const keys = { digits: [0, 7], size: 6, crop: 2, holdout: 0.25 } as const

describe('IDX files', () => {
  const images = file(imageBytes, 'images')
  const tags = file(labelBytes, 'labels')
  const loaded = loadIdx({ images, labels: tags, ...keys })

  test('are cropped, averaged over blocks, mapped to [-1, 1] and split', () => {
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

  test('hold out another pair of files whole, where there is one', () => {
    const of = { digits: [0, 7], size: 6, crop: 2 }
    const half = {
      images: file(idx(0x803, [20, 28, 28], pixels.subarray(20 * 784))),
      labels: file(idx(0x801, [20], labels.subarray(20))),
    }
    const { train, heldOut, every } = loadIdx({ images, labels: tags, ...of, heldOut: half })
    const all = (part: Uint8Array) => [0, 7].flatMap((digit) => [...part].filter((label) => label === digit))
    expect([...train.labels]).toEqual(all(labels))
    expect([...heldOut.labels]).toEqual(all(labels.subarray(20)))
    expect(every().count).toBe(count)
    // The first zero of the second half, as it stands among those of all.
    const [at] = [...labels.keys()].filter((n) => n >= 20 && labels[n] === 0)
    const place = [...labels.subarray(0, at)].filter((label) => label === 0).length
    expect(heldOut.images.subarray(0, 36)).toEqual(train.images.subarray(36 * place, 36 * (place + 1)))
    const refused = (label: number, more: object = {}) =>
      refusal(() =>
        loadIdx({
          ...{ images, labels: tags, ...of, ...more },
          heldOut: { ...half, labels: file(idx(0x801, [20], new Uint8Array(20).fill(label))) },
        }),
      )
    expect(refused(0)).toContain('no image of digit 7; the file has 0')
    expect(refused(0, { digits: [0] })).toBe('accepted')
    const one = new Uint8Array(20).fill(7)
    one[3] = 0
    const single = { ...half, labels: file(idx(0x801, [20], one)) }
    expect(refusal(() => loadIdx({ images, labels: tags, ...of, digits: [0], heldOut: single }))).toContain(
      '1 image held out; the metrics need at least 2',
    )
  })

  test('take any side that divides the cropped image', () => {
    const sides = (crop: number) =>
      Array.from({ length: 28 }, (_, n) => n + 1).filter((size) => {
        try {
          return loadIdx({ images, labels: tags, ...keys, size, crop }).train.images.length > 0
        } catch {
          return false
        }
      })
    expect(sides(0)).toEqual([2, 4, 7, 14, 28])
    expect(sides(2)).toEqual([2, 3, 4, 6, 8, 12, 24])
    const whole = loadIdx({ images, labels: tags, ...keys, size: 28, crop: 0 }).train.images
    const first = [...labels].indexOf(0)
    expect([...whole.subarray(0, 784)]).toEqual(
      [...pixels.subarray(784 * first, 784 * (first + 1))].map((p) => (2 * p) / 255 - 1),
    )
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
    [
      'ink from 0 to 1',
      idx(
        0x803,
        [count, 28, 28],
        pixels.map((ink) => Number(ink > 99)),
      ),
      'holds no ink above 1; expe',
    ],
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
    const labelled = (labels: string) => refusal(() => loadIdx({ images: file(huge), labels, ...keys }))
    expect(labelled(many)).toContain('4294967295 labels; expected at most 1369568, as many as images in 1 GiB')
    expect(labelled(file(gzipSync(idx(0x801, [2_000_000], new Uint8Array(2e6)))))).toContain('2000000 labels; expected')
    const wide = idx(0x803, [1_000_000, 28, 28], new Uint8Array(100))
    const enough = file(gzipSync(idx(0x801, [1_000_000], new Uint8Array(1_000_000))))
    expect(refusal(() => loadIdx({ images: file(wide), labels: enough, ...keys, size: 28, crop: 0 }))).toContain(
      'at most 1 GiB',
    )
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

test('a scenario learns from IDX files and is measured as with those of MNIST', async () => {
  const [images, tags] = [file(gzipSync(imageBytes)), file(labelBytes)]
  const text = `name: idx
data: { source: idx, images: ${images}, labels: ${tags}, digits: [0, 7], size: 6, holdout: 0.25 }
network: { visible: { lattice: [6, 6] } }
${soon}`
  const { metrics, classShares } = await run(await parseScenario(text, 'idx.yaml'), {
    directory: join(folder, 'run-idx'),
    threads: 1,
  })
  expect(Object.keys(metrics)).toEqual([
    'oneNearestNeighbour',
    'frechetDistance',
    'bridge',
    'other',
    'modeWeightError',
    'phantoms',
    'farthest',
    'nearestTraining',
  ])
  for (const { value, floor, control } of Object.values(metrics))
    for (const figure of [value, floor, control]) expect(Number.isFinite(figure)).toBe(true)
  expect(classShares!.map(({ digit, data }) => [digit, data])).toEqual([
    [0, 11 / 21],
    [7, 10 / 21],
  ])
  // Other files under the same names are not taken for those that it learned from.
  const again = { parametersFrom: join(folder, 'run-idx'), threads: 1 }
  const more = await parseScenario(text, 'idx.yaml', { seed: 2 })
  await run(more, { ...again, directory: join(folder, 'run-idx-more') })
  writeFileSync(images, idx(0x803, [count, 28, 28], pixels.toReversed()))
  await expect(run(more, { ...again, directory: join(folder, 'run-idx-other') })).rejects.toThrow(
    /its data are not those it was started with.*train anew.*E_RUN_DIRECTORY/,
  )
  // Training digits of the file are told from the third class by its own voters.
  expect(metrics.other!.floor).toBe(0)
})
