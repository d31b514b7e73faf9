import type { AdamOptions } from '../rules/adam.js'

/**
 * Where a slice begins: at its noisier neighbour's parameters, at those grown as the noise has receded (see growParameters; rates of hidden
 * units then go with m, the signal that is left), or anew, so that slices can be trained apart from one another.
 */
export const starts = ['neighbour', 'scaled', 'independent'] as const

/** How steps are taken: `rate` at the noisiest slice, of the parameters of visible units. */
export interface OptimizerOptions extends AdamOptions {
  /** step of Adam at the noisiest slice, of parameters in their own scale */
  readonly rate: number
  /** fraction of the rate that is left at the end; see `annealedRate` */
  readonly finalRate: number
  /** of hidden units, in their own scale (see stepScale); `rate` when absent */
  readonly hiddenRate?: number | undefined
  /** of hidden biases and label couplings over hiddenRate; 1 when absent */
  readonly biasFactor?: number | undefined
}

/** What follows the descent on a slice: few steps on larger batches at small rates. */
export interface SettleOptions {
  /** how many steps */
  readonly iterations: number
  /** states in each */
  readonly batch: number
  /** over the rate of the descent, and the same of hidden units */
  readonly rate: number
  /** the same of hidden units */
  readonly hiddenRate: number
}

/** How a slice is descended. */
export interface StageOptions {
  /** rates and running means */
  readonly optimizer: OptimizerOptions
  /** per slice; the first that starts from nothing gets three times as many */
  readonly iterations: number
  /** noised samples per iteration */
  readonly batch: number
  /** which part of the iterates of each slice, the last ones, is averaged; true: the second half, false: none */
  readonly average: boolean | number
  /** none when absent */
  readonly settle?: SettleOptions | undefined
}

/** A part of the descent on a slice; Adam and the average begin anew with each. */
export interface Stage {
  /** how many steps */
  readonly iterations: number
  /** states in each */
  readonly batch: number
  /** part of the iterates, the last ones, whose mean is kept */
  readonly average: number
  readonly finalRate: number
  /** at its beginning: of the parameters of visible units, and of hidden ones over that */
  readonly rate: number
  readonly hiddenFactor: number
}

/** The first slice starts from nothing, the others from a neighbour. */
const firstSliceFactor = 3
/** Settling ends where nothing moves any more, and keeps the mean of what little still did. */
const settled = { finalRate: 0.02, average: 0.3 }

/**
 * The parts of the descent on a slice, one after another.
 *
 * A mean over iterates that jump from minibatch to minibatch is not quite where they would come to rest: the couplings of visible
 * units have made up for the jumps of the hidden ones. Settling lets all come to rest together. (Losses hardly show it, the moments
 * ⟨x ∇log p⟩ do.)
 */
export function stagesOf({ optimizer, iterations, batch, average, settle }: StageOptions, isFirst: boolean): Stage[] {
  const { rate, finalRate, hiddenRate = rate } = optimizer
  const descent = {
    ...{ iterations: iterations * (isFirst ? firstSliceFactor : 1), batch, rate, finalRate },
    average: typeof average === 'number' ? average : average ? 0.5 : 0,
    hiddenFactor: hiddenRate / rate,
  }
  if (settle === undefined || settle.iterations === 0) return [descent]
  return [
    descent,
    {
      ...settled,
      iterations: settle.iterations,
      batch: settle.batch,
      rate: rate * settle.rate,
      hiddenFactor: (hiddenRate * settle.hiddenRate) / (rate * settle.rate),
    },
  ]
}
