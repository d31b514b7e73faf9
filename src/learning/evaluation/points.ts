import { exitCode, OverdampedError } from '../../errors.js'
import { type PointSet, pickRows } from '../../physics/network/states.js'
import type { DigitSet } from '../data/digits.js'

/**
 * The images of a set of digits as points; shares their memory.
 *
 * (Not `size ** 2` units: V8 holds powers as floating-point numbers, and a single set with such a number of units makes indices of
 * all sets floating-point ones, which takes half as much time again wherever points are read.)
 */
export function pointsOf(digits: DigitSet): PointSet {
  return { points: digits.images, count: digits.count, units: digits.images.length / Math.max(1, digits.count) }
}

/** The digits of one class as points. @param label the digit, as in `digits.labels` */
export function selectClass(digits: DigitSet, label: number): PointSet {
  const rows = [...digits.labels.keys()].filter((row) => digits.labels[row] === label)
  return pickRows(pointsOf(digits), rows)
}

/** A copy with every coordinate clipped to [-1, 1], the range of the pixels. */
export function clipped(set: PointSet): PointSet {
  return { ...set, points: set.points.map((x) => Math.min(1, Math.max(-1, x))) }
}

/**
 * Checks that every coordinate is finite: otherwise no metric could mean anything.
 *
 * @throws OverdampedError E_DIVERGED naming the first sample that is not
 */
export function checkFinite(set: PointSet): void {
  const bad = set.points.findIndex((x) => !Number.isFinite(x))
  if (bad < 0) return
  const text = 'is not finite, so the metrics mean nothing. Expected finite samples; a smaller step (dt) may mend it.'
  throw new OverdampedError('E_DIVERGED', text, `sample ${Math.floor(bad / set.units)}`, exitCode.failed)
}

/**
 * Checks that two sets lie in one space and have enough points.
 *
 * @param metric its name, the place in messages
 * @param fewest the fewest points of a, and of b, for which the metric is defined
 * @throws OverdampedError E_DATA
 */
export function checkPoints(metric: string, a: PointSet, b: PointSet, fewest: readonly [number, number]): void {
  if (a.units !== b.units) {
    const text = `points of ${a.units} units cannot be compared with points of ${b.units}. Use the same image size.`
    throw new OverdampedError('E_DATA', text, metric)
  }
  for (const [n, { count }] of [a, b].entries()) {
    if (count >= fewest[n]!) continue
    const text = `needs at least ${fewest[n]} points, got ${count}.`
    const mend = 'Draw more samples (sampling.trajectories) or give more data.'
    throw new OverdampedError('E_DATA', `${text} ${mend}`, metric)
  }
}
