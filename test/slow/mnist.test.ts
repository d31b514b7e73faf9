import { join } from 'node:path'
import { expect, test } from 'vitest'
import { run } from '../../src/experiment/run/run.js'
import { loadScenario } from '../../src/experiment/scenario/load.js'
import { runFolders } from '../run-folder.js'

const folder = runFolders()

test('the quick profile of mnist-01 has 1-NN of at most .66, few phantoms, and the classes that are asked for, at seeds nothing was chosen on', async () => {
  for (const seed of [11, 12]) {
    // .ci/run shows it on the site.
    const directory = seed === 11 && process.env.KEEP_RUNS ? join(process.env.KEEP_RUNS, 'mnist-01') : folder()
    const { metrics, checks } = await run(await loadScenario('scenarios/mnist-01.yaml', { profile: 'quick', seed }), {
      directory,
    })
    const { oneNearestNeighbour, frechetDistance } = metrics
    expect(oneNearestNeighbour!.value).toBeLessThan(0.66)
    expect(frechetDistance!.value).toBeLessThan(0.5 * frechetDistance!.control!)
    expect(metrics.phantoms!.value).toBeLessThan(0.005)
    expect(metrics.classAgreement!.value).toBeGreaterThan(0.97)
    expect(metrics.labelError!.value).toBeLessThan(0.01)
    // Visible units alone leave a quarter of the samples there; .05 is five times what real digits have.
    expect(metrics.bridge!.value).toBeLessThan(0.05)
    expect(oneNearestNeighbour!.value).toBeGreaterThan(oneNearestNeighbour!.floor!)
    expect(checks.every(({ pass }) => pass)).toBe(true)
  }
})

test('without centring, hidden units at kT leave wells where no data are, and the metrics see the mirror images that come of them', async () => {
  const set = ['learning.centre=false', 'network.hidden.temperature=1', 'learning.refine.passes=1']
  const { metrics } = await run(await loadScenario('scenarios/mnist-01.yaml', { profile: 'quick', seed: 11, set }), {
    directory: folder(),
  })
  // The network of the test above has at most .005, none of them so far away.
  expect(metrics.phantoms!.value).toBeGreaterThan(0.01)
  expect(metrics.farthest!.value).toBeGreaterThan(2.4)
})

test('on MNIST the held-out loss, mean over the knots, is within 3 % of the oracle', async () => {
  // A shorter protocol than the full profile, cut as finely: the oracle at the least noisy knots takes minutes.
  const system = ['noising.tMin=0.3', 'noising.slices=12', 'potential.pair=[bilinear]', 'sampling.trajectories=100']
  const set = [...system, 'learning.oracle=true']
  const { learning } = await run(await loadScenario('scenarios/mnist-01-visible.yaml', { set }), {
    directory: folder(),
  })
  expect(learning!.gap!).toBeLessThan(0.03)
  // An oracle far above the learned loss would be one that was not solved.
  expect(learning!.gap!).toBeGreaterThan(-0.03)
})

test('a 2-D mixture is learned to within 1 % of the oracle, and its bridge stays where the exact score has none', async () => {
  const { metrics, learning, checks } = await run(await loadScenario('scenarios/gaussian-mixture-2d.yaml'), {
    directory: folder(),
  })
  expect(Math.abs(learning!.gap!)).toBeLessThan(0.01)
  const { value, control, exactScore, floor } = metrics.bridge!
  expect(value).toBeLessThan(control! / 2)
  expect(value).toBeGreaterThan(10 * floor!)
  expect(exactScore).toBeLessThan(0.002)
  expect(checks.filter(({ pass }) => !pass)).toEqual([])
})
