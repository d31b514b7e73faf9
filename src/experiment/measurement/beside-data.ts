import type { Backend } from '../../backend/backend.js'
import { type Hooks, together } from '../../backend/hooks.js'
import { type PrincipalBands, principalBands } from '../../learning/evaluation/principal-bands.js'
import type { PointSet } from '../../physics/network/states.js'
import type { ConditionedEnsemble } from '../sampling/conditioned.js'
import type { ObservedEnsemble } from '../sampling/ensemble.js'
import { freeLabels } from '../sampling/free-labels.js'
import type { Problem } from '../system/problem.js'
import { conditionedFigures } from './conditioned-figures.js'
import { errorBudget } from './error-budget.js'
import { labelError } from './label-error.js'
import { measure } from './measure.js'
import { dataOfClass } from './one-class.js'
import { posteriorHybrids } from './posterior-hybrids.js'
import { measureSlices } from './slices.js'

/** The samples beside their data, where there are any: the metrics, the slices, and what the error of each is made of. */
export async function besideData(
  problem: Problem,
  knots: readonly Float64Array[] | null,
  components: PrincipalBands | null,
  { observed, clean, noised }: { observed: ObservedEnsemble; clean: PointSet } & Pick<ConditionedEnsemble, 'noised'>,
  backend: Backend,
  options: Hooks,
) {
  const { scenario, data, conditions } = problem
  const nothing = { measurement: null, restored: null, slices: null, errorBudget: null, hybrids: null }
  if (data === undefined || knots === null) return nothing
  if (conditions !== undefined)
    return { ...nothing, restored: conditionedFigures(conditions, data, clean, noised, scenario.seed) }
  const { bandVariances, ensemble } = observed
  // At once, since metrics of many digits go on in a thread of their own.
  const [measurement, slices] = await together([
    measure(problem, data, clean, observed.classes, backend.threads, options),
    components === null ? null : measureSlices(problem, data, knots, components, bandVariances, backend, options),
  ])
  if (!scenario.observe.includes('error-budget')) return { ...nothing, measurement, slices }
  if (data.source !== 'gaussian-mixture')
    return { ...nothing, measurement, slices, hybrids: await posteriorHybrids(problem, data, knots, backend, options) }
  const exact = measurement.exactScore!.raw
  const budget = await errorBudget(problem, data.mixture, exact, ensemble.final, options)
  return { ...nothing, measurement, slices, errorBudget: budget }
}

/** Principal components of the data that samples stand beside; null without data, or too few. */
export function componentsOf({ data }: Problem): PrincipalBands | null {
  return data === undefined || data.train.count < 2 ? null : principalBands(data.train)
}

/** How often free labels are wrong; null without them. */
export async function readLabels(problem: Problem, knots: readonly Float64Array[] | null, backend: Backend) {
  const { data, noising } = problem
  if (data?.classes === undefined || knots === null) return null
  return labelError(data, noising.knots, freeLabels(problem, data, knots, backend))
}

/** Samples that were clamped to a class stand beside the data of that class. */
export function besideOwnClass(problem: Problem): Problem {
  const { data, scenario } = problem
  const { label } = scenario.sampling
  return data === undefined || label === undefined ? problem : { ...problem, data: dataOfClass(data, label) }
}
