import { createReference } from '../../backend/reference.js'
import { createWorkAndHeat } from '../../physics/dynamics/work-and-heat.js'
import { identityCheck } from '../../physics/observe/check.js'
import { integralFluctuation } from '../../physics/observe/entropy-production.js'
import { addPathLogRatio } from '../../physics/observe/path-ratio.js'
import { bias, quartic, stiffness } from '../../physics/potential/onsite.js'
import { bilinear } from '../../physics/potential/pair.js'
import { forceAndEnergy, potentialOf } from '../../physics/potential/potential.js'
import { scheduledProtocol } from '../../physics/protocol/protocol.js'
import { firstLawOf, heatIntegralOf } from '../checks/exchange-checks.js'
import {
  bath,
  type Claim,
  estimateCheck,
  observeFrames,
  simulated,
  type Topic,
  type Trial,
  unitsWith,
} from './claim.js'

/** Two coupled units, in double wells when a > 0, pushed by a growing force. */
function pushedPair(a: number) {
  const terms = a > 0 ? [stiffness, quartic, bias, bilinear] : [stiffness, bias, bilinear]
  const potential = potentialOf(unitsWith(2, [[0, 1]]), terms)
  const theta = a > 0 ? Float64Array.of(-1, -1, a, a, 0, 0, -0.3) : Float64Array.of(1, 2, 0, 0, -0.3)
  const pushed = { parameter: a > 0 ? 4 : 2, value: (t: number) => t }
  const [steps, dt] = [100, 0.02]
  return { potential, protocol: scheduledProtocol(theta, [pushed], steps * dt, dt), steps }
}

async function exchanged(trial: Trial, a: number) {
  const { potential, protocol, steps } = pushedPair(a)
  const trajectories = 2000 * trial.effort
  const workAndHeat = createWorkAndHeat(trajectories)
  await simulated(trial, { potential, protocol, start: { mean: 0, variance: 0.5 }, trajectories, workAndHeat })
  return { ...workAndHeat, steps, units: potential.network.units }
}

/** Of a unit's part of an energy in these landscapes, to within a factor of two. */
const scale = 1

const largest = (values: Float64Array) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)

/** On every trajectory of anharmonic units, from two energies alone. */
const firstLaw: Claim = {
  name: 'first law',
  async check(trial) {
    const { steps, units, ...measured } = await exchanged(trial, 1)
    return [firstLawOf(measured, steps, units, scale)]
  },
}

/** On every trajectory of harmonic units. */
const heatIntegral: Claim = {
  name: 'heat integral',
  async check(trial) {
    const { steps, units, ...measured } = await exchanged(trial, 0)
    return [heatIntegralOf(measured, steps, units, scale, trial.backend.roundoff)]
  },
}

/** The trial's backend and float64 on one thread go the same ways: the random numbers are the same. */
const sameNumbers: Claim = {
  name: 'same numbers',
  async check(trial) {
    const { potential, protocol } = pushedPair(1)
    const setting = { potential, protocol, start: { mean: 0, variance: 0.5 }, trajectories: 200 }
    const [own, plain] = await Promise.all(
      [trial.backend, createReference()].map((backend) => simulated({ ...trial, backend }, setting)),
    )
    const gap = own!.final.points.map((x, n) => x - plain!.final.points[n]!)
    // The wells' barrier lets rounding grow by e^(μ|k|t) = e^2.6 at most, of some √steps roundings.
    return [identityCheck('largest difference of a state from the reference', largest(gap), 0, 1e-4)]
  },
}

/** ln N(x; mean, variance) */
const logNormal = (x: number, mean: number, variance: number) =>
  -((x - mean) ** 2) / (2 * variance) - Math.log(2 * Math.PI * variance) / 2

/**
 * Probabilities of paths in a tilting double well, in large steps: the log-ratio is that of the steps' Gaussian densities, and with
 * it ⟨e^(-ΔS_tot)⟩ = 1 exactly.
 */
const paths: Claim = {
  name: 'path probabilities',
  async check(trial) {
    const [steps, h, trajectories] = [8, 0.1, 20_000 * trial.effort]
    const potential = potentialOf(unitsWith(1), [stiffness, quartic, bias])
    const tilt = { parameter: 2, value: (t: number) => t }
    const protocol = scheduledProtocol(Float64Array.of(-1, 0.5, 0), [tilt], steps * h, h)
    const indices = Array.from({ length: steps + 1 }, (_, n) => n - 1)
    const observer = observeFrames(indices, trajectories, 1)
    const start = { mean: 0.5, variance: 1 }
    await simulated(trial, { potential, protocol, start, trajectories, observers: [observer] })
    const frames = observer.frames.map(({ points }) => points)
    const theta = new Float64Array(potential.size)
    const ratio = new Float64Array(trajectories)
    const densities = new Float64Array(trajectories)
    const drift = bath.mobility * h
    for (let step = 0; step < steps; step++) {
      const [x, next] = [frames[step]!, frames[step + 1]!]
      protocol.parameters(step, theta)
      const [force, forceNext] = [x, next].map((states) => {
        const out = new Float64Array(trajectories)
        forceAndEnergy(potential, theta, states, trajectories, out, null)
        return out
      }) as [Float64Array, Float64Array]
      addPathLogRatio(x, next, force, forceNext, bath, h, ratio)
      for (let n = 0; n < trajectories; n++)
        densities[n]! +=
          logNormal(next[n]!, x[n]! + drift * force[n]!, 2 * drift * bath.kT) -
          logNormal(x[n]!, next[n]! + drift * forceNext[n]!, 2 * drift * bath.kT)
    }
    // Any normalised density will do for the end, so one that is known: it need not be that of the states.
    const last = frames[steps]!
    const entropy = ratio.map((medium, n) => medium + logNormal(frames[0]![n]!, 0.5, 1) - logNormal(last[n]!, 0.8, 0.4))
    const gap = largest(ratio.map((part, n) => part - densities[n]!))
    return [
      identityCheck('path log-ratio - log of the densities, largest', gap, 0, 1e-10),
      estimateCheck('⟨e^(-ΔS_tot)⟩ by the path ratio', integralFluctuation(entropy), 1),
    ]
  },
}

/** What holds on every trajectory. */
export const pathIdentities: Topic = {
  name: 'identities',
  truth:
    'On every path ΔU = W - Q, Q = Σ½(F+F′)·dx if harmonic, ln P/P̃ = -(1/2kT)Σdx·(g+g′) + (μh/4kT)Σ(|g′|²-|g|²); ⟨e^(-ΔS_tot)⟩ = 1.',
  claims: [firstLaw, heatIntegral, sameNumbers, paths],
}
