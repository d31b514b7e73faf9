import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { requireApplicable } from '../../src/experiment/checks/applicable.js'
import { decodeNpz } from '../../src/experiment/files/npz.js'
import { run } from '../../src/experiment/run/run.js'
import { loadScenario, parseScenario } from '../../src/experiment/scenario/load.js'
import { createProblem } from '../../src/experiment/system/problem.js'
import { refusalOf } from '../refusal.js'
import { runFolders } from '../run-folder.js'

const folder = runFolders()

const trap = `name: trap
network: { visible: { units: 2 } }
potential: { onsite: [stiffness, bias], pair: [bilinear] }
initial: { kind: gaussian, variance: 1 }
protocol: { duration: 2, dt: 0.05, parameters: { stiffness: 1, bias: t, bilinear: 0.3 } }
sampling: { trajectories: 2000 }
record: { trajectories: 3 }
`

const messageOf = (set: string[], file?: string) =>
  refusalOf(async () => {
    const scenario =
      file === undefined ? await parseScenario(trap, 'trap.yaml', { set }) : await loadScenario(file, { set })
    requireApplicable(createProblem(scenario))
  })

test('a simulation is not slowed down as generation is', async () => {
  expect(await messageOf(['sampling.slowdown=4'])).toMatch(
    /sampling\.slowdown: it is of generation.*protocol\.duration/,
  )
  expect(await messageOf(['sampling.slowdown=1'])).toBe('valid')
})

test('what an integrator can not do is said before anything runs', async () => {
  expect(await messageOf(['sampling.integrator=mala'])).toMatch(/mala needs observe without work.*\[E_INVALID_VALUE\]/)
  expect(await messageOf(['sampling.integrator=mala', 'observe=[trajectories]'])).toBe('valid')
  expect(await messageOf(['sampling.integrator=exact-ou'])).toBe('valid')
  const [well, mixture] = ['scenarios/double-well.yaml', 'scenarios/gaussian-mixture-2d.yaml']
  expect(await messageOf(['sampling.integrator=exact-ou', 'checks=[]'], well)).toMatch(
    /exact-ou needs a harmonic potential/,
  )
  const harmonic = ['potential.onsite=[stiffness,bias]', 'potential.pair=[bilinear]', 'sampling.integrator=exact-ou']
  expect(await messageOf(harmonic, mixture)).toMatch(/exact-ou needs data other than a mixture/)
})

test('an exact final density, forces and autocorrelations say what they need', async () => {
  expect(await messageOf(['finalDensity=exact', 'checks=[]'], 'scenarios/double-well.yaml')).toMatch(
    /exact needs .*harmonic/,
  )
  expect(await messageOf(['finalDensity=exact', 'sampling.integrator=heun'])).toMatch(/exact needs .*euler-maruyama/)
  expect(await messageOf(['observe=[work,force]'])).toMatch(/observe: force is of recorded trajectories/)
  expect(await messageOf(['observe=[trajectories,autocorrelation]', 'record.trajectories=1'])).toMatch(
    /record.trajectories of at least 2/,
  )
})

test('too few frames for an autocorrelation are refused', async () => {
  const set = ['observe=[trajectories,autocorrelation]', 'protocol.dt=0.2']
  await expect(
    run(await parseScenario(trap, 'trap.yaml', { set }), { directory: folder(), threads: 1 }),
  ).rejects.toThrow(/18 frames/)
})

test('entropy production says which density of the final states it took, and the three agree', async () => {
  const found = []
  for (const density of ['gaussian', 'exact', 'nearest-neighbour'] as const) {
    const scenario = await parseScenario(trap, 'trap.yaml', { set: [`finalDensity=${density}`] })
    const { thermodynamics, identities } = await run(scenario, { directory: folder(), threads: 1 })
    const { mean, standardError, boundary } = thermodynamics.entropyProduction!
    expect(boundary).toBe(density)
    // A single trajectory's value by nearest neighbours scatters, and its exponential is no average to quote.
    expect(identities.some(({ name }) => name.includes('ΔS'))).toBe(density !== 'nearest-neighbour')
    found.push({ mean, standardError })
  }
  // The same trajectories: fits differ by much less than the error of any.
  for (const { mean } of found) expect(Math.abs(mean - found[1]!.mean)).toBeLessThan(found[2]!.standardError)
})

test('forces stand beside the recorded states, autocovariances and time averages in files of their own', async () => {
  const directory = folder()
  const set = ['observe=[trajectories,force,autocorrelation]']
  const { timeAverages } = await run(await parseScenario(trap, 'trap.yaml', { set }), { directory, threads: 1 })
  const arrays = (name: string) => decodeNpz(readFileSync(join(directory, name)), name)
  const { x, force } = arrays('trajectories.npz')
  expect(force!.shape).toEqual(x!.shape)
  const { lag, value, standardError } = arrays('autocorrelation.npz')
  expect(value!.shape).toEqual([2, lag!.shape[0]])
  expect(standardError!.shape).toEqual(value!.shape)
  expect(timeAverages!.map(({ unit }) => unit)).toEqual([0, 1])
})
