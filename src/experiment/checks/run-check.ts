import type { PointSet } from '../../physics/network/states.js'
import type { Check } from '../../physics/observe/check.js'
import { hasDriving } from '../../physics/potential/potential.js'
import { sharesBath } from '../../physics/protocol/bath.js'
import type { Protocol } from '../../physics/protocol/protocol.js'
import type { FreeEnergyResults } from '../measurement/free-energy.js'
import type { ObservedEnsemble } from '../sampling/ensemble.js'
import { measuresEnergies } from '../sampling/observers.js'
import { isUncoupledAtRest, type Problem } from '../system/problem.js'

/** Something that a check, an integrator or a density asks of a scenario: whether it is met, and in words. */
export type Need = readonly [met: (problem: Problem) => boolean, words: string]

/** What a run measured, for its checks. */
export interface CheckContext {
  readonly problem: Problem
  readonly observed: ObservedEnsemble
  readonly freeEnergy: FreeEnergyResults | null
  readonly protocol: Protocol
  /** unit roundoff of the backend that ran */
  readonly roundoff: number
  /** of a unit's part of an energy, see `energyScale`; NaN where no energies were measured */
  readonly energyScale: number
  /** samples generated with the exact score, at t_min */
  readonly exactScore: PointSet | null
  /** trained parameters of the knots, noisiest first */
  readonly knots: readonly Float64Array[] | null
  /** samples as the metrics see them, denoised where the scenario says so */
  readonly clean: PointSet
}

/** A truth that a run is compared with. */
export interface RunCheck {
  /** what it asks of the scenario */
  readonly needs: readonly Need[]
  /** what came of it, where the needs are met */
  readonly run: (context: CheckContext) => Check[]
}

/** An index as a subscript, x₁₂. */
export function subscript(index: number): string {
  return [...String(index)].map((digit) => '₀₁₂₃₄₅₆₇₈₉'[Number(digit)]).join('')
}

/** Largest harmonic system whose covariance is followed step by step. */
export const mostUnits = 16

/** Whether every term is quadratic in the states. */
export const isHarmonic = ({ potential }: Problem) => potential.terms.every((term) => term.harmonic)

/** Where e^(-U/kT) of the whole line is the equilibrium, and all work is that of the potential. */
export const openSpace: Need = [
  ({ generation: { potential } }) => potential.network.coordinates === null && !hasDriving(potential),
  'units in open space under forces of the potential alone: no walls, periods, potential.force or bath.active',
]
/** Forces that are linear in the states. */
export const harmonic: Need = [isHarmonic, 'a harmonic potential (stiffness, bias, bilinear)']
/** Work and heat of every trajectory. */
export const energies: Need = [({ scenario }) => measuresEnergies(scenario), 'observe: [work, heat]']
/** The scheme whose law, steps and all, the exact truths are. */
export const eulerMaruyama: Need = [
  ({ scenario }) => scenario.sampling.integrator === 'euler-maruyama',
  'sampling.integrator euler-maruyama, whose own law it is',
]
/** A bath whose temperature does not change. */
export const constantTemperature: Need = [({ given }) => given?.kT === null, 'a constant temperature (no protocol.kT)']
/** One step length throughout. */
export const equalSteps: Need = [
  ({ scenario }) => scenario.protocol?.dt !== undefined,
  'protocol.dt: steps of one length',
]
/** What the exact law of the scheme is known for. */
export const exactLawNeeds: readonly Need[] = [
  openSpace,
  [
    (problem) => problem.given !== undefined && problem.potential.network.units <= mostUnits && isHarmonic(problem),
    `a plain simulation of at most ${mostUnits} units in a harmonic potential (stiffness, bias, bilinear)`,
  ],
  eulerMaruyama,
  constantTemperature,
  [({ scenario }) => scenario.initial?.kind !== 'relax', 'a start whose law is known: point, gaussian or equilibrium'],
]
/** Units that reach the Boltzmann density of one landscape, each by itself. */
export const uncoupledAtRest: Need = [
  isUncoupledAtRest,
  'a plain simulation without couplings or schedules, in one bath',
]
/** One temperature and one mobility. */
export const oneBath: Need = [
  ({ potential }) => sharesBath(potential.network),
  'one bath: a number for bath.kT and bath.mobility, and no mobility in blocks',
]
/** Data whose law and score are known at all times. */
export const mixtureData: Need = [({ data }) => data?.source === 'gaussian-mixture', 'data.source gaussian-mixture']
