import { expect, test } from 'vitest'
import { ruleAgreement } from '../../src/experiment/checks/rule-agreement.js'
import { defineScenario } from '../../src/experiment/scenario/load.js'
import { createProblem } from '../../src/experiment/system/problem.js'

test('every rule ends within 2 % of the oracle’s loss', async () => {
  const scenario = await defineScenario({
    name: 'agreement',
    data: {
      source: 'gaussian-mixture',
      means: [
        [0.8, 0.5],
        [-0.4, -0.7],
      ],
      width: 0.5,
      samples: 1000,
    },
    network: { visible: { units: 2 } },
    potential: { onsite: ['stiffness', 'quartic', 'bias'], pair: ['bilinear'] },
    noising: { slices: 2, duration: 2, tMin: 0.02 },
    learning: {
      iterations: 100,
      batch: 200,
      optimizer: { rate: 0.03 },
      compare: [
        'force-matching',
        'implicit-score-matching',
        'nudged-force-matching',
        'contrastive-divergence',
        'reverse-path',
      ],
    },
  })
  const problem = createProblem(scenario)
  const checks = await ruleAgreement(problem, problem.data!, {})
  expect(checks.map(({ name }) => name)).toEqual(scenario.learning!.compare.map((rule) => `rule-agreement: ${rule}`))
  for (const { name, pass, tolerance, truth } of checks) {
    expect([name, pass]).toEqual([name, true])
    expect(tolerance).toBeCloseTo(0.02 * truth, 12)
  }
})
