import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import ndarray from 'ndarray'
import { describe, expect, test } from 'vitest'
import { requireApplicable } from '../../src/experiment/checks/applicable.js'
import { decodeNpy, encodeNpy } from '../../src/experiment/files/npy.js'
import { decodeNpz } from '../../src/experiment/files/npz.js'
import { run } from '../../src/experiment/run/run.js'
import { parseScenario } from '../../src/experiment/scenario/load.js'
import { createProblem } from '../../src/experiment/system/problem.js'
import { refusalOf } from '../refusal.js'
import { runFolders } from '../run-folder.js'

const folder = runFolders()

/** A trap that stiffens from 1 to 4. */
const ramp = `name: ramp
network: { visible: { units: 1 } }
potential: { onsite: [stiffness] }
initial: { kind: gaussian, variance: 1 }
protocol: { duration: 1, dt: 0.05, parameters: { stiffness: 1 + 3*t } }
sampling: { trajectories: 200 }
record: { trajectories: 0 }
observe: [work]
`

async function samplesOf(text: string, set: string[] = []): Promise<Float64Array> {
  const directory = folder()
  await run(await parseScenario(text, 'ramp.yaml', { set }), { directory, backend: 'reference' })
  const path = join(directory, 'samples.npy')
  return Float64Array.from(decodeNpy(readFileSync(path), path).data)
}

/** The largest distance between entries of two arrays. */
function farthest(a: Float64Array, b: Float64Array): number {
  return a.reduce((most, x, n) => Math.max(most, Math.abs(x - b[n]!)), 0)
}

const messageOf = (text: string, set: string[] = []) =>
  refusalOf(async () => requireApplicable(createProblem(await parseScenario(text, 'ramp.yaml', { set }))))

describe('schedules', () => {
  test('a reversed protocol is the one whose formula runs backwards', async () => {
    const reversed = await samplesOf(ramp, ['protocol.reversed=true'])
    const mirrored = await samplesOf(ramp, ['protocol.parameters.stiffness=1 + 3*(1 - t)'])
    expect(farthest(reversed, mirrored)).toBeLessThan(1e-6)
    expect(await samplesOf(ramp)).not.toEqual(reversed)
  })

  test.each(['csv', 'npy'])('a table in a %s file is followed on straight lines', async (ending) => {
    const path = join(dirname(folder()), `ramp.${ending}`)
    const rows = [0, 9, 1, 0.25, 9, 1.75, 1, 9, 4]
    if (ending === 'csv') writeFileSync(path, 't,other,stiffness\n0,9,1\n0.25,9,1.75\n1,9,4\n')
    else writeFileSync(path, encodeNpy(ndarray(Float64Array.from(rows), [3, 3])))
    const tabulated = await samplesOf(ramp, [`protocol.parameters.stiffness={ file: ${path}, column: 2 }`])
    const formula = await samplesOf(ramp)
    expect(farthest(tabulated, formula)).toBeLessThan(1e-6)
  })

  test('a constant protocol.kT is the temperature of the bath', async () => {
    const fromPoint = ['initial={ kind: point, x: 0 }']
    expect(await samplesOf(ramp, [...fromPoint, 'protocol.kT=0.25'])).toEqual(
      await samplesOf(ramp, [...fromPoint, 'bath.kT=0.25']),
    )
  })

  test('a temperature ramp heats as the recursion of its steps says, and backwards when reversed', async () => {
    for (const reversed of [false, true]) {
      const set = ['protocol.parameters.stiffness=1', 'protocol.kT=4*t + 0.01', 'sampling.trajectories=4000']
      const samples = await samplesOf(ramp, [...set, `protocol.reversed=${reversed}`])
      let variance = 1
      for (let n = 1; n <= 20; n++) {
        const t = reversed ? 1 - n / 20 : n / 20
        variance = (1 - 0.05) ** 2 * variance + 2 * 0.05 * (4 * t + 0.01)
      }
      const measured = samples.reduce((sum, x) => sum + x * x, 0) / samples.length
      expect(Math.abs(measured - variance)).toBeLessThan(4 * variance * Math.sqrt(2 / samples.length))
    }
  })
})

describe('equilibrium as a start', () => {
  const network = `name: network
network: { visible: { units: 3 } }
potential: { onsite: [stiffness, bias], pair: [bilinear] }
bath: { kT: 0.5 }
initial: { kind: equilibrium }
protocol: { duration: 0.2, dt: 0.001, parameters: { stiffness: [1, 2, 3], bias: [1, 0, -1], bilinear: [0.4, -0.3, 0.5] } }
sampling: { trajectories: 4000 }
checks: [gaussian-moments, autocorrelation]
`

  test('has the mean K⁻¹f and the covariance kT K⁻¹, and at rest it stays and produces no entropy', async () => {
    const results = await run(await parseScenario(network, 'network.yaml'), { directory: folder(), threads: 1 })
    expect(results.checks.filter(({ pass }) => !pass)).toEqual([])
    const { mean, standardError } = results.thermodynamics.entropyProduction!
    expect(Math.abs(mean)).toBeLessThan(4 * standardError)
  })

  test('is refused where it is not Gaussian or not there', async () => {
    const quartic = network
      .replace('[stiffness, bias]', '[stiffness, quartic]')
      .replace('bias: [1, 0, -1]', 'quartic: 1')
    expect(await messageOf(quartic, ['checks=[]'])).toMatch(
      /^initial.kind: equilibrium is known for units that are not coupled .*"quartic" is not harmonic. Use \{ kind: point \} or \{ kind: gaussian \}/,
    )
    expect(await messageOf(network, ['protocol.parameters.stiffness=-1'])).toContain(
      'the first landscape does not confine the units',
    )
  })
})

describe('what is observed', () => {
  test('energy and moments of the final states stand in results.json and moments.npz', async () => {
    const directory = folder()
    const scenario = await parseScenario(ramp, 'ramp.yaml', { set: ['observe=[energy, moments]'] })
    const { thermodynamics } = await run(scenario, { directory, threads: 1 })
    const samples = Float64Array.from(decodeNpy(readFileSync(join(directory, 'samples.npy')), 'samples').data)
    const energy = samples.reduce((sum, x) => sum + 2 * x * x, 0) / samples.length
    expect(thermodynamics.energy?.mean).toBeCloseTo(energy, 5)
    expect(thermodynamics.work).toBeUndefined()
    const { mean, covariance } = decodeNpz(readFileSync(join(directory, 'moments.npz')), 'moments')
    expect([mean?.shape, covariance?.shape]).toEqual([[1], [1, 1]])
    expect(covariance?.data[0]).toBeGreaterThan(0.1)
  })

  test('runs that end before they cross are counted, and no mean is made up for them', async () => {
    const set = ['observe=[first-passage]', 'firstPassage={ to: 3 }', 'initial={ kind: point, x: 0 }']
    const directory = folder()
    const { firstPassage } = await run(await parseScenario(ramp, 'ramp.yaml', { set }), { directory, threads: 1 })
    expect(firstPassage).toMatchObject({ unit: 0, to: 3, runs: 200, mean: null })
    expect(firstPassage!.warning).toContain(`${firstPassage!.censored} of 200 runs had not crossed`)
    const path = join(directory, 'first-passage.npy')
    const times = Float64Array.from(decodeNpy(readFileSync(path), path).data)
    expect(times.filter((t) => t === Number.POSITIVE_INFINITY)).toHaveLength(firstPassage!.censored)
  })
})

describe('a mistake is told with how to mend it', () => {
  const set = (...changes: string[]) => changes
  test.each([
    [
      'temperature and hidden units',
      set('network.hidden={ units: 2 }', 'protocol.kT=1'),
      'protocol.kT: hidden units follow',
    ],
    [
      'temperature and entropy production',
      set('protocol.kT=1 + t', 'observe=[work, entropy-production]'),
      'leave entropy-production out of observe',
    ],
    ['a temperature that falls to 0', set('protocol.kT=1 - t'), 'protocol.kT: it is 0 at t = 1; expected more than 0.'],
    ['a formula with another variable', set('protocol.kT=1 + column'), 'protocol.kT: '],
    ['both ways from elsewhere', set('protocol.bothWays=true'), 'expected initial: { kind: equilibrium }'],
    ['a target nobody watches', set('firstPassage={ to: 2 }'), 'firstPassage and observe: [first-passage] go together'],
    [
      'a watch without a target',
      set('observe=[first-passage]'),
      'firstPassage and observe: [first-passage] go together',
    ],
    [
      'a unit that is not there',
      set('observe=[first-passage]', 'firstPassage={ unit: 1, to: 2 }'),
      'firstPassage.unit: units run from 0 to 0, got 1',
    ],
    [
      'a table that is not there',
      set('protocol.parameters.stiffness={ file: no-such.csv }'),
      'no-such.csv: no such file of numbers',
    ],
    [
      'the mean work without a schedule',
      set('protocol.parameters.stiffness=1', 'checks=[work-mean]'),
      '"work-mean" needs a schedule in protocol.parameters',
    ],
    [
      'a free energy without equilibrium',
      set('checks=[free-energy]'),
      '"free-energy" needs initial: { kind: equilibrium }',
    ],
    [
      'the law of another scheme',
      set('checks=[gaussian-moments]', 'sampling.integrator=heun'),
      '"gaussian-moments" needs sampling.integrator euler-maruyama',
    ],
    [
      'the law of one temperature',
      set('checks=[gaussian-moments]', 'protocol.kT=2'),
      '"gaussian-moments" needs a constant temperature',
    ],
    ['a ramp that reverses no noising', set('checks=[reverse-noising]'), '"reverse-noising" needs a plain simulation'],
    ['covariances of a moving trap', set('checks=[stationary-covariance]'), 'harmonic potential without schedules'],
    ['moments of another well', set('checks=[quartic-moments]', 'protocol.parameters.stiffness=1'), '[quartic]'],
    ['nothing watched', set('checks=[mean-first-passage]'), '"mean-first-passage" needs firstPassage'],
  ])('%s', async (_name, changes, expected) => expect(await messageOf(ramp, changes)).toContain(expected))

  test.each([
    ['too short', '0,1\n0.5,2\n', 'holds times from 0 to 0.5; expected 0 to 1'],
    ['out of order', '0,1\n0.5,2\n0.4,3\n1,4\n', 'the time 0.4 in row 2 (counted from 0) follows 0.5'],
    ['a single row', '0,1\n', 'has 1 rows; expected at least 2'],
    ['a single column', '0\n1\n', 'expected one value or a list of 1, got 2 entries'],
  ])('a table that is %s', async (_name, content, expected) => {
    const path = join(dirname(folder()), 'table.csv')
    writeFileSync(path, content)
    expect(await messageOf(ramp, [`protocol.parameters.stiffness={ file: ${path} }`])).toContain(expected)
  })
})
