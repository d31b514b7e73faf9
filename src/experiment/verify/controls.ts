import { inverse, type Matrix } from 'ml-matrix'
import type { Learner } from '../../backend/backend.js'
import { integrate } from '../../backend/integrate.js'
import { deviceOf } from '../../learning/rules/device.js'
import { forceMatching } from '../../learning/rules/force-matching.js'
import { createNoiser } from '../../learning/rules/noised-batch.js'
import type { NoisedBatch } from '../../learning/rules/rule.js'
import { driveNetwork } from '../../physics/dynamics/drive.js'
import { eulerMaruyama } from '../../physics/dynamics/euler-maruyama.js'
import type { Integrator } from '../../physics/dynamics/integrator.js'
import { controlCheck } from '../../physics/observe/check.js'
import { type Estimate, meanOf } from '../../physics/observe/estimate.js'
import { stiffness } from '../../physics/potential/onsite.js'
import { potentialOf } from '../../physics/potential/potential.js'
import { constantProtocol } from '../../physics/protocol/protocol.js'
import { relaxationOfSteps } from '../../physics/truth/ornstein-uhlenbeck.js'
import { bath, type Claim, column, simulated, type Topic, unitsWith } from './claim.js'
import { farTrap, farTweezers } from './far-from-origin.js'
import { fittedPair, harmonicPair, noisedSecondMoments, noising } from './gaussian-data.js'
import { gaussianLearner, reversePathRows } from './learning.js'
import { gaussianEnds, gaussianGeneration, generationBath, stepLaw } from './reverse-noising.js'

const runs = 10_000
const one = potentialOf(unitsWith(1), [stiffness])
const t = 0.2
const task = { potential: harmonicPair, drive: 'reverse', rule: 'force-matching' } as const

/** Variance about 0 of Gaussian values, with the standard error of a sample of its own. */
function varianceOf(values: Float64Array): Estimate {
  const { value } = meanOf(values.map((x) => x ** 2))
  return { value, standardError: value * Math.sqrt(2 / values.length) }
}

/** What force matching should find at time t: K = 2kTΣ⁻¹ - k0. */
const optimum = (S: Matrix, i: number, j: number) =>
  2 * noising.bath.kT * inverse(S).get(i, j) - (i === j ? noising.stiffness : 0)

const flippedSign: Claim = {
  name: 'flipped sign',
  async check(trial) {
    const { learner, train } = gaussianLearner(trial, task)
    const flipped: Learner['gradient'] = async (theta, time, size, step, gradient) => {
      const loss = await learner.gradient(theta, time, size, step, gradient)
      gradient[2] = -gradient[2]!
      return loss
    }
    const S = noisedSecondMoments(train, t)
    const [, , J] = await fittedPair(flipped, S, t, 100 * trial.effort)
    return [controlCheck('force matching with the sign of J’s rule flipped: K₀₁', J, optimum(S, 0, 1))]
  },
}

const shuffledNoise: Claim = {
  name: 'shuffled noise',
  async check(trial) {
    const { train } = gaussianLearner(trial, task)
    const noiser = createNoiser(train, noising, 'reverse', trial.seed)
    const rule = forceMatching()
    const shuffled: Learner['gradient'] = async (theta, time, size, step, gradient) =>
      rule.gradient(
        deviceOf(harmonicPair, theta, noising.bath),
        withNeighboursNoise(noiser.minibatch(time, size, step)),
        gradient,
      )!
    const S = noisedSecondMoments(train, t)
    const [k0] = await fittedPair(shuffled, S, t, 100 * trial.effort)
    return [controlCheck('force matching with shuffled ε: K₀₀', k0, optimum(S, 0, 0))]
  },
}

/** Each state with the target that its neighbour's ε makes. */
function withNeighboursNoise(batch: NoisedBatch): NoisedBatch {
  const { x, target, batch: size } = batch
  const noise = target.map((force, n) => force - noising.stiffness * x[n]!)
  return {
    ...batch,
    target: x.map((at, n) => {
      const row = n - (n % size)
      return noising.stiffness * at + noise[row + ((n - row + 1) % size)]!
    }),
  }
}

const halfScore: Claim = {
  name: 'half the score',
  async check(trial) {
    const dataVariance = 0.25
    const { first } = gaussianEnds(dataVariance)
    const { final } = await simulated(trial, {
      potential: one,
      protocol: gaussianGeneration(dataVariance, 0.02, 1),
      bath: generationBath,
      start: { mean: 0, variance: first },
      trajectories: runs * trial.effort,
    })
    const right = stepLaw(dataVariance, gaussianGeneration(dataVariance, 0.02))
    const measured = varianceOf(column(final, 0))
    return [controlCheck('generation by k₀x + kT∇log p, without the 2: variance', measured, right.covariance[0]!)]
  },
}

const wrongEnd: Claim = {
  name: 'wrong end',
  async check(trial) {
    return reversePathRows(trial, 'before')
      .slice(0, 1)
      .map(({ name, estimate, truth }) =>
        controlCheck(`reverse path with its residual at x, not x′: gradient of a ${name}`, estimate, truth),
      )
  },
}

const coldBath: Claim = {
  name: 'weak noise',
  async check(trial) {
    const [k, dt, steps] = [2, 0.02, 50]
    const start = { mean: 0, variance: 0.2 }
    // The bath at kT/2 makes just that noise, and leaves the force as it is.
    const { final } = await simulated(trial, {
      potential: one,
      protocol: constantProtocol(Float64Array.of(k), dt * steps, dt),
      bath: { ...bath, kT: bath.kT / 2 },
      start,
      trajectories: runs * trial.effort,
    })
    const { variance } = relaxationOfSteps(k, bath, start, dt, steps)
    return [controlCheck('noise √(μkTh) in place of √(2μkTh): variance', varianceOf(column(final, 0)), variance)]
  },
}

const countedFromZero: Claim = {
  name: 'counted from zero',
  async check(trial) {
    const { simulation, variance } = farTrap(farTweezers, trial.seed)
    const { potential, protocol, bath, start } = simulation
    // What a float32 backend does that takes no origin: each state is rounded where it is.
    const rounded: Integrator = {
      ...eulerMaruyama,
      start(batch) {
        const move = eulerMaruyama.start(batch)
        return (input, next) => {
          move(input, next)
          for (let n = 0; n < next.length; n++) next[n] = Math.fround(next[n]!)
        }
      },
    }
    const options = { seed: trial.seed, trajectories: 4000 * trial.effort, batch: 250 }
    const nothing = { workAndHeat: null, observers: [], limit: 1e12 }
    const { final } = await integrate(driveNetwork(potential, protocol), bath, rounded, start, options, nothing, {})
    const about = column(final, 0).map((x) => x - farTweezers.centre)
    return [controlCheck('float32 states 10 cm from their origin: variance', varianceOf(about), variance)]
  },
}

/** Wrong things, each of which must be rejected. */
export const controls: Topic = {
  name: 'controls',
  truth:
    'Negative controls: a wrong thing is run and compared with the truth of the right one; each must be rejected, |z| > 8.',
  claims: [flippedSign, halfScore, wrongEnd, coldBath, shuffledNoise, countedFromZero],
}
