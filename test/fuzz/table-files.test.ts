import { join } from 'node:path'
import fc from 'fast-check'
import ndarray from 'ndarray'
import { expect, test } from 'vitest'
import { type ColumnsGiven, readColumns } from '../../src/experiment/files/columns.js'
import { decodeTable, type NumberTable, parseCsv } from '../../src/experiment/files/csv.js'
import { loadList } from '../../src/experiment/files/list.js'
import { encodeNpy } from '../../src/experiment/files/npy.js'
import { encodeSafetensors } from '../../src/experiment/files/safetensors.js'
import { loadSeries } from '../../src/experiment/files/series.js'
import { type ArrayRead, loadArray } from '../../src/experiment/files/table.js'
import { fileFolder } from '../run-folder.js'
import { fuzz, inputsTried, isLong } from './fuzz.js'
import { anyBytes, mutated, rewritten, tokens } from './mutations.js'

// Tables that nobody has looked at: numbers and names in any text, and arrays in their place.

const utf8 = (text: string) => new TextEncoder().encode(text)
const length = (bytes: Uint8Array) => bytes.length

/** How a table is written: between cells, around them, between rows, and what stands between these. */
interface Dress {
  readonly mark: string
  readonly quote: '' | '"'
  readonly padding: string
  readonly newline: string
  readonly between: string
  readonly bom: string
}
const dress: fc.Arbitrary<Dress> = fc.record({
  mark: fc.constantFrom(',', ';', '\t', ' '),
  quote: fc.constantFrom('', '"'),
  padding: fc.constantFrom('', ' ', '  '),
  newline: fc.constantFrom('\n', '\r\n', '\r'),
  between: fc.constantFrom('', '\n', '# a note, "half way\n', '  \n# x\n\n'),
  bom: fc.constantFrom('', '\ufeff'),
})

/** A number as some program writes it. */
const numeral = fc
  .tuple(
    fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer(), fc.constantFrom(0, -0, 5e-324, 1e308)),
    fc.constantFrom<(x: number) => string>(
      String,
      (x) => x.toExponential(17).replace('e+', 'E'),
      (x) => (x < 0 ? String(x) : `+${x}`),
      (x) => (Number.isInteger(x) && Math.abs(x) < 1e15 ? `${x}.` : String(x)),
    ),
  )
  .map(([value, write]) => write(value))
const row = (width: number) => fc.array(numeral, { minLength: width, maxLength: width })
const numbers = fc.integer({ min: 1, max: 5 }).chain((width) => fc.array(row(width), { minLength: 1, maxLength: 12 }))

function written(rows: readonly (readonly string[])[], { mark, quote, padding, newline, between, bom }: Dress): string {
  // Between two spaces there is no cell, so that padding is free there.
  const line = (cells: readonly string[]) =>
    padding + cells.map((cell) => quote + cell + quote).join(padding + mark + padding)
  const text = rows.map((cells) => `${line(cells)}\n`).join(between)
  return bom + text.replaceAll('\n', newline)
}

/** What a table of numbers always is. */
function requireTable({ values, count, columns, names, classes }: NumberTable): void {
  if (values.length !== count * columns || !values.every(Number.isFinite)) throw new Error('a number is wrong')
  if (count > 0 && names !== null && names.length !== columns) throw new Error('the names are not those of the columns')
  if (classes !== null && classes.length !== count) throw new Error('there is not a class for each row')
}

const tables = [
  'x,y\n1,2\n3,4\n5,6\n',
  '1.5 -2e3\n 3.25   4\n# note\n5 6\n',
  '"a";"b";"c"\n"1";"2";"3"\n4;5;6\n',
  ',x,y\n0,1.5,2.5\n1,2.5,3.5\n2,1.25,7.5\n',
  '\t1\t2\n\t3\t4\n',
  '1,2,\n3,4,\n',
  'class,x\na,1\nb,2\na,3.5\nb,4\na,5.5\nb,6\na,7.25\nb,8\n',
  '"x\n(m)","y"\n1,2\n3,4\n',
]
const words = [
  ...[
    '1',
    '2.5',
    '-3e2',
    ',',
    ';',
    '\t',
    ' ',
    '\n',
    '\r\n',
    '"',
    '""',
    'x',
    'nan',
    '#',
    '# a\n',
    '1,2\n',
    '"1",',
    '\n\n',
  ],
  ...['" ', '"x"', '"a" "b"', ',\n', '"\n"', '#N/A', '1,5', '0x1'],
]
const texts = fc.oneof(
  { weight: 4, arbitrary: mutated(tables.map(utf8)) },
  { weight: 3, arbitrary: tokens(words).map(utf8) },
  { weight: 1, arbitrary: anyBytes },
)
const given = fc.record(
  { header: fc.boolean(), index: fc.boolean(), classes: fc.constantFrom<string | number>('class', 0, 1, 'nothing') },
  { requiredKeys: [] },
)

test('numbers written in any way are read as they are', async () => {
  const read = ([rows, how]: readonly [string[][], Dress]) =>
    parseCsv(written(rows, how), 'x.csv', { header: false, index: false })
  const size = ([rows, how]: readonly [string[][], Dress]) => written(rows, how).length
  const accepted = await fuzz(11, 1200, fc.tuple(numbers, dress), size, read, (table, [rows, how]) => {
    requireTable(table)
    expect([...table.values], JSON.stringify(written(rows, how))).toEqual(rows.flat().map(Number))
  })
  expect(accepted).toBe(isLong ? accepted : 1200)
})

test('csv', async () => {
  const read = ([bytes, layout]: readonly [Uint8Array, typeof given extends fc.Arbitrary<infer T> ? T : never]) =>
    parseCsv(decodeTable(bytes, 'x.csv'), 'x.csv', layout)
  const accepted = await fuzz(12, 2000, fc.tuple(texts, given), ([bytes]) => bytes.length, read, requireTable)
  expect(accepted).toBeGreaterThan(isLong ? 0 : 100)
})

test('columns of numbers and names', async () => {
  const mixed = [
    'age,town,sex\n30,Ulm,f\n50,Bonn,m\n40,Ulm,m\n',
    'a;b\n1;"x, y"\n2;z\n',
    'constructor,__proto__\n1,a\n2,b\n',
  ]
  const names = [...words, 'age', 'town', 'Ulm', 'a,b\n', '1,Ulm\n', ',', '?', 'NA']
  const inputs = fc.oneof(mutated([...mixed, ...tables].map(utf8)), tokens(names).map(utf8), anyBytes)
  const kinds = fc.dictionary(
    fc.constantFrom('age', 'town', 'a', '__proto__', 'toString'),
    fc.constantFrom('real', 'category', 'ignore'),
    { maxKeys: 2 },
  ) as fc.Arbitrary<ColumnsGiven>
  const read = ([bytes, kind]: readonly [Uint8Array, ColumnsGiven]) =>
    readColumns(decodeTable(bytes, 'x.csv'), 'x.csv', kind)
  const accepted = await fuzz(
    13,
    1500,
    fc.tuple(inputs, kinds),
    ([bytes]) => bytes.length,
    read,
    (columns) => {
      for (const column of columns) {
        expect(column.values.length).toBe(columns[0]!.values.length)
        if (column.kind === 'real') expect(column.values.every(Number.isFinite)).toBe(true)
        else {
          expect(new Set(column.categories).size).toBe(column.categories.length)
          expect(new Set(column.values)).toEqual(new Set(column.categories.keys()))
        }
      }
    },
  )
  expect(accepted).toBeGreaterThan(isLong ? 0 : 20)
})

const folder = fileFolder()
/** What a loader makes of a file with these bytes. */
function loaded<Value>(load: (path: string) => Value, name = 'table'): (bytes: Uint8Array) => Value {
  const file = rewritten(join(folder, name))
  return (bytes) => load(file(bytes))
}
const state = Float64Array.from({ length: 24 }, (_, n) => Math.sin(n))
const arrays = [
  encodeNpy(ndarray(state, [12, 2])),
  encodeNpy(ndarray(Float32Array.from(state), [24])),
  encodeNpy(
    ndarray(
      Uint8Array.from({ length: 24 }, (_, n) => n),
      [12, 2],
    ),
  ),
]
const pairs = Array.from({ length: 12 }, (_, n) => `${n / 4},${state[n]}`).join('\n')

test('states', async () => {
  const requireStates = ({ train, heldOut, table }: ArrayRead) => {
    expect(train.count + heldOut.count).toBe(table.rows)
    for (const { points, count, units } of [train, heldOut])
      if (points.length !== 2 * count || units !== 2 || !points.every(Number.isFinite))
        throw new Error('a state is wrong')
  }
  const sure = { holdout: 0.25, header: false, index: false } as const
  const numbered = loaded((at) => loadArray({ path: at, holdout: 0.25, index: false }, 2))
  const guessed = loaded((at) => loadArray({ path: at, holdout: 0.25 }, 2))
  const standard = loaded((at) => loadArray({ path: at, ...sure, standardize: true }, 2))
  const classed = loaded((at) => loadArray({ path: at, holdout: 0.25, classes: 0 }, 1))
  const files = [...arrays, utf8(pairs), utf8(`x,y\n${pairs}`), utf8(tables[6]!)]
  const inputs = fc.oneof(
    { weight: 5, arbitrary: mutated(files) },
    { weight: 1, arbitrary: tokens([...words, pairs]).map(utf8) },
  )
  let accepted = 0
  for (const [n, load] of [numbered, guessed, standard].entries())
    accepted += await fuzz(14 + n, 400, inputs, length, load, requireStates)
  await fuzz(17, 400, inputs, length, classed, ({ train, classes }) => {
    expect(classes!.train.length).toBe(train.count)
    expect(Math.max(...classes!.train)).toBeLessThan(classes!.names.length)
  })
  expect(accepted).toBeGreaterThan(isLong ? 0 : 50)
})

test('series and lists', async () => {
  const files = [...arrays, utf8(pairs), utf8(`t,x\n${pairs}`), utf8('1\n2\n3.5\n')]
  const inputs = fc.oneof({ weight: 4, arbitrary: mutated(files) }, { weight: 1, arbitrary: tokens(words).map(utf8) })
  const series = loaded((at) => loadSeries(at, 1))
  let accepted = await fuzz(18, 700, inputs, length, series, ({ t, value }) => {
    expect(t.length).toBe(value.length)
    if (!t.every((at, n) => n === 0 || at > t[n - 1]!) || !value.every(Number.isFinite)) throw new Error('no function')
  })
  const list = loaded((at) => loadList(at, 'stiffness'))
  accepted += await fuzz(19, 700, inputs, length, list, (values) => {
    if (values?.every(Number.isFinite) === false) throw new Error('a number is not finite')
  })
  const tensors = [encodeSafetensors({ stiffness: { shape: [12, 2], data: state } })]
  const fromTensors = loaded((at) => loadList(at, 'stiffness'), 'list.safetensors')
  accepted += await fuzz(20, 500, mutated(tensors), length, fromTensors, (values) => {
    if (values?.every(Number.isFinite) === false) throw new Error('a number is not finite')
  })
  expect(accepted).toBeGreaterThan(isLong ? 0 : 50)
})

test('are 8,000 inputs', () => {
  expect(inputsTried()).toBeGreaterThanOrEqual(isLong ? 0 : 8000)
})
