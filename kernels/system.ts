// What the kernels know of a network. The host writes these records as int32 words in this order (src/backend/compiled/system.ts).

/** How a pair term's couplings are stored. */
export const absent: i32 = 0
export const dense: i32 = 1

/** A network of coupled units; addresses are bytes, offsets count from the start of a parameter block. */
@unmanaged
export class System {
  /** visible units, the ones that move: the first rows */
  units: i32
  /** rows of a group: visible and label units, padded to a multiple of four */
  rows: i32
  /** label units that pull on the visible ones: the rows after those, which nothing moves */
  labels: i32
  hidden: i32
  /** hidden units padded likewise; 0 when there are none */
  hiddenRows: i32
  /** absent, dense or listed */
  bilinear: i32
  pairQuartic: i32
  /** neighbour lists of the listed form: see sparseProduct */
  start: usize
  neighbour: usize
  /** byte offsets of the rows of each edge's ends, [edges] each */
  a: usize
  b: usize
  edges: i32
  /** offsets of the couplings in a parameter block: J, G, L, V (for the forces) and V transposed (for the fields), b */
  bilinearOffset: usize
  pairQuarticOffset: usize
  labelOffset: usize
  hiddenOffset: usize
  transposedOffset: usize
  hiddenBiasOffset: usize
  /** of the bath that the hidden units are in */
  kT: f32
}

/**
 * A parameter block begins with the on-site parameters k, c, a, f, [rows] float32 each (zero where a term is absent).
 * Scratch memory of a group, in rows of 64 bytes: fields of the couplings, forces, copies and normals, [rows]
 * rows each, then fields and responses of the hidden units, [hiddenRows] rows each.
 */
export function bilinearField(scratch: usize): usize {
  return scratch
}
export function quarticField(system: System, scratch: usize): usize {
  return scratch + ((<usize>system.rows) << 6)
}
export function hiddenForce(system: System, scratch: usize): usize {
  return scratch + ((<usize>system.rows) << 6) * 2
}
export function squares(system: System, scratch: usize): usize {
  return scratch + ((<usize>system.rows) << 6) * 3
}
export function forceRows(system: System, scratch: usize): usize {
  return scratch + ((<usize>system.rows) << 6) * 4
}
export function forceRowsAfter(system: System, scratch: usize): usize {
  return scratch + ((<usize>system.rows) << 6) * 5
}
export function savedState(system: System, scratch: usize): usize {
  return scratch + ((<usize>system.rows) << 6) * 6
}
/** twice as many: the second half is for a second set */
export function normalRows(system: System, scratch: usize): usize {
  return scratch + ((<usize>system.rows) << 6) * 7
}
export function hiddenField(system: System, scratch: usize): usize {
  return scratch + ((<usize>system.rows) << 6) * 9
}
export function hiddenResponse(system: System, scratch: usize): usize {
  return hiddenField(system, scratch) + ((<usize>system.hiddenRows) << 6)
}
/** Bytes of a group's scratch memory; that of several groups follows one another. */
export function scratchBytes(system: System): usize {
  return hiddenResponse(system, 0) + ((<usize>system.hiddenRows) << 6)
}
