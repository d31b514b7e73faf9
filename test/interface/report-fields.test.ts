import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ndarray from 'ndarray'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { encodeNpz } from '../../src/experiment/files/npz.js'
import { encodeSafetensors } from '../../src/experiment/files/safetensors.js'
import { unpack, unpackUnits } from '../../viz/client/unpack.js'
import { divergingMap } from '../../viz/colour-map.js'
import { mapsSpec } from '../../viz/maps.js'
import { pack, packUnits } from '../../viz/pack.js'
import { readRun } from '../../viz/read-run.js'
import { renderReport, writeReport } from '../../viz/report.js'
import { trajectoriesSpec } from '../../viz/trajectories.js'
import { write, writeLargeRun, writeLearningRun, writeTwoUnits } from './small-run.js'

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'overdamped-fields-'))
  writeLearningRun(directory)
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

describe('packed numbers', () => {
  it('come back within half a step of their row, and NaN as NaN', () => {
    const rows = [
      [0, 1e-3, -2e-3],
      [1e6, Number.NaN, -3],
      [0, 0, Number.POSITIVE_INFINITY],
    ]
    const value = unpack(pack(3, 3, (row, column) => rows[row]?.[column] as number))
    // Half of the largest magnitude over 32767; the step itself is written with eight digits.
    expect(Math.abs(value(0, 1) - 1e-3)).toBeLessThan(2e-3 / 65534 + 1e-10)
    expect(value(0, 2)).toBeCloseTo(-2e-3, 9)
    expect(Math.abs(value(1, 2) + 3)).toBeLessThan(1e6 / 65534 + 0.1)
    expect([value(1, 1), value(2, 2)]).toEqual([Number.NaN, Number.NaN])
    expect([value(0, 0), value(2, 0)]).toEqual([0, 0])
  })

  it('keep unit numbers up to 65535', () => {
    expect([...unpackUnits(packUnits([0, 1, 256, 65535]))]).toEqual([0, 1, 256, 65535])
  })
})

describe('the maps', () => {
  it('hold what the files hold', () => {
    const maps = mapsSpec(readRun(directory))
    expect(maps?.lattice).toEqual([3, 3])
    expect(maps?.knots).toHaveLength(3)
    expect(maps?.fields.map(({ id }) => id).slice(0, 1)).toEqual(['stiffness'])
    const stiffness = unpack(maps?.fields[0]?.values as NonNullable<typeof maps>['fields'][0]['values'])
    // Knot 2, unit 4 is 3.04; a step is 3.08 / 32767.
    expect(Math.abs(stiffness(2, 4) - 3.04)).toBeLessThan(5e-5)
  })

  it('start with an end of the strongest coupling, which leads the table', () => {
    expect(mapsSpec(readRun(directory))?.unit).toBe(1)
    const table = /data-strongest="bilinear">(.*?)<\/table>/s.exec(renderReport(readRun(directory)))?.[1]
    expect(table).toMatch(/<tbody><tr><th[^>]*><[^>]+>row 1, column 2<.*?row 2, column 3<.*?−7<\/td><\/tr>/s)
  })

  it('keep fewer knots of a network whose couplings would make the page heavy', () => {
    const run = readRun(directory)
    const columns = 400_000
    const values = new Float64Array(3 * columns)
    const heavy = { name: 'bilinear', on: 'edge' as const, columns, values }
    const parameters = { ...run.parameters, terms: [heavy] } as NonNullable<typeof run.parameters>
    const maps = mapsSpec({ ...run, parameters: { ...parameters, edges: new Int32Array(2 * columns) } })
    expect(maps?.knots).toEqual([3, 0.01])
  })

  it('give way to curves over t for few units', () => {
    writeTwoUnits(directory)
    const knots = Float64Array.of(3, 1, 0.01)
    const edges = { shape: [1, 2], data: Int32Array.of(0, 1) }
    const stiffness = { shape: [3, 2], data: Float64Array.of(1, 2, 3, 4, 5, 6) }
    const bilinear = { shape: [3, 1], data: Float64Array.of(-1, -2, -3) }
    const tensors = { knots: { shape: [3], data: knots }, edges, stiffness, bilinear }
    write(directory, 'parameters.safetensors', encodeSafetensors(tensors))
    const page = renderReport(readRun(directory))
    expect(page).toContain('id="chart-term-stiffness"')
    expect(page).toContain('units 1 and 2')
    expect(page).not.toContain('data-map=')
  })

  it('place a term of the user on edges when the scenario says so, else on units', () => {
    const knots = { shape: [1], data: Float64Array.of(1) }
    const edges = { shape: [3, 2], data: Int32Array.of(0, 1, 0, 2, 1, 2) }
    const own = { shape: [1, 3], data: Float64Array.of(1, 2, 3) }
    write(directory, 'parameters.safetensors', encodeSafetensors({ knots, edges, own, stiffness: own }))
    expect(readRun(directory).parameters?.terms.find(({ name }) => name === 'own')?.on).toBe('unit')
    write(directory, 'scenario.yaml', 'name: own\npotential: { pair: [{ name: own, formula: x*y }] }\nlearning: {}\n')
    expect(readRun(directory).parameters?.terms.find(({ name }) => name === 'own')?.on).toBe('edge')
  })

  it('refuse parameters whose shapes disagree, naming the file', () => {
    const knots = { shape: [2], data: Float64Array.of(1, 0.1) }
    const edges = { shape: [1, 2], data: Int32Array.of(0, 9) }
    const stiffness = { shape: [2, 2], data: new Float64Array(4) }
    const fault = (tensors: Parameters<typeof encodeSafetensors>[0]) => {
      write(directory, 'parameters.safetensors', encodeSafetensors(tensors))
      return () => readRun(directory)
    }
    expect(fault({ knots, edges, stiffness })).toThrow(/parameters\.safetensors: "edges" names unit 9 of 2/)
    expect(fault({ edges, stiffness })).toThrow(/expected a tensor "knots"/)
    const long = { shape: [3, 2], data: new Float64Array(6) }
    expect(fault({ knots, edges, stiffness: long })).toThrow(/"stiffness" has shape \[3,2\]/)
  })

  it('are centred at 0: the colour there is the palest in light and the darkest in dark', () => {
    for (const [theme, sign] of Object.entries({ light: -1, dark: 1 })) {
      const colours = divergingMap()[theme as 'light' | 'dark'].match(/.{6}/g) ?? []
      expect(colours).toHaveLength(129)
      const brightness = colours.map((colour) => {
        const channels = colour.match(/../g) ?? []
        return channels.reduce((sum, channel) => sum + Number.parseInt(channel, 16), 0)
      })
      const extreme = brightness.indexOf(sign * Math.min(...brightness.map((value) => sign * value)))
      // BrBG is palest within two of 129 colours of its middle.
      expect(Math.abs(extreme - 64)).toBeLessThanOrEqual(2)
    }
  })
})

describe('trajectories', () => {
  it('keep first and last time, at most twelve trajectories, and their values', () => {
    writeLargeRun(directory)
    const run = readRun(directory)
    const spec = trajectoriesSpec(run, [-1, 1])
    expect(spec?.count).toBe(12)
    expect(spec?.time).toHaveLength(150)
    expect([spec?.time[0], spec?.time.at(-1)]).toEqual([3, 0.01])
    const state = unpack(spec?.x as NonNullable<typeof spec>['x'])
    const { x = [], time = [] } = run.trajectories ?? {}
    const last = (11 * time.length + time.length - 1) * 144 + 17
    // A step is 1.2 / 32767.
    expect(Math.abs(state(11, 149 * 144 + 17) - (x[last] as number))).toBeLessThan(4e-5)
  })
})

describe('virial residuals, identities and extremes', () => {
  it('are shown when the run has them, beside a table each', () => {
    const page = renderReport(readRun(directory))
    // .125 at each of three knots.
    expect(page).toMatch(/id="chart-virial".*?<td>0\.125<\/td>/s)
    expect(page).toContain('data-map="virial/units"')
    expect(page).toMatch(/⟨exp\(-ΔS\)⟩.*?<td>1\.20 ± 0\.10<\/td><td>1<\/td><td>2\.0<\/td>/s)
    expect(page).toContain('Closest to training data')
    expect(page).toMatch(/Table of the distances.*?<td>0\.250<\/td>/s)
  })

  it('are refused when their shapes disagree, naming the file', () => {
    const t = ndarray(Float64Array.of(1, 0.1), [2])
    write(directory, 'virial.npz', encodeNpz({ t, onsite: ndarray(new Float64Array(9), [1, 9]) }))
    expect(() => readRun(directory)).toThrow(/virial\.npz: onsite has shape \[1,9\]/)
  })
})

it('a run as large as the full mnist-01 makes a page under 5 MB', () => {
  writeLargeRun(directory)
  const bytes = Buffer.byteLength(renderReport(readRun(directory)))
  expect(bytes).toBeLessThan(5e6)
  // The couplings of all pairs alone are 41 × 10,296 numbers of two bytes.
  expect(bytes).toBeGreaterThan(1e6)
  expect(writeReport(directory)).toContain('report.html')
})
