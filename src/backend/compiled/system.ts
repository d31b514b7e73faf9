import { hoisted } from '../../physics/formula/hoisted.js'
import { bathsOf } from '../../physics/network/baths.js'
import { hasWalls, hiddenBlock, type Network } from '../../physics/network/network.js'
import { ownSize } from '../../physics/potential/clocked.js'
import type { Potential } from '../../physics/potential/potential.js'
import type { KernelName } from '../../physics/potential/term.js'
import { type Flips, firstLayer, refusedByFlips, writeFlips } from './flips.js'
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

/** Terms the kernels know; the on-site ones with their place in a block. */
const onsite: Partial<Record<KernelName, number>> = { stiffness: 0, cubic: 1, quartic: 2, bias: 3 }
const known = [...Object.keys(onsite), 'bilinear', 'pair-quartic', 'label-coupling', 'bistable'] as KernelName[]

/** From this share of coupled pairs on, a full matrix product is faster than neighbour lists. */
const denseShare = 0.5
const [absent, dense, listed, layered] = [0, 1, 2, 3]

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

/** Word of an entry of a matrix that is packed in pairs of rows. */
function packed(row: number, column: number, columns: number): number {
  return ((row >> 1) * columns + column) * 2 + (row & 1)
}

/** Where parameters stand in blocks and sums, as far as they are laid out. */
interface Layout {
  /** words of a parameter's place in a block, two of them or twice the one; the word of its sum: [parameters] */
  readonly first: Int32Array
  readonly second: Int32Array
  readonly sumOf: Int32Array
  /** the word at which a term other than the on-site ones begins in a block */
  readonly offsets: Partial<Record<KernelName, number>>
  /** terms that are formulas, with the words at which they begin in a block and in the sums */
  readonly tapes: TapeOfTerm[]
  /** words of a block and of the sums that are taken */
  words: number
  sums: number
}

/** How a network is laid out: padded numbers of units, and the form of couplings, with the units of the first layer where there are two. */
interface Form {
  readonly rows: number
  readonly hiddenRows: number
  readonly form: number
  readonly layer: number
}

/** Lays out the parameters of a term from `from` on. */
type Place = (layout: Layout, from: number, network: Network, form: Form) => void

function place({ first, second, sumOf }: Layout, parameter: number, one: number, two: number, sum: number): void {
  first[parameter] = one
  second[parameter] = two
  sumOf[parameter] = sum
}

/** A row of the block for each, in the order of `onsite`. */
const placeOnsite =
  (row: number): Place =>
  (layout, from, { ordinary }, { rows }) => {
    for (let i = 0; i < ordinary.length; i++) place(layout, from + i, row * rows + i, row * rows + i, row * rows + i)
  }

const placeLabels: Place = (layout, from, { visible, labels }, { rows }) => {
  const { words, sums } = layout
  for (let l = 0; l < labels; l++)
    for (let i = 0; i < visible; i++)
      place(layout, from + l * visible + i, words + l * rows + i, words + l * rows + i, sums + l * rows + i)
  layout.words += labels * rows
  layout.sums += labels * rows
}

/** Couplings as a matrix, whose sums lie alike, then biases, then the temperature where it is a parameter. */
const placeHidden: Place = (layout, from, network, { rows, hiddenRows }) => {
  const { hidden, hiddenEdges } = network
  const { words, sums } = layout
  const size = rows * hiddenRows
  for (let e = 0; e < hiddenEdges.count; e++) {
    const at = packed(hiddenEdges.hidden[e]!, hiddenEdges.visible[e]!, rows)
    place(layout, from + e, words + at, words + at, sums + at)
  }
  for (let h = 0; h < hidden; h++)
    place(layout, from + hiddenEdges.count + h, words + size + h, words + size + h, sums + size + h)
  const after = words + size + hiddenRows
  // Nothing is summed for it: it is given.
  if (hiddenBlock(network)?.bath === 'own') place(layout, from + hiddenEdges.count + hidden, after, after, sums)
  layout.words = after + padded(1)
  layout.sums += size + hiddenRows
}

/**
 * A symmetric matrix, whose sums lie as its upper half does; the matrix between two layers, whose sums lie alike; or two entries of the
 * neighbour lists for each edge.
 */
const placeCouplings: Place = (layout, from, { edges, ordinary }, { rows, form, layer }) => {
  const { first, second, sumOf, words, sums } = layout
  if (form === layered) {
    const columns = padded(layer)
    for (let e = 0; e < edges.count; e++) {
      const at = packed(edges.b[e]! - layer, edges.a[e]!, columns)
      place(layout, from + e, words + at, words + at, sums + at)
    }
    layout.words += padded(ordinary.length - layer) * columns
    layout.sums += padded(ordinary.length - layer) * columns
    return
  }
  if (form === dense) {
    for (let e = 0; e < edges.count; e++) {
      const [a, b] = [edges.a[e]!, edges.b[e]!]
      place(layout, from + e, words + packed(a, b, rows), words + packed(b, a, rows), sums + packed(a, b, rows))
    }
    layout.words += rows * rows
    layout.sums += rows * rows
    return
  }
  first.fill(-1, from, from + edges.count)
  edges.edge.forEach((e, entry) => {
    if (first[from + e]! < 0) first[from + e] = words + entry
    else second[from + e] = words + entry
    sumOf[from + e] = sums + e
  })
  // What follows begins at a multiple of sixteen bytes, as the machine's vectors must.
  layout.words += padded(2 * edges.count)
  layout.sums += padded(edges.count)
}

/** Terms that are neither on sites nor on pairs. */
const others: Partial<Record<KernelName, Place>> = { 'label-coupling': placeLabels, bistable: placeHidden }

/** In the kernels' order, whatever the order of the terms; formulas after them. */
function layOut({ network, terms, offsets, size }: Potential, form: Form): Layout {
  const parameters = () => new Int32Array(size)
  const start = 4 * form.rows
  const arrays = { first: parameters(), second: parameters(), sumOf: parameters() }
  const layout: Layout = { ...arrays, offsets: {}, tapes: [], words: start, sums: start }
  for (const name of known) {
    const index = terms.findIndex(({ kernel, size }) => kernel === name && size > 0)
    if (index < 0) continue
    const row = onsite[name]
    if (row === undefined) layout.offsets[name] = layout.words
    const lay = row === undefined ? (others[name] ?? placeCouplings) : placeOnsite(row)
    lay(layout, offsets[index]!, network, form)
  }
  terms.forEach((term, index) => {
    if (term.formula === undefined) return
    const { size } = term
    const { words, sums } = layout
    for (let a = 0; a < size; a++) place(layout, offsets[index]! + a, words + a, words + a, sums + a)
    const formula = hoisted(term.formula)
    layout.tapes.push({
      formula,
      size: ownSize(term),
      words,
      inputs: words + size,
      sums,
      last: offsets[index]! + size - 1,
      ends: term.ends ?? null,
      driving: term.driving ?? null,
    })
    // The sums of a shard are a multiple of sixteen bytes, as the machine's vectors must.
    layout.words += padded(size + formula.inputs.length)
    layout.sums += padded(size)
  })
  return layout
}

/** @param hidden - units that have no row */
function formOfNetwork(network: Network, hidden: number): Form {
  const { units, edges, ordinary } = network
  const moving = ordinary.length
  const layer = firstLayer(network, denseShare)
  const isDense = edges.count >= (denseShare * moving * (moving - 1)) / 2
  return {
    // The second layer's rows of products are padded too.
    rows: layer > 0 ? padded(layer + padded(moving - layer)) : padded(units),
    hiddenRows: padded(hidden),
    form: layer > 0 ? layered : isDense ? dense : listed,
    layer,
  }
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

/** The next multiple of four. */
function padded(count: number): number {
  return Math.ceil(count / 4) * 4
}
