import { invalidValue } from '../../errors.js'
import { type FlowStep, type Pushed, pushForward } from '../../learning/objectives/euler-flow.js'
import { learnStep, type Safeguard } from '../../learning/objectives/falcon.js'
import { requireLinear } from '../../learning/objectives/feature-rows.js'
import {
  type FlowTrail,
  flowPairs,
  flowTrail,
  probabilityFlow,
  stiffnessOf,
} from '../../learning/objectives/fine-flow.js'
import type { Landscape } from '../../learning/objectives/landscape.js'
import type { States } from '../../physics/network/states.js'
import { drawNormals } from '../../physics/noise/gaussian.js'
import { stream } from '../../physics/noise/streams.js'
import { modelDensity } from '../../physics/truth/partition.js'
import type { SettingsOf } from '../scenario/objective.js'
import { parametersFrom } from '../system/named-values.js'
import { type FalconArm, judged, judgeOf, logFactors } from './judged-flow.js'
import { drawData, requireNormaliser, type StudyProblem } from './problem.js'
import { drawnSamples } from './sample-density.js'
import { type ArmHooks, armByArm, exchangeOf, type Found, type RunStudy, repetitionOf } from './study.js'

type Settings = SettingsOf<'falcon'>
type Problem = StudyProblem<Settings>

/** Learns protocols of few steps from a fine flow, and weighs what each makes for the target's law. */
export const falconStudy: RunStudy<Settings> = async (problem, seed, hooks) => {
  const { settings, potential, bath, noising, frozen, start, teacher } = problem
  const target = requireFalcon(problem)
  const judge = judgeOf(problem, target, seed)
  const fine = hooks.landscape(potential, bath)
  const z = startStates(problem, settings.pairs, seed, 0)
  const data = drawData(problem, seed)
  const flow = probabilityFlow({ potential, noising, data, frozen, start, seed }, settings.substeps)
  fine.cost.forces += data.batch * noising.knots.length
  const trail = await flowTrail(fine, flow, z, (share) => hooks.progress(0.8 * share))
  const weighed = judge.weighed(z, trail.end, 'determinant')
  const few = fewStepRuns(problem, trail, target, seed)
  const run = async (arm: FalconArm, own: ArmHooks): Promise<FlowFound> => {
    if (arm.kind === 'flow') {
      const found = judged(problem, judge, arm, weighed, flow.flat(), null)
      const { x, batch } = trail.end
      return { ...found, figures: { ...found.figures, ...judge.known() }, cost: fine.cost, states: { x, batch } }
    }
    const { z: from, pushed, steps, cost } = few(arm, own.landscape(potential, bath))
    await own.progress(0.5)
    const found = judged(problem, judge, arm, judge.weighed(from, pushed, arm.volume), steps, weighed.share)
    const exchanged = arm.expected === 'succeeds' ? exchangeOf(cost, settings.walkers) : {}
    const states = arm.volume === 'determinant' ? { states: { x: pushed.x, batch: pushed.batch } } : {}
    return { ...found, figures: { ...found.figures, ...exchanged }, cost, ...states, samples: () => pushed }
  }
  const later = {
    ...hooks,
    progress: (share: number, state?: () => unknown) => hooks.progress(0.8 + 0.2 * share, state),
  }
  const found = await armByArm(armsOf(problem), later, run)
  const law = modelDensity(potential, teacher!, bath)
  const logData = (x: Float64Array) => logFactors(problem, teacher!, { x, batch: 1 })[0]! - law!.logPartition
  const drawn = found.flatMap(({ name, states }) => (states === undefined ? [] : [{ name, states }]))
  return {
    ...repetitionOf(found, ['logPartitionError', 'effectiveSampleShare']),
    densities: law === null ? [] : drawnSamples(logData, drawn),
  }
}

/** What an arm found, with the states that its likelihood is of. */
interface FlowFound extends Found {
  readonly states?: States
}

/** Learns the steps of an arm and takes walkers through them; arms with the same steps share both. */
function fewStepRuns(problem: Problem, trail: FlowTrail, target: Float64Array, seed: number) {
  const { settings, potential, bath, noising, frozen, start } = problem
  const task = { potential, bath, frozen, start, variance: bath.kT / noising.stiffness }
  const z = startStates(problem, settings.walkers, seed, 1)
  const known = new Map<string, { z: States; steps: FlowStep[]; pushed: Pushed; cost: Landscape['cost'] }>()
  return ({ steps: count, safeguard }: FalconArm, landscape: Landscape) => {
    const key = `${count} ${safeguard}`
    const found = known.get(key)
    if (found !== undefined) return found
    const steps = flowPairs(trail, count).map((pairs) => learnStep(task, pairs, safeguard))
    const surrounding = { before: trapOf(problem), after: target }
    const run = { z, steps, pushed: pushForward(landscape, steps, z, surrounding), cost: landscape.cost }
    known.set(key, run)
    return run
  }
}

/**
 * The target's parameters.
 *
 * @throws E_INVALID_VALUE for a potential that is not linear, a law that is not known, or more steps than slices
 */
export function requireFalcon(problem: Problem): Float64Array {
  const { potential, settings, noising, frozen } = problem
  requireLinear(potential)
  const target = parametersFrom(potential, settings.target, 'objective.target')
  requireNormaliser(problem, target, 'objective.target')
  const slices = noising.knots.length - 1
  const many = [...settings.steps, settings.few ?? 1].find((count) => count > slices)
  if (many !== undefined)
    throw invalidValue(
      `${many} steps of ${slices} slices; expected at most as many. Raise noising.slices.`,
      'objective.steps',
    )
  if (potential.groups.some(({ name, offset }) => name === 'stiffness' && frozen[offset] === 1))
    throw invalidValue(
      'stiffness takes in the trap of the noising, and must be learned. Remove it.',
      'objective.frozen',
    )
  return target
}

function armsOf({ settings, noising }: Problem): FalconArm[] {
  const { steps, few, substeps } = settings
  const fine = substeps * (noising.knots.length - 1)
  const plain = {
    kind: 'few',
    expected: 'succeeds',
    safeguard: 'barrier',
    volume: 'determinant',
    asked: 'all',
  } as const
  const fewest = Math.min(...steps)
  const folding = (name: string, safeguard: Safeguard): FalconArm[] =>
    few === undefined
      ? []
      : [
          {
            ...plain,
            name: `${stepsOf(few)}, ${name}`,
            steps: few,
            safeguard,
            asked: 'one-to-one',
            expected: safeguard === 'barrier' ? 'succeeds' : 'fails',
          },
        ]
  return [
    { ...plain, kind: 'flow', name: `flow, ${stepsOf(fine)}`, steps: fine, safeguard: 'none', reference: true },
    ...steps.map((count): FalconArm => ({ ...plain, name: stepsOf(count), steps: count })),
    {
      ...plain,
      name: `${stepsOf(fewest)}, trace for determinant`,
      steps: fewest,
      volume: 'trace',
      asked: 'log Z',
      expected: 'fails',
    },
    ...folding('barrier', 'barrier'),
    ...folding('no barrier', 'none'),
    ...folding('cycle loss', 'cycle'),
  ]
}

/** So many steps in words. */
const stepsOf = (count: number) => `${count} ${count === 1 ? 'step' : 'steps'}`

/** States of the trap that the noising ends in, N(0, kT/k0). */
function startStates({ potential, bath, noising }: Problem, batch: number, seed: number, step: number): States {
  const width = Math.sqrt(bath.kT / noising.stiffness)
  const { units } = potential.network
  return { x: drawNormals({ seed, stream: stream.initial, step }, units, batch).map((xi) => width * xi), batch }
}

/** The parameters of that trap. */
function trapOf({ potential, noising }: Problem): Float64Array {
  const theta = new Float64Array(potential.size)
  stiffnessOf(potential, theta).fill(noising.stiffness)
  return theta
}
