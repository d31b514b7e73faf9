import { gaussianStart } from '../../physics/dynamics/ensemble.js'
import { createWorkAndHeat } from '../../physics/dynamics/work-and-heat.js'
import { bennett } from '../../physics/observe/bennett.js'
import { type Check, identityCheck, statisticalCheck } from '../../physics/observe/check.js'
import { type Estimate, meanOf } from '../../physics/observe/estimate.js'
import { jarzynski } from '../../physics/observe/jarzynski.js'
import { bias, stiffness } from '../../physics/potential/onsite.js'
import { potentialOf } from '../../physics/potential/potential.js'
import { type Protocol, scheduledProtocol } from '../../physics/protocol/protocol.js'
import { type DraggedTrap, draggedTrapWork, draggedTrapWorkOfSteps } from '../../physics/truth/dragged-trap.js'
import { harmonicExponentialWork } from '../../physics/truth/harmonic-exponential.js'
import { harmonicProtocolLaw } from '../../physics/truth/harmonic-protocol.js'
import {
  stiffnessFreeEnergy,
  stiffnessQuenchExponential,
  stiffnessQuenchWork,
} from '../../physics/truth/stiffness-change.js'
import { type Claim, simulated, type Topic, type Trial, unitsWith } from './claim.js'

const bath = { kT: 0.7, mobility: 1.3 }
const runs = 20_000
const trapped = potentialOf(unitsWith(1), [stiffness, bias])

/** One oscillator whose stiffness and bias force follow schedules. */
const driven = (k: (t: number) => number, f: (t: number) => number, duration: number, dt: number): Protocol =>
  scheduledProtocol(
    new Float64Array(2),
    [
      { parameter: 0, value: k },
      { parameter: 1, value: f },
    ],
    duration,
    dt,
  )

/** Works of runs that start in equilibrium, at stiffness k and no bias force. */
async function works(trial: Trial, protocol: Protocol, k: number, trajectories: number, seed: number) {
  const workAndHeat = createWorkAndHeat(trajectories)
  const start = gaussianStart(seed, 0, bath.kT / k)
  await simulated(trial, { potential: trapped, protocol, bath, start, trajectories, seed, workAndHeat })
  return workAndHeat.work
}

const equilibrium = (k: number) => ({ mean: Float64Array.of(0), covariance: Float64Array.of(bath.kT / k) })

const check = (name: string, { value, standardError }: Estimate, truth: number) =>
  statisticalCheck(name, value, truth, standardError)

/** Mean and variance of the work, and ⟨e^(-W/kT)⟩ of other runs, against the exact law of the same steps. */
async function workChecks(trial: Trial, name: string, protocol: Protocol, k: number): Promise<Check[]> {
  const law = harmonicProtocolLaw(trapped, protocol, bath, equilibrium(k)).work
  const work = await works(trial, protocol, k, runs * trial.effort, trial.seed)
  const others = await works(trial, protocol, k, runs * trial.effort, trial.seed + 1)
  const exponential = Math.exp(harmonicExponentialWork(trapped, protocol, bath, equilibrium(k)))
  return [
    check(`${name}: ⟨W⟩`, meanOf(work), law.mean),
    check(`${name}: Var W`, meanOf(work.map((w) => (w - law.mean) ** 2)), law.variance),
    check(`${name}: ⟨e^(-W/kT)⟩`, meanOf(others.map((w) => Math.exp(-w / bath.kT))), exponential),
  ]
}

const trap: DraggedTrap = { stiffness: 2, velocity: 0.8, duration: 1.5, landscape: 'force' }
const { stiffness: k, velocity: v } = trap

/** U = kx²/2 - kvt x from equilibrium: ⟨W⟩ - ΔF = (v²/μ)[τ - t_r(1 - e^(-τ/t_r))], Var W = 2kT(⟨W⟩ - ΔF). */
const dragged: Claim = {
  name: 'dragged trap',
  async check(trial) {
    const steps = 75
    const protocolOf = (count: number) =>
      driven(
        () => k,
        (t) => k * v * t,
        trap.duration,
        trap.duration / count,
      )
    // Errors of first order in h are gone from 2 f(h/2) - f(h); what is left is some 1e-5.
    const law = (count: number) => harmonicProtocolLaw(trapped, protocolOf(count), bath, equilibrium(k)).work
    const [coarse, fine] = [law(600), law(1200)]
    const limit = draggedTrapWork(trap, bath)
    const truth = draggedTrapWorkOfSteps(trap, bath, steps)
    return [
      ...(await workChecks(trial, 'dragged trap', protocolOf(steps), k)),
      identityCheck('dragged trap: ⟨W⟩ of the steps, closed form', law(steps).mean, truth, 1e-9),
      identityCheck('dragged trap: ⟨W⟩ as h → 0 (Mazonka, Jarzynski)', 2 * fine.mean - coarse.mean, limit.mean, 1e-5),
      identityCheck(
        'dragged trap: Var W as h → 0 is 2kT(⟨W⟩-ΔF)',
        2 * fine.variance - coarse.variance,
        limit.variance,
        1e-5,
      ),
    ]
  },
}

const change = { from: 1, to: 2.5 }
const rampDuration = 0.9
const ramp = (from: number, to: number, dt: number) =>
  driven(
    (t) => from + ((to - from) * t) / rampDuration,
    () => 0,
    rampDuration,
    dt,
  )

/** ⟨W⟩ = ½∫k̇v dt, Jarzynski's average, and ΔF = (kT/2)ln(k1/k0) from runs in both directions. */
const stiffnessRamp: Claim = {
  name: 'stiffness ramp',
  check: (trial) => workChecks(trial, 'stiffness ramp', ramp(change.from, change.to, 0.02), change.from),
}

const bothDirections: Claim = {
  name: 'stiffness ramp, both directions',
  async check(trial) {
    const dt = 0.005
    const half = (runs / 4) * trial.effort
    const forward = await works(trial, ramp(change.from, change.to, dt), change.from, half, trial.seed)
    const reverse = await works(trial, ramp(change.to, change.from, dt), change.to, half, trial.seed + 1)
    const estimate = bennett(forward, reverse, bath.kT, { seed: trial.seed, resamples: 20 })
    // Each direction alone is off by what the steps do to its Jarzynski average; the estimate lies between the two.
    const offBy = (protocol: Protocol, stiffnessAtStart: number, freeEnergy: number) =>
      -bath.kT * harmonicExponentialWork(trapped, protocol, bath, equilibrium(stiffnessAtStart)) - freeEnergy
    const free = stiffnessFreeEnergy(change, bath.kT)
    const ahead = offBy(ramp(change.from, change.to, dt), change.from, free)
    const back = -offBy(ramp(change.to, change.from, dt), change.to, -free)
    return [
      statisticalCheck(
        'stiffness ramp: ΔF from both directions (Bennett)',
        estimate.value,
        free + (ahead + back) / 2,
        estimate.standardError,
        Math.abs(ahead - back) / 2,
      ),
    ]
  },
}

/** W = (k1 - k0)x²/2 of an instant quench; its weights have no variance for k1 ≤ k0/2, and that is said. */
const quench: Claim = {
  name: 'quench',
  async check(trial) {
    const trajectories = runs * trial.effort
    // One step: the landscape jumps, then the oscillator moves in it, which no longer matters.
    const jump = (to: number) =>
      driven(
        (t) => (t > 0 ? to : 1),
        () => 0,
        0.01,
        0.01,
      )
    const mild = await works(trial, jump(0.8), 1, trajectories, trial.seed)
    const others = await works(trial, jump(0.8), 1, trajectories, trial.seed + 1)
    const deep = await works(trial, jump(0.1), 1, trajectories, trial.seed + 2)
    const law = stiffnessQuenchWork({ from: 1, to: 0.8 }, bath.kT)
    const weights = others.map((w) => Math.exp(-w / bath.kT))
    const { warning } = jarzynski(deep, bath.kT, { seed: trial.seed, resamples: 2 })
    return [
      check('quench: ⟨W⟩', meanOf(mild), law.mean),
      check('quench: ⟨e^(-W/kT)⟩', meanOf(weights), stiffnessQuenchExponential({ from: 1, to: 0.8 }, 1)),
      identityCheck('quench to k₀/10: a warning that the average has no variance', warning === null ? 0 : 1, 1, 0),
    ]
  },
}

/** Work and free energy of driven traps. */
export const drivenTraps: Topic = {
  name: 'driven',
  truth:
    'Dragged trap ⟨W⟩-ΔF = (v²/μ)[τ-t_r(1-e^(-τ/t_r))], Var W = 2kT(⟨W⟩-ΔF); ramp and quench ΔF = (kT/2)ln(k₁/k₀); ⟨e^(-W/kT)⟩ as the steps have it.',
  claims: [dragged, stiffnessRamp, bothDirections, quench],
}
