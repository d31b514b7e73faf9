import { denoised, networkScore } from '../learning/generation/denoised.js'
import { firstUnits, type PointSet } from '../physics/network/states.js'
import { hasStates } from '../physics/network/unit-states.js'
import { meanOf } from '../physics/observe/estimate.js'
import { gaussianDensity } from '../physics/observe/gaussian-density.js'
import { boundaryEntropy, exactDensity, gaussianFitDensity } from '../physics/observe/state-density.js'
import { shownHidden } from './hidden.js'
import type { PlayFrame } from './messages.js'
import type { PlayNetwork } from './network.js'
import { energies, type Present } from './present.js'

/** What is seen of an ensemble at one moment. Cost: an energy of each trajectory, in float64. */
export function frameOf(network: PlayNetwork, now: Present): PlayFrame {
  const { record, learned, protocol } = network
  const { kT } = record.bath
  const inKT = (energy: Float64Array) => energy.map((value) => value / kT)
  const [work, heat] = [inKT(now.work), inKT(now.heat)]
  const energyChange = inKT(energies(network, now).map((energy, n) => energy - now.firstEnergy[n]!))
  const x = Float32Array.from(firstUnits(now.x, learned.network.visible).points)
  return {
    ...{ step: now.step, clock: protocol.clock[now.step]!, x, work, heat, energyChange },
    ...{ hidden: shownHidden(network, now), classes: now.classes.slice(), done: now.done },
    entropyProduction: producedEntropy(network, now),
    firstLaw: energyChange.reduce((most, change, n) => Math.max(most, Math.abs(change - work[n]! + heat[n]!)), 0),
    clean: now.done ? Float32Array.from(cleaned(network, now.x, now.known).points) : x,
  }
}

/** The last, noiseless step of states at the end of the protocol, where the record takes it; known pixels are as they are known. */
export function cleaned(
  { record, learned, knots, noising }: PlayNetwork,
  x: PointSet,
  known: Float32Array | null,
): PointSet {
  const { units, visible } = learned.network
  const score = networkScore(learned, noising, knots.at(-1)!, record.learnedFor)
  const clean = record.denoise ? denoised(firstUnits(x, units), noising, score, visible) : firstUnits(x, visible)
  if (known === null) return clean
  const points = clean.points.map((value, n) => {
    const given = known[n % known.length]!
    return Number.isNaN(given) ? value : given
  })
  return { ...clean, points }
}

/**
 * ⟨ΔS⟩ = ⟨Σ Q/kT⟩ + S(p) - S(p_0): the law of the start is exact, that of the states a Gaussian fit. Null where no fit can be had (fewer
 * than units + 1 trajectories), or the law of the states is not that of their dynamics: pixels were put, or units have states of their own.
 */
function producedEntropy({ record, learned, noising, generation }: PlayNetwork, now: Present): number | null {
  const { network } = generation.potential
  const { visible, labels, units, coordinates } = network
  const followed = units > visible + labels || hasStates(network) || coordinates !== null
  if (!now.untouched || followed) return null
  const after = gaussianFitDensity(firstUnits(now.x, learned.network.visible))
  if (after === null) return null
  const law = gaussianDensity(0, record.bath.kT / noising.stiffness)
  const before = exactDensity(firstUnits(now.first, visible), law)
  return meanOf(now.produced).value + boundaryEntropy(before, after).value
}
