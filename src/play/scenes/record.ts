import type { MixtureOptions } from '../../learning/data/mixture.js'
import type { RuleName } from '../../learning/rules/rules.js'
import type { TrainingOptions } from '../../learning/training/task.js'
import type { IntegratorName } from '../../physics/dynamics/integrators.js'
import type { NetworkOptions } from '../../physics/network/network.js'
import type { PotentialOptions } from '../../physics/potential/potential.js'
import type { Bath } from '../../physics/protocol/bath.js'
import type { GenerationOptions } from '../../physics/protocol/generation-protocol.js'
import type { DriveKind, NoisingOptions } from '../../physics/protocol/noising.js'
import type { Origin } from '../record.js'

/** What a page without a trained network shows: plain data, of which the page makes everything again. */
export type SceneRecord = SimulationRecord | LearningRecord | ContrastRecord

/** The system that a scene is of, in the words of a scenario. */
export interface SceneSystem extends Origin {
  /** who is coupled to whom */
  readonly network: NetworkOptions
  /** its terms, by name or by formula */
  readonly potential: PotentialOptions
  /** temperature, which energies are shown in, and mobility */
  readonly bath: Bath
  /** of every random number */
  readonly seed: number
}

/** A plain simulation: oscillators in a landscape that is given. */
export interface SimulationRecord extends SceneSystem {
  /** tells it from other records */
  readonly kind: 'simulation'
  /** where trajectories begin: independent coordinates of one variance (0 is a point), or the equilibrium of the first landscape */
  readonly start:
    | { readonly kind: 'independent'; readonly mean: readonly number[] | number; readonly variance: number }
    | { readonly kind: 'equilibrium' }
  /** time steps, landscapes and temperatures, as the scenario's run has them */
  readonly protocol: ProtocolRecord
  /** the scheme that moves them */
  readonly integrator: IntegratorName
  /** how many begin */
  readonly trajectories: number
  /** the place whose first crossing counts; null where none is watched */
  readonly passage: { readonly unit: number; readonly to: number } | null
}

/** A protocol as numbers: what its formulas and tables say at every step. Lists of numbers are base64 of float64 (see `textOf`). */
export interface ProtocolRecord {
  /** θ before the first step, [parameters] */
  readonly theta: string
  /** how many steps there are */
  readonly steps: number
  /** their lengths, [steps], or the one of all */
  readonly dt: string | number
  /** parameters that move: their numbers in θ, and the column of `table` that each follows */
  readonly moving: readonly { readonly parameter: number; readonly column: number }[]
  /** [steps + 1, columns]: before the first step, and during each */
  readonly table: string
  /** temperature during each step, [steps]; null where it is the bath's */
  readonly kT: string | null
}

/** Oscillators in a plane that learn a mixture, live. */
export interface LearningRecord extends SceneSystem {
  /** tells it from other records */
  readonly kind: 'learning'
  /** what is learned */
  readonly mixture: MixtureOptions
  /** how many draws of it to learn from; half as many again are held out */
  readonly samples: number
  /** the path from data to noise, at whose knots parameters are learned */
  readonly noising: NoisingOptions
  /** the drive that is learned for */
  readonly drive: DriveKind
  /** the rule, and how it descends */
  readonly learning: Omit<TrainingOptions, 'rule'> & { readonly rule?: RuleName | 'least-squares' | undefined }
  /** how samples are drawn with what is learned */
  readonly generation: GenerationOptions
}

/** Wells whose weights are learned by chains without weights, and by walkers that carry them, side by side. */
export interface ContrastRecord extends SceneSystem {
  /** tells it from other records */
  readonly kind: 'contrast'
  /** what is learned: wells of unequal weight */
  readonly mixture: MixtureOptions
  /** how many draws of it to learn from */
  readonly samples: number
  /** gradients followed */
  readonly iterations: number
  /** of plain descent */
  readonly rate: number
  /** h, the time of a step of chains and walkers */
  readonly step: number
  /** k, steps of a chain between two gradients */
  readonly steps: number
  /** persistent chains, and walkers */
  readonly walkers: number
  /** data of an iteration; all when absent */
  readonly batch?: number | undefined
  /** walkers are resampled when their effective number falls below this share */
  readonly resampling: number
}
