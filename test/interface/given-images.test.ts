import { expect, test } from 'vitest'
import { loadScenario } from '../../src/experiment/scenario/load.js'

const few = ['sampling.trajectories=8', 'sampling.noised.completions=4']

test('samples of given images are compared image by image, and may be few; others need ten to be measured', async () => {
  const { sampling } = await loadScenario('scenarios/mnist-01-denoise.yaml', { set: few })
  expect(sampling.trajectories).toBe(8)
  await expect(loadScenario('scenarios/mnist-01.yaml', { set: ['sampling.trajectories=8'] })).rejects.toThrow(
    /sampling.trajectories: expected at least 10, to measure the samples; got 8/,
  )
})
