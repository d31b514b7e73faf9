// What in a table is no state: names and numbers of columns, and the rows' index.
import ndarray from 'ndarray'
import { expect, test } from 'vitest'
import type { NumericArray } from '../../src/experiment/files/dtype.js'
import { encodeNpy } from '../../src/experiment/files/npy.js'
import { loadArray } from '../../src/experiment/files/table.js'
import { dataFolder } from '../data-folder.js'

const { file, refusal } = dataFolder()

const numbers = Array.from({ length: 24 }, (_, n) => n - 10)
const halves = Float64Array.from(numbers, (x) => x + 0.5)
/** The same as lines of text. */
const fractions = Array.from({ length: 12 }, (_, n) => `${halves[2 * n]},${halves[2 * n + 1]}`)
const npy = (data: NumericArray, shape: number[]) => file(encodeNpy(ndarray(data, shape)), 'states.npy')

const { table: _table, columns: _columns, ...expected } = loadArray({ path: npy(halves, [12, 2]), holdout: 0.25 }, 2)

test.each<[string, string]>([
  ['numbers of columns, from 0', '0,1'],
  ['numbers of columns, from 1', '1,2'],
  ['numbers of columns as decimals', '0.0,1.0'],
  ['numbers of columns in quotes', '"0","1"'],
  ['numbers of columns picked out', '400,500'],
  ['numbers of columns that fall', '1,0'],
  ['numbers of columns about a centre', '-1,1'],
  ['names that the reader takes for numbers gone wrong', '1st,2nd'],
  ['a name and a number', 'id,0'],
  ['names with separators in quotes', '"x; left","y, right"'],
])('tables under %s need data.header, which passes over the first line or reads it', (_name, line) => {
  const path = file(`${line}\n${fractions.join('\n')}\n`, 'headed.csv')
  const given = (header?: boolean) => loadArray({ path, holdout: 0.25, header }, 2)
  if (!line.includes(';')) expect(refusal(given)).toContain('header: true')
  const { table, columns: _, ...sets } = given(true)
  expect([sets, table]).toEqual([expected, { rows: 12, header: true, index: false }])
  if (/[a-z]/.test(line)) expect(refusal(() => given(false))).toContain('expected a finite number')
  else expect(given(false).table).toEqual({ rows: 13, header: false, index: false })
})

test('tables whose first row may hold numbers of columns are refused, where it is no state for certain', () => {
  const load = (text: string, units: number) => refusal(() => loadArray({ path: file(text), holdout: 0.5 }, units))
  const row = (units: number, number: string) => `${Array.from({ length: units }, () => number).join(',')}\n`
  const unclear = 'numbers of columns or a state? Set data.header: true to pass over it, false to read it. [E_DATA]'
  const header = Array.from({ length: 144 }, (_, n) => n).join(',')
  expect(load(`${header}\n${row(144, '0.5').repeat(4)}`, 144)).toContain(`the first row is 0, 1, 2, …: ${unclear}`)
  expect(load(`0,1,2\n${row(3, '7').repeat(4)}`, 3)).toContain(unclear)
  expect(load(`3,5,7\n${row(3, '0.5').repeat(4)}`, 3)).toContain(`the first row is 3, 5, 7: ${unclear}`)
  expect(load(`0\n${row(1, '0.5').repeat(4)}`, 1)).toContain(unclear)
  expect(load(`2,1,0\n${row(3, '0.5').repeat(4)}`, 3)).toContain(`the first row is 2, 1, 0: ${unclear}`)
  // Two-state units may well be 0, 1 again and again.
  expect(load('0,1\n1,0\n0,1\n1,1\n', 2)).toContain(unclear)
  // Whole numbers among fractions, in a table of whole numbers, or three of them twice, are no header.
  for (const [text, units] of [
    [`3,5,7\n${row(3, '2').repeat(4)}`, 3],
    [`0,0,1\n${row(3, '0.5').repeat(4)}`, 3],
    [`0,1,2\n1,0,2\n0,1,2\n1,1,0\n`, 3],
    ['0\n1\n0\n1\n', 1],
    ['1\n0.5\n0\n1\n', 1],
  ] as const)
    expect(load(text, units)).toBe('accepted')
  expect(load(`0,1\n1,0\n0,1.5\n0,1\n`, 2)).toContain(unclear)
})

test.each<[string, string, string, (cells: string[], row: number) => string]>([
  ['pandas', '', ',x,y\n', (cells, row) => [row, ...cells].join(',')],
  ['pandas, of rows picked out', '', ',x,y\n', (cells, row) => [(7 * row) % 12, ...cells].join(',')],
  ['pandas, of dates', '', ',x,y\n', (cells, row) => [`2026-01-${row + 1}`, ...cells].join(',')],
  ['pandas, of columns without names', '', ',0,1\n', (cells, row) => [row, ...cells].join(',')],
  ['pandas, by tabs', '', '\tx\ty\n', (cells, row) => [row, ...cells].join('\t')],
  ['R', '', '"","x","y"\n', (cells, row) => [`"${row + 1}"`, ...cells].join(',')],
])('tables are read beside the index that %s writes', (_name, before, header, write) => {
  const rows = fractions.map((line, row) => write(line.split(','), row))
  const path = file(before + header + rows.join('\n'), 'indexed.csv')
  const { table, columns: _, ...sets } = loadArray({ path, holdout: 0.25 }, 2)
  expect([sets, table]).toEqual([expected, { rows: 12, header: true, index: true }])
})

test.each<[string, (row: number) => number]>([
  ['0, 1, 2, …', (row) => row],
  ['1, 2, 3, …', (row) => row + 1],
  ['10, 11, 12, …', (row) => row + 10],
  ['0, 2, 4, …', (row) => 2 * row],
  ['12, 11, 10, …', (row) => 12 - row],
  ['numbers of rows picked out', (row) => row ** 2],
  ['numbers of rows in any order', (row) => (7 * row) % 12],
])('tables with %s in column 0 need data.index, which passes over the column or reads it', (_name, number) => {
  const counted = fractions.map((line, row) => `${number(row)},${line}`)
  const paths = [
    file(counted.join('\n'), 'counted.csv'),
    file(`id,x,y\n${counted.join('\n')}`, 'counted.csv'),
    npy(Float64Array.from(counted.join(',').split(','), Number), [12, 3]),
  ]
  for (const path of paths) {
    const load = (units: number, index?: boolean) => loadArray({ path, holdout: 0.25, index }, units)
    const column = Array.from({ length: 3 }, (_, row) => number(row)).join(', ')
    const unclear = `column 0 is ${column}, …: does it number the rows, or is it a state? Set data.index: true`
    for (const units of path.endsWith('.npy') ? [3] : [2, 3]) expect(refusal(() => load(units))).toContain(unclear)
    expect([...load(3, false).train.points.subarray(0, 3)]).toEqual([
      number(0),
      ...expected.train.points.subarray(0, 2),
    ])
    if (path.endsWith('.npy'))
      expect(refusal(() => load(2, true))).toContain('Write it without the index (numpy: a[:, 1:])')
    else {
      const { table, columns: _, ...sets } = load(2, true)
      expect([sets, table]).toEqual([expected, { rows: 12, header: path === paths[1], index: true }])
    }
  }
})

test('tables with row names that nothing stands above need data.index; fewer rows, or numbers that recur, are states', () => {
  // write.table of R names the columns, and not that of the row names.
  const path = file(`"x" "y"\n${fractions.map((line, row) => `"r${row}",${line}`.replaceAll(',', ' ')).join('\n')}`)
  expect(refusal(() => loadArray({ path, holdout: 0.25 }, 2))).toContain(
    'names 2 columns; the next row has 3. If the first column holds row names, set index: true.',
  )
  const { table, columns: _, ...sets } = loadArray({ path, holdout: 0.25, index: true }, 2)
  expect([sets, table]).toEqual([expected, { rows: 12, header: true, index: true }])
  const load = (column: number[]) =>
    refusal(() => loadArray({ path: file(column.map((x) => `${x},0.5`).join('\n')), holdout: 0.5, header: false }, 2))
  expect(load([5, 4, 3, 2])).toBe('accepted')
  expect(load([0, 1, 2, 3])).toContain('column 0 is 0, 1, 2, …')
  expect(load([5, 4, 3, 2, 1, 0, -1, -1])).toBe('accepted')
})
