import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { decodeNpy } from '../../src/experiment/files/npy.js'
import { freeEnergyFrom } from '../../src/experiment/measurement/free-energy.js'
import { freeEnergyOfRuns } from '../../src/experiment/run/free-energy-of-runs.js'
import type { Results } from '../../src/experiment/run/results.js'
import { run } from '../../src/experiment/run/run.js'
import { requireRunnable } from '../../src/experiment/run/runnable.js'
import { parseScenario } from '../../src/experiment/scenario/load.js'
import { readRun } from '../../viz/read-run.js'
import { renderReport } from '../../viz/report.js'
import { command } from '../command.js'
import { refusalOf } from '../refusal.js'
import { runFolders } from '../run-folder.js'

const folder = runFolders()

async function results(text: string, set: string[] = [], backend: 'wasm' | 'reference' = 'wasm') {
  const directory = folder()
  const found: Results = await run(await parseScenario(text, 'starts.yaml', { set }), {
    ...{ directory, backend, threads: 1 },
  })
  return { ...found, directory }
}

const failures = ({ checks }: Results) => checks.filter(({ pass }) => pass !== true).map(({ name }) => name)

/** ln ∫ e^(-U/kT) dx by a plain sum. */
function logSum(u: (x: number) => number, kT: number): number {
  let sum = 0
  for (let x = -8; x < 8; x += 1e-3) sum += Math.exp(-u(x) / kT) * 1e-3
  return Math.log(sum)
}

/** One unit that is driven both ways between double wells at kT = .8. */
const well = (onsite: string, parameters: string, checks = '[first-law, free-energy]') => `name: well
network: { visible: { units: 1 } }
potential: { onsite: ${onsite} }
bath: { kT: 0.8 }
initial: { kind: equilibrium }
protocol: { duration: 2, dt: 0.004, bothWays: true, parameters: ${parameters} }
sampling: { trajectories: 6000, batch: 1000 }
observe: [work, heat, entropy-production]
checks: ${checks}
`

test.each([
  ['whose bias flips', '[stiffness, quartic, bias]', '{ stiffness: -4, quartic: 4, bias: 0.4*cos(pi*t/2) }', 0],
  [
    'whose barrier is raised',
    '[stiffness, quartic]',
    '{ stiffness: 1 - 2*t, quartic: 1 }',
    -logSum((x) => -1.5 * x * x + x ** 4 / 4, 0.8) + logSum((x) => 0.5 * x * x + x ** 4 / 4, 0.8),
  ],
  [
    // V(x - t/2) of V = y⁴/4 - y² without its constant V(-t/2), which is -3/4 at t = 2.
    'that moves',
    '[stiffness, cubic, quartic, bias]',
    '{ quartic: 1, cubic: -1.5*t, stiffness: 0.75*t^2 - 2, bias: t^3/8 - t }',
    0.75 / 0.8,
  ],
])(
  'forward and backward works of a double well %s give ΔF, and ⟨e^(-ΔS)⟩ = 1',
  async (_, onsite, parameters, truth) => {
    const found = await results(well(onsite, parameters))
    expect(failures(found)).toEqual([])
    const { exact, bennett, jarzynski, crooks } = found.freeEnergy!
    expect(exact! - truth).toBeCloseTo(0, 6)
    // Works of steps of .004 relaxation times of 1/8 are off by less than an error; the check of the run knows by how much.
    for (const { value, standardError } of [bennett!, crooks!.freeEnergy])
      expect(Math.abs(value - truth)).toBeLessThan(4 * standardError)
    expect(Number.isFinite(jarzynski.value)).toBe(true)
    const theorem = found.identities.find(({ name }) => name.includes('ΔS'))
    if (theorem !== undefined) expect(Math.abs(theorem.value - 1)).toBeLessThan(4 * theorem.standardError!)
  },
)

/** Two coupled units, or a chain of them, between double wells with barriers of `a`/4 kT, whose bias is switched on. */
const chain = (units: number, a: number, set = '') => `name: chain
network: { visible: { units: ${units} }, couplings: { visible: { edges: [${Array.from({ length: units - 1 }, (_, i) => `[${i}, ${i + 1}]`).join(', ')}] } } }
potential: { onsite: [stiffness, quartic, bias], pair: [bilinear] }
initial: { kind: relax, from: [-1, 1]${set} }
protocol: { duration: 0.5, dt: 0.0025, bothWays: true, parameters: { stiffness: -${a}, quartic: ${a}, bias: t, bilinear: -0.5 } }
sampling: { trajectories: 2000, batch: 1000 }
observe: [work, heat, entropy-production]
`

test('two coupled double wells relax from both sides, and Bennett’s free energy is that of a sum over the plane', async () => {
  const found = await results(chain(2, 6, ', steps: 500'))
  const { forward, reverse } = found.relaxation!
  for (const { agreed, acceptance, refused } of [forward!, reverse!]) {
    expect([agreed, refused]).toEqual([true, null])
    expect(Math.abs(acceptance - 0.574)).toBeLessThan(0.03)
  }
  const logZ = (f: number) => {
    const h = 0.02
    let sum = 0
    const u = (x: number) => -3 * x * x + 1.5 * x ** 4 - f * x
    for (let x = -3; x < 3; x += h) for (let y = -3; y < 3; y += h) sum += Math.exp(0.5 * x * y - u(x) - u(y)) * h * h
    return Math.log(sum)
  }
  expect(found.notes).toEqual([expect.stringMatching(/^relaxed by 500 steps of MALA .* both halves agree/)])
  const truth = logZ(0) - logZ(0.5)
  const { exact, bennett, warning } = found.freeEnergy!
  expect(exact).toBeCloseTo(truth, 6)
  expect(Math.abs(bennett!.value - truth)).toBeLessThan(4 * bennett!.standardError)
  expect(warning).toBeNull()
})

test('the density of what two units relax to is known with its normaliser: ⟨e^(-ΔS)⟩ = 1', async () => {
  // Shallow wells: e^(-ΔS) has the final states' Gaussian fit over e^(-U/kT) in it, and over deep ones rare states would make its mean.
  const { identities } = await results(chain(2, 2, ', steps: 200'), ['protocol.bothWays=false'])
  const theorem = identities.find(({ name }) => name.includes('ΔS'))!
  expect(Math.abs(theorem.value - 1)).toBeLessThan(4 * theorem.standardError!)
})

test('a chain of double wells has Bennett’s free energy that of its transfer matrices', async () => {
  const { freeEnergy } = await results(chain(4, 4, ', steps: 500'))
  const { exact, bennett } = freeEnergy!
  expect(Math.abs(bennett!.value - exact!)).toBeLessThan(4 * bennett!.standardError)
})

test('over barriers of 12 kT local moves do not agree: the run goes on, and says why it has no free energy', async () => {
  const found = await results(chain(2, 48, ', steps: 200'), ['sampling.trajectories=200', 'protocol.dt=0.0005'])
  expect(found.freeEnergy).toBeUndefined()
  expect(found.thermodynamics.work?.standardError).toBeGreaterThan(0)
  expect(found.relaxation!.forward!.agreed).toBe(false)
  const [refusal] = found.warnings!.filter((text) => text.includes('no free energy'))
  expect(refusal).toMatch(
    /trajectories from -1 and from 1 still differ, most in .*Local moves do not cross barriers. Raise/,
  )
  expect(found.notes!.join()).toContain('nobody knows the normaliser')
  expect(renderReport(readRun(found.directory))).toContain('Local moves do not cross barriers')
  const back = folder()
  await expect(freeEnergyOfRuns(found.directory, back)).rejects.toThrow(/Local moves do not cross barriers/)
})

test('a relaxation has the same bits in any batch', async () => {
  const small = ['sampling.trajectories=40', 'protocol.bothWays=false', 'sampling.batch=40']
  const samples = async (set: string[]) => {
    const { directory } = await results(chain(2, 6, ', steps: 20'), [...small, ...set], 'reference')
    return decodeNpy(readFileSync(join(directory, 'samples.npy')), 'samples').data
  }
  expect(await samples(['sampling.batch=7'])).toEqual(await samples([]))
})

test.each([
  ['places that are one', '[1, 1]', '40', 'initial.from: expected two different places'],
  ['a list of another length', '[[1], -1]', '40', 'initial.from.0: expected one value, or a list of 2'],
  ['too few trajectories to compare', '[1, -1]', '10', 'sampling.trajectories: expected at least 20'],
])('a relaxation from %s is refused', async (_, from, trajectories, message) => {
  const set = [`initial.from=${from}`, `sampling.trajectories=${trajectories}`]
  expect(await refusalOf(() => parseScenario(chain(2, 6), 'starts.yaml', { set }))).toContain(message)
})

test.each([
  [
    'units with states',
    ['network.visible.states=two', 'potential.onsite=[bias]', 'protocol.parameters={ bias: t, bilinear: -1 }'],
    'of continuous units',
  ],
  [
    'hidden units',
    ['network.hidden={ units: 1 }', 'protocol.parameters.hidden-coupling=0', 'protocol.parameters.hidden-bias=0'],
    'hidden units to equilibrium',
  ],
])('a relaxation of %s is refused', async (_, set, message) => {
  const scenario = await parseScenario(chain(2, 6), 'starts.yaml', { set: ['observe=[work]', ...set] })
  expect(await refusalOf(() => requireRunnable(scenario))).toContain(message)
})

test('two finished runs in opposite directions give what one run both ways does, by command and from the library', async () => {
  const text = well('[stiffness, quartic]', '{ stiffness: 1 - 2*t, quartic: 1 }', '[]')
  const short = ['protocol.bothWays=false', 'sampling.trajectories=1000']
  const ahead = await results(text, short)
  const back = await results(text, [...short, 'protocol.reversed=true', 'seed=2'])
  const { freeEnergy, fromReverse, works } = await freeEnergyOfRuns(ahead.directory, back.directory)
  const { exact, ...estimates } = freeEnergy
  expect(estimates).toEqual(freeEnergyFrom(works.forward, works.reverse, 1))
  expect(exact).toBe(ahead.freeEnergy!.exact)
  expect(freeEnergy.jarzynski).toEqual(ahead.freeEnergy!.jarzynski)
  expect(fromReverse.value).toBe(-back.freeEnergy!.jarzynski.value)
  expect(Math.abs(freeEnergy.bennett!.value - exact!)).toBeLessThan(4 * freeEnergy.bennett!.standardError)

  const out = folder()
  const printed = await command('free-energy', ahead.directory, back.directory, '--out', out)
  expect(printed.status).toBe(0)
  expect(printed.stdout).toMatch(/Jarzynski, forward .*\nJarzynski, reverse .*\nBennett .*\nCrooks .*\nexact /)
  expect(JSON.parse(readFileSync(join(out, 'free-energy.json'), 'utf8')).freeEnergy.bennett.value).toBe(
    freeEnergy.bennett!.value,
  )
  expect(readFileSync(join(out, 'free-energy.html'), 'utf8')).toContain('Bennett acceptance ratio')

  const both = (one: string, other: string) => refusalOf(() => freeEnergyOfRuns(one, other))
  expect(await both(ahead.directory, ahead.directory)).toContain('both runs have protocol.reversed false')
  const other = await results(text, [...short, 'protocol.reversed=true', 'bath.kT=0.9'])
  expect(await both(ahead.directory, other.directory)).toContain('bath.kT is 0.8 in')
  const point = await results(text, [...short, 'initial={ kind: point, x: 0 }'])
  expect(await both(point.directory, back.directory)).toContain('it starts from initial.kind point')
  const twin = await results(text, [...short, 'protocol.reversed=true'])
  expect((await freeEnergyOfRuns(ahead.directory, twin.directory)).freeEnergy.warning).toContain(
    'Both runs have the seed 1',
  )
})
