import { bathsOf } from '../../physics/network/baths.js'
import { hasWalls, hiddenBlock, type Network } from '../../physics/network/network.js'
import type { Potential } from '../../physics/potential/potential.js'
import type { KernelName } from '../../physics/potential/term.js'
import { type Flips, refusedByFlips, writeFlips } from './flips.js'
import { absent, type Form, formOfNetwork, known, type Layout, layered, layOut } from './layout.js'
import { type Arena, writeWords } from './memory.js'
import { recordBytes, rowBytes, stripRows } from './shards.js'
import { bitsOf, countsAs, encodeTerm, foreignNumber, type TapeOfTerm } from './tape.js'

/** A network as the kernels know it: its record in memory, and how θ maps onto their parameter blocks and sums. */
export interface System {
  /** address of the record (kernels/system.h) */
  readonly address: number
  /** units with a row, and hidden units that have none, padded to a multiple of four */
  readonly rows: number
  readonly hiddenRows: number
  /** operations of the formulas of all units and pairs; 0 without formulas */
  readonly formulas: number
  /** units with two states; null where units are continuous */
  readonly flips: Flips | null
  /** whether each unit is redrawn from the field as it is in its turn, so that groups share nothing */
  readonly isInTurn: boolean
  /** bytes of a group of sixteen states */
  readonly groupBytes: number
  /** bytes of a group's record of work and heat: without that of several baths `recordBytes` */
  readonly recordBytes: number
  /** baths of several temperatures; 0 where all units are in one */
  readonly baths: number
  /** rows that move, the first ones, and whether they do so in ways of their own: by mobility, temperature or as active units */
  readonly moving: number
  readonly isUneven: boolean
  /** bytes of scratch memory that a thread needs for the kernels */
  readonly scratchBytes: number
  /** bytes of a parameter block; a new one must be cleared before parameters are written to it */
  readonly blockBytes: number
  /** bytes of the sums of a shard */
  readonly sumBytes: number
  /** addresses of int32 [parameters]: the two words (or twice the one) of a parameter's place in a block */
  readonly first: number
  readonly second: number
  /** formulas that hold the time: what is written to a block beside the parameters (see packBlock) */
  readonly clocks: readonly Pick<TapeOfTerm, 'formula' | 'last' | 'inputs'>[]
  /** the word of its sum; its address, and the array itself, beyond all words where nothing is summed */
  readonly sumOf: number
  readonly sumWords: Int32Array
}

/** Why the kernels can't run a potential, as half a sentence; null when they can. */
export function refusedByKernels(potential: Potential): string | null {
  const { network } = potential
  const terms = potential.terms.filter(({ size }) => size > 0)
  const refused = refusedByFlips(potential)
  if (refused !== null) return refused
  // What is moved are the first rows; labels would stand between visible and hidden ones.
  if (network.ordinary.some((row, n) => row !== n)) return 'it has no kernel for labels beside such hidden units'
  if (movingRows(network) === null) return 'it has no kernel for active units beside labels, or hidden units with a row'
  const unknown = terms.find(
    ({ kernel, formula }) => formula === undefined && (kernel === undefined || !known.includes(kernel)),
  )
  if (unknown !== undefined) return `it has no kernel for the term "${unknown.name}"`
  const twice = terms.find(
    ({ kernel }, n) => kernel !== undefined && terms.findIndex((other) => other.kernel === kernel) < n,
  )
  if (twice !== undefined) return `its kernels take the term "${twice.kernel}" once`
  for (const { name, formula } of terms) {
    const foreign = formula === undefined ? null : foreignNumber(formula)
    if (foreign !== null)
      return `its float32 has no ${Number(foreign.toPrecision(3))}, which the formula of the term "${name}" needs`
  }
  return null
}

/**
 * The rows that the kernels move, as their number, since they are the first ones: those with the terms of visible units, then active
 * ones; null where others stand between them.
 */
function movingRows({ ordinary, correlationTime, units }: Network): number | null {
  const active = correlationTime?.findIndex((time) => time > 0) ?? ordinary.length
  return active === ordinary.length ? (correlationTime === null ? active : units) : null
}

/** Writes a network to memory. The potential's terms must be known to the kernels. */
export function describeSystem(potential: Potential, kT: number, arena: Arena): System {
  const { network } = potential
  const hidden = hiddenBlock(network)?.units ?? 0
  const { rows, hiddenRows, form, layer } = formOfNetwork(network, hidden)
  const { first, second, sumOf, offsets, tapes, words, sums } = layOut(potential, { rows, hiddenRows, form, layer })
  const flips = writeFlips(potential, arena)
  const encoded = tapes.map((tape) => encodeTerm(tape, arena))
  const registers = Math.max(0, ...encoded.map((term) => term.registers))
  const formulaRows = tapes.length === 0 ? 0 : rows + 2 + stripRows * registers
  const moving = movingRows(network)!
  const driving = tapes.reduce(
    (bits, { driving }) => (driving == null ? bits : bits | (1 << countsAs.indexOf(driving))),
    0,
  )
  const baths = bathsOf(network)
  const several = baths.temperature.length > 1 ? baths.temperature.length : 0
  const record = [
    moving,
    rows,
    ...couplingWords(arena, network, offsets, hidden, { rows, hiddenRows, form, layer }),
    tapes.length,
    writeWords(arena, Int32Array.from(encoded.flatMap(({ record }) => record))),
    registers,
    layer,
    flips?.turn ?? 0,
    flips?.rate ?? 0,
    flips?.length ?? 0,
    writeWalls(network, rows, arena),
    driving,
    several,
    several === 0 ? 0 : writeWords(arena, baths.ofUnit),
  ]
  const address = writeWords(arena, Int32Array.from([...record, bitsOf(kT)]))
  return {
    address,
    rows,
    hiddenRows,
    formulas: encoded.reduce((sum, { operations }) => sum + operations, 0),
    flips,
    isInTurn: flips !== null && form !== layered && hidden === 0,
    groupBytes: 64 * rows,
    scratchBytes: 64 * (9 * rows + 2 * hiddenRows + formulaRows + (driving === 0 ? 0 : 6 * rows)),
    recordBytes: recordBytes + rowBytes * several,
    baths: several,
    moving,
    isUneven: isUneven(network, moving),
    // One word to spare, where the entry after the last parameter is written.
    blockBytes: 4 * (words + 1),
    sumBytes: 4 * sums,
    // Descent takes parameters two at a time: one more entry than there are.
    first: writeWords(arena, first, words),
    second: writeWords(arena, second, words),
    clocks: tapes.filter(({ formula }) => formula.inputs.length > 0),
    sumOf: writeWords(arena, sumOf, 0),
    sumWords: withoutGiven(sumOf, potential),
  }
}

/** The words of a network's record that are about couplings, of labels and hidden units too. */
function couplingWords(
  arena: Arena,
  { labels, edges }: Network,
  offsets: Layout['offsets'],
  hidden: number,
  { rows, hiddenRows, form }: Form,
): number[] {
  const rowsOf = (unitsOf: Int32Array) => unitsOf.map((unit) => unit * 64)
  const formOf = (name: KernelName) => (offsets[name] === undefined ? absent : form)
  const offsetOf = (name: KernelName, plus = 0) => 4 * ((offsets[name] ?? 0) + plus)
  return [
    offsets['label-coupling'] === undefined ? 0 : labels,
    offsets.bistable === undefined ? 0 : hidden,
    offsets.bistable === undefined ? 0 : hiddenRows,
    formOf('bilinear'),
    formOf('pair-quartic'),
    writeWords(arena, edges.start),
    writeWords(arena, rowsOf(edges.neighbour)),
    writeWords(arena, rowsOf(edges.a)),
    writeWords(arena, rowsOf(edges.b)),
    edges.count,
    offsetOf('bilinear'),
    offsetOf('pair-quartic'),
    offsetOf('label-coupling'),
    offsetOf('bistable'),
    offsetOf('bistable', rows * hiddenRows),
  ]
}

/** Whether units that move do so in ways of their own. */
function isUneven({ mobility, temperature, correlationTime }: Network, moving: number): boolean {
  return (
    temperature !== null ||
    correlationTime !== null ||
    (mobility?.subarray(0, moving).some((own) => own !== 1) ?? false)
  )
}

/** Writes the walls of the rows, rounded inwards, so that no state is beyond one; 0 without any. */
function writeWalls({ coordinates }: Network, rows: number, arena: Arena): number {
  if (!hasWalls(coordinates)) return 0
  const address = arena.take(8 * rows)
  const walls = arena.f32(address, 2 * rows)
  walls.fill(-Infinity, 0, rows).fill(Infinity, rows)
  coordinates.lower.forEach((wall, unit) => {
    walls[unit] = inwards(wall, 1)
  })
  coordinates.upper.forEach((wall, unit) => {
    walls[rows + unit] = inwards(wall, -1)
  })
  return address
}

/** The float32 nearest to a number that is not on its other side: not below it for a sign of 1, not above it for -1. */
function inwards(value: number, sign: 1 | -1): number {
  const near = Float32Array.of(value)
  if (sign * (near[0]! - value) >= 0) return near[0]!
  // A step away from 0 is the next word.
  const word = new Int32Array(near.buffer)
  word[0]! += sign * near[0]! < 0 || near[0] === 0 ? -1 : 1
  return near[0]!
}

/** Beyond all words for parameters that are given: the kernels that descend must find some number even there. */
function withoutGiven(sumOf: Int32Array, { groups }: Potential): Int32Array {
  const out = sumOf.slice()
  for (const { given, offset, size } of groups) if (given === true) out.fill(2 ** 31 - 1, offset, offset + size)
  return out
}
