import type { Driven } from '../../physics/dynamics/driven.js'
import { gaussianStart } from '../../physics/dynamics/ensemble.js'
import { planSteps } from '../../physics/dynamics/step-plan.js'
import { createWorkAndHeat } from '../../physics/dynamics/work-and-heat.js'
import { compileBounds } from '../../physics/formula/bounds.js'
import { loadFormulas } from '../../physics/formula/mathjs.js'
import { parseFormula } from '../../physics/formula/parse.js'
import { compileScalar } from '../../physics/formula/scalar.js'
import { controlCheck, statisticalCheck } from '../../physics/observe/check.js'
import { type Estimate, meanOf } from '../../physics/observe/estimate.js'
import { bias, stiffness } from '../../physics/potential/onsite.js'
import { potentialOf } from '../../physics/potential/potential.js'
import { defaultBath as bath } from '../../physics/protocol/bath.js'
import { scheduledAt, scheduledProtocol, timedProtocol } from '../../physics/protocol/protocol.js'
import { harmonicContinuumLaw } from '../../physics/truth/harmonic-continuum.js'
import { type Claim, column, simulated, type Topic, type Trial, unitsWith } from './claim.js'

const runs = 4000
const trapped = potentialOf(unitsWith(1), [stiffness, bias])
const duration = 10
/** The step that a look at the schedules every half unit of time finds enough. */
const blindStep = 0.02
/** What default steps may be off by: they are at most .015 relaxation times of a spike. */
const share = 0.015

/** A trap of stiffness 1, of which one parameter follows a formula in t. */
function drivenBy(parameter: number, text: string): Driven {
  const formula = parseFormula(text, ['t'])
  const scheduled = [{ parameter, value: compileScalar(formula), bounds: compileBounds(formula) }]
  const theta = scheduledAt(Float64Array.of(1, 0), scheduled, 0)
  return { potential: trapped, theta, scheduled, kT: null, bath, initial: Float64Array.of(1), duration }
}

/** Final positions and works from equilibrium, in the default steps or in those that see nothing between the looks. */
async function driveThrough(trial: Trial, { theta, scheduled }: Driven, steps: ReturnType<typeof planSteps> | null) {
  const trajectories = runs * trial.effort
  const workAndHeat = createWorkAndHeat(trajectories)
  const { final } = await simulated(trial, {
    potential: trapped,
    protocol:
      steps === null
        ? scheduledProtocol(theta, scheduled, duration, blindStep)
        : timedProtocol(theta, scheduled, steps),
    bath,
    start: gaussianStart(trial.seed, 0, 1),
    trajectories,
    workAndHeat,
  })
  const x = column(final, 0)
  const { value: mean } = meanOf(x)
  const spread = meanOf(x.map((at) => (at - mean) ** 2))
  return { mean: meanOf(x), variance: spread, work: meanOf(workAndHeat.work) }
}

/** Runs in default steps beside continuous time, and a control in the steps of before. */
async function rows(
  trial: Trial,
  name: string,
  driven: Driven,
  quantity: 'mean' | 'work',
  control: 'mean' | 'variance',
) {
  const { potential, theta, scheduled } = driven
  const steps = planSteps(driven, Infinity)
  const start = { mean: Float64Array.of(0), covariance: Float64Array.of(1) }
  const law = harmonicContinuumLaw(potential, (t) => scheduledAt(theta, scheduled, t), steps.clock, bath, start)
  const truth = { mean: law.mean[0]!, variance: law.covariance[0]!, work: law.work }
  const found = await driveThrough(trial, driven, steps)
  const blind = await driveThrough(trial, driven, null)
  const row = (what: 'mean' | 'variance' | 'work', { value, standardError }: Estimate) =>
    statisticalCheck(`${name}: ${what}`, value, truth[what], standardError, share * (1 + Math.abs(truth[what])))
  return [
    row(quantity, found[quantity]),
    row('variance', found.variance),
    controlCheck(`${name} in equal steps of ${blindStep}: ${control}`, blind[control], truth[control]),
  ]
}

const spike: Claim = {
  name: 'spike of the stiffness',
  async check(trial) {
    await loadFormulas()
    const driven = drivenBy(0, '1 + 2000*exp(-((t-5.21)/0.02)^2)')
    return rows(trial, 'a spike of the stiffness', driven, 'work', 'variance')
  },
}

const pulse: Claim = {
  name: 'pulse of the bias',
  async check(trial) {
    await loadFormulas()
    const driven = drivenBy(1, '10/(0.001*sqrt(2*pi))*exp(-((t-9.517)/0.001)^2/2)')
    return rows(trial, 'a pulse of the bias', driven, 'mean', 'mean')
  },
}

/** Schedules with features that are short against the relaxation time. */
export const timeSteps: Topic = {
  name: 'time-steps',
  truth:
    'Schedules with a spike or a pulse, in default steps: dm/dt = -μ(km - f), dv/dt = 2μ(kT - kv), ⟨W⟩ = Δ⟨U⟩ + ⟨Q⟩ in continuous time; equal steps that miss them are controls.',
  claims: [spike, pulse],
}
