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
    'phantoms',
    'farthest',
    'nearestTraining',
  ])
  expect([control.count, control.units]).toEqual([1000, 144])
  expect(control.points.every((x) => x >= -1 && x <= 1)).toBe(true)
  expect(samples.points.some((x) => x > 1)).toBe(true)

  // Figures of an independent implementation (NumPy) for one draw of 1,000: the difference of two draws has √2 standard errors.
  const expected = {
    oneNearestNeighbour: 0.935,
    frechetDistance: 3.24,
    bridge: 0.327,
    other: 0.106,
    nearestTraining: 4.234,
  }
  for (const [name, figure] of Object.entries(expected)) {
    const { value, control: again, standardError } = metrics[name]!
    expect(Math.abs(value - figure), name).toBeLessThan(4 * Math.SQRT2 * standardError)
    expect(Math.abs(again - figure), name).toBeLessThan(4 * Math.SQRT2 * standardError)
  }
  // Floors, likewise: .512, the mean over four draws with an error of ½√(1.5/2000)/√4 for 2,000 points of which half are
  // mutual neighbours; .64, over ten draws that scatter by .07; .012 of 10,000.
  const { oneNearestNeighbour, frechetDistance, bridge, phantoms, farthest, nearestTraining } = metrics
  expect(Math.abs(oneNearestNeighbour!.floor - 0.512)).toBeLessThan(4 * 0.25 * Math.sqrt(1.5 / 2000))
  expect(Math.abs(frechetDistance!.floor - 0.64)).toBeLessThan((4 * 0.07) / Math.sqrt(10))
  expect(Math.abs(bridge!.floor - 0.012)).toBeLessThan(4 * Math.sqrt(0.012 / 10_000))
  // Of 12,665 training digits left out nine are beyond the limit, so of 4,000 about three; the control's are not many more.
  expect(phantoms!.floor).toBeLessThan((3 + 4 * Math.sqrt(3)) / 4000)
  expect(farthest!.floor).toBeLessThan(1.01)
  expect(nearestTraining!.floor).toBeCloseTo(2.1624, 4)
  // Left out of their own votes, some training digits are taken for others, but few.
  expect(metrics.other!.floor).toBeGreaterThan(0)
  expect(metrics.other!.floor).toBeLessThan(0.03)
  // The control is further from the training digits than held-out ones are.
  expect(metrics.nearestTraining!.value).toBeGreaterThan(metrics.nearestTraining!.floor + 1)
})
