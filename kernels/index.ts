/**
 * The SIMD kernels, in AssemblyScript. States lie in groups of sixteen trajectories, [groups][units][16] float32, units
 * padded with zeros to a multiple of four: a group is four vectors of four lanes, it fits the nearest cache, and it is the
 * group that shares Philox counters. Every operation is a plain IEEE one (no fused multiply-add), so the bits are the same
 * on every machine, and no result depends on which groups are computed together.
 *
 * Pointers are byte addresses in the shared memory; the host (src/backend/wasm) owns all of it.
 */

export { advance } from './advance'
export { descend, pack } from './descend'
export { directional } from './directional'
export { gather, scatter } from './exchange'
export { energies, forces } from './force'
export { normals } from './gaussian'
export { noise, residuals } from './noised'
export { nudged } from './nudged'
export { statistic } from './statistic'
export { trial } from './trial'
