import type { NetworkRecord } from './record.js'

/** What the page asks of its worker, and what the worker answers; arrays are transferred. Energies are in units of the record's kT. */
export interface Questions {
  /** makes the network of a record on the kernels; before all else */
  open: { ask: { record: NetworkRecord; kernels: ArrayBuffer }; answer: Opened }
  /** the packed parameters of the next knot that the record does not hold itself; before all that moves */
  knot: { ask: { data: Uint8Array<ArrayBuffer> }; answer: { readonly knots: number } }
  /** the processor or a graphics card, from the next `begin` or intervention on; where pixels are known it is the processor */
  compute: { ask: { on: Computing['on'] }; answer: Computing }
  /** an ensemble of noise at the begin of the protocol; the run of before is over */
  begin: { ask: Begin; answer: PlayFrame }
  /** so many steps of generation; at the end of the protocol the last frame again */
  advance: { ask: { steps: number }; answer: PlayFrame }
  /** back to an earlier step of the protocol: the bath noises what is there, in the trap alone */
  noise: { ask: { to: number }; answer: PlayFrame }
  /** another temperature of the bath (in units of the record's kT), another class, from now on */
  set: { ask: { kT?: number; label?: number | 'each' }; answer: PlayFrame }
  /** pixels that are known from now on: clean values, NaN where a unit is free; [visible]. All NaN frees all */
  clamp: { ask: { known: Float32Array }; answer: PlayFrame }
  /** what acts on a unit of one trajectory now */
  lens: { ask: { unit: number; trajectory: number }; answer: Lens }
  /** whole samples, as fast as it goes; with `known` completions of it (rows repeat where there are fewer than trajectories) */
  draw: { ask: Draw; answer: Drawn }
}

/** What a record holds, for who draws it. */
export interface Opened {
  readonly visible: number
  readonly hidden: number
  /** rows, columns; null without a lattice */
  readonly lattice: readonly [number, number] | null
  /** steps of the whole protocol */
  readonly steps: number
  /** the protocol's clock after each step, [steps + 1], from T down */
  readonly clock: Float64Array
  /** of the processor: what computes at first */
  readonly device: string
}

/** What computes. */
export interface Computing {
  readonly on: 'processor' | 'graphics'
  /** its arithmetic and threads, or the adapter, in its own words */
  readonly device: string
}

/** How a run begins. */
export interface Begin {
  readonly trajectories: number
  readonly seed: number
  /** class of all, or one after another; nothing without labels */
  readonly label?: number | 'each' | undefined
}

/** States at one moment, and what was exchanged so far. */
export interface PlayFrame {
  /** steps of the protocol that are behind; 0 is its begin */
  readonly step: number
  readonly clock: number
  /** [trajectories, visible] */
  readonly x: Float32Array
  /** states ±1 of the hidden units of the first trajectory, drawn given x; [hidden] */
  readonly hidden: Int8Array
  /** class of each trajectory; empty without labels */
  readonly classes: Int32Array
  /** of each trajectory, in kT */
  readonly work: Float64Array
  readonly heat: Float64Array
  readonly energyChange: Float64Array
  /** mean over trajectories, in kT: heat to the bath and the change of the ensemble's entropy; null where that is unknown */
  readonly entropyProduction: number | null
  /** largest |ΔU - W + Q| of a trajectory, in kT */
  readonly firstLaw: number
  /** whether the protocol is at its end */
  readonly done: boolean
  /** clean states where it is done and the record denoises, else as `x`; [trajectories, visible] */
  readonly clean: Float32Array
}

/** What acts on a unit. */
export interface Lens {
  /** its couplings to visible units, [visible]; NaN where there is none */
  readonly couplings: Float32Array
  /** to hidden ones, [hidden]; empty without any */
  readonly hidden: Float32Array
  /** positions, and U of the unit there in kT with all others where they are, less its minimum; [points] */
  readonly at: Float32Array
  readonly potential: Float32Array
  /** where it is */
  readonly x: number
}

/** Samples that are asked for. */
export interface Draw extends Begin {
  /** clean values, NaN where free; [rows, visible] */
  readonly known?: Float32Array | undefined
}

/** What was drawn. */
export interface Drawn {
  /** [trajectories, visible], denoised where the record says so */
  readonly samples: Float32Array
  readonly classes: Int32Array
  readonly work: Float64Array
  readonly heat: Float64Array
  readonly energyChange: Float64Array
}

/** A question as it is sent, with a number that its answer has too. */
export type Question = {
  [Kind in keyof Questions]: { readonly id: number; readonly kind: Kind; readonly ask: Questions[Kind]['ask'] }
}[keyof Questions]

/** The answer to the question of that number, or why there is none. */
export type Answer =
  | { readonly id: number; readonly answer: Questions[keyof Questions]['answer'] }
  | { readonly id: number; readonly error: string }
