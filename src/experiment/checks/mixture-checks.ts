import { noisedMixture } from '../../learning/data/mixture.js'
import { exactMixtureBridge, mixtureBridge, modeStatistics } from '../../learning/evaluation/mixture.js'
import { barCheck, statisticalCheck } from '../../physics/observe/check.js'
import { type Estimate, fractionOf } from '../../physics/observe/estimate.js'
import { noiseWidth, signal } from '../../physics/protocol/noising.js'
import { mixtureData, type RunCheck } from './run-check.js'

/** Relative error allowed for the O(dt) bias of reverse Euler–Maruyama at μ dt k ≤ .06 (harmonic variance: μ dt k/2). */
const integratorBias = 0.03

/** Weights and widths of the modes generated with the exact score, against the mixture noised to t_min. */
export const exactScoreCheck: RunCheck = {
  needs: [mixtureData],
  run({ exactScore: samples, problem }) {
    const { data, noising } = problem
    if (samples === null || data?.source !== 'gaussian-mixture') throw new Error('exact-score is for mixtures only')
    const t = noising.knots.at(-1)!
    const mixture = noisedMixture(data.mixture, signal(noising, t), noiseWidth(noising, t))
    return modeStatistics(mixture, samples).flatMap(({ count, fraction, variance }, k) => {
      const weight = mixture.weights[k]!
      const weightError = Math.sqrt((weight * (1 - weight)) / samples.count)
      const truth = mixture.width ** 2
      const error = truth * Math.sqrt(2 / (count * samples.units))
      return [
        statisticalCheck(`exact score: weight of mode ${k + 1}`, fraction, weight, weightError),
        statisticalCheck(`exact score: variance of mode ${k + 1}`, variance, truth, error, integratorBias * truth),
      ]
    })
  },
}

/** What counts as having learned a mixture: mass between two modes, and the weight of each, this close to the truth. */
const modeTolerance = { bridge: 0.02, weight: 0.03 }

/** The bridge between two modes and the share of samples at each mode, against the mixture. */
export const mixtureModesCheck: RunCheck = {
  needs: [mixtureData],
  run({ clean, problem: { data } }) {
    if (data?.source !== 'gaussian-mixture') throw new Error('mixture-modes is for mixtures only')
    const { mixture } = data
    const close = (name: string, { value, standardError }: Estimate, truth: number, tolerance: number) =>
      Number.isNaN(standardError)
        ? statisticalCheck(name, value, truth, standardError)
        : { ...barCheck(name, value, truth, tolerance), standardError }
    const bridge =
      mixture.means.length === 2
        ? [close('bridge mass', mixtureBridge(mixture, clean), exactMixtureBridge(mixture), modeTolerance.bridge)]
        : []
    const weights = modeStatistics(mixture, clean).map(({ count }, k) =>
      close(`weight of mode ${k + 1}`, fractionOf(count, clean.count), mixture.weights[k]!, modeTolerance.weight),
    )
    return [...bridge, ...weights]
  },
}
