import { type PointSet, pickRows } from '../../physics/network/states.js'
import { stream } from '../../physics/noise/streams.js'
import { type Estimate, meanOf, ratioOfMeans } from '../../physics/observe/estimate.js'
import type { Potential } from '../../physics/potential/potential.js'
import { type DriveKind, type Noising, noiseWidth, signal } from '../../physics/protocol/noising.js'
import type { PosteriorScore } from '../data/posterior.js'
import type { Arithmetic } from '../objectives/arithmetic.js'
import { residualForce } from '../rules/force-matching.js'
import { createNoiser, type Noiser } from '../rules/noised-batch.js'
import type { NoisedBatch } from '../rules/rule.js'
import type { BandEstimate } from './band-variances.js'
import { drawStep, drawWithoutReplacement } from './draw.js'
import { alongComponents, type PrincipalBands } from './principal-bands.js'

/** How well the force of one knot was learned. */
export interface SliceDiagnostics {
  readonly t: number
  /** s(t), the width of the noise */
  readonly noiseWidth: number
  /** of force matching on held-out data, in the unit of training's losses */
  readonly heldOutLoss: number
  /** the same, on the same noised states, of the best force that is known without training; absent where there is none */
  readonly posteriorLoss?: number
  /** heldOutLoss over posteriorLoss, with the error of states that are few */
  readonly posteriorRatio?: Estimate
  /** ⟨x_c ∂_c log p⟩ + 1 on noised training data, x_c from their mean: 0 for the right network, in each band of components */
  readonly moments: readonly BandEstimate[]
}

/** What slices are measured on. */
export interface SliceTask {
  readonly potential: Potential
  readonly noising: Noising
  readonly drive: DriveKind
  readonly seed: number
  /** states of the network, [count, units] */
  readonly data: { readonly train: PointSet; readonly heldOut: PointSet }
  /** of the training data's visible units */
  readonly components: PrincipalBands
  /** the best score that is known without training; null where none is */
  readonly posterior: PosteriorScore | null
  /** most states a knot that losses and moments are measured on */
  readonly states: { readonly losses: number; readonly moments: number }
}

/**
 * What measures the force of a knot. Each knot takes other data: the next ones of a seeded order.
 *
 * **Moments.** Integration by parts has ⟨x_c ∂_c log p⟩ = -1 for the law of the noised data, whatever it is. Too small a force along a
 * component gives more than 0, and the samples too large a variance there; the loss hardly shows it, since all components
 * share in it. With x = m x_0 + s ε the mean of x_c ε_c/s is exactly 1, and the residual r = F - F̂ is scale·(∇log p + ε/s), so
 * that ⟨x_c r_c⟩/scale is the same with far less scatter.
 *
 * Cost: two forces a state, and what the posterior costs.
 */
export function sliceDiagnostics(
  { potential, noising, drive, seed, data, components, posterior, states }: SliceTask,
  arithmetic: Arithmetic,
): (knot: number, theta: Float64Array) => SliceDiagnostics {
  const { visible } = potential.network
  const heldOut = rotation(data.heldOut, states.losses, seed, drawStep.slicesHeldOut)
  const train = rotation(data.train, states.moments, seed, drawStep.slicesTrain)
  const noiserOf = (set: PointSet): Noiser => createNoiser(set, noising, drive, seed, { visible })
  return (knot, theta) => {
    const t = noising.knots[knot]!
    const force: Force = (x, batch, out) => arithmetic.forceAndEnergy(theta, x, batch, out, null)
    const held = noiserOf(heldOut(knot)).sweep(t, 2 * knot, stream.slices)
    const [m, s] = [signal(noising, t), noiseWidth(noising, t)]
    const own = lossOf(force, held)
    const best =
      posterior &&
      lossOf((x, batch, out) => {
        posterior(x, batch, m, s, out)
        for (let n = 0; n < held.target.length; n++) out[n] = held.trap * x[n]! + held.scale * out[n]!
      }, held)
    return {
      t,
      noiseWidth: s,
      heldOutLoss: own.loss,
      ...(best && { posteriorLoss: best.loss, posteriorRatio: ratioOfMeans(own.ofState, best.ofState) }),
      moments: momentsOf(force, noiserOf(train(knot)).sweep(t, 2 * knot + 1, stream.slices), components, m),
    }
  }
}

type Force = (x: Float64Array, batch: number, out: Float64Array) => void

/** The loss of a force on noised states (see residualForce), and each state's part of it, |r|². */
function lossOf(force: Force, noised: NoisedBatch): { loss: number; ofState: Float64Array } {
  const residual = new Float64Array(noised.x.length)
  const loss = residualForce({ force }, noised, residual)
  const ofState = new Float64Array(noised.batch)
  for (let n = 0; n < residual.length; n++) ofState[n % noised.batch]! += residual[n]! ** 2
  return { loss, ofState }
}

/** ⟨x_c r_c⟩/scale of each band: the mean over its components, and the error from the scatter of states. */
function momentsOf(force: Force, noised: NoisedBatch, components: PrincipalBands, m: number): BandEstimate[] {
  const { x, batch, scale } = noised
  const residual = new Float64Array(x.length)
  residualForce({ force }, noised, residual)
  const [place, pull] = [alongComponents(components, x, batch, m), alongComponents(components, residual, batch, 0)]
  return components.bands.map(({ from, to }) => {
    const ofState = new Float64Array(batch)
    for (let c = from - 1; c < to; c++)
      for (let b = 0; b < batch; b++)
        ofState[b]! += (place[c * batch + b]! * pull[c * batch + b]!) / (scale * (to - from + 1))
    return { from, to, ...meanOf(ofState) }
  })
}

/** The rows of a set in a seeded order, `most` at a time and then from the beginning again. */
function rotation(set: PointSet, most: number, seed: number, step: number): (turn: number) => PointSet {
  const order = drawWithoutReplacement(seed, step, set.count, set.count)
  const size = Math.min(most, set.count)
  return (turn) =>
    pickRows(
      set,
      Int32Array.from({ length: size }, (_, n) => order[(turn * size + n) % set.count]!),
    )
}
