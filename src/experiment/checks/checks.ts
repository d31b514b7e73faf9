import { noisedMixture } from '../../learning/data/mixture.js'
import { exactMixtureBridge, mixtureBridge, modeStatistics } from '../../learning/evaluation/mixture.js'
import type { PointSet } from '../../physics/network/states.js'
import { barCheck, type Check, statisticalCheck } from '../../physics/observe/check.js'
import { type Estimate, fractionOf } from '../../physics/observe/estimate.js'
import { firstPassage, missedCrossingShift } from '../../physics/observe/first-passage.js'
import { noiseWidth, signal } from '../../physics/protocol/noising.js'
import { boltzmannMoments } from '../../physics/truth/boltzmann.js'
import { energyOfUnit, meanFirstPassage } from '../../physics/truth/escape.js'
import { quarticMoment } from '../../physics/truth/quartic.js'
import { firstPassageStart } from '../measurement/first-passage.js'
import { type CheckContext, subscript } from './check-context.js'
import type { CheckName } from './check-needs.js'
import { contrastBiasCheck } from './contrast-bias.js'
import { firstLawCheck, heatIntegralCheck } from './exchange-checks.js'
import {
  autocorrelation,
  freeEnergyCheck,
  gaussianMoments,
  reverseNoisingCheck,
  stationaryCovarianceCheck,
  workMean,
} from './harmonic-checks.js'

/** Runs the checks that the scenario names; `requireApplicable` has made sure that each of them can. */
export function runChecks(context: CheckContext): Check[] {
  return context.problem.scenario.checks.flatMap((name) => checks[name](context))
}

const checks: Record<CheckName, (context: CheckContext) => Check[]> = {
  'first-law': ({ observed }) => [firstLawCheck(observed.workAndHeat!)],
  'heat-integral': ({ observed, protocol, roundoff }) => [
    heatIntegralCheck(observed.workAndHeat!, protocol.dt.length, observed.ensemble.final.units, roundoff),
  ],
  'gaussian-moments': gaussianMoments,
  autocorrelation,
  'boltzmann-moments': boltzmannCheck,
  'quartic-moments': quarticCheck,
  'stationary-covariance': stationaryCovarianceCheck,
  'work-mean': workMean,
  'free-energy': freeEnergyCheck,
  'mean-first-passage': firstPassageCheck,
  'reverse-noising': reverseNoisingCheck,
  'exact-score': exactScoreCheck,
  'contrast-bias': contrastBiasCheck,
  'mixture-modes': mixtureModesCheck,
}

/** ⟨x²⟩ and ⟨x⁴⟩ of every unit at the end against quadrature of the Boltzmann density. */
function boltzmannCheck({ problem, observed, protocol }: CheckContext): Check[] {
  const { potential, bath } = problem
  const { theta } = problem.given!
  const { final } = observed.ensemble
  return Array.from({ length: potential.network.units }, (_, i) => {
    const { moments, secondOrder } = boltzmannMoments(potential, theta, bath, i, protocol.dt.at(-1)!)
    return [2, 4].map((power) => {
      const truth = moments[power]!
      const error = Math.sqrt((moments[2 * power]! - truth ** 2) / final.count)
      return statisticalCheck(momentName(i, power), rawMoment(final, i, power), truth, error, secondOrder[power]!)
    })
  }).flat()
}

/**
 * The same for pure quartic wells against ⟨xⁿ⟩ = (4kT/a)^(n/4) Γ((n+1)/4)/Γ(1/4); what the time step adds to first order is
 * allowed for.
 */
function quarticCheck({ problem, observed, protocol }: CheckContext): Check[] {
  const { potential, bath } = problem
  const { theta } = problem.given!
  const { final } = observed.ensemble
  return Array.from({ length: potential.network.units }, (_, i) => {
    const { moments } = boltzmannMoments(potential, theta, bath, i, protocol.dt.at(-1)!)
    return [2, 4].map((power) => {
      const truth = quarticMoment(theta[i]!, bath.kT, power)
      const error = Math.sqrt((quarticMoment(theta[i]!, bath.kT, 2 * power) - truth ** 2) / final.count)
      const bias = Math.abs(moments[power]! - truth)
      return statisticalCheck(`quartic ${momentName(i, power)}`, rawMoment(final, i, power), truth, error, bias)
    })
  }).flat()
}

function momentName(unit: number, power: number): string {
  return `⟨x${subscript(unit)}${power === 2 ? '²' : '⁴'}⟩`
}

function rawMoment({ points, count, units }: PointSet, unit: number, power: number): number {
  let sum = 0
  for (let n = 0; n < count; n++) sum += points[n * units + unit]! ** power
  return sum / count
}

/**
 * Mean first-passage time against quadrature. Crossings are looked for after each step only, so the truth is that of the
 * target shifted by .58 √(2μkTh); what that expansion leaves out is taken to be as large as the square of the relative shift
 * of the time.
 */
function firstPassageCheck({ problem, observed, protocol }: CheckContext): Check[] {
  const { potential, bath, given, scenario } = problem
  const { unit, to } = scenario.firstPassage!
  const from = firstPassageStart(problem, unit)!
  const h = protocol.dt[0]!
  const energy = energyOfUnit(potential, given!.theta, unit)
  const shift = Math.sign(to - from) * missedCrossingShift(bath, h)
  const truth = meanFirstPassage(energy, bath, from, to + shift)
  const watched = meanFirstPassage(energy, bath, from, to)
  const { mean, restrictedMean } = firstPassage(observed.firstPassage!.times, scenario.protocol!.duration)
  const { value, standardError } = mean ?? restrictedMean
  const bias = (truth - watched) ** 2 / watched
  return [statisticalCheck(`mean first-passage time of x${subscript(unit)}`, value, truth, standardError, bias)]
}

/** Relative error allowed for the O(dt) bias of reverse Euler–Maruyama at μ dt k ≤ .06 (harmonic variance: μ dt k/2). */
const integratorBias = 0.03

/** Weights and widths of the modes generated with the exact score, against the mixture noised to t_min. */
function exactScoreCheck({ exactScore: samples, problem }: CheckContext): Check[] {
  const { data, noising } = problem
  if (samples === null || data?.source !== 'gaussian-mixture') throw new Error('exact-score is for mixtures only')
  const t = noising.knots.at(-1)!
  const mixture = noisedMixture(data.mixture, signal(noising, t), noiseWidth(noising, t))
  return modeStatistics(mixture, samples).flatMap(({ count, fraction, variance }, k) => {
    const weight = mixture.weights[k]!
    const truth = mixture.width ** 2
    return [
      statisticalCheck(
        `exact score: weight of mode ${k + 1}`,
        fraction,
        weight,
        Math.sqrt((weight * (1 - weight)) / samples.count),
      ),
      statisticalCheck(
        `exact score: variance of mode ${k + 1}`,
        variance,
        truth,
        truth * Math.sqrt(2 / (count * samples.units)),
        integratorBias * truth,
      ),
    ]
  })
}

/** What counts as having learned a mixture: mass between two modes, and the weight of each, this close to the truth. */
const modeTolerance = { bridge: 0.02, weight: 0.03 }

/** The bridge between two modes and the share of samples at each mode, against the mixture. */
function mixtureModesCheck({ clean, problem: { data } }: CheckContext): Check[] {
  if (data?.source !== 'gaussian-mixture') throw new Error('mixture-modes is for mixtures only')
  const { mixture } = data
  const close = (name: string, { value, standardError }: Estimate, truth: number, tolerance: number) => ({
    ...barCheck(name, value, truth, tolerance),
    standardError,
  })
  const bridge =
    mixture.means.length === 2
      ? [close('bridge mass', mixtureBridge(mixture, clean), exactMixtureBridge(mixture), modeTolerance.bridge)]
      : []
  const weights = modeStatistics(mixture, clean).map(({ count }, k) =>
    close(`weight of mode ${k + 1}`, fractionOf(count, clean.count), mixture.weights[k]!, modeTolerance.weight),
  )
  return [...bridge, ...weights]
}
