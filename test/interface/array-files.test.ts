import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import ndarray from 'ndarray'
import { describe, expect, test } from 'vitest'
import type { NumericArray } from '../../src/experiment/files/dtype.js'
import { encodeNpy } from '../../src/experiment/files/npy.js'
import { loadSeries } from '../../src/experiment/files/series.js'
import { loadArray } from '../../src/experiment/files/table.js'
import { run } from '../../src/experiment/run/run.js'
import { requireRunnable } from '../../src/experiment/run/runnable.js'
import { parseScenario } from '../../src/experiment/scenario/load.js'
import { writeReport } from '../../viz/report.js'
import { dataFolder, soon } from '../data-folder.js'
import { numpyPython } from '../numpy.js'

const { folder, file, refusal } = dataFolder()
const numpy = numpyPython()
const unless = numpy === null ? ' (skipped: no python3 with numpy)' : ''

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
  const halves = Float64Array.from(numbers, (x) => x + 0.5)
  /** The same as lines of text. */
  const fractions = Array.from({ length: 12 }, (_, n) => `${halves[2 * n]},${halves[2 * n + 1]}`)
  const npy = (data: NumericArray, shape: number[]) => file(encodeNpy(ndarray(data, shape)), 'states.npy')
  const rows = (set: { points: Float64Array; count: number; units: number }) =>
    Array.from({ length: set.count }, (_, n) => [...set.points.subarray(n * set.units, (n + 1) * set.units)])

  const { train, heldOut } = loadArray({ path: npy(halves, [12, 2]), holdout: 0.25 }, 2)
  const expected = { train, heldOut }

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
    const { train, heldOut } = loadArray({ path: npy(Float64Array.from(numbers), [12, 2]), holdout: 0.25 }, 2)
    const lines = Array.from({ length: 12 }, (_, n) => `${numbers[2 * n]}${mark}${numbers[2 * n + 1]}`)
    for (const text of [
      lines.join('\n'),
      `\ufeffx${mark}y\r\n${lines.join('\r\n')}\r\n`,
      `# x y\n\n"x"${mark}"y"\n${lines.join('\n\n')}\n\n`,
      lines.map((line) => line.replace(/(-?\d+)$/, '"$1"')).join('\n'),
      lines.map((line) => line.replace(/(-?\d+)$/, '$1.0e+0')).join('\n'),
    ])
      expect(loadArray({ path: file(text, 'a.csv'), holdout: 0.25 }, 2)).toMatchObject({ train, heldOut })
  })

  const fields = numbers.map((x) => (x + 0.5).toFixed(6))
  const pairs = Array.from({ length: 12 }, (_, n) => [fields[2 * n]!, fields[2 * n + 1]!] as const)
  const padded = pairs.map(([x, y]) => `${x.padStart(12)} ${y.padStart(12)}`)
  const tables: [string, string][] = [
    ['spaces before, as numpy.savetxt pads', padded.join('\n')],
    ['spaces before and commas', pairs.map(([x, y]) => `${x.padStart(12)}, ${y.padStart(12)}  `).join('\n')],
    ['spaces after', padded.map((line) => `${line}   `).join('\n')],
    ['tabs before', pairs.map(([x, y]) => `\t${x}\t${y}`).join('\n')],
    ['tabs after', pairs.map(([x, y]) => `${x}\t${y}\t`).join('\n')],
    ['tabs before, header too', `\tx\ty\n${pairs.map(([x, y]) => `\t${x}\t${y}`).join('\n')}`],
    ['commas after', pairs.map(([x, y]) => `${x},${y},`).join('\n')],
    ['commas after, not after the header', `x,y\n${pairs.map(([x, y]) => `${x},${y},`).join('\n')}`],
    ['commas after, also after the header', `x,y,\n${pairs.map(([x, y]) => `${x},${y},`).join('\n')}`],
    ['a comment of NumPy', `# x y\n#\n${padded.join('\n  # "5, half way\n')}`],
    ['all numbers in quotes', pairs.map(([x, y]) => `"${x}","${y}"`).join('\n')],
    ['padding outside of quotes', pairs.map(([x, y]) => ` "${x}" , "${y}" `).join('\n')],
    ['names with spaces above white space', `"first unit" "second unit"\n${padded.join('\n')}`],
    ['names with commas above tabs', `x, left\ty, right\n${pairs.map((pair) => pair.join('\t')).join('\n')}`],
    ['a name over two lines', `"x\n(m)","y"\n${fractions.join('\n')}`],
    ['a byte order mark and carriage returns', `\ufeff${padded.join('\r\n')}\r\n`],
    ['carriage returns alone', padded.join('\r')],
    ['mixed line ends and blank lines', `\n \t\n${padded.join('\r\n \n\n')}\n\n\n`],
  ]
  test.each(tables)('are read from text with %s', (_name, text) => {
    const { train, heldOut } = loadArray({ path: file(text, 'a.txt'), holdout: 0.25 }, 2)
    expect({ train, heldOut }).toEqual(expected)
  })

  const good = '1,3\n3,4\n5,6\n7,8\n'
  const place = (line: number, row: number, column: number) =>
    `bad.csv:${line}: row ${row}, column ${column} (counted from 0) is`
  test.each<[string, string, string]>([
    ['a word', '1,2\n3,x4\n', `${place(2, 1, 1)} "x4"; expected a finite number. [E_DATA]`],
    ['a word in the first line', '1,x\n3,4\n', `${place(1, 0, 1)} "x"; expected a finite number. If this line names`],
    ['nan', `# a\n\n${good}nan,2\n`, `${place(7, 4, 0)} "nan"; expected a finite number. Put a number in its place`],
    ['nan in the first line', `nan,nan\n${good}`, `${place(1, 0, 0)} "nan"`],
    ['infinity', `${good}1,-inf\n`, `${place(5, 4, 1)} "-inf"; expected a finite number. Put a number in its place`],
    ['an error of a spreadsheet', `${good}#N/A,1\n`, `${place(5, 4, 0)} "#N/A"`],
    ['an overflow', `${good}1e999,1\n`, `${place(5, 4, 0)} "1e999"`],
    ['an empty cell', `${good}1,\n`, `${place(5, 4, 1)} ""; expected a finite number. It is empty: fill it in`],
    [
      'an empty first cell',
      ',2\n3,4\n',
      `${place(1, 0, 0)} "". It is empty`.replace('".', '"; expected a finite number.'),
    ],
    ['an empty row', `${good},\n`, `${place(5, 4, 0)} ""`],
    ['cells in a column that was empty', '1,3,\n3,4,\n3,4,5\n', 'bad.csv:3: row 2 (counted from 0) has a cell where'],
    ['a hexadecimal number', `${good}0x10,1\n`, `${place(5, 4, 0)} "0x10"`],
    [
      'an exponent of Fortran',
      `${good}1.0D+00,1\n`,
      `${place(5, 4, 0)} "1.0D+00"; expected a finite number. Write the exp`,
    ],
    ['a comment of Matlab', `% x,y\n${good}`, 'Comments begin with "#".'],
    ['a short row', `${good}1\n`, 'bad.csv:5: row 4 (counted from 0) has 1 cells; expected 2'],
    ['a long row', `${good}1,2,3\n`, 'bad.csv:5: row 4 (counted from 0) has 3 cells; expected 2'],
    ['more names than columns', `x,y,z\n${good}`, 'bad.csv:1: names 3 columns; the next row has 2. [E_DATA]'],
    [
      'decimal commas',
      '1,5;2,5\n',
      `${place(1, 0, 0)} "1,5"; expected a finite number. Write the decimal point as "."`,
    ],
    ['decimal commas in quotes', '"1,5","2,5"\n', `${place(1, 0, 0)} "1,5"`],
    ['decimal commas and tabs', '1,5\t2,5\n3,5\t4,5\n', `${place(1, 0, 0)} "1,5"`],
    [
      'decimal commas and spaces',
      '1,5 2,5\n3,5 4,5\n',
      `${place(1, 0, 1)} "5 2"; expected a finite number. Separate all`,
    ],
    ['an open quote', `${good}"1,2\n3,4\n`, 'bad.csv:5: a quote (") is not closed at the end of its cell.'],
    ['text after a quote', `${good}"1"2,2\n3,4\n`, 'bad.csv:5: a quote'],
    ['a header alone', 'x,y\n', 'bad.csv: holds no row of numbers; expected 2 in each line'],
    ['three columns', '1,2,4\n4,5,6\n', 'bad.csv: has 3 columns; expected 2, one for each visible unit'],
    ['three rows', '1,3\n3,4\n5,6\n', '3 rows, of which a holdout of 0.5 holds out 1. Expected at least 4 rows'],
    ['zeros', '\0\0\0', 'is neither NPY nor text'],
    ['UTF-16', Buffer.from('\ufeff1,2\n3,4\n', 'utf16le').toString('latin1'), 'is neither NPY nor text'],
    ['no bytes', '', 'is empty'],
  ])('from CSV with %s are refused with line, row and column', (_name, text, message) => {
    expect(refusal(() => loadArray({ path: file(text, 'bad.csv'), holdout: 0.5 }, 2))).toContain(message)
  })

  test('names of any length are told in a short line', () => {
    const name = 'x'.repeat(5000)
    const path = file(`${name},y\n1,2\n3,4\n5,6\n7,8\n`, 'long.csv')
    for (const classes of [name.slice(1), 5]) {
      const message = refusal(() => loadArray({ path, holdout: 0.5, classes }, 1))
      expect(message).toContain('long.csv:1: there is no column')
      expect(message.length).toBeLessThan(600)
    }
    const constant = file(`${name},y\n1,2\n1,4\n1,6\n1,8\n`, 'long.csv')
    const refused = refusal(() => loadArray({ path: constant, holdout: 0.5, standardize: true }, 2))
    expect(refused).toMatch(/column "x{60}…"/)
  })

  test('a missing value alone on its line is refused, as pandas writes it', () => {
    const load = () => loadArray({ path: file('x\n1.5\n""\n2.5\n', 'one.csv'), holdout: 0.5 }, 1)
    expect(refusal(load)).toContain('one.csv:3: row 1, column 0 (counted from 0) is "";')
  })

  test.each<[string, string]>([
    ['spaces', ' '.repeat(4e6)],
    ['spaces and a word', `${' '.repeat(4e6)}x${' '.repeat(4e6)}\n1 2\n`],
    ['open quotes', '1,2\n"\n'.repeat(5e5)],
    ['quotes', '"'.repeat(2e6)],
    ['commas', ','.repeat(1e6)],
    ['empty lines', '\n'.repeat(1e6)],
    ['padded number signs', '  # \n'.repeat(5e5)],
    ['one line', '1,'.repeat(9e6)],
    ['digits and a word', `${'9'.repeat(4e6)}x,1\n2,3\n`],
  ])('megabytes of %s are refused in a time that grows with their number', (_name, text) => {
    const path = file(text, 'hostile.csv')
    const start = process.cpuUsage()
    expect(refusal(() => loadArray({ path, holdout: 0.5 }, 2))).not.toBe('accepted')
    const { user, system } = process.cpuUsage(start)
    // Ten times what the slowest takes; the square of the size would be hours.
    expect((user + system) / 1e6).toBeLessThan(15)
  })

  test.skipIf(numpy === null)(`of numpy.savetxt are read to the last bit${unless}`, () => {
    const script = `
import sys, numpy
a = numpy.random.default_rng(1).normal(size=(40, 3))
numpy.save(sys.argv[1] + '/plain.npy', a)
numpy.save(sys.argv[1] + '/rounded.npy', numpy.round(a, 6))
numpy.savetxt(sys.argv[1] + '/plain.txt', a)
numpy.savetxt(sys.argv[1] + '/plain.csv', a, delimiter=',', header='x,y,z', comments='')
numpy.savetxt(sys.argv[1] + '/noted.txt', a, header='x y z', footer='end', newline='\\r\\n')
numpy.savetxt(sys.argv[1] + '/padded.txt', numpy.round(a, 6), fmt='%12.6f')
numpy.savetxt(sys.argv[1] + '/tabbed.txt', numpy.round(a, 6), fmt='%+.6e', delimiter=' \\t')
numpy.savetxt(sys.argv[1] + '/semicolons.csv', a, fmt='%.17g', delimiter=' ; ')`
    execFileSync(numpy!, ['-c', script, folder])
    const load = (name: string) => {
      const { train, heldOut } = loadArray({ path: join(folder, name), holdout: 0.25 }, 3)
      return { train, heldOut }
    }
    for (const name of ['plain.txt', 'plain.csv', 'noted.txt', 'semicolons.csv'])
      expect(load(name)).toEqual(load('plain.npy'))
    for (const name of ['padded.txt', 'tabbed.txt']) expect(load(name)).toEqual(load('rounded.npy'))
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

test('what was read of a table is a note of the run, in its manifest, in its report and where nothing runs', async () => {
  const rows = Array.from({ length: 40 }, (_, n) => `${n},${Math.sin(n * n).toFixed(6)},${Math.cos(7 * n).toFixed(6)}`)
  const read = async (header: string, key: string) => {
    const text = `name: table
data: { source: array, path: ${file(`${header}\n${rows.join('\n')}`, 'table.csv')}, holdout: 0.25${key} }
network: { visible: { units: 2 } }
${soon}`
    const scenario = await parseScenario(text, 'table.yaml')
    const notes: string[] = []
    const directory = join(folder, `run-table${key === '' ? '' : '-given'}`)
    await run(scenario, { directory, threads: 1, onNote: (note) => notes.push(note) })
    const { hash, ...data } = JSON.parse(readFileSync(join(directory, 'manifest.json'), 'utf8')).data
    expect(hash).toMatch(/^[0-9a-f]{64}$/)
    return { notes, data, size: requireRunnable(scenario).size, report: readFileSync(writeReport(directory), 'utf8') }
  }
  for (const { notes, data, size, report } of [await read(',x,y', ''), await read(',3rd,4th', ', header: true')]) {
    const words = '40 rows, beside a header and an index column'
    expect(notes).toContain(`data: ${words}`)
    expect(data).toEqual({ source: 'array', rows: 40, header: true, index: true })
    expect(size).toContain(`; ${words}; 30 training and 10 held-out states`)
    expect(report).toContain(`<dt>data</dt><dd>${words}</dd>`)
  }
})

test('a schedule is read from a table with padding, an index and a header that is named as one', () => {
  const load = (text: string, header?: boolean) => loadSeries(file(text, 'ramp.csv'), 1, header)
  const ramp = { t: Float64Array.of(0, 0.5, 2), value: Float64Array.of(1, 4, 2) }
  for (const text of [
    '   0.0   1.0 \n   0.5   4.0 \n   2.0   2.0 \n',
    ',t,stiffness\n0,0,1\n1,0.5,4\n2,2,2\n',
    ',0,1\n0,0,1\n1,0.5,4\n2,2,2\n',
  ])
    expect(load(text)).toEqual(ramp)
  expect(load('0,1\n0,1\n0.5,4\n2,2\n', true)).toEqual(ramp)
  // Such a header can't pass for a row: times ascend from 0.
  for (const header of ['0,1', '1,2', '0.0,1.0'])
    expect(refusal(() => load(`${header}\n0,1\n0.5,4\n`))).toMatch(/row 1 .* follows .*; expected ascending times/)
  expect(refusal(() => load('\0t\0,\0k\n'))).toContain('is neither NPY nor text')
})
