import { describe, expect, test } from 'vitest'
import { parseShard } from '../../src/experiment/executor/shard.js'
import { parseGrid } from '../../src/experiment/sweep/axes.js'
import { gridPoints } from '../../src/experiment/sweep/sweep-grid.js'

describe('a grid', () => {
  test('is the product of its axes, the last one fastest, under readable names', () => {
    const axes = parseGrid(['bath.kT=0.5,1e2', 'learning.optimizer.rate=.01,.02', 'data.digits=[0, 1],[3,8]'])
    const points = gridPoints(axes, null)
    expect(points).toHaveLength(8)
    expect(points[0]).toEqual({ index: 0, name: 'kT=0.5_rate=0.01_digits=0-1', values: [0.5, 0.01, [0, 1]] })
    expect(points[5]).toEqual({ index: 5, name: 'kT=100_rate=0.01_digits=3-8', values: [100, 0.01, [3, 8]] })
  })

  test('has names of its own for points whose values look alike, and keys that are told apart', () => {
    const names = gridPoints(parseGrid(['a.x="p/q",p-q,P-Q', 'b.x=-1,1']), null).map(({ name }) => name)
    expect(names.slice(0, 2)).toEqual(['a.x=p-q_b.x=-1', 'a.x=p-q_b.x=1'])
    expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(6)
    for (const name of names) expect(name).toMatch(/^[\w.+=-]+$/)
  })

  test('has numbers from one to another, evenly or at equal ratios, both ends as they are written', () => {
    const values = (over: string) => gridPoints(parseGrid([over]), null).map((point) => point.values[0])
    expect(values('x=0.1:1:10')).toEqual([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1])
    expect(values('x=10:1:4')).toEqual([10, 7, 4, 1])
    expect(values('x=1:2:4')).toEqual([1, 1.33333333333, 1.66666666667, 2])
    expect(values('x=log:1e-3:1:7')).toEqual([0.001, 0.00316227766017, 0.01, 0.0316227766017, 0.1, 0.316227766017, 1])
    // Quoted it is text, and so is what only looks like a range.
    expect(values('x="1:2:3",12:30h')).toEqual(['1:2:3', '12:30h'])
  })

  test('has keys that change together, beside others', () => {
    const points = gridPoints(parseGrid(['a.b,c.d=[1,[2,3]],[3,4]', 'e=x,y']), null)
    expect(points.map(({ name }) => name)).toEqual(['b=1_d=2-3_e=x', 'b=1_d=2-3_e=y', 'b=3_d=4_e=x', 'b=3_d=4_e=y'])
    expect(points[1]!.values).toEqual([1, [2, 3], 'y'])
  })

  test('has draws by their number and the seed: more draws, and shards, keep those that there are', () => {
    const over = ['a=uniform:2:4', 'n=1,2', 'b=loguniform:1e-4:1e-1']
    const points = gridPoints(parseGrid(over, 50), null)
    expect(points).toHaveLength(100)
    const drawn = points.slice(0, 50).map(({ values: [n, a, b] }) => ({ n, a: a as number, b: b as number }))
    // Frozen: whoever asks for the same draws tomorrow has the same points.
    expect(drawn[0]).toMatchInlineSnapshot(`
      {
        "a": 3.5146038211,
        "b": 0.00262654663137,
        "n": 1,
      }
    `)
    expect(points.slice(50).map(({ values }) => values.slice(1))).toEqual(drawn.map(({ a, b }) => [a, b]))
    for (const { a, b } of drawn) expect(a >= 2 && a <= 4 && b >= 1e-4 && b <= 1e-1).toBe(true)
    expect(drawn.filter(({ b }) => b < 10 ** -2.5).length).toBeGreaterThan(15)
    const more = gridPoints(parseGrid(over, 80), null).map(({ name }) => name)
    for (const { name } of points) expect(more).toContain(name)
    expect(gridPoints(parseGrid(over, 50), { part: 2, of: 3 })).toEqual(points.filter((_, n) => n % 3 === 1))
    expect(gridPoints(parseGrid(over, 1, 2), null)[0]!.values[1]).not.toBe(drawn[0]!.a)
  })

  test('has names of few digits where these tell its points apart, and of all where they do not', () => {
    const names = gridPoints(parseGrid(['x=0.12345678,0.123456789,0.5', 'seed=123456789']), null).map(
      ({ name }) => name,
    )
    expect(names).toEqual(['x=0.123457_seed=123456789', 'x=0.123456789_seed=123456789', 'x=0.5_seed=123456789'])
  })

  test.each([1, 2, 3, 7, 12])('falls into %i shards that have each point once, with the same names', (of) => {
    const axes = parseGrid(['a=1,2,3', 'b=x,y,z'])
    const shards = Array.from({ length: of }, (_, n) => gridPoints(axes, { part: n + 1, of }))
    expect(shards.flat().sort((a, b) => a.index - b.index)).toEqual(gridPoints(axes, null))
    const sizes = shards.map(({ length }) => length)
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
  })

  test.each([
    [() => parseGrid(['kT']), /^--over kT: expected path=a,b,c.*\[E_USAGE\]$/],
    [() => parseGrid(['bath.kT=']), /^--over bath.kT=: expected values.*\[E_USAGE\]$/],
    [() => parseGrid(['bath.kT=1,[2']), /^--over bath.kT=1,\[2: the values are not valid YAML.*\[E_USAGE\]$/],
    [() => parseGrid(['bath.kT=1,2,1.0']), /^--over .*the value 1 stands twice.*\[E_USAGE\]$/],
    [() => parseGrid(['x=1:2']), /^--over x=1:2: expected from:to:count.*\[E_USAGE\]$/],
    [() => parseGrid(['x=1:1:3']), /it begins where it ends.*\[E_USAGE\]$/],
    [() => parseGrid(['x=1:2:1']), /whole number of values from 2 to 10,000, got 1\..*\[E_USAGE\]$/],
    [() => parseGrid(['x=1:2:2.5']), /whole number of values.*\[E_USAGE\]$/],
    [() => parseGrid(['x=1:1.0000000000001:9']), /not told apart by 12 digits.*\[E_USAGE\]$/],
    [() => parseGrid(['x=log:0:1:3']), /expected ends above 0, got 0 and 1.*\[E_USAGE\]$/],
    [() => parseGrid(['x=log:1:2']), /expected log:from:to:count.*\[E_USAGE\]$/],
    [() => parseGrid(['a,b=1,2']), /expected lists of 2 values.*got 1\..*\[E_USAGE\]$/],
    [() => parseGrid(['a,b=[1,2],[1,2]']), /stands twice.*\[E_USAGE\]$/],
    [() => parseGrid(['a,=[1,2]']), /expected path=.*\[E_USAGE\]$/],
    [() => gridPoints(parseGrid(['a,b=[1,2]', 'b=3']), null), /^--over b: the path is swept twice.*\[E_USAGE\]$/],
    [() => gridPoints(parseGrid(['a,a=[1,2]']), null), /^--over a: the path is swept twice.*\[E_USAGE\]$/],
    [() => parseGrid(['x=uniform:0:1']), /^--over x: .*Add --draws N.*\[E_USAGE\]$/],
    [() => parseGrid(['x=uniform:1:0'], 2), /expected uniform:low:high.*\[E_USAGE\]$/],
    [() => parseGrid(['x=loguniform:0:1'], 2), /expected ends above 0.*\[E_USAGE\]$/],
    [() => parseGrid(['x=1'], 2), /^--draws: no key is drawn.*\[E_USAGE\]$/],
    [() => parseGrid(['x=1'], undefined, 2), /^--draw-seed 2: no key is drawn.*\[E_USAGE\]$/],
    [() => parseGrid(['x=uniform:0:1'], 0), /^--draws 0: .*\[E_USAGE\]$/],
    [() => parseGrid(['x=uniform:0:1'], 2, -1), /^--draw-seed -1: .*\[E_USAGE\]$/],
    [() => parseShard('0/3'), /^--shard 0\/3: expected i\/n.*\[E_USAGE\]$/],
    [() => parseShard('4/3'), /^--shard 4\/3: expected i\/n.*\[E_USAGE\]$/],
    [() => parseShard('1/9007199254740991'), /n ≤ 10,000.*\[E_USAGE\]$/],
    [() => gridPoints([], null), /Add --over.*\[E_USAGE\]$/],
    [() => gridPoints(parseGrid(['a=1', 'a=2']), null), /^--over a: the path is swept twice.*\[E_USAGE\]$/],
    [
      () =>
        gridPoints(
          ['a', 'b', 'c'].map((path) => ({ path, values: [...Array(30).keys()] })),
          null,
        ),
      /27000 points; expected at most 10000.*\[E_USAGE\]$/,
    ],
  ])('that makes no sense is refused with its place (%#)', (make, message) => {
    expect(make).toThrow(message)
  })
})
