import { expect, test } from 'vitest'
import { run } from '../../src/experiment/run/run.js'
import { parseScenario } from '../../src/experiment/scenario/load.js'
import { chainPairs, nearestPairs, ringPairs, triangularPairs } from '../../src/physics/network/geometry.js'
import { cellsOf, type Layout } from '../../viz/geometry.js'
import { readRun } from '../../viz/read-run.js'
import { renderReport } from '../../viz/report.js'
import { pixelsOf } from '../../viz/sprite.js'
import { runFolders } from '../run-folder.js'

const folder = runFolders()

/** Pairs of units whose cells share a side. */
function touching(layout: Layout, units: number): string[] {
  const { corners } = cellsOf(layout)
  const name = (place: readonly [number, number]) => place.map((x) => (x + 1e-9).toFixed(6)).join()
  const of = Array.from({ length: units }, (_, unit) => new Set(corners(unit).map(name)))
  const pairs: string[] = []
  for (let a = 0; a < units; a++)
    for (let b = a + 1; b < units; b++)
      if ([...of[a]!].filter((corner) => of[b]!.has(corner)).length >= 2) pairs.push(`${a}-${b}`)
  return pairs
}

const sorted = (pairs: readonly (readonly [number, number])[]) =>
  pairs.map(([a, b]) => [Math.min(a, b), Math.max(a, b)].join('-')).sort()

test.each<[string, Layout, readonly [number, number][]]>([
  ['a square lattice', { shape: 'square', lattice: [3, 4] }, nearestPairs(3, 4)],
  ['a triangular lattice', { shape: 'triangular', lattice: [4, 5] }, triangularPairs(4, 5, false)],
  ['a ring', { shape: 'ring', lattice: [1, 7] }, ringPairs(7, 1)],
  ['a chain', { shape: 'chain', lattice: [1, 30] }, chainPairs(30, 1)],
])(
  '%s: the cells that touch are those of neighbours, and a place in a cell is found to be in it',
  (_, layout, pairs) => {
    const units = layout.lattice[0] * layout.lattice[1]
    expect(touching(layout, units).sort()).toEqual(sorted(pairs))
    const { at, corners, size } = cellsOf(layout)
    for (let unit = 0; unit < units; unit++) {
      const places = corners(unit)
      const mean = (axis: 0 | 1) => places.reduce((sum, place) => sum + place[axis], 0) / places.length
      expect(at(mean(0), mean(1))).toBe(unit)
      // Nothing is drawn beyond the picture.
      for (const place of places)
        for (const axis of [0, 1] as const) {
          expect(place[axis]).toBeGreaterThanOrEqual(-1e-9)
          expect(place[axis]).toBeLessThanOrEqual(size[axis] + 1e-9)
        }
    }
    expect(at(-1, -1)).toBeUndefined()
    expect(new Set(pixelsOf(layout).unit.filter((unit) => unit >= 0)).size).toBe(units)
  },
)

/** The report of a short simulation of such units. */
async function report(network: string, bath = '{}'): Promise<string> {
  const directory = folder()
  const text = `
name: drawn
network: ${network}
potential: { onsite: [stiffness] }
bath: ${bath}
initial: { kind: gaussian }
protocol: { duration: 1, dt: 0.1, parameters: { stiffness: 1 } }
sampling: { trajectories: 10 }
observe: [heat, trajectories]
`
  await run(await parseScenario(text, 'drawn.yaml'), { directory, threads: 1 })
  return renderReport(readRun(directory))
}

test('the report says what is drawn', async () => {
  const ring = await report('{ visible: { ring: 12 } }')
  expect(ring).toContain('Units go around clockwise from the top')
  expect(ring).toContain('"shape":"ring","lattice":[1,12]')
  expect(ring).toContain('in-time')
  expect(await report('{ visible: { chain: 12 } }')).toContain('Units stand in their order from left to right')
  const torus = await report(
    '{ visible: { lattice: [4, 4], kind: triangular }, couplings: { visible: { periodic: true } } }',
  )
  expect(torus).toContain('hexagons that touch are neighbours. Its sides are joined to a torus')
  expect(torus).toContain('class="lattice torus"')
})

test('the report names who is in which bath', async () => {
  const page = await report('{ visible: { chain: 3 } }', '{ kT: [1, 1, 2] }')
  expect(page).toContain('Heat to each bath')
  expect(page).toContain('unit 1; unit 2')
  expect(page).toContain('in units of kT of the first unit')
  expect(await report('{ visible: { chain: 3 } }')).not.toContain('Heat to each bath')
})
