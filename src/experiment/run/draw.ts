import type { Backend } from '../../backend/backend.js'
import type { SimulationState } from '../../backend/resume.js'
import type { PrincipalBands } from '../../learning/evaluation/principal-bands.js'
import { denoised, networkScore } from '../../learning/generation/denoised.js'
import { firstUnits, type PointSet } from '../../physics/network/states.js'
import type { Protocol } from '../../physics/protocol/protocol.js'
import { identityOf } from '../record/inputs.js'
import type { RunOptions } from '../record/recorded.js'
import type { Stages } from '../record/stages.js'
import { drawGiven } from '../sampling/conditioned.js'
import { type ObservedEnsemble, runEnsemble, whereDigitsSuffice } from '../sampling/ensemble.js'
import { relaxed } from '../sampling/relax.js'
import { type Division, isLarge, whyWhole } from '../sampling/shards.js'
import { reversedSimulation } from '../sampling/simulation.js'
import type { ChosenProtocol } from '../sampling/steps.js'
import type { Conditions } from '../system/conditions.js'
import type { Problem } from '../system/problem.js'

/** Trajectories of a run, those of its reversed protocol where it asks for them, and the samples that they end in. */
export async function draw(
  problem: Problem,
  knots: readonly Float64Array[] | null,
  protocol: ChosenProtocol,
  components: PrincipalBands | null,
  backend: Backend,
  stages: Stages,
  options: RunOptions,
) {
  const auto = (options.backend ?? 'auto') === 'auto'
  const { conditions, data } = problem
  if (conditions !== undefined && knots !== null) {
    const observed = await whereDigitsSuffice(backend, options, auto, (on, hooks, attempt) =>
      drawGiven(problem, conditions, data!, knots, on, hooks, () => stages.keeper(`sample${attempt}`)),
    )
    const clean = withKnown(cleaned(problem, knots, observed), conditions)
    return { observed, reverseWork: null, relaxation: null, clean, noised: observed.noised }
  }
  const keeper = (attempt: string) => stages.keeper<SimulationState>(`sample${attempt}`)
  const division = divisionOf(problem, backend, options)
  const divided = division && { ...division, knots, components, ensemble: 0 }
  const observed = await runEnsemble(problem, protocol, backend, options, auto, keeper, components, divided)
  const { work: reverseWork, relaxation } =
    problem.scenario.protocol?.bothWays === true
      ? await drawReverse(problem, protocol, backend, stages, options, auto)
      : { work: null, relaxation: null }
  const clean = knots === null ? observed.ensemble.final : cleaned(problem, knots, observed)
  return { observed, reverseWork, relaxation, clean, noised: null }
}

/** Who carries out the shards of an ensemble; null where nobody is asked to, or it runs whole. */
function divisionOf(
  problem: Problem,
  backend: Backend,
  { executor, threads, backend: asked, parametersFrom, onNote }: RunOptions,
): Omit<Division, 'knots' | 'components' | 'ensemble'> | null {
  if (executor === undefined || !isLarge(problem)) return null
  const why = whyWhole(problem, backend, typeof asked === 'object')
  if (why === null) return { executor, threads, of: identityOf(problem.scenario, problem.data?.hash, parametersFrom) }
  onNote?.(`the ensemble runs whole: ${why}`)
  return null
}

/** The works of the reversed protocol, from the equilibrium of its own first landscape. */
async function drawReverse(
  forwards: Problem,
  protocol: Protocol,
  backend: Backend,
  stages: Stages,
  options: RunOptions,
  auto: boolean,
) {
  const reverse = reversedSimulation(forwards, protocol)
  const { problem, relaxation } = await relaxed(reverse.problem, backend, {
    ...options,
    keeper: stages.keeper('reverse-relax'),
  })
  const keeper = (attempt: string) => stages.keeper<SimulationState>(`reverse${attempt}`)
  const division = divisionOf(problem, backend, options)
  const divided = division && { ...division, knots: null, components: null, ensemble: 1 }
  const { workAndHeat } = await runEnsemble(problem, reverse.protocol, backend, options, auto, keeper, null, divided)
  return { work: workAndHeat!.work, relaxation }
}

/** The samples after the last, noiseless step, where there is one. */
function cleaned(
  { scenario, potential, noising, drive }: Problem,
  knots: readonly Float64Array[],
  { ensemble, states }: ObservedEnsemble,
): PointSet {
  if (!scenario.sampling.denoise) return ensemble.final
  const { units, visible } = potential.network
  const score = networkScore(potential, noising, knots.at(-1)!, drive)
  return denoised(firstUnits(states.final, units), noising, score, visible)
}

/** Samples with their known units as they are known. */
function withKnown(samples: PointSet, conditions: Conditions): PointSet {
  if (conditions.kind !== 'inpaint') return samples
  const { images, held, completions } = conditions
  const { units } = samples
  const points = samples.points.map((x, n) =>
    held[n % units] ? images.points[Math.floor(n / units / completions) * units + (n % units)]! : x,
  )
  return { ...samples, points }
}
