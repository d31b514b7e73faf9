import type { IntegratorName } from '../physics/dynamics/integrators.js'
import type { NetworkOptions } from '../physics/network/network.js'
import type { PotentialOptions } from '../physics/potential/potential.js'
import type { GenerationOptions } from '../physics/protocol/generation-protocol.js'
import type { DriveKind, NoisingOptions } from '../physics/protocol/noising.js'

/** Of what a page is, and how it was made. */
export interface Origin {
  /** name of the scenario, with its profile */
  readonly title: string
  /** one sentence on it */
  readonly about: string
  /** the command that wrote the page */
  readonly command: string
  /** version of the package that did */
  readonly version: string
}

/** Parameters in few bits, as they stand in a page; see `pack`. */
export interface PackedParameters {
  /** of each number */
  readonly bits: number
  /** parameters at each knot */
  readonly size: number
  /** sizes of the groups that share a scale at each knot, in the order of the parameters */
  readonly groups: readonly number[]
  /** the bytes of each knot, compressed, as base64 */
  readonly data: readonly string[]
}

/** A trained network as a page carries it: plain data, of which the page makes the network, its protocol and its bath again. */
export interface NetworkRecord extends Origin {
  readonly kind: 'network'
  /** the system, in the words of a scenario */
  readonly network: NetworkOptions
  /** names of the classes in the order of `clampedTo`; null where the network has no label */
  readonly classes: readonly (string | number)[] | null
  readonly potential: PotentialOptions
  readonly bath: { readonly kT: number; readonly mobility: number }
  readonly noising: NoisingOptions
  /** how it is driven, and the drive that its parameters were learned for */
  readonly drive: DriveKind
  readonly learnedFor: DriveKind
  readonly integrator: IntegratorName
  readonly generation: GenerationOptions
  /** how known units are completed: renewals of their noise at each knot, and steps at rest after each */
  readonly completion: { readonly sweeps: number; readonly steps: number }
  readonly seed: number
  /** whether samples take the last, noiseless step */
  readonly denoise: boolean
  /** values that are drawn as the two ends of the colours */
  readonly range: readonly [low: number, high: number]
  /** a few states that nothing was learned from, to clamp parts of; [count, visible] as base64 of float32, and the class of each */
  readonly examples: { readonly count: number; readonly data: string; readonly classes: readonly number[] }
  readonly parameters: PackedParameters
}
