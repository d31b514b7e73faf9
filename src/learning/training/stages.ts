import type { Network } from '../../physics/network/network.js'
import { type AdamOptions, defaultAdam } from '../rules/adam.js'

/**
 * Where a slice begins: at its noisier neighbour's parameters, at those grown as the noise has receded (see growParameters; rates of hidden
 * units then go with m, the signal that is left), or anew, so that slices can be trained apart from one another.
 */
export const starts = ['neighbour', 'scaled', 'independent'] as const

/** How steps are taken. */
export interface OptimizerOptions extends AdamOptions {
  /** at the noisiest slice, of the parameters of visible units; see ratesFor where absent */
  readonly rate?: number | undefined
  /** fraction of the rate that is left at the end (see `annealedRate`); `defaultStages` when absent, as for the keys below */
  readonly finalRate?: number | undefined
  /** of hidden units, in their own scale (see stepScale); `rate` when absent */
  readonly hiddenRate?: number | undefined
  /** of hidden biases and label couplings over hiddenRate; 1 when absent */
  readonly biasFactor?: number | undefined
}

/** What follows the descent on a slice: few steps on larger batches at small rates; `defaultSettling` where absent. */
export interface SettleOptions {
  /** how many steps */
  readonly iterations?: number | undefined
  /** states in each */
  readonly batch?: number | undefined
  /** over the rate of the descent, and the same of hidden units */
  readonly rate?: number | undefined
  /** the same of hidden units */
  readonly hiddenRate?: number | undefined
}

/** How a slice is descended; `defaultStages` where absent. */
export interface StageOptions {
  /** rates and running means */
  readonly optimizer?: OptimizerOptions | undefined
  /** per slice; the first that starts from nothing gets three times as many */
  readonly iterations?: number | undefined
  /** noised samples per iteration */
  readonly batch?: number | undefined
  /** which part of the iterates of each slice, the last ones, is averaged; true: the second half, false: none */
  readonly average?: boolean | number | undefined
  /** none when absent */
  readonly settle?: SettleOptions | undefined
}

/** How a slice is descended where nothing is said. */
export const defaultStages = { finalRate: 0.1, iterations: 300, batch: 256, average: true } as const

/** How descent settles where it does, and nothing is said. */
export const defaultSettling = { iterations: 150, batch: 256, rate: 0.33, hiddenRate: 0.1 } as const

/** Rates of visible and of hidden units, over the root of the number of those that act together: in front of it, and the largest. */
const rates = { visible: 0.1, mostVisible: 0.05, hidden: 2.4, mostHidden: 0.3 } as const

/**
 * Rates where none is given: min(.05, .1/√visible), and of hidden units min(.3, 2.4/√hidden), undefined without any. In a step of Adam each
 * parameter moves by about its rate, each its own way, so that what many do to a unit goes as the root of their number. They are for
 * slices that begin at parameters grown as the noise recedes (`scaled`). Chosen on points in the plane with up to 256 hidden units;
 * for 144 visible and 1,000 hidden units it is near what scenarios/mnist-01.yaml was tuned to.
 */
export function ratesFor(visible: number, hidden: number): { rate: number; hiddenRate: number | undefined } {
  const hiddenRate = hidden === 0 ? undefined : byNumber(rates.hidden, rates.mostHidden, hidden)
  return { rate: byNumber(rates.visible, rates.mostVisible, visible), hiddenRate }
}

/** Three digits, as one would write it. */
function byNumber(factor: number, most: number, number: number): number {
  return Number(Math.min(most, factor / Math.sqrt(Math.max(1, number))).toPrecision(3))
}

/** Stages with all that was left out. */
export interface WholeStages {
  readonly optimizer: Record<keyof AdamOptions | 'rate' | 'finalRate', number> &
    Pick<OptimizerOptions, 'hiddenRate' | 'biasFactor'>
  readonly iterations: number
  readonly batch: number
  readonly average: boolean | number
  /** none when absent */
  readonly settle?: Record<keyof SettleOptions, number> | undefined
}

/** Options with what they leave out filled in, for a network. */
export function wholeStages(options: StageOptions, network: Pick<Network, 'visible' | 'hidden'>): WholeStages {
  const { iterations, batch, average, settle } = options
  return {
    optimizer: wholeOptimizer(options.optimizer ?? {}, network),
    iterations: iterations ?? defaultStages.iterations,
    batch: batch ?? defaultStages.batch,
    average: average ?? defaultStages.average,
    settle: settle === undefined ? undefined : wholeSettling(settle),
  }
}

function wholeOptimizer(
  { rate, hiddenRate, finalRate, beta1, beta2, biasFactor }: OptimizerOptions,
  { visible, hidden }: Pick<Network, 'visible' | 'hidden'>,
): WholeStages['optimizer'] {
  const found = rate === undefined ? ratesFor(visible, hidden) : { rate, hiddenRate: undefined }
  return {
    rate: found.rate,
    hiddenRate: hiddenRate ?? found.hiddenRate,
    finalRate: finalRate ?? defaultStages.finalRate,
    beta1: beta1 ?? defaultAdam.beta1,
    beta2: beta2 ?? defaultAdam.beta2,
    biasFactor,
  }
}

function wholeSettling(settle: SettleOptions): NonNullable<WholeStages['settle']> {
  const { iterations, batch, rate, hiddenRate } = settle
  return {
    iterations: iterations ?? defaultSettling.iterations,
    batch: batch ?? defaultSettling.batch,
    rate: rate ?? defaultSettling.rate,
    hiddenRate: hiddenRate ?? defaultSettling.hiddenRate,
  }
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
export function stagesOf({ optimizer, iterations, batch, average, settle }: WholeStages, isFirst: boolean): Stage[] {
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
