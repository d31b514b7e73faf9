import type { Bath } from '../protocol/bath.js'
import type { Surface } from './drive.js'
import type { Noise } from './noise.js'

/** A batch of trajectories that a scheme moves, with its random numbers. */
export interface Batch extends Noise {
  /** the landscape that states move in */
  readonly drive: Surface
  /** temperature and mobility */
  readonly bath: Bath
  /** number of trajectories */
  readonly batch: number
  /** of random numbers beside those of `normals` and `uniforms`, keyed by (seed, trajectory, step, unit) */
  readonly seed: number
  /** index of the first trajectory */
  readonly first: number
}

/** One step: the drive stands in its landscape. */
export interface StepInput {
  /** its number, from 0, which keys its noise */
  readonly step: number
  /** its length in time */
  readonly dt: number
  /** temperature during the step */
  readonly kT: number
  /** states before, [units, batch] */
  readonly x: Float64Array
  /** the landscape's force there, [units, batch], for schemes that need it */
  readonly force: Float64Array
  /** the landscape's energy there, [batch], for schemes that need it */
  readonly energy: Float64Array
  /** where a scheme with `ownHeat` writes what each trajectory gives to the bath, in kT, [batch]; absent where nobody asks */
  readonly heat?: Float64Array
}

/** What a scheme is given of the landscape where a step starts. */
export interface Needs {
  /** whether it takes the force */
  readonly force: boolean
  /** whether it takes the energy */
  readonly energy: boolean
}

/**
 * One way of moving states by a step, and the only place where it is written: schemes for dx = μF dt + sqrt(2μkT) dW, and samplers of
 * e^(-U/kT). Runs, objectives, rules and `verify` move their states by the same objects.
 *
 * `start` takes a batch and returns what moves it: a function that writes the states after a step, [units, batch]. It may evaluate the
 * drive where it likes, but must not jump, and takes its random numbers from the batch. A unit's mobility is
 * bath.mobility·drive.mobility[unit]; one of mobility 0 is clamped and stays where it is.
 *
 * Bits: the same for a trajectory however the ensemble is cut into batches.
 */
export interface Integrator {
  /** as in scenarios; of a scheme of one's own any other */
  readonly name: string
  /** whether a step is one of the dynamics, with a work and a heat, or only of a sampler that leaves e^(-U/kT) as it is at any step */
  readonly dynamical: boolean
  /** whether it moves units of different mobilities, and units that flip */
  readonly mobilities: boolean
  /** whether it moves units at temperatures of their own, active ones, and those with walls; `walls`: of these the last alone */
  readonly ownOfUnits?: true | 'walls'
  /** whether it moves units of one mobility among others that are clamped or have states, although not those of different mobilities */
  readonly amongOthers?: true
  /** whether it redraws units with states itself; else they are tried before and after its step (see withFlips) */
  readonly redraws?: true
  /** whether it moves harmonic landscapes only */
  readonly harmonic: boolean
  /** the force alone when absent */
  readonly needs?: Needs
  /** whether a step knows its own heat and writes it to `heat`; else it is what U has fallen by */
  readonly ownHeat?: true
  /** the density of its steps, where that is known both ways: walkers moved by it can be weighed */
  readonly transition?: Transition
  /** Gives what takes the steps of one batch, with the work arrays it keeps. @throws E_INVALID_VALUE for a drive that the scheme can't move */
  start(batch: Batch): (input: StepInput, next: Float64Array) => void
}

/** A random step x → x' whose probability density q is known both ways. */
export interface Transition {
  /** whether it takes the force where it starts */
  readonly force: boolean
  /** whether q(x'|x) = q(x|x'), so that its ratio is 0 and nobody need ask for the force at x' */
  readonly symmetric: boolean
  /** what moves the states of one batch, with the work arrays it keeps */
  start(
    batch: Omit<Batch, 'drive'> & {
      readonly drive: Pick<Surface, 'units' | 'mobility' | 'temperature' | 'correlationTime'>
    },
  ): {
    /** writes x', [units, batch] */
    forth(input: StepInput, next: Float64Array): void
    /** adds log q(x|x')/q(x'|x) of the step just made to `out`, [batch], given the force at x' */
    addRatio(input: StepInput, next: Float64Array, forceThere: Float64Array, out: Float64Array): void
  }
}
