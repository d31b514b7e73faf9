import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { decodeNpy } from '../../src/experiment/files/npy.js'
import { loadSchedule } from '../../src/experiment/files/schedule-file.js'
import { loadScenario } from '../../src/experiment/scenario/load.js'
import { createProblem } from '../../src/experiment/system/problem.js'
import { command } from '../command.js'
import { fileFolder } from '../run-folder.js'
import { trap } from '../small-scenarios.js'

const folder = fileFolder()
const at = (name: string) => join(folder, name)
const samples = (run: string) => {
  const path = at(`${run}/samples.npy`)
  return Float64Array.from(decodeNpy(readFileSync(path), path).data)
}
const furthest = (one: string, other: string) => {
  const [a, b] = [samples(one), samples(other)]
  return Math.max(...a.map((value, n) => Math.abs(value - b[n]!)))
}
const device = 'kT=4.1e-21,mobility=2e7,stiffness=5e-6'

const learner = `name: learner
data: { source: gaussian-mixture, means: [[1, 1], [-1, -1]], width: 0.3, samples: 100 }
network: { visible: { units: 2 }, hidden: { units: 3, temperature: 1 + t } }
potential: { onsite: [stiffness, quartic], pair: [bilinear] }
bath: { kT: 0.5, mobility: 2 }
learning: { iterations: 5 }
noising: { slices: 3, stiffness: 2 }
sampling: { trajectories: 20 }
`

const ran = async (name: string, text: string) => {
  writeFileSync(at(`${name}.yaml`), text)
  expect((await command('run', at(`${name}.yaml`), '--out', at(name), '--quiet')).status).toBe(0)
}
const exported = (run: string, name: string, ...options: string[]) =>
  command('export', at(run), '--out', at(name), ...options)
const again = (name: string) => command('run', at(`${name}.yaml`), '--out', at(`${name}-run`), '--quiet')

beforeAll(async () => {
  await ran('learner', learner)
  await ran('pulled', trap('pulled', 'trajectories: 30', 2).replace('stiffness: 1 }', 'stiffness: 1 + sin(3*t) }'))
}, 120_000)

describe('the schedule of a trained run', () => {
  // Steps are differences of the times that the file holds: they come back to rounding, and so do the trajectories.
  test.each([
    ['own units', []],
    ['SI units', ['--units', device]],
  ])('runs as a simulation to the same samples, to rounding: in %s', async (name, options) => {
    const file = name.replace(' ', '-')
    expect((await exported('learner', file, ...options)).status).toBe(0)
    expect((await again(file)).status).toBe(0)
    expect(furthest('learner', `${file}-run`)).toBeLessThan(1e-6)
    expect(Math.max(...samples('learner').map(Math.abs))).toBeGreaterThan(0.5)
  })

  test('holds every parameter, those of hidden units and their temperature among them; both files hold the same', async () => {
    await exported('learner', 'all')
    const csv = loadSchedule(at('all.csv'))
    const json = loadSchedule(at('all.json'))
    expect(json).toEqual(csv)
    const indexed = (term: string, size: number) => Array.from({ length: size }, (_, n) => `${term}[${n}]`)
    expect(csv.columns).toEqual([
      't',
      ...indexed('stiffness', 2),
      ...indexed('quartic', 2),
      'bilinear[0]',
      ...indexed('hidden-coupling', 6),
      ...indexed('hidden-bias', 3),
      'hidden-temperature[0]',
    ])
    // Interpolated like the rest from 1 + T at the noisiest knot to 1 + tMin.
    const temperature = Array.from({ length: csv.rows }, (_, row) => csv.values[(row + 1) * csv.columns.length - 1]!)
    expect(temperature[0]).toBeCloseTo(4, 12)
    expect(temperature.at(-1)).toBeLessThan(1.1)
  })

  test('deviates visibly under a slew limit, in what is written and in the samples, and says by how much', async () => {
    const { stdout } = await exported('learner', 'slow', '--slew', '5', '--range', 'stiffness=3', '--json')
    const { terms } = JSON.parse(stdout) as {
      terms: { name: string; fastest: number; largest: number; most: number }[]
    }
    const stiffness = terms.find(({ name }) => name === 'stiffness')!
    expect(stiffness.fastest).toBeGreaterThan(5)
    expect(stiffness.most).toBeGreaterThan(0.1)
    const { columns, values, rows } = loadSchedule(at('slow.csv'))
    for (let row = 1; row < rows; row++)
      for (let column = 1; column < columns.length; column++) {
        const [before, now] = [row - 1, row].map((n) => values[n * columns.length + column]!)
        const dt = values[row * columns.length]! - values[(row - 1) * columns.length]!
        expect(Math.abs(now! - before!)).toBeLessThanOrEqual(5 * dt + 1e-9)
        if (columns[column]!.startsWith('stiffness')) expect(Math.abs(now!)).toBeLessThanOrEqual(3)
      }
    await again('slow')
    expect(furthest('learner', 'slow-run')).toBeGreaterThan(0.01)
  })
})

test('the schedule of a simulation runs to the same samples, also from JSON, which says its own units', async () => {
  await exported('pulled', 'pull', '--units', device)
  const yaml = readFileSync(at('pull.yaml'), 'utf8')
  writeFileSync(at('pull.yaml'), yaml.replace('.csv', '.json').replace(/ +device:\n(?: {6}.*\n){3}/, ''))
  expect(readFileSync(at('pull.yaml'), 'utf8')).not.toContain('device')
  expect((await again('pull')).status).toBe(0)
  expect(furthest('pulled', 'pull-run')).toBeLessThan(1e-6)
  const { inputs } = JSON.parse(readFileSync(at('pull-run/manifest.json'), 'utf8')) as { inputs?: string }
  expect(inputs).toMatch(/^[0-9a-f]{64}$/)
})

/** The trap with a schedule of these lines, and steps chosen. */
const following = (text: string, ending = 'csv', keys = '') => {
  writeFileSync(at(`given.${ending}`), text)
  return trap('given', 'trajectories: 4').replace(
    'parameters: { stiffness: 1 }',
    `schedule: { file: ${at(`given.${ending}`)}${keys} }`,
  )
}
const problemOf = async (text: string) => {
  writeFileSync(at('given.yaml'), text)
  return createProblem(await loadScenario(at('given.yaml')))
}

test('a measured schedule drives a simulation on straight lines, a term at once or each parameter, and its temperature', async () => {
  const { given } = await problemOf(following('t,stiffness,kT\n0,1,1\n0.5,3,2\n1,2,2\n'))
  expect([0, 0.25, 0.5, 0.75, 1].map((t) => given!.scheduled[0]!.value(t))).toEqual([1, 2, 3, 2.5, 2])
  expect(given!.kT!(0.25)).toBe(1.5)
})

test.each([
  ['an unknown parameter', 't,stifness\n0,1\n1,1\n', /"stifness" is of no parameter; .*Did you mean "stiffness"\?/],
  ['one beyond the last', 't,stiffness[1]\n0,1\n1,1\n', /no "stiffness\[1\]": "stiffness" has stiffness\[0\] to/],
  ['no time first', 'stiffness,t\n1,0\n1,1\n', /the first column is "stiffness"; expected "t"/],
  ['times that do not ascend', 't,stiffness\n0,1\n0,2\n1,1\n', /the time 0 in row 1 .* follows 0; expected ascending/],
  ['NaN', 't,stiffness\n0,1\n1,NaN\n', /expected a finite number/],
  [
    'no parameter',
    't,kT\n0,1\n1,1\n',
    /protocol\.parameters\.stiffness: missing; .* or its columns in protocol\.schedule/,
  ],
  ['a duration that is too short', 't,stiffness\n0,1\n0.5,1\n', /holds times from 0 to 0\.5; expected 0 to 1/],
  ['a column twice', 't,stiffness,stiffness[0]\n0,1,1\n1,1,1\n', /gives stiffness\[0\] once more/],
])('refuses a schedule with %s', async (_, text, message) => {
  await expect(problemOf(following(text))).rejects.toThrow(message)
})

test('refuses JSON that lacks a number, and settings that do not go together', async () => {
  const json = '{ "columns": ["t", "stiffness"], "rows": [[0, 1], [1, null]] }'
  await expect(problemOf(following(json, 'json'))).rejects.toThrow(
    'row 1, "stiffness", is null; expected a finite number',
  )
  const lines = 't,stiffness\n0,1\n1,1\n'
  const both = following(lines).replace('schedule:', 'parameters: { stiffness: 1 }, schedule:')
  await expect(problemOf(both)).rejects.toThrow('protocol.parameters.stiffness: it stands in protocol.schedule too')
  const stepped = following(lines, 'csv', ', steps: file').replace('schedule:', 'dt: 0.1, schedule:')
  await expect(problemOf(stepped)).rejects.toThrow('the steps are from protocol.schedule.file')
})

test('refuses a run on hardware that is not ideal: its parameters are not those that a schedule would set', async () => {
  await ran('worn', `${learner.replace('name: learner', 'name: worn')}hardware: { disorder: { couplings: 0.3 } }\n`)
  const { status, stderr } = await exported('worn', 'of-worn')
  expect(status).not.toBe(0)
  expect(stderr).toContain('it is of hardware that is not ideal')
})

test('refuses limits and units that are none, and to write over what is there', async () => {
  const wrong = async (...options: string[]) => (await exported('pulled', 'wrong', ...options)).stderr
  expect(await wrong('--slew', 'stifness=2')).toContain('Did you mean "stiffness"?')
  expect(await wrong('--slew', '-1')).toContain('expected a number above 0')
  expect(await wrong('--units', 'kT=1,mobility=1')).toContain('lacks stiffness')
  await exported('pulled', 'once')
  expect((await exported('pulled', 'once')).stderr).toContain('is there already')
})
