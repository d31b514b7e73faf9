import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { unpack } from '../../viz/client/unpack.js'
import { mapsSpec } from '../../viz/maps.js'
import { readRun } from '../../viz/read-run.js'
import { renderReport } from '../../viz/report.js'
import { writeHidden, writeLearningRun, writeTwoUnits } from './small-run.js'

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'overdamped-hidden-'))
  writeLearningRun(directory)
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

it('shows what the strongest hidden units see as maps of the lattice, eight at most', () => {
  writeHidden(directory, 9, 12)
  const run = readRun(directory)
  const maps = mapsSpec(run)
  const fields = maps?.fields.filter(({ id }) => id.startsWith('hidden/')) ?? []
  // The strength grows with the number of the unit.
  expect(fields.map(({ id }) => id)).toEqual([11, 10, 9, 8, 7, 6, 5, 4].map((unit) => `hidden/${unit}`))
  const value = unpack(fields[0]!.values)
  // Hidden unit 11 at visible unit 4: 12·5; a step is 108/32767.
  expect(value(1, 4)).toBeCloseTo(60, 2)
  expect(value(0, 4)).toBeCloseTo(6, 3)
  const page = renderReport(run)
  expect(page).toContain('12 hidden units carry no data')
  expect(page).toContain('The 8 strongest')
  // |V| of unit 11: 12·sqrt(1² + … + 9²) = 12·16.88; its bias is entry 23.
  expect(page).toMatch(/Hidden unit 12 .*?\|V\| 203, bias 23 at the least noisy knot/s)
})

it('leaves squares empty that a hidden unit does not see', () => {
  const edges = { shape: [2, 2], data: Int32Array.of(0, 0, 3, 0) }
  const couplings = { shape: [2, 2], data: Float64Array.of(1, 2, 3, 4) }
  writeHidden(directory, 9, 1, { 'hidden-edges': edges, 'hidden-coupling': couplings })
  const field = mapsSpec(readRun(directory))?.fields.find(({ id }) => id === 'hidden/0')
  const value = unpack(field!.values)
  expect([value(1, 0), value(1, 3)].map(Math.round)).toEqual([3, 4])
  expect(value(1, 1)).toBeNaN()
})

it('shows them as a table for few visible units', () => {
  writeTwoUnits(directory)
  writeHidden(directory, 2, 3)
  const page = renderReport(readRun(directory))
  expect(page).toContain('V to unit 2')
  expect(page).toMatch(/<th scope="row">3<\/th><td>3<\/td><td>6<\/td><td>5<\/td>/)
  expect(page).not.toContain('data-map=')
})

it('has no section for networks without them', () => {
  expect(renderReport(readRun(directory))).not.toContain('id="hidden"')
})

it('may have hidden units that see the label units of many classes', () => {
  writeHidden(directory, 2, 2, { 'hidden-edges': { shape: [4, 2], data: Int32Array.of(0, 0, 1, 0, 0, 1, 25, 1) } })
  expect(renderReport(readRun(directory))).toContain('id="hidden"')
})

it.each([
  ['couplings of another number', { 'hidden-coupling': { shape: [2, 5], data: new Float64Array(10) } }, /have shapes/],
  ['biases of another knot', { 'hidden-bias': { shape: [3, 2], data: new Float64Array(6) } }, /have shapes/],
  [
    'an unknown unit',
    { 'hidden-edges': { shape: [4, 2], data: Int32Array.of(0, 0, 1, 0, 0, 1, 1, 7) } },
    /"hidden-edges" joins visible unit 1 of 2 and hidden unit 7 of 2/,
  ],
])('refuses %s, naming the file', (_, change, message) => {
  writeHidden(directory, 2, 2, change)
  const fault = () => readRun(directory)
  expect(fault).toThrow(message)
  expect(fault).toThrow(/parameters\.safetensors/)
})
