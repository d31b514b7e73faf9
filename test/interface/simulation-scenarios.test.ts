import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { decodeNpz } from '../../src/experiment/files/npz.js'
import type { Results } from '../../src/experiment/run/results.js'
import { run } from '../../src/experiment/run/run.js'
import { loadScenario } from '../../src/experiment/scenario/load.js'
import { readRun } from '../../viz/read-run.js'
import { renderReport } from '../../viz/report.js'
import { runFolders } from '../run-folder.js'

const folder = runFolders()

async function results(name: string, set: string[] = [], profile = 'quick'): Promise<Results & { directory: string }> {
  const directory = folder()
  const scenario = await loadScenario(`scenarios/${name}.yaml`, { profile, set })
  return { ...(await run(scenario, { directory, threads: 1 })), directory }
}

const failures = ({ checks }: Results) => checks.filter(({ pass }) => !pass).map(({ name }) => name)

test.each([
  ['harmonic-network', ['sampling.trajectories=1000']],
  ['quartic-moments', ['sampling.trajectories=1000']],
  ['dragged-trap', ['sampling.trajectories=2000']],
  ['reverse-ou', ['sampling.trajectories=2000', 'protocol.dt=0.01']],
])('%s passes its checks', async (name, set) => expect(failures(await results(name, set))).toEqual([]))

test('stiffness-ramp: forward and reverse runs give one free energy three ways, in results and report', async () => {
  const found = await results('stiffness-ramp', ['sampling.trajectories=4000', 'protocol.dt=0.01'])
  expect(failures(found)).toEqual([])
  const { jarzynski, bennett, crooks, reverseWork, warning } = found.freeEnergy!
  const exact = Math.log(4) / 2
  for (const { value, standardError } of [jarzynski, bennett!, crooks!.freeEnergy])
    expect(Math.abs(value - exact)).toBeLessThan(4 * standardError + 0.01)
  expect(Math.abs(crooks!.slope.value - 1)).toBeLessThan(4 * crooks!.slope.standardError)
  // Neither direction does less work than the free energy it gains.
  expect(found.thermodynamics.work!.mean).toBeGreaterThan(exact)
  expect(reverseWork!.mean).toBeGreaterThan(-exact)
  expect(warning).toBeNull()
  const { forwardWork, work, logRatio } = decodeNpz(readFileSync(join(found.directory, 'free-energy.npz')), 'npz')
  expect([forwardWork?.shape, work?.shape, logRatio?.shape]).toEqual([[4000], [40], [40]])
  const page = renderReport(readRun(found.directory))
  expect(page).toContain('Bennett acceptance ratio')
  expect(page).toContain('chart-crooks')
  expect(page).not.toContain('<strong>Warning.</strong>')
})

test('quench-warning: below half the stiffness the Jarzynski average is not trusted, in results and report', async () => {
  const found = await results('quench-warning')
  expect(failures(found)).toEqual([])
  expect(found.freeEnergy!.warning).toMatch(/tail index is 0\.\d+ .*Use a slower protocol/)
  expect(renderReport(readRun(found.directory))).toContain('<strong>Warning.</strong> Jarzynski average')
})

test('the speed limit holds for every driven scenario that measures entropy production', async () => {
  const { speedLimit, thermodynamics } = await results('reverse-ou', ['sampling.trajectories=1000', 'protocol.dt=0.01'])
  expect(speedLimit!.bound.value).toBeGreaterThan(0)
  expect(speedLimit!.bound.value).toBeLessThan(thermodynamics.entropyProduction!.mean)
})

test('integrator-error: Euler–Maruyama spreads the network by a third, Leimkuhler–Matthews not at all', async () => {
  const ratio = async (profile: string) => {
    const found = await results('integrator-error', ['sampling.trajectories=4000'], profile)
    expect(failures(found)).toEqual([])
    return found.checks.find(({ name }) => name.includes('mean variance'))!
  }
  const euler = await ratio('euler-maruyama')
  const leimkuhler = await ratio('leimkuhler-matthews')
  expect(euler.truth).toBeGreaterThan(1.3)
  expect(leimkuhler.truth).toBe(1)
})

test('escape-time: the mean agrees with quadrature, and the report shows it beside Kramers’ formula', async () => {
  const found = await results('escape-time', ['sampling.trajectories=60', 'protocol.dt=0.02'])
  expect(failures(found)).toEqual([])
  expect(found.firstPassage!.kramers).toBeCloseTo(16.414, 2)
  const page = renderReport(readRun(found.directory))
  expect(page).toContain('Kramers’ formula')
  expect(page).toContain('60 of 60')
})
