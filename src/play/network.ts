import { createGeneration, type Generation } from '../learning/generation/generation.js'
import { defaultHidden } from '../physics/network/hidden-kind.js'
import { labelUnits } from '../physics/network/labels.js'
import { createNetwork, type NetworkOptions } from '../physics/network/network.js'
import { createPotential, type Potential } from '../physics/potential/potential.js'
import { type Bath, bathOf } from '../physics/protocol/bath.js'
import { generationProtocol } from '../physics/protocol/generation-protocol.js'
import { createNoising, type Noising } from '../physics/protocol/noising.js'
import type { Protocol } from '../physics/protocol/protocol.js'
import { lazyList } from './lazy-list.js'
import type { NetworkRecord } from './record.js'

/** A trained network as it is played: what moves, what drives it, and what the bath does to data. */
export interface PlayNetwork {
  readonly record: NetworkRecord
  /** what was learned, with its parameters at the knots, [K + 1][parameters] */
  readonly learned: Potential
  readonly knots: readonly Float64Array[]
  /** adds those of the next knot, which are made when the protocol reaches them; nothing moves before the last is added */
  add(make: () => Float64Array): void
  /** what generates, with its parameters at the knots */
  readonly generation: Generation
  readonly generating: readonly Float64Array[]
  readonly noising: Noising
  readonly protocol: Protocol
  /** number of classes; 0 without labels */
  readonly classes: number
}

/** Hidden units in a bath of so many kT: their wells, whose height is in units of it, stay as high as they were. */
function inWell(hidden: NetworkOptions['hidden'], kT: number): NetworkOptions['hidden'] {
  if (hidden === undefined || hidden.temperature !== undefined) return hidden
  return { ...hidden, well: { barrier: (hidden.well?.barrier ?? defaultHidden.barrier) / kT } }
}

/** The system of a record in a bath of so many times its kT. */
function systemOf({ network, potential: terms, bath, noising, classes, ...record }: NetworkRecord, kT: number) {
  const own: Bath = bathOf({ ...bath, kT: kT * bath.kT })
  const { label } = network
  const hidden = inWell(network.hidden, kT)
  const labels = label === undefined || classes === null ? 0 : labelUnits(classes.length)
  const learned = createPotential(createNetwork({ ...network, hidden }, labels), terms, own.kT)
  const stiffness = createNoising(noising, bath).stiffness
  const parts = { hidden, terms, bath: own, stiffness }
  return { learned, generation: createGeneration(learned, parts, record.learnedFor !== record.drive) }
}

/**
 * The network of a record, its protocol and its bath; of its parameters the knots are added one by one.
 *
 * Cost: O(edges).
 */
export function playNetwork(record: NetworkRecord): PlayNetwork {
  const noising = createNoising(record.noising, record.bath)
  const { learned, generation } = systemOf(record, 1)
  const [{ items: knots, ...own }, { items: generating, ...others }] = [
    lazyList<Float64Array>(),
    lazyList<Float64Array>(),
  ]
  const add = (make: () => Float64Array) => {
    const knot = knots.length
    own.add(make)
    others.add(() => generation.parameters(knots[knot]!))
  }
  const options = { ...record.generation, longest: generation.longestStep }
  const protocol = generationProtocol(noising, generating, options)
  const classes = record.classes?.length ?? 0
  return { record, learned, knots, add, generation, generating, noising, protocol, classes }
}

/** What generates at another temperature of the bath, in units of the record's kT: hidden units that follow at once answer as warmly. */
export function generatingAt({ record, generation }: PlayNetwork, kT: number): Potential {
  return kT === 1 ? generation.potential : systemOf(record, kT).generation.potential
}

/** The rest of a protocol from a step on, beginning in the landscape of the step before. */
export function fromStep({ dt, clock, kT, parameters }: Protocol, step: number): Protocol {
  return {
    dt: dt.slice(step),
    clock: clock.slice(step),
    ...(kT === undefined ? {} : { kT: kT.slice(step) }),
    // Whatever was computed before, the landscape that it begins in is new.
    parameters: (n, theta) => parameters(step + n, theta) || n < 0,
  }
}
