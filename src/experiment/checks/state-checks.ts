import { roundoff as roundoffOf } from '../../backend/backend.js'
import { columnsOf, copyState } from '../../physics/network/states.js'
import { hasStates, statesOfRows } from '../../physics/network/unit-states.js'
import { barCheck, type Check, statisticalCheck } from '../../physics/observe/check.js'
import { isHarmonicGivenStates } from '../../physics/potential/given-hidden.js'
import { forceAndEnergy, groupSlice, statistic } from '../../physics/potential/potential.js'
import { scheduledAt } from '../../physics/protocol/protocol.js'
import { clampedRows, enumeratedLaw, mostJointStates } from '../../physics/truth/enumerated-law.js'
import { isingTorus } from '../../physics/truth/ising-torus.js'
import { meanStatistics } from '../../physics/truth/mean-statistics.js'
import { freeEnergyDifference } from '../measurement/free-energy.js'
import { isAtRest, type Problem } from '../system/problem.js'
import { pointStart } from '../system/start.js'
import { type CheckContext, type Need, openSpace, type RunCheck } from './run-check.js'

/** Of so many means the largest |z| of a right law stays below this: 2·10⁵ of them pass it with probability .01. */
const largestZ = 5.5
/** Means that are said one by one, at most. */
const mostRows = 12

const fewStates: Need = [
  (problem) => {
    const { network } = problem.generation.potential
    const clamped = clampedRows(network)
    const count = statesOfRows(network).reduce(
      (product, own, row) => product * (clamped.has(row) ? 1 : (own?.length ?? 1)),
      1,
    )
    const isKnown = clamped.size === 0 || (isAtRest(problem) && heldIn(problem) !== null)
    return problem.given !== undefined && hasStates(network) && count <= mostJointStates && isKnown
  },
  `a plain simulation of units with at most ${mostJointStates} joint states; clamped units need initial.kind point, and a landscape at rest`,
]

/** Where units start, and clamped ones stay; null where they start spread out. */
function heldIn({ scenario, generation: { potential } }: Problem): Float64Array | null {
  if (scenario.initial?.kind !== 'point') return null
  return Float64Array.from({ length: potential.network.units }, (_, unit) => pointStart(scenario, unit)!)
}

/** Continuous units whose steps leave the law as it is, whatever their length. */
const exactSteps: Need = [
  ({ scenario, generation: { potential } }) =>
    !statesOfRows(potential.network).includes(null) ||
    (isHarmonicGivenStates(potential) && ['exact-ou', 'mala', 'gibbs'].includes(scenario.sampling.integrator)),
  'sampling.integrator exact-ou or mala for its continuous units, and terms that are harmonic given the states',
]

/**
 * The mean of every local statistic -kT ∂log p/∂θ_a at the end, a probability for each state and pair of states, beside that of the
 * enumerated law; of a driven run the free-energy difference beside that of the two enumerated landscapes.
 */
export const enumerationCheck: RunCheck = {
  needs: [
    openSpace,
    fewStates,
    exactSteps,
    [
      (problem) => isAtRest(problem) || freeEnergyDifference(problem) !== null,
      'a landscape at rest, or a driven run that starts in equilibrium',
    ],
  ],
  run(context) {
    const { problem, freeEnergy } = context
    if (isAtRest(problem)) return meanChecks(context)
    if (freeEnergy === null) return []
    const truth = freeEnergyDifference(problem)!
    const { jarzynski, bennett } = freeEnergy
    const { value, standardError, bias } = jarzynski
    return [
      statisticalCheck('free energy, Jarzynski', value, truth, standardError, bias),
      ...(bennett === undefined
        ? []
        : [statisticalCheck('free energy, Bennett', bennett.value, truth, bennett.standardError)]),
    ]
  },
}

/** The mean energy, and the means of all statistics that vary: one by one where they are few, else by the largest |z|. */
function meanChecks({ problem, observed }: CheckContext): Check[] {
  const { potential } = problem.generation
  const { bath } = problem
  const theta = thetaOf(problem)
  const means = meanStatistics(potential, theta, bath, undefined, heldIn(problem))
  if (means === null) return []
  const { x, batch } = columnsOf(observed.states.final)
  const [sum, square, one] = [0, 1, 2].map(() => new Float64Array(means.length)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ]
  const state = new Float64Array(potential.network.units)
  for (let b = 0; b < batch; b++) {
    statistic(potential, theta, copyState({ x, batch }, b, state), 1, one)
    for (let a = 0; a < one.length; a++) {
      sum[a]! += one[a]! / batch
      square[a]! += one[a]! ** 2 / batch
    }
  }
  const error = (a: number) => Math.sqrt(Math.max(0, square[a]! - sum[a]! ** 2) / (batch - 1))
  const names = potential.groups.flatMap((group) =>
    Array.from(groupSlice(group, theta), (_, n) => `mean statistic of ${group.name}${group.size > 1 ? ` ${n}` : ''}`),
  )
  // What is always the same, such as the only state of a unit, has no error to compare with.
  const varying = [...means.keys()].filter((a) => error(a) > 1e-9)
  const energies = energyCheck(problem, theta, { x, batch })
  if (varying.length <= mostRows)
    return [...energies, ...varying.map((a) => statisticalCheck(names[a]!, sum[a]!, means[a]!, error(a)))]
  const z = varying.map((a) => (sum[a]! - means[a]!) / error(a))
  const worst = Math.max(...z.map(Math.abs))
  return [...energies, barCheck(`enumeration: largest |z| of ${z.length} mean statistics`, worst, 0, largestZ)]
}

/**
 * The mean energy in units of kT, by the law's own mean and variance: those of a cold run, few of whose trajectories or none are excited, say
 * nothing of its error. Where all states have the same energy only rounding is left.
 */
function energyCheck(problem: Problem, theta: Float64Array, { x, batch }: { x: Float64Array; batch: number }): Check[] {
  const { potential } = problem.generation
  const { network } = potential
  const { kT } = problem.bath
  const law = enumeratedLaw(potential, theta, problem.bath, heldIn(problem))
  if (law === null) return []
  const energiesOf = (states: Float64Array, count: number) => {
    const energy = new Float64Array(count)
    forceAndEnergy(potential, theta, states, count, null, energy)
    return energy
  }
  const averageOf = (value: (energy: number) => number) => {
    let average = 0
    law.average((states, weights) => {
      energiesOf(states.x, states.batch).forEach((energy, b) => {
        average += weights[b]! * value(energy)
      })
    })
    return average
  }
  const truth = averageOf((energy) => energy)
  const clamped = clampedRows(network)
  const moving = statesOfRows(network).filter((own, row) => own === null && !clamped.has(row)).length
  // The law's points have the mean energy given the states of the others; about it a harmonic unit's varies by kT²/2.
  const variance = averageOf((energy) => (energy - truth) ** 2) + (moving * kT ** 2) / 2
  const energy = energiesOf(x, batch)
  const mean = energy.reduce((sum, value) => sum + value, 0) / batch
  const largest = energy.reduce((most, value) => Math.max(most, Math.abs(value)), Math.abs(truth))
  const rounding = roundoffOf.float64 * (batch + law.probability.length) * largest
  const error = Math.sqrt(variance / batch)
  return [statisticalCheck('mean energy', mean / kT, truth / kT, error > rounding ? error / kT : 0, rounding / kT)]
}

/** The parameters of the last landscape. */
function thetaOf({ given, scenario }: Problem): Float64Array {
  return scheduledAt(given!.theta, given!.scheduled, scenario.protocol!.duration)
}

/** The coupling of an Ising model on a torus, J > 0 between nearest neighbours and nothing else; null where it is no such model. */
function isingCoupling(problem: Problem): number | null {
  const { scenario, potential, given } = problem
  const { visible, couplings, hidden } = scenario.network
  const isTorus =
    visible.lattice !== undefined &&
    visible.kind !== 'triangular' &&
    Math.min(...visible.lattice) >= 3 &&
    couplings.visible.range === 'nearest' &&
    couplings.visible.periodic === true
  if (!isTorus || visible.states !== 'two' || hidden !== undefined || given === undefined || !isAtRest(problem))
    return null
  const values = (name: string) => {
    const group = potential.groups.find((other) => other.name === name)
    return group === undefined ? [] : [...groupSlice(group, given.theta)]
  }
  const [J] = values('bilinear')
  const others = potential.groups.filter(({ name, size }) => size > 0 && name !== 'bilinear')
  const isAlone = others.every(({ name }) => values(name).every((value) => value === 0))
  const isUniform = values('bilinear').every((value) => value === J)
  return J !== undefined && J < 0 && isAlone && isUniform ? -J : null
}

/** J/kT in which differences of Kaufman's log Z keep their digits: below they outrun it, above hardly a pair differs from another. */
const exactCouplings = { above: 1e-4, most: 2 }

/** The mean of ss' over nearest neighbours beside Kaufman's exact one of the same torus, with the exact law's own standard error. */
export const isingEnergyCheck: RunCheck = {
  needs: [
    [
      (problem) => isingCoupling(problem) !== null,
      'an Ising model: a lattice of two-state units, couplings range: nearest and periodic: true, one bilinear below 0, no bias, no schedules',
    ],
    [
      (problem) => {
        const K = (isingCoupling(problem) ?? 0) / problem.bath.kT
        return K > exactCouplings.above && K <= exactCouplings.most
      },
      `a coupling over kT above ${exactCouplings.above} and at most ${exactCouplings.most}, where the exact energy and its error are known`,
    ],
  ],
  run({ problem, observed }) {
    const { lattice } = problem.scenario.network.visible
    const { edges } = problem.potential.network
    const { variance, bonds } = isingTorus(...lattice!, isingCoupling(problem)! / problem.bath.kT)
    const { points, units, count } = observed.states.final
    let sum = 0
    for (let n = 0; n < count; n++)
      for (let e = 0; e < edges.count; e++) sum += points[n * units + edges.a[e]!]! * points[n * units + edges.b[e]!]!
    const mean = sum / count / edges.count
    const name = `⟨ss′⟩ of nearest neighbours, ${lattice!.join(' × ')} torus`
    return [statisticalCheck(name, mean, bonds / edges.count, Math.sqrt(variance / count) / edges.count)]
  },
}
