import { join } from 'node:path'
import ndarray from 'ndarray'
import { expect, test } from 'vitest'
import { writeAtomic } from '../../src/experiment/files/atomic.js'
import { encodeNpy } from '../../src/experiment/files/npy.js'
import { run } from '../../src/experiment/run/run.js'
import { defineScenario } from '../../src/experiment/scenario/load.js'
import { sampleMixture } from '../../src/learning/data/mixture.js'
import { readRun } from '../../viz/read-run.js'
import { renderReport } from '../../viz/report.js'
import { fileFolder, runFolders } from '../run-folder.js'

const folder = runFolders()
const file = join(fileFolder(), 'modes.npy')

const means = [
  [1.5, 1.5],
  [-1.5, -1.5],
]
const { points, count, units } = sampleMixture({ means, width: 0.25, weights: [0.5, 0.5], units: 2 }, 1250, 3, 0)
writeAtomic(file, encodeNpy(ndarray(Float32Array.from(points), [count, units])))

/** A harmonic network, which cannot tell two modes apart: nearly all that it loses it loses where the modes part, about t = .3. */
const twoModes = (trajectories: number) =>
  defineScenario({
    name: 'two-modes',
    data: { source: 'array', path: file },
    network: { visible: { units: 2 } },
    potential: { onsite: ['stiffness', 'bias'], pair: ['bilinear'] },
    noising: { duration: 3, tMin: 0.01, slices: 12 },
    learning: { rule: 'least-squares' },
    sampling: { trajectories, batch: 128 },
    observe: ['error-budget'],
  })

test('hybrids tell where a network that cannot part two modes loses quality', async () => {
  const directory = folder()
  const { hybrids, metrics } = await run(await twoModes(250), { directory, threads: 1 })
  const { floor, hybrids: found, trajectories } = hybrids!
  expect(trajectories).toBe(250)
  expect(found.map(({ posterior, t }) => posterior + (t === undefined ? '' : t.toFixed(1)))).toEqual(
    ['above1.0', 'below1.0', 'above0.5', 'below0.5', 'above0.2', 'below0.2', 'above0.1', 'below0.1'].concat(
      'everywhere',
      'nowhere',
    ),
  )
  const of = (posterior: string, t?: number) =>
    found.find((each) => each.posterior === posterior && (t === undefined || Math.abs(each.t! / t - 1) < 0.1))!
      .oneNearestNeighbour
  const apart = (a: ReturnType<typeof of>, b: ReturnType<typeof of>) =>
    (a.value - b.value) / Math.hypot(a.standardError, b.standardError)
  // The posterior of 1,000 points is their law: its samples cannot be told from data, but for those that come twice.
  expect(Math.abs(apart(of('everywhere'), floor.oneNearestNeighbour))).toBeLessThan(4)
  // Nobody took the network's place: it is the run's own network under other noise.
  expect(Math.abs(apart(of('nowhere'), metrics.oneNearestNeighbour!))).toBeLessThan(4)
  expect(apart(of('nowhere'), of('everywhere'))).toBeGreaterThan(4)
  // Where the modes are parted by the posterior little is left to lose, and nothing is won where they are not yet apart.
  expect(apart(of('nowhere'), of('above', 0.12))).toBeGreaterThan(4)
  expect(Math.abs(apart(of('nowhere'), of('above', 1)))).toBeLessThan(4)
  expect(apart(of('above', 0.5), of('below', 0.5))).toBeGreaterThan(4)
  // Samples that end with the posterior at t_min are data.
  const near = (posterior: string) => found.find((each) => each.posterior === posterior)!.nearestTraining.value
  expect(near('everywhere')).toBeLessThan(0.5 * near('nowhere'))

  const section = /<section id="hybrids".*?<\/section>/s.exec(renderReport(readRun(directory)))![0]
  expect(section).toContain('250 samples of each kind.')
  expect(section).toContain('nowhere: the network alone')
})

test('how trajectories are cut into batches changes no bit of a hybrid', async () => {
  const results = []
  for (const batch of [7, 20]) {
    const scenario = await twoModes(20)
    const set = { ...scenario, sampling: { ...scenario.sampling, batch } }
    results.push((await run(set, { directory: folder(), threads: 1, backend: 'reference' })).hybrids)
  }
  expect(results[1]).toEqual(results[0])
})
