import { writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type ColumnsGiven, loadColumns, readColumns } from '../../src/experiment/files/columns.js'
import { run } from '../../src/experiment/run/run.js'
import { requireRunnable } from '../../src/experiment/run/runnable.js'
import { parseScenario } from '../../src/experiment/scenario/load.js'
import { tableSets } from '../../src/learning/data/table.js'
import { fileFolder, runFolders } from '../run-folder.js'

const folder = fileFolder()
const read = (text: string, given: ColumnsGiven = {}) => readColumns(text, 'people.csv', given)
const sets = (text: string, given: ColumnsGiven = {}, period = 2) => tableSets(read(text, given), period, 'people.csv')
const rows = (...lines: string[]) => lines.join('\n')

const runs = runFolders()
const scenario = (file: string, visible: string, more = '') =>
  parseScenario(
    `
name: odd
data: { source: table, path: ${folder}/${file}, holdout: 0.05 }
network: { visible: { ${visible} } }
potential: { onsite: [state-bias], pair: [pair-table] }
objective: { kind: energy-discrepancy, negatives: 2, batch: 20, iterations: 1, repeats: 1, ${more} }
`,
    'odd.yaml',
  )
const runnable = async (file: string, visible: string) => requireRunnable(await scenario(file, visible)).size

const people = rows('age,town,sex', '30,Ulm,f', '50,Bonn,m', '40,Ulm,m', '20,Aue,f')

describe('a table from a file', () => {
  test('has a unit for each column: numbers standardised, names numbered by their letters', () => {
    writeFileSync(`${folder}/people.csv`, people)
    const { units, train, heldOut, unseen } = tableSets(loadColumns(`${folder}/people.csv`, {}), 2, 'people.csv')
    expect(units).toEqual([
      { name: 'age', states: null, mean: 35, deviation: 5 },
      { name: 'town', states: [0, 1, 2], categories: ['Aue', 'Bonn', 'Ulm'] },
      { name: 'sex', states: [0, 1], categories: ['f', 'm'] },
    ])
    expect([...train.points]).toEqual([-1, 2, 0, 1, 2, 1])
    expect([...heldOut.points]).toEqual([3, 1, 1, -3, 0, 0])
    expect(unseen).toEqual([
      { column: 'town', category: 'Bonn', rows: 1 },
      { column: 'town', category: 'Aue', rows: 1 },
    ])
  })

  test('takes semicolons, tabs, quotes, comments and Windows line ends', () => {
    const plain = read(people)
    expect(read(people.replaceAll(',', ';'))).toEqual(plain)
    expect(read(people.replaceAll(',', '\t'))).toEqual(plain)
    expect(read(people.replaceAll('\n', '\r\n'))).toEqual(plain)
    expect(read(`# of 1990\n${people.replaceAll('Ulm', '"Ulm"')}\n\n`)).toEqual(plain)
    expect(read(rows('a,b', '1,"x, y"', '2,z'))[1]).toMatchObject({ categories: ['x, y', 'z'] })
  })

  test('may say that numbers are categories, which then stand in their order', () => {
    const [column] = read(rows('rooms,price', '10,1.5', '9,2.5', '10,3', '-1,4'), { rooms: 'category' })
    expect(column).toEqual({
      name: 'rooms',
      kind: 'category',
      categories: ['-1', '9', '10'],
      values: Float64Array.of(2, 1, 2, 0),
    })
  })

  test('in another encoding is refused, as its names may become the same; columns that are left out do no harm', () => {
    const bytes = Buffer.from(rows('age,town', '30,K\xf6ln', '40,K\xe4ln', '50,Ulm'), 'latin1')
    writeFileSync(`${folder}/latin.csv`, bytes)
    expect(() => loadColumns(`${folder}/latin.csv`, {})).toThrow(/latin\.csv:2: .*UTF-8/)
    expect(loadColumns(`${folder}/latin.csv`, { town: 'ignore' })).toHaveLength(1)
    writeFileSync(`${folder}/latin.csv`, Buffer.from(rows('gr\xf6sse,town', '30,Ulm'), 'latin1'))
    expect(() => loadColumns(`${folder}/latin.csv`, {})).toThrow(/latin\.csv:1: .*UTF-8/)
  })

  test('may leave columns out, whatever they hold', () => {
    expect(read(rows('id,a', ',1', '?,2'), { id: 'ignore' }).map(({ name }) => name)).toEqual(['a'])
    expect(() => read(rows('a', '1'), { a: 'ignore' })).toThrow('every column is ignored')
  })

  test.each(['', 'NA', 'nan', 'N/A', 'null', '?', '""'])('says where a value is missing: %j', (cell) => {
    const said = 'people.csv:3: row 1, column "town" has no value'
    expect(() => read(rows('age,town', '30,Ulm', `40,${cell}`, '50,Bonn'))).toThrow(said)
    expect(() => read(rows('age,town', '30,Ulm', `40,${cell}`))).toThrow('data.columns: { town: ignore }')
  })

  test('says which cell is no number', () => {
    const text = rows('age,town', '30,Ulm', '31,Ulm', '4o,Bonn')
    const said = 'people.csv:4: row 2, column "age" is "4o"; expected a number, as in other rows'
    expect(() => read(text)).toThrow(said)
    expect(() => read(text, { age: 'real' })).toThrow(said)
    expect(() => read(people, { town: 'real' })).toThrow('people.csv:2: row 0, column "town" is "Ulm"')
    expect(read(text, { age: 'category' })[0]).toMatchObject({ kind: 'category', categories: ['30', '31', '4o'] })
  })

  test('says which row is too short or too long', () => {
    expect(() => read(rows('a,b', '1,2', '3'))).toThrow(
      'people.csv:3: row 1 (counted from 0) has 1 cells; the first line names 2',
    )
    expect(() => read(rows('a,b', '1,2,3'))).toThrow('people.csv:2: row 0 (counted from 0) has 3 cells')
  })

  test('says what is wrong with names', () => {
    expect(() => read(rows('a,a', '1,2'))).toThrow('people.csv:1: two columns are named "a"')
    expect(() => read(rows(',a', '0,2'))).toThrow('column 0 (counted from 0) is named ""')
    expect(() => read(rows('1,2', '3,4'))).toThrow('Expected the first line to name every column')
    expect(() => read(people, { twon: 'category' })).toThrow(
      'data.columns.twon: no column of people.csv is named "twon". Did you mean "town"?',
    )
    expect(() => read('age,town')).toThrow('holds no rows below a first line that names the columns')
    expect(() => read('# nothing')).toThrow('holds no rows')
  })

  test('needs two rows on either side', () => {
    expect(() => sets(rows('a', '1'))).toThrow('people.csv: has 1 row, of which every 2-th is held out: 0')
    expect(() => sets(rows('a', '1', '2', '3'))).toThrow('Expected at least 4 rows')
    expect(sets(rows('a', '1', '2', '3', '4')).train.count).toBe(2)
  })

  test('says which column of numbers is constant, and takes a category with one value', () => {
    const text = rows('a,b,c', '1,7,x', '2,7,x', '3,7,x', '4,8,x')
    expect(() => sets(text)).toThrow('column "b" is 7 in all rows that are learned from')
    expect(sets(text, { b: 'ignore' }).units[1]).toEqual({ name: 'c', states: [0], categories: ['x'] })
    // One 3e-14 of the other: what is left of .1 + .2 after rounding.
    expect(() => sets(rows('a', '0.3', '1', '0.30000000000000004', '2'))).toThrow('column "a" is 0.3')
  })

  test('standardises numbers as large and as small as there are', () => {
    for (const scale of ['1e300', '1e-300']) {
      const { train } = sets(rows('a', `1${scale.slice(1)}`, '0', `3${scale.slice(1)}`, '0'))
      expect([...train.points].map((value) => Number(value.toFixed(9)))).toEqual([-1, 1])
    }
  })

  test('may have 200 columns', () => {
    const names = Array.from({ length: 200 }, (_, n) => `c${n}`)
    const line = (row: number) => names.map((_, n) => (n % 3 === 0 ? `k${(row * n) % 5}` : Math.sin(row + n))).join()
    const { units, train } = sets(rows(names.join(), ...Array.from({ length: 60 }, (_, row) => line(row))))
    expect(units).toHaveLength(200)
    expect(train.points).toHaveLength(30 * 200)
    expect(units[3]).toMatchObject({ categories: ['k0', 'k1', 'k2', 'k3', 'k4'] })
  })

  test('may have a category of 10,000 values', () => {
    const text = rows('id,a', ...Array.from({ length: 20_000 }, (_, n) => `n${n % 10_000},${n}`))
    const { units, unseen } = sets(text)
    expect(units[0]!.states).toHaveLength(10_000)
    // Rows of even number are learned from: the names of odd number are held out.
    expect(unseen).toHaveLength(5000)
  })

  test('may have 200 columns of either kind in turn, a block for each, which the error lists', async () => {
    const names = Array.from({ length: 200 }, (_, n) => `c${n}`)
    const cells = (row: number) => names.map((_, n) => (n % 2 === 0 ? 'abc'[(row + n) % 3] : Math.sin(row * n)))
    writeFileSync(
      `${folder}/wide.csv`,
      rows(names.join(), ...Array.from({ length: 40 }, (_, row) => cells(row).join())),
    )
    const blocks = Array.from({ length: 100 }, () => '{ units: 1, states: 3 }, { units: 1 }').join(', ')
    await expect(runnable('wide.csv', 'units: 200')).rejects.toThrow(`Expected blocks: [${blocks}]`)
    await expect(runnable('wide.csv', `blocks: [${blocks}]`)).resolves.toContain('1 repetition')
  })

  test('is told from by a category of 10,000 values, and names those that only held-out rows have in one line', async () => {
    const lines = Array.from({ length: 10_200 }, (_, n) => `n${n % 10_000},${'xyz'[n % 3]}`)
    writeFileSync(`${folder}/long.csv`, rows('id,a', ...lines))
    const blocks = 'blocks: [{ units: 1, states: 10000 }, { units: 1, states: 3 }]'
    const made = await scenario('long.csv', blocks, 'target: id')
    const { objective, warnings } = await run(made, { directory: runs(), threads: 1 })
    // A model that has learned next to nothing tells 10,000 names alike.
    expect(objective!.arms[0]!.figures.logLoss).toBeCloseTo(Math.log(10_000), 1)
    expect(warnings).toEqual([
      'column "id": 510 held-out rows have one of 500 categories ("n19", "n39", "n59", "n79", "n99", …), which no row that is learned from has. Their probabilities are not learned; put rare categories together.',
    ])
  })

  test('may have a million columns: that two have one name is seen at once', () => {
    const names = Array.from({ length: 1e6 }, (_, n) => `c${n}`)
    const start = process.cpuUsage()
    expect(() => read(rows(`${names.join()},c5`, '1'))).toThrow('people.csv:1: two columns are named "c5". Rename one.')
    // Ten times what it takes; comparing every two would be hours.
    expect(process.cpuUsage(start).user / 1e6).toBeLessThan(15)
  })

  test('says names and cells of any length in a short line', () => {
    const long = 'x'.repeat(5000)
    const messages = [
      rows(`${long},${long}`, '1,2'),
      rows(long, '1', ''),
      rows(long, '1', '2', long),
      rows(long, '1', '""'),
    ]
    for (const text of messages)
      try {
        read(text)
      } catch (error) {
        expect((error as Error).message.length).toBeLessThan(400)
      }
    expect(() => read(rows(long, '1', '2', long))).toThrow('data.columns: { xxx')
    expect(() => read(people, { [long]: 'ignore' })).toThrow('no column of people.csv is named "xxx')
  })

  test('may have columns with the names of methods', () => {
    expect(read(rows('constructor,toString', '1,a', '2,b')).map(({ kind }) => kind)).toEqual(['real', 'category'])
  })
})
