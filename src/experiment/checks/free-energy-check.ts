import { barCheck, notApplicable, statisticalCheck } from '../../physics/observe/check.js'
import { unlikeBoltzmann } from '../../physics/potential/equilibrium.js'
import { sharesBath } from '../../physics/protocol/bath.js'
import type { Protocol } from '../../physics/protocol/protocol.js'
import { harmonicExponentialWork } from '../../physics/truth/harmonic-exponential.js'
import { type ExponentialWork, unitExponentialWork } from '../../physics/truth/unit-exponential.js'
import { freeEnergyDifference } from '../measurement/free-energy.js'
import { reversedSimulation } from '../sampling/simulation.js'
import { startMoments } from '../sampling/trajectories.js'
import { isUncoupled, type Problem } from '../system/problem.js'
import { driven, workRounding } from './harmonic-checks.js'
import { constantTemperature, eulerMaruyama, isHarmonic, mostUnits, openSpace, type RunCheck } from './run-check.js'

/** A share of the free energy that a discrete scheme's may be off by. */
const allowedShare = 0.05

/** ln⟨e^(-W/kT)⟩ and ln⟨e^(-2W/kT)⟩ of the scheme, exactly; null where that takes too long. */
function exponentialWork(problem: Problem, protocol: Protocol): ExponentialWork | null {
  const { potential, bath } = problem
  if (!isHarmonic(problem)) return unitExponentialWork(potential, protocol, bath)
  const average = (lambda: number) => harmonicExponentialWork(potential, protocol, bath, startMoments(problem), lambda)
  return { logMean: average(1), logSquare: average(2) }
}

/** Whether each unit moves by itself on a line, in the one bath and in nothing but a potential. */
function isAlone(problem: Problem): boolean {
  const { potential } = problem
  return isUncoupled(problem) && sharesBath(potential.network) && unlikeBoltzmann(potential) === null
}

/**
 * Free energies in units of kT against -ln⟨e^(-W/kT)⟩ of the scheme, which differs from ΔF/kT by O(h); where units are not coupled, in
 * any potential, that beside ΔF/kT by quadrature too. The Jarzynski average of n runs has the variance
 * r = (⟨e^(-2W/kT)⟩/⟨e^(-W/kT)⟩² - 1)/n and is about r/2 too large. Bennett's is compared with the mean of the exact averages of both
 * directions; their difference, O(h) too, is allowed for.
 */
export const freeEnergyCheck: RunCheck = {
  needs: [
    openSpace,
    [
      (problem) =>
        problem.given !== undefined &&
        problem.potential.network.units <= mostUnits &&
        (isHarmonic(problem) || isAlone(problem)),
      `a plain simulation of at most ${mostUnits} units, in a harmonic potential (stiffness, bias, bilinear), or without couplings, walls, periods, temperatures of their own and forces without a potential`,
    ],
    eulerMaruyama,
    constantTemperature,
    driven(({ scenario }) => scenario.observe.includes('work')),
    [({ scenario }) => scenario.initial?.kind === 'equilibrium', 'initial: { kind: equilibrium }'],
  ],
  run(context) {
    const { problem, protocol, freeEnergy, observed } = context
    const { jarzynski, bennett } = freeEnergy!
    const rounding = workRounding(context)
    const scheme = exponentialWork(problem, protocol)
    const reverse = bennett === undefined ? null : reversedSimulation(problem, protocol)
    const back = reverse === null ? null : exponentialWork(reverse.problem, reverse.protocol)
    const truth = freeEnergyDifference(problem) ?? Number.NaN
    if (scheme === null || (reverse !== null && back === null))
      return [
        notApplicable(
          statisticalCheck('free energy, Jarzynski', jarzynski.value, truth, jarzynski.standardError),
          'the exact law of the scheme takes too long: steps are too many or too short. Give protocol.dt',
        ),
      ]
    const { logMean, logSquare } = scheme
    const variance = Math.max(0, Math.expm1(logSquare - 2 * logMean)) / observed.workAndHeat!.work.length
    // From a relative variance of 1 on, or without a second moment, the average says nothing, and the check must not pass.
    const error = variance < 1 ? Math.sqrt(variance) : Number.NaN
    const checks = [
      statisticalCheck('free energy, Jarzynski', jarzynski.value, -logMean, error, variance / 2 + rounding),
    ]
    if (bennett !== undefined && back !== null) {
      const bias = Math.abs(logMean + back.logMean) + rounding
      const middle = (back.logMean - logMean) / 2
      checks.push(statisticalCheck('free energy, Bennett', bennett.value, middle, bennett.standardError, bias))
    }
    if (!isHarmonic(problem)) {
      const name = 'time step: free energy of the scheme beside quadrature'
      checks.push(barCheck(name, -logMean, truth, allowedShare * (1 + Math.abs(truth))))
    }
    return checks
  },
}
