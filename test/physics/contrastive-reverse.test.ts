import { expect, test } from 'vitest'
import { run } from '../../src/experiment/run/run.js'
import { defineScenario } from '../../src/experiment/scenario/load.js'
import { runFolders } from '../run-folder.js'

const folder = runFolders()

test('a network trained by contrastive divergence, its hidden units doubled, draws two modes by the reverse drive', async () => {
  const data = { source: 'gaussian-mixture' as const, means: [[1.5], [-1.5]], width: 0.35, samples: 2000 }
  const scenario = await defineScenario({
    name: 'contrastive-reverse',
    data,
    network: { visible: { units: 1 }, hidden: { units: 2 } },
    potential: { onsite: ['stiffness'], pair: [] },
    noising: { slices: 14, tMin: 0.02 },
    learning: { rule: 'contrastive-divergence', optimizer: { rate: 0.05 }, iterations: 120, batch: 256 },
    sampling: { trajectories: 1000, drive: 'reverse' },
    observe: ['work', 'heat'],
    checks: ['first-law'],
  })
  const { metrics, checks } = await run(scenario, { directory: folder(), threads: 1 })
  // In a network that is harmonic without its hidden units two fifths of the samples lie between the modes.
  expect(metrics.bridge!.value).toBeLessThan(0.03)
  expect(metrics.bridge!.control).toBeGreaterThan(0.3)
  // Binomial error of 1,000 samples .016; the O(h) bias of the rule moves both modes alike.
  expect(metrics.modeWeightError!.value).toBeLessThan(4 * 0.016)
  expect(checks.every(({ pass }) => pass)).toBe(true)
})
