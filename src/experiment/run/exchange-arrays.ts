import ndarray from 'ndarray'
import { arithmeticOn, type Backend, mostMeasured } from '../../backend/backend.js'
import { virialResiduals } from '../../learning/evaluation/virial.js'
import { createNoiser } from '../../learning/rules/noised-batch.js'
import type { WorkAndHeat } from '../../physics/dynamics/work-and-heat.js'
import { thinned } from '../../physics/network/states.js'
import { stream } from '../../physics/noise/streams.js'
import { heatOfBaths } from '../../physics/observe/bath-heat.js'
import { crooksHistogram } from '../../physics/observe/crooks.js'
import type { EntropyProduction } from '../../physics/observe/entropy-production.js'
import { scoreScale } from '../../physics/protocol/noising.js'
import { encodeNpz } from '../files/npz.js'
import type { Problem } from '../system/problem.js'
import { namedArrays } from './named-arrays.js'

/**
 * Work and heat of every trajectory, in units of kT, and its entropy production in those of k_B; of several baths the heat to each,
 * [trajectories, baths], coldest first.
 */
export function thermodynamicArrays(
  { bath, generation }: Problem,
  workAndHeat: WorkAndHeat,
  entropyProduction: EntropyProduction | null,
) {
  const inKT = (energy: Float64Array) => energy.map((value) => value / bath.kT)
  const { work, heat } = workAndHeat
  const baths = heatOfBaths(workAndHeat, generation.potential.network, bath.kT)
  return {
    work: inKT(work),
    heat: inKT(heat),
    ...(baths === null ? {} : { heatOfBath: columns(baths.map((one) => inKT(one.heat))) }),
    ...(entropyProduction === null ? {} : { entropyProduction: entropyProduction.perTrajectory }),
  }
}

/** Vectors of one length side by side, [length, vectors]. */
function columns(vectors: readonly Float64Array[]) {
  const [rows, wide] = [vectors[0]?.length ?? 0, vectors.length]
  const values = Float64Array.from({ length: rows * wide }, (_, n) => vectors[n % wide]![Math.floor(n / wide)]!)
  return ndarray(values, [rows, wide])
}

/** Bins of the histograms of work. */
const workBins = 40

/** Works of both directions over kT, as free-energy.npz has them. */
export function crooksNpz(forward: Float64Array, reverse: Float64Array): Uint8Array {
  return encodeNpz(namedArrays(crooksArrays(forward, reverse, 1)))
}

/** The works of both directions, and their histograms on common bins: W, P_F(W), P_R(-W) and ln of their ratio, in kT. */
export function crooksArrays(forward: Float64Array, reverse: Float64Array, kT: number) {
  const [a, b] = [forward.map((w) => w / kT), reverse.map((w) => w / kT)]
  return { forwardWork: a, reverseWork: b, ...crooksHistogram(a, b, workBins) }
}

/** Virial residuals of every knot, on the training data noised once. */
export function virialArrays(
  { potential, noising, scenario, drive, data }: Problem,
  knots: readonly Float64Array[],
  backend: Backend,
) {
  const { visible: units } = potential.network
  const onsite = new Float64Array(knots.length * units)
  const pair = new Float64Array(knots.length)
  if (data !== undefined) {
    const residualsAt = virialResiduals(potential, (of) => arithmeticOn(backend, of, noising.bath))
    const noiser = createNoiser(thinned(data.states.train, mostMeasured), noising, drive, scenario.seed, {
      visible: units,
    })
    knots.forEach((theta, n) => {
      const batch = noiser.sweep(noising.knots[n]!, n, stream.lossNoise)
      const residual = residualsAt(theta, batch, scoreScale(noising, drive))
      onsite.set(residual.onsite, n * units)
      pair[n] = residual.pair
    })
  }
  return {
    t: Float64Array.from(noising.knots),
    onsite: ndarray(onsite, [knots.length, units]),
    pair,
  }
}
