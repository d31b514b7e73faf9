import { eulerMaruyama } from '../../physics/dynamics/euler-maruyama.js'
import { gibbs } from '../../physics/dynamics/gibbs.js'
import type { Integrator } from '../../physics/dynamics/integrator.js'
import { leimkuhlerMatthews } from '../../physics/dynamics/leimkuhler-matthews.js'
import { isTwoState } from '../../physics/network/blocks.js'
import type { Network } from '../../physics/network/network.js'
import { hasStates, statesOfRows } from '../../physics/network/unit-states.js'
import type { Potential } from '../../physics/potential/potential.js'
import { discreteUnits } from '../../physics/potential/state-energies.js'
import { type Arena, type Views, writeWords } from './memory.js'

/** Terms of units with states that the kernels know. */
const known = ['bias', 'bilinear', 'bistable']

/** Why the kernels can't redraw units with states, as half a sentence; null when they can, or there are none. */
export function refusedByFlips({ network, terms }: Potential): string | null {
  if (!hasStates(network)) return null
  const { blocks, labels } = network
  const isFree = blocks.every(({ first, change }) => first === null || change.kind === 'flips')
  if (labels > 0 || !isFree || !statesOfRows(network).every(isTwoState))
    return 'it has no kernel for units with states but where all are of two and none is clamped'
  const other = terms.find(({ size, kernel = '' }) => size > 0 && !known.includes(kernel))
  if (other !== undefined) return `it has no kernel for the term "${other.name}" of units with states`
  const own = blocks.find(({ bath }) => bath === 'own')
  return own === undefined ? null : 'it has no kernel for units with states and hidden ones in a bath of their own'
}

/**
 * Why the kernels can't redraw units with two states by a scheme, as half a sentence; null when they can.
 *
 * @param followed - whether there are hidden units that follow at once
 */
export function refusedFlips(scheme: Integrator, followed: boolean): string | null {
  if (scheme === gibbs) return null
  if (followed) return 'its kernels redraw units above hidden ones that follow at once by gibbs alone'
  return scheme === eulerMaruyama || scheme === leimkuhlerMatthews ? null : `it has no kernel for ${scheme.name}`
}

/** Units with two states as the kernels redraw them (kernels/flips.h). */
export interface Flips {
  /** attempts in a unit of time: the different ones there are */
  readonly rates: readonly number[]
  /** addresses of the units in the order of a turn and the other way round, `length` words each, and of the rate of each unit */
  readonly turn: number
  readonly rate: number
  readonly length: number
}

/** Words of a turn are a multiple of these: they are read in vectors. */
const together = 16

/** Writes the turns of a network to memory; null without units that flip. */
export function writeFlips(potential: Potential, arena: Arena): Flips | null {
  const all = discreteUnits(potential, new Float64Array(potential.size))
  if (all === null) return null
  // Hidden units that follow at once are drawn before a turn, and act on none of its units.
  const { classes, rate } = all.givenHidden?.(new Float64Array(0)) ?? all
  const forth = classes.flatMap((members) => [...members])
  const length = Math.ceil(forth.length / together) * together
  const turns = new Int32Array(2 * length)
  turns.set(forth)
  turns.set(forth.toReversed(), length)
  const rates = [...new Set(rate)]
  const rateOf = Int32Array.from(rate, (own) => rates.indexOf(own))
  return { rates, turn: writeWords(arena, turns), rate: writeWords(arena, rateOf), length }
}

/** Bytes of an attempt. */
export const attemptBytes = 8

/** Writes how often units of each rate are tried in either half of a step (Attempt in kernels/flips.h). */
export function writeAttempts(arena: Views, address: number, rates: readonly number[], dt: number): void {
  const probability = arena.f32(address, 2 * rates.length)
  const last = arena.i32(address, 2 * rates.length)
  rates.forEach((rate, n) => {
    const tried = -Math.expm1((-rate * dt) / 2)
    // A word w stands for (w + ½)/2³².
    const words = Math.ceil(tried * 2 ** 32 - 0.5)
    probability[2 * n] = words > 0 ? tried : 0
    last[2 * n + 1] = words - 1
  })
}

/** Writes those of so many steps of one length; their address. */
export function repeatedAttempts(arena: Arena, rates: readonly number[], dt: number, steps: number): number {
  const bytes = attemptBytes * rates.length
  const address = arena.take(bytes * steps)
  for (let step = 0; step < steps; step++) writeAttempts(arena, address + bytes * step, rates, dt)
  return address
}

/** -2/kT, as far as float32 has it. */
export function flipScale(kT: number): number {
  return Math.max(-2 / kT, -(2 ** 127))
}

/** Units of the first of two layers that are coupled to each other alone and for the greater part; 0 where there are no such two. */
export function firstLayer({ visible, ordinary, edges }: Network, share: number): number {
  const others = ordinary.length - visible
  if (others === 0 || edges.count < share * visible * others) return 0
  for (let e = 0; e < edges.count; e++) if (edges.a[e]! >= visible || edges.b[e]! < visible) return 0
  return visible
}
