import { scalesOf, unitScales } from '../../learning/data/scales.js'
import { type HiddenUse, hiddenUse } from '../../learning/evaluation/hidden-use.js'
import type { MetricLine } from '../../learning/training/losses.js'
import { stillFalling } from '../../learning/training/settled.js'
import { noiseWidth, signal } from '../../physics/protocol/noising.js'
import type { LearningData, Problem } from '../system/problem.js'

/** What data are far from, over the trap's width; of a unit's deviation and of its mean. */
const spreads = { least: 0.3, most: 3, offset: 3 } as const
/** Fewest states, and numbers for each parameter of a knot. */
const fewest = { states: 200, numbers: 2 } as const
/**
 * Parts of the hidden units that may do nothing, at noise below this part of the data's spread. Of networks that generate well a half of
 * them is saturated there: what marks a border elsewhere is a bias here.
 */
const idle = { dead: 0.5, saturated: 0.8, noise: 0.3 } as const
/** A fall of the loss that counts, and how many standard errors beyond chance. */
const falling = { part: 0.01, errors: 4 } as const

/** What of its data a network will hardly learn from, each with a remedy. Images are as they are: they are not asked. */
export function dataWarnings({ potential, noising }: Problem, data: LearningData): string[] {
  if (data.source !== 'array') return []
  const { count, units } = data.train
  const { mean, deviation } = unitScales(data.train)
  const thermal = Math.sqrt(noising.bath.kT / noising.stiffness)
  const widths = Array.from(deviation, (of) => of / thermal)
  const [narrowest, widest] = [Math.min(...widths), Math.max(...widths)]
  const offset = Math.max(...mean.map((of) => Math.abs(of) / thermal))
  const warnings: string[] = []
  if (narrowest < spreads.least || widest > spreads.most || offset > spreads.offset)
    warnings.push(
      `the data's columns have standard deviations from ${short(narrowest)} to ${short(widest)} and means up to ${short(offset)}, in units of the noise they are learned from under (sqrt(kT/k0)); rates and noise times suit deviations near 1 and means near 0. Set data.standardize: true.`,
    )
  if (count < fewest.states || count * units < fewest.numbers * potential.size)
    warnings.push(
      `there are ${count} training states of ${units} ${units === 1 ? 'number' : 'numbers'} for the ${potential.size} parameters of each knot: the network may learn these states by heart. Give more data, or fewer hidden units.`,
    )
  return warnings
}

/** What training has left undone, each with a remedy. */
export function trainingWarnings(
  { potential, noising, scenario }: Problem,
  data: LearningData,
  knots: readonly Float64Array[],
  lines: readonly MetricLine[],
): string[] {
  const { spread } = scalesOf(data.train)
  const isFine = (t: number) => noiseWidth(noising, t) / signal(noising, t) < idle.noise * spread
  const fine = noising.knots.flatMap((t, n) => {
    const use = isFine(t) ? hiddenUse(potential, noising, knots[n]!, t, data.states.train, scenario.seed) : null
    return use === null ? [] : [use]
  })
  const rate = scenario.learning?.optimizer.hiddenRate ?? scenario.learning?.optimizer.rate
  return [
    ...idleWarning(
      fine,
      'dead',
      'feel next to nothing',
      `Raise learning.optimizer.hiddenRate (${rate}) or leave the rates away`,
    ),
    ...idleWarning(
      fine,
      'saturated',
      'stay at one end whatever the state',
      `Lower learning.optimizer.hiddenRate (${rate}) or leave the rates away`,
    ),
    ...fallingWarning(lines, noising.knots.length),
  ]
}

function idleWarning(uses: readonly HiddenUse[], what: 'dead' | 'saturated', doing: string, mend: string): string[] {
  const bad = uses.filter((use) => use[what] > idle[what] * use.units)
  const worst = bad.reduce<HiddenUse | null>((a, b) => (a === null || b[what] > a[what] ? b : a), null)
  if (worst === null) return []
  const at = bad.map(({ t }) => t)
  const times =
    at.length === 1
      ? `noise time ${short(at[0]!)}`
      : `${at.length} noise times from ${short(Math.min(...at))} to ${short(Math.max(...at))}`
  return [
    `${worst[what]} of ${worst.units} hidden units are ${what}: at ${times} they ${doing}, so that samples are those of a network without them. ${mend}, or take more learning.iterations.`,
  ]
}

function fallingWarning(lines: readonly MetricLine[], slices: number): string[] {
  const found = stillFalling(lines, slices)
  if (found === null || found.fall < falling.part || found.fall < falling.errors * found.standardError) return []
  return [
    `the loss had not settled: in the last quarter of each of the less noisy slices it was still ${short(100 * found.fall)} % lower than in the one before. Take more learning.iterations, or leave the rates away.`,
  ]
}

function short(value: number): string {
  return String(Number(value.toPrecision(2)))
}
