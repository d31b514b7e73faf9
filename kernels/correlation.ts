// Sums over trajectories of products of two fields: what local rules measure. p and q: [groups][units][16], `stride` bytes
// from one group to the next. The sums run over groups in order, so their bits depend on the shard alone.

/** The sum of the lanes of a vector. */
export function laneSum(a: v128): f32 {
  const two = f32x4.add(a, v128.shuffle<f32>(a, a, 2, 3, 0, 1))
  return f32x4.extract_lane(two, 0) + f32x4.extract_lane(two, 1)
}

/** The four sums of the lanes of four vectors. */
export function laneSums(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 4, 1, 5), v128.shuffle<f32>(a, b, 2, 6, 3, 7))
  const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 4, 1, 5), v128.shuffle<f32>(c, d, 2, 6, 3, 7))
  return f32x4.add(v128.shuffle<f32>(ab, cd, 0, 1, 4, 5), v128.shuffle<f32>(ab, cd, 2, 3, 6, 7))
}

/**
 * A block of sums over two pairs of fields: out[r][c] = Σ p_r q_c + u_r v_c for two rows and four columns; `width` bytes from one
 * row of out to the next, `rowStride` (of p and u) and `columnStride` (of q and v) from one group to the next. Eight sums stay
 * in registers.
 */
function storeBlock(
  p: usize,
  u: usize,
  rowStride: usize,
  q: usize,
  v: usize,
  columnStride: usize,
  groups: i32,
  out: usize,
  width: usize,
): void {
  let row = p
  let column = q
  let a0 = f32x4.splat(0)
  let a1 = f32x4.splat(0)
  let a2 = f32x4.splat(0)
  let a3 = f32x4.splat(0)
  let b0 = f32x4.splat(0)
  let b1 = f32x4.splat(0)
  let b2 = f32x4.splat(0)
  let b3 = f32x4.splat(0)
  for (let pair = 0; pair < 2; pair++) {
    for (let group = 0; group < groups; group++) {
      for (let lane: usize = 0; lane < 64; lane += 16) {
        const r0 = v128.load(row + lane)
        const r1 = v128.load(row + lane, 64)
        let c = v128.load(column + lane)
        a0 = f32x4.add(a0, f32x4.mul(r0, c))
        b0 = f32x4.add(b0, f32x4.mul(r1, c))
        c = v128.load(column + lane, 64)
        a1 = f32x4.add(a1, f32x4.mul(r0, c))
        b1 = f32x4.add(b1, f32x4.mul(r1, c))
        c = v128.load(column + lane, 128)
        a2 = f32x4.add(a2, f32x4.mul(r0, c))
        b2 = f32x4.add(b2, f32x4.mul(r1, c))
        c = v128.load(column + lane, 192)
        a3 = f32x4.add(a3, f32x4.mul(r0, c))
        b3 = f32x4.add(b3, f32x4.mul(r1, c))
      }
      row += rowStride
      column += columnStride
    }
    row = u
    column = v
  }
  v128.store(out, laneSums(a0, a1, a2, a3))
  v128.store(out + width, laneSums(b0, b1, b2, b3))
}

/**
 * out[i][j] = Σ p_i q_j + p_j q_i for the 2×4 blocks that reach to or above the diagonal (the rest of out is
 * left alone); out: [units][units], units a multiple of four.
 */
export function denseEdgeCorrelation(p: usize, q: usize, groups: i32, stride: usize, units: i32, out: usize): void {
  const width = (<usize>units) << 2
  for (let i = 0; i < units; i += 2)
    for (let j = i & ~3; j < units; j += 4) {
      const row = (<usize>i) << 6
      const column = (<usize>j) << 6
      const block = out + ((<usize>(i * units + j)) << 2)
      storeBlock(p + row, q + row, stride, q + column, p + column, stride, groups, block, width)
    }
}

/** out_e = Σ p_a q_b + p_b q_a over a list of edges; `a` and `b`: int32 byte offsets of the ends' rows, [edges]. */
export function listedEdgeCorrelation(
  p: usize,
  q: usize,
  groups: i32,
  stride: usize,
  a: usize,
  b: usize,
  edges: i32,
  out: usize,
): void {
  for (let e: usize = 0; e < (<usize>edges) << 2; e += 4) {
    let pa = p + <usize>load<i32>(a + e)
    let pb = p + <usize>load<i32>(b + e)
    let qa = q + <usize>load<i32>(a + e)
    let qb = q + <usize>load<i32>(b + e)
    let s0 = f32x4.splat(0)
    let s1 = f32x4.splat(0)
    let s2 = f32x4.splat(0)
    let s3 = f32x4.splat(0)
    for (let group = 0; group < groups; group++) {
      s0 = f32x4.add(s0, f32x4.mul(v128.load(pa), v128.load(qb)))
      s1 = f32x4.add(s1, f32x4.mul(v128.load(pa, 16), v128.load(qb, 16)))
      s2 = f32x4.add(s2, f32x4.mul(v128.load(pa, 32), v128.load(qb, 32)))
      s3 = f32x4.add(s3, f32x4.mul(v128.load(pa, 48), v128.load(qb, 48)))
      s0 = f32x4.add(s0, f32x4.mul(v128.load(pb), v128.load(qa)))
      s1 = f32x4.add(s1, f32x4.mul(v128.load(pb, 16), v128.load(qa, 16)))
      s2 = f32x4.add(s2, f32x4.mul(v128.load(pb, 32), v128.load(qa, 32)))
      s3 = f32x4.add(s3, f32x4.mul(v128.load(pb, 48), v128.load(qa, 48)))
      pa += stride
      pb += stride
      qa += stride
      qb += stride
    }
    store<f32>(out + e, laneSum(f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3))))
  }
}

/**
 * out[i][h] = Σ p_i q_h + u_i v_h for a rectangle: rows of p and u, columns of q and v, both multiples of four; `rowStride` and
 * `columnStride` bytes from one group to the next; out: [rows][columns].
 */
export function rectangularCorrelation(
  p: usize,
  u: usize,
  rowStride: usize,
  rows: i32,
  q: usize,
  v: usize,
  columnStride: usize,
  columns: i32,
  groups: i32,
  out: usize,
): void {
  const width = (<usize>columns) << 2
  for (let i = 0; i < rows; i += 2)
    for (let j = 0; j < columns; j += 4) {
      const row = (<usize>i) << 6
      const column = (<usize>j) << 6
      const block = out + ((<usize>(i * columns + j)) << 2)
      storeBlock(p + row, u + row, rowStride, q + column, v + column, columnStride, groups, block, width)
    }
}
