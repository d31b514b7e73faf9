import type { Check } from '../../physics/observe/check.js'
import type { Scenario } from '../scenario/schema.js'
import { boltzmannMomentsCheck, firstPassageCheck, quarticMomentsCheck } from './boltzmann-checks.js'
import { contrastBiasCheck } from './contrast-bias.js'
import { firstLawCheck, heatIntegralCheck } from './exchange-checks.js'
import { freeEnergyCheck } from './free-energy-check.js'
import {
  autocorrelationCheck,
  gaussianMomentsCheck,
  stationaryCovarianceCheck,
  workMeanCheck,
} from './harmonic-checks.js'
import { exactScoreCheck, mixtureModesCheck } from './mixture-checks.js'
import { reverseNoisingCheck } from './reverse-noising.js'
import type { CheckContext, RunCheck } from './run-check.js'
import { enumerationCheck, isingEnergyCheck } from './state-checks.js'

/** Every check that a scenario can name. */
export const checks: Readonly<Record<Scenario['checks'][number], RunCheck>> = {
  'first-law': firstLawCheck,
  'heat-integral': heatIntegralCheck,
  'gaussian-moments': gaussianMomentsCheck,
  autocorrelation: autocorrelationCheck,
  'boltzmann-moments': boltzmannMomentsCheck,
  'quartic-moments': quarticMomentsCheck,
  'stationary-covariance': stationaryCovarianceCheck,
  'work-mean': workMeanCheck,
  'free-energy': freeEnergyCheck,
  'mean-first-passage': firstPassageCheck,
  'reverse-noising': reverseNoisingCheck,
  'exact-score': exactScoreCheck,
  'contrast-bias': contrastBiasCheck,
  'mixture-modes': mixtureModesCheck,
  enumeration: enumerationCheck,
  'ising-energy': isingEnergyCheck,
}

/** Runs the checks that the scenario names; `requireApplicable` has made sure that each of them can. */
export function runChecks(context: CheckContext): Check[] {
  return context.problem.scenario.checks.flatMap((name) => checks[name].run(context))
}
