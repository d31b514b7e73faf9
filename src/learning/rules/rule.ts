import { exitCode, invalidValue, OverdampedError } from '../../errors.js'
import type { Potential } from '../../physics/potential/potential.js'
import type { DriveKind } from '../../physics/protocol/noising.js'
import type { Device } from './device.js'

/** A minibatch of noised states with the force that would denoise them; batch innermost. */
export interface NoisedBatch {
  /** number of states */
  readonly batch: number
  /** visible units x = m x_0 + s ε, clamped ones as the data have them; [units, batch] */
  readonly x: Float64Array
  /** F̂ = trap·x - scale·ε/s, whose mean at given x is the generating force; [visible, batch] */
  readonly target: Float64Array
  /** w = s², constant within a slice; s²/(μkT) is the slice's relaxation time */
  readonly weight: number
  /** scale²/s²: ⟨|F̂ - trap·x|²⟩ per unit; it makes the loss dimensionless */
  readonly targetVariance: number
  /** trap and scale of the drive: the generating force is trap·x + scale·∇log p */
  readonly trap: number
  /** what log p's slope is taken times: see `trap` */
  readonly scale: number
  /** the draw that it is: keys the random numbers of runs that start from it */
  readonly draw: { readonly seed: number; readonly step: number }
  /** steps of noising of the same data about the same time, for rules that learn from them; see createNoiser */
  readonly path?: readonly NoisingStep[]
}

/** A noising run about the time of each minibatch. */
export interface PathOptions {
  /** its step h in units of the slice's relaxation time (1 - m²)/(μk0) = s²/(μkT) */
  readonly dt: number
  /** how many; (steps + 1)·dt ≤ 1, or the path would begin before the data */
  readonly steps: number
}

/** One step of noising of a batch: x' = x - μk0x h + sqrt(2μkTh) ξ. */
export interface NoisingStep {
  /** states before it, [units, batch] */
  readonly before: Float64Array
  /** states after it, [units, batch] */
  readonly after: Float64Array
  /** its length h */
  readonly dt: number
}

/**
 * A learning rule: from what can be measured on a batch, the gradient of the slice's loss
 *
 *     L = ½⟨w |F(x; θ) - F̂|²⟩
 *
 * or what tends to it. Whatever the rule, gradients carry the weight w, so that one optimizer suits all.
 */
export interface Rule {
  /** as in scenarios; of a rule of one's own any other */
  readonly name: string
  /** dL/dθ_a as the rule has it */
  readonly equation: string
  /** what a device must measure */
  readonly measures: string
  /**
   * For parameters of visible units, "local": each needs what its own units do and nothing else; "three-factor": also one
   * broadcast scalar. src/learning/rules/locality.ts finds out.
   */
  readonly locality: 'local' | 'three-factor'
  /** the same for parameters of hidden units, with the reason where it is not local; null: it can't train them */
  readonly hidden: 'local' | 'three-factor' | `not local: ${string}` | null
  /** by what its gradient is off in the mean */
  readonly bias: string
  /** the drives whose force it finds */
  readonly trains: readonly DriveKind[]
  /**
   * the noising runs that it learns from: its minibatches bring them; none when absent. `online`: each of their steps moves the
   * parameters at once
   */
  readonly path?: PathOptions & { readonly online?: boolean }
  /**
   * Writes dL/dθ to `gradient` ([size]), all of it: what was there is not 0.
   *
   * @returns ⟨|F - F̂|²⟩ per unit over `targetVariance`, where the rule knows F̂: 1 for a force that knows nothing but the
   *   trap, 0 for one that knows the noise. Null for a rule that doesn't; the simulator can tell (see noisedLoss)
   */
  gradient(device: Device, batch: NoisedBatch, gradient: Float64Array): number | null
}

/**
 * @throws E_DIVERGED where the parameters ran away; E_INVALID_VALUE naming the first that the rule gave no finite gradient at finite
 *   ones
 */
export function requireGradient(
  { name }: Rule,
  { groups }: Potential,
  theta: Float64Array,
  gradient: Float64Array,
): void {
  const at = gradient.findIndex((value) => !Number.isFinite(value))
  if (at < 0) return
  if (!theta.every(Number.isFinite))
    throw new OverdampedError('E_DIVERGED', 'the parameters ran away. Lower optimizer.rate.', name, exitCode.failed)
  const group = groups.find(({ offset, size }) => at < offset + size)!
  throw invalidValue(
    `dL/dθ of ${group.name} ${at - group.offset} is ${gradient[at]}. Expected a finite number for each of the ${gradient.length} parameters, written to the array that is handed in; where learning ran away, lower optimizer.rate.`,
    `rule ${name}`,
  )
}
