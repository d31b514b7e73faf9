import { describe, expect, test } from 'vitest'
import type { Scan } from '../../src/experiment/gradients/gradient-scan.js'
import { compareGradients } from '../../src/experiment/gradients/gradients.js'
import { defineScenario } from '../../src/experiment/scenario/load.js'
import { dataScore } from '../../src/learning/rules/expected-target.js'
import { createNoising, noiseWidth, signal } from '../../src/physics/protocol/noising.js'
import { normals } from '../systems.js'

const bath = { kT: 0.8, mobility: 1.2 }

/** Two units that learn a mixture of two Gaussians from few data. */
async function mixture(
  potential: { onsite: ('stiffness' | 'quartic' | 'bias')[]; pair: ('bilinear' | 'quartic')[] },
  hidden = 0,
) {
  return defineScenario({
    name: 'bias',
    bath,
    data: {
      source: 'gaussian-mixture',
      means: [
        [1, 0.6],
        [-0.8, -0.5],
      ],
      width: 0.4,
      // Few: what it costs to know the exact mean is in proportion, and what is claimed holds for any number.
      samples: 50,
    },
    network: { visible: { units: 2 }, ...(hidden > 0 ? { hidden: { units: hidden, kind: 'bistable' } } : {}) },
    potential,
    noising: { stiffness: 1.5, slices: 2 },
    learning: { iterations: 1, batch: 512 },
  })
}

/** Bias power, or variance power, of a curve. */
function power(scans: readonly Scan[], rule: string, label: string, of: 'biasPower' | 'variancePower') {
  const found = scans.find((scan) => scan.rule === rule)!.curves.find((curve) => curve.label === label)![of]
  if (found === null) throw new Error(`the bias of ${rule}, ${label} is not resolved`)
  return found
}

describe('in a harmonic network', async () => {
  const scenario = await mixture({ onsite: ['stiffness', 'bias'], pair: ['bilinear'] })
  const { drives } = await compareGradients(scenario, { batch: 8192 })
  const scans = drives.flatMap((drive) => drive.scans)

  test('force matching and implicit score matching have the exact gradient in the mean, in both drives', () => {
    for (const { rules } of drives)
      for (const name of ['force-matching', 'implicit-score-matching'] as const) {
        const { bias, size } = rules.find((rule) => rule.name === name)!.result!
        expect([name, bias]).toEqual([name, { below: expect.any(Number) }])
        expect(Math.abs(size - 1)).toBeLessThan(0.05)
      }
  })

  test('one step of contrastive divergence is off by exactly O(h)', () => {
    const { value, standardError } = power(scans, 'contrastive-divergence', 'one step, ± noise', 'biasPower')
    expect(standardError).toBeLessThan(0.15)
    expect(Math.abs(value - 1)).toBeLessThan(4 * standardError)
  })

  test('its variance grows as 1/h, and with antithetic noise it does not', () => {
    const plain = power(scans, 'contrastive-divergence', 'one step', 'variancePower')
    // a/h + b with b that of the antithetic runs, less than a tenth of it at the largest h fitted.
    expect(Math.abs(plain.value + 1)).toBeLessThan(4 * plain.standardError + 0.1)
    const paired = power(scans, 'contrastive-divergence', 'one step, ± noise', 'variancePower')
    expect(Math.abs(paired.value)).toBeLessThan(0.3)
  })

  test('the nudge makes an error of O(δ) on one side and none on two', () => {
    expect(power(scans, 'nudged-force-matching', 'one-sided', 'biasPower').value).toBeCloseTo(1, 6)
    const { points } = scans.find(({ rule }) => rule === 'nudged-force-matching')!.curves[1]!
    for (const { bias } of points) expect('below' in bias ? bias.below : bias.value).toBeLessThan(1e-12)
  })

  test('one step of noising has a target whose variance grows as 1/h', () => {
    const { value, standardError } = power(scans, 'reverse-path', 'one step of noising', 'variancePower')
    expect(Math.abs(value + 1)).toBeLessThan(4 * standardError)
  })
})

test('with quartic terms the two-sided nudge is off by O(δ²), and with hidden units too', async () => {
  const quartic = await compareGradients(
    await mixture({ onsite: ['stiffness', 'quartic'], pair: ['bilinear', 'quartic'] }),
  )
  expect(power(quartic.drives[0]!.scans, 'nudged-force-matching', 'two-sided', 'biasPower').value).toBeCloseTo(2, 6)
  const hidden = await compareGradients(await mixture({ onsite: ['stiffness'], pair: ['bilinear'] }, 3), { batch: 128 })
  const { value } = power(hidden.drives[0]!.scans, 'nudged-force-matching', 'two-sided', 'biasPower')
  // Of tanh there is a fourth order too: at most (δ|r|V/kT)² of the second.
  expect(Math.abs(value - 2)).toBeLessThan(0.02)
})

test('the score of noised data is the slope of their density, and of one datum -ε/s', () => {
  const noising = createNoising({ stiffness: 1.5, duration: 2, tMin: 0.02, slices: 2, spacing: 'linear' }, bath)
  const [t, batch] = [0.3, 5]
  const [m, s] = [signal(noising, t), noiseWidth(noising, t)]
  const points = normals(2 * 7, 8)
  const x = normals(2 * batch, 9)
  const logDensity = (at: readonly number[]) => {
    let sum = 0
    for (let n = 0; n < 7; n++)
      sum += Math.exp(-((at[0]! - m * points[2 * n]!) ** 2 + (at[1]! - m * points[2 * n + 1]!) ** 2) / (2 * s * s))
    return Math.log(sum)
  }
  const score = dataScore({ points, count: 7, units: 2 }, noising, t, x, batch)
  for (let b = 0; b < batch; b++) {
    const at = [x[b]!, x[batch + b]!] as const
    const step = 1e-5
    const slope = (logDensity([at[0] + step, at[1]]) - logDensity([at[0] - step, at[1]])) / (2 * step)
    expect(score[b]).toBeCloseTo(slope, 7)
  }
  const alone = dataScore({ points: points.subarray(0, 2), count: 1, units: 2 }, noising, t, x, batch)
  expect(alone[0]).toBeCloseTo(-(x[0]! - m * points[0]!) / s ** 2, 12)
})
