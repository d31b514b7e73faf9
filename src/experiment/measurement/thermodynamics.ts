import type { WorkAndHeat } from '../../physics/dynamics/work-and-heat.js'
import { columnsOf } from '../../physics/network/states.js'
import { type BathHeat, entropyOfBaths, heatOfBaths } from '../../physics/observe/bath-heat.js'
import type { EntropyProduction } from '../../physics/observe/entropy-production.js'
import { type Estimate, meanOf } from '../../physics/observe/estimate.js'
import type { HiddenHeat } from '../../physics/observe/hidden-heat.js'
import { type SpeedLimit, speedLimit } from '../../physics/observe/speed-limit.js'
import { type TimeAverage, timeAverages } from '../../physics/observe/time-averages.js'
import { sampledGaussianWasserstein } from '../../physics/observe/wasserstein.js'
import { forceAndEnergy } from '../../physics/potential/potential.js'
import { sharesBath } from '../../physics/protocol/bath.js'
import type { Protocol } from '../../physics/protocol/protocol.js'
import type { ObservedEnsemble } from '../sampling/ensemble.js'
import type { Problem } from '../system/problem.js'

/** Mean heat to one of several baths. */
export interface MeanBathHeat extends Pick<BathHeat, 'kT' | 'units'> {
  readonly heat: Estimate
}

/**
 * Means over trajectories, as far as they were measured: energies in units of kT (of units at several temperatures that of the first),
 * entropies in units of k_B.
 */
export interface Thermodynamics {
  readonly work?: Estimate
  readonly heat?: Estimate
  /** with units at several temperatures: the heat to each bath, coldest first; it sums up to the heat as dt → 0, ... */
  readonly baths?: readonly MeanBathHeat[]
  /** ... and the entropy Σ Q_b/kT_b that it produces there, at temperatures that stay */
  readonly bathEntropy?: Estimate
  /** with hidden units in a bath of their own, of a few trajectories (see HiddenHeat): work without what their temperature does, ... */
  readonly drivingWork?: Estimate
  /** ... heat given to their bath, ... */
  readonly hiddenHeat?: Estimate
  /** ... and what passes to it besides from the visible units' bath */
  readonly conductedHeat?: Estimate
  /** of the final states in the last landscape */
  readonly energy?: Estimate
  /** `boundary` says how the density of the final states was had */
  readonly entropyProduction?: Estimate & Pick<EntropyProduction, 'boundary'>
}

/** A relation between means that holds exactly, beside what was measured. */
export interface Identity {
  /** the relation */
  readonly name: string
  /** what was measured */
  readonly value: number
  /** of the value; null where it is not known */
  readonly standardError: number | null
  /** what holds exactly */
  readonly truth: number
}

/** Means over trajectories of what the scenario observes, in units of kT. */
export function thermodynamicMeans(
  problem: Problem,
  { states, workAndHeat, hiddenHeat, entropyProduction }: ObservedEnsemble,
  protocol: Protocol,
): Thermodynamics {
  const { scenario, bath } = problem
  const { potential } = problem.generation
  const { observe } = scenario
  const inKT = (energy: Float64Array) => meanOf(energy.map((value) => value / bath.kT))
  const finalEnergy = () => {
    const theta = new Float64Array(potential.size)
    protocol.parameters(protocol.dt.length - 1, theta)
    const { x, batch } = columnsOf(states.final)
    const energy = new Float64Array(batch)
    forceAndEnergy(potential, theta, x, batch, null, energy)
    return energy
  }
  return {
    ...(workAndHeat !== null && observe.includes('work') ? { work: inKT(workAndHeat.work) } : {}),
    ...(workAndHeat !== null && observe.includes('heat') ? { heat: inKT(workAndHeat.heat) } : {}),
    ...(hiddenHeat !== null && (observe.includes('work') || observe.includes('heat'))
      ? twoBaths(hiddenHeat, inKT)
      : {}),
    ...(workAndHeat !== null ? severalBaths(problem, workAndHeat, inKT) : {}),
    ...(observe.includes('energy') ? { energy: inKT(finalEnergy()) } : {}),
    ...(entropyProduction === null
      ? {}
      : {
          entropyProduction: { ...entropyProduction.mean, boundary: entropyProduction.boundary },
        }),
  }
}

/** What each bath gets, and the entropy of it, where units have several temperatures. */
function severalBaths(
  { scenario, bath, given, generation }: Problem,
  workAndHeat: WorkAndHeat,
  inKT: (energy: Float64Array) => Estimate,
): Pick<Thermodynamics, 'baths' | 'bathEntropy'> {
  const { network } = generation.potential
  const baths = heatOfBaths(workAndHeat, network, bath.kT)
  if (baths === null || !['heat', 'entropy-production'].some((name) => scenario.observe.some((own) => own === name)))
    return {}
  return {
    baths: baths.map(({ heat, ...bath }) => ({ ...bath, heat: inKT(heat) })),
    ...(given?.kT === null ? { bathEntropy: meanOf(entropyOfBaths(workAndHeat, network, bath.kT)) } : {}),
  }
}

function twoBaths(exchanged: HiddenHeat, inKT: (energy: Float64Array) => Estimate) {
  const { drivingWork, hiddenHeat, conductedHeat } = exchanged
  return {
    drivingWork: inKT(drivingWork),
    hiddenHeat: inKT(hiddenHeat),
    conductedHeat: inKT(conductedHeat),
  } satisfies Thermodynamics
}

/** Entropy production below which e^-ΔS is averaged by its bulk and not by events too rare to be seen, in units of k_B. */
const mostEntropy = 3

/** Relations that hold exactly: the first law, and the integral fluctuation theorem where its mean can be measured. */
export function identities(
  { bath }: Problem,
  { workAndHeat, hiddenHeat: exchanged, entropyProduction }: ObservedEnsemble,
): Identity[] {
  if (workAndHeat === null) return []
  const { work, heat, energyChange, heatOfBath } = workAndHeat
  const inKT = (energy: Float64Array) => meanOf(energy.map((value) => value / bath.kT)).value
  const found: Identity[] = [
    { name: '⟨W⟩ - ⟨Q⟩ = ⟨ΔU⟩', value: inKT(work) - inKT(heat), standardError: null, truth: inKT(energyChange) },
  ]
  if (heatOfBath !== undefined)
    found.push({
      name: 'Σ_b ⟨Q_b⟩ = ⟨Q⟩, up to O(dt)',
      value: heatOfBath.reduce((sum, heat) => sum + inKT(heat), 0),
      standardError: null,
      truth: inKT(heat),
    })
  if (exchanged !== null)
    found.push({
      name: '⟨W⟩ - ⟨Q⟩ - ⟨Q_hidden⟩ = ⟨ΔU⟩, hidden units included',
      value: inKT(exchanged.drivingWork) - inKT(exchanged.heat) - inKT(exchanged.hiddenHeat),
      standardError: null,
      truth: inKT(exchanged.energyChange),
    })
  // The value of a single trajectory by nearest neighbours scatters, and its exponential with it.
  const known = entropyProduction !== null && entropyProduction.boundary !== 'nearest-neighbour'
  if (known && entropyProduction.mean.value < mostEntropy) {
    const average = meanOf(entropyProduction.perTrajectory.map((value) => Math.exp(-value)))
    found.push({ name: '⟨e^(-ΔS)⟩ = 1, up to O(dt)', ...average, truth: 1 })
  }
  return found
}

/** Beyond these a bound from the distance of Gaussian fits takes longer than it is worth: O(units³ + count·units²). */
const mostUnits = 256

/** Entropy production beside the least of any protocol of the same duration; null where it was not measured, or there are several baths. */
export function measureSpeedLimit(
  { bath, potential }: Problem,
  { ensemble, entropyProduction }: ObservedEnsemble,
  { dt }: Protocol,
): SpeedLimit | null {
  const { initial, final } = ensemble
  const isKnown = entropyProduction !== null && sharesBath(potential.network)
  if (!isKnown || final.units > mostUnits || final.count < 4) return null
  const duration = dt.reduce((sum, step) => sum + step, 0)
  return speedLimit(entropyProduction.mean, sampledGaussianWasserstein(initial, final), bath, duration)
}

/** Units whose time averages stand in results.json. */
const mostAveraged = 16

/** Time averages over the recorded trajectories; null where `observe` does not name autocorrelation. */
export function measureTimeAverages(
  { scenario, potential }: Problem,
  { trajectories }: ObservedEnsemble,
): readonly TimeAverage[] | null {
  if (trajectories === null || !scenario.observe.includes('autocorrelation')) return null
  const { units, visible } = potential.network
  return timeAverages(trajectories, units).slice(0, Math.min(mostAveraged, visible))
}
