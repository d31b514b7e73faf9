import { expect, test } from 'vitest'
import { loadMnist } from '../../src/experiment/files/mnist.js'
import { digitMetrics } from '../../src/learning/evaluation/digits.js'
import { harmonicControl } from '../../src/learning/evaluation/harmonic-control.js'
import { pointsOf } from '../../src/learning/evaluation/points.js'

test('the metrics of digits give the harmonic control and the training digits the figures known for them', () => {
  const { train, heldOut, every } = loadMnist([0, 1], { size: 12, crop: 2 })
  const samples = harmonicControl(pointsOf(train), 1000, 99)
  const { metrics, control } = digitMetrics({
    samples,
    train,
    heldOut,
    every: every(),
    digits: [0, 1],
    seed: 1,
  })
  expect(Object.keys(metrics)).toEqual([
    'oneNearestNeighbour',
    'frechetDistance',
    'bridge',
    'other',
    'modeWeightError',
    'nearestTraining',
  ])
  expect([control.count, control.units]).toEqual([1000, 144])
  expect(control.points.every((x) => x >= -1 && x <= 1)).toBe(true)
  expect(samples.points.some((x) => x > 1)).toBe(true)

  // Figures of an independent implementation for one draw of 1,000: the difference of two draws has √2 standard errors.
  const expected = { oneNearestNeighbour: 0.905, frechetDistance: 3.63, bridge: 0.32, other: 0.09 }
  for (const [name, figure] of Object.entries(expected)) {
    const { value, control: again, standardError } = metrics[name]!
    expect(Math.abs(value - figure), name).toBeLessThan(4 * Math.SQRT2 * standardError)
    expect(Math.abs(again - figure), name).toBeLessThan(4 * Math.SQRT2 * standardError)
  }
  // Floors: .51 with an error of ½√(1.5/850) for 850 points of which half are mutual neighbours; 1.0–1.2;
  // .005–.011 with an error of √(.008/1000).
  expect(Math.abs(metrics.oneNearestNeighbour!.floor - 0.51)).toBeLessThan(4 * Math.SQRT2 * 0.5 * Math.sqrt(1.5 / 850))
  expect(metrics.frechetDistance!.floor).toBeGreaterThan(0.9)
  expect(metrics.frechetDistance!.floor).toBeLessThan(1.3)
  expect(metrics.bridge!.floor).toBeLessThan(0.011 + 4 * Math.sqrt(0.008 / 1000))
  // Left out of their own votes, some training digits are taken for others, but few.
  expect(metrics.other!.floor).toBeGreaterThan(0)
  expect(metrics.other!.floor).toBeLessThan(0.03)
  // The control is further from the training digits than held-out ones are.
  expect(metrics.nearestTraining!.value).toBeGreaterThan(metrics.nearestTraining!.floor + 1)
})
