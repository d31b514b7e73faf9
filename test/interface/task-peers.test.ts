// The programs that tasks are timed beside simulate the same systems: what they print beside the truths of the scenarios.
import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { numpyPython } from '../numpy.js'

const python = numpyPython()

function measured(task: string, trajectories: number, steps: number): Record<string, number> {
  const { status, stdout, stderr } = spawnSync(
    python!,
    ['bench/peers/numpy_tasks.py', task, String(trajectories), String(steps)],
    { encoding: 'utf8', env: { ...process.env, OPENBLAS_NUM_THREADS: '1' } },
  )
  expect(stderr).toBe('')
  expect(status).toBe(0)
  return JSON.parse(stdout)
}

// Of n independent trajectories variances are known to √(2/n): at 20,000 to 1 %, five of them 5 %. The steps are as in the scenarios.
test.skipIf(python === null).each([
  ['active-trap', 20_000, 800, 'variance', 4 / 3, 0.05],
  ['washboard', 20_000, 400, 'drift', 0.674, 0.05],
  ['gyrator', 20_000, 1000, 'torque', 8 / 15, 0.1],
  ['moving-double-well', 20_000, 1000, 'free', 0, 0.05],
  ['double-well-chain', 100, 4000, 'square', 0.6504, 0.05],
  ['stochastic-resonance', 2000, 10_000, 'variance', 0.826, 0.1],
] as const)('numpy_tasks.py %s of %i × %i has its %s', (task, trajectories, steps, figure, truth, share) => {
  const found = measured(task, trajectories, steps)[figure]!
  expect(Math.abs(found - truth)).toBeLessThan(share * (truth === 0 ? 1 : truth))
})
