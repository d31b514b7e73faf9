import { hoisted } from '../../physics/formula/hoisted.js'
import { hiddenBlock, type Network } from '../../physics/network/network.js'
import { ownSize } from '../../physics/potential/clocked.js'
import type { Potential } from '../../physics/potential/potential.js'
import type { KernelName } from '../../physics/potential/term.js'
import { firstLayer } from './flips.js'
import type { TapeOfTerm } from './tape.js'

/** Terms the kernels know; the on-site ones with their place in a block. */
const onsite: Partial<Record<KernelName, number>> = { stiffness: 0, cubic: 1, quartic: 2, bias: 3 }

/** Their names, in the order in which they stand in a block. */
export const known = [...Object.keys(onsite), 'bilinear', 'pair-quartic', 'label-coupling', 'bistable'] as KernelName[]

/** From this share of coupled pairs on, a full matrix product is faster than neighbour lists. */
const denseShare = 0.5

const [dense, listed] = [1, 2]
/** Forms of couplings, by the numbers of kernels/system.h, as `dense` and `listed`. */
export const [absent, layered] = [0, 3]

/** Word of an entry of a matrix that is packed in pairs of rows. */
function packed(row: number, column: number, columns: number): number {
  return ((row >> 1) * columns + column) * 2 + (row & 1)
}

/** Where parameters stand in blocks and sums, as far as they are laid out. */
export interface Layout {
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
export interface Form {
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
export function layOut({ network, terms, offsets, size }: Potential, form: Form): Layout {
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
export function formOfNetwork(network: Network, hidden: number): Form {
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

/** The next multiple of four. */
function padded(count: number): number {
  return Math.ceil(count / 4) * 4
}
