import { mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import ndarray from 'ndarray'
import { describe, expect, test } from 'vitest'
import type { NumericArray } from '../../src/experiment/files/dtype.js'
import { encodeNpy } from '../../src/experiment/files/npy.js'
import { loadArray } from '../../src/experiment/files/table.js'
import { run } from '../../src/experiment/run/run.js'
import { parseScenario } from '../../src/experiment/scenario/load.js'
import { dataFolder, soon } from '../data-folder.js'

const { folder, file, refusal } = dataFolder()

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

test('a scenario learns from an array and is measured without clipping', async () => {
  // Two units about (30, -30): clipped to [-1, 1], as pixels are, all samples would be one point.
  const states = Float64Array.from({ length: 80 }, (_, n) => (n % 2 === 0 ? 30 : -30) + Math.sin(n * n))
  const path = file(encodeNpy(ndarray(states, [40, 2])))
  const text = `name: array
data: { source: array, path: ${path}, holdout: 0.25 }
network: { visible: { units: 2 } }
${soon}`
  const scenario = await parseScenario(text, 'array.yaml')
  const directory = join(folder, 'run-array')
  const { metrics } = await run(scenario, { directory, threads: 1 })
  expect(Object.keys(metrics)).toEqual(['oneNearestNeighbour', 'frechetDistance', 'nearestTraining'])
  // Floor and control lie at the data, within its spread of 1; samples of so short a training do not.
  expect(metrics.nearestTraining!.floor).toBeLessThan(1)
  expect(metrics.nearestTraining!.control).toBeLessThan(2)
  expect(metrics.nearestTraining!.value).toBeGreaterThan(5)
  expect(metrics.oneNearestNeighbour!.value).toBe(1)
  expect(metrics.frechetDistance!.control).toBeLessThan(1)

  // An unfinished run goes on only with the data that it began with.
  const manifest = join(directory, 'manifest.json')
  const { sha256: _, files: __, ...written } = JSON.parse(readFileSync(manifest, 'utf8'))
  const unfinished = JSON.stringify({ ...written, exitReason: 'stopped' })
  writeFileSync(manifest, unfinished)
  states[3]! += 1
  writeFileSync(path, encodeNpy(ndarray(states, [40, 2])))
  await expect(run(scenario, { directory, resume: true })).rejects.toThrow(/data are not those.*E_RUN_DIRECTORY/)
  expect(readFileSync(manifest, 'utf8')).toBe(unfinished)
})
