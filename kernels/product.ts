// Matrix times groups of states: out[row][16] = Σ_column w[row][column] u[column][16]. It costs nearly all the time. `groups` of
// states are taken together, so that a large matrix is read once for all of them; from one group to the next are `uStride` and
// `outStride` bytes.

/**
 * Dense product. The matrix is packed in pairs of rows, [rows/2][columns][2], so that one pointer walks through it; rows are a
 * multiple of two (padded with zeros). Two rows by four vectors: eight sums stay in registers. (Measured: four rows by two
 * vectors, or two columns at a time, are a quarter slower in V8, whose register allocator then spills.)
 */
export function denseProduct(
  w: usize,
  rows: i32,
  columns: i32,
  u: usize,
  uStride: usize,
  out: usize,
  outStride: usize,
  groups: i32,
): void {
  const block = (<usize>columns) << 3
  const end = w + <usize>(rows >> 1) * block
  let row: usize = 0
  for (let first = w; first < end; first += block) {
    const last = first + block
    for (let group: usize = 0; group < <usize>groups; group++) {
      let p = first
      let x = u + group * uStride
      let a0 = f32x4.splat(0)
      let a1 = f32x4.splat(0)
      let a2 = f32x4.splat(0)
      let a3 = f32x4.splat(0)
      let b0 = f32x4.splat(0)
      let b1 = f32x4.splat(0)
      let b2 = f32x4.splat(0)
      let b3 = f32x4.splat(0)
      do {
        const s = v128.load32_splat(p)
        const t = v128.load32_splat(p, 4)
        let value = v128.load(x)
        a0 = f32x4.add(a0, f32x4.mul(s, value))
        b0 = f32x4.add(b0, f32x4.mul(t, value))
        value = v128.load(x, 16)
        a1 = f32x4.add(a1, f32x4.mul(s, value))
        b1 = f32x4.add(b1, f32x4.mul(t, value))
        value = v128.load(x, 32)
        a2 = f32x4.add(a2, f32x4.mul(s, value))
        b2 = f32x4.add(b2, f32x4.mul(t, value))
        value = v128.load(x, 48)
        a3 = f32x4.add(a3, f32x4.mul(s, value))
        b3 = f32x4.add(b3, f32x4.mul(t, value))
        p += 8
        x += 64
      } while (p < last)
      const o = out + group * outStride + row
      v128.store(o, a0)
      v128.store(o, a1, 16)
      v128.store(o, a2, 32)
      v128.store(o, a3, 48)
      v128.store(o, b0, 64)
      v128.store(o, b1, 80)
      v128.store(o, b2, 96)
      v128.store(o, b3, 112)
    }
    row += 128
  }
}

/**
 * Product over neighbour lists. `start`: [units + 1] int32; `neighbour`: int32 byte offsets of the neighbours' rows in u;
 * `w`: one weight for each entry of `neighbour`.
 */
export function sparseProduct(
  start: usize,
  neighbour: usize,
  w: usize,
  units: i32,
  u: usize,
  uStride: usize,
  out: usize,
  outStride: usize,
  groups: i32,
): void {
  let begin = (<usize>load<i32>(start)) << 2
  for (let i = 0; i < units; i++) {
    const end = (<usize>load<i32>(start + ((<usize>i) << 2), 4)) << 2
    for (let group: usize = 0; group < <usize>groups; group++) {
      const from = u + group * uStride
      let entry = begin
      let a0 = f32x4.splat(0)
      let a1 = f32x4.splat(0)
      let a2 = f32x4.splat(0)
      let a3 = f32x4.splat(0)
      // Two neighbours at a time: half the loop's own instructions.
      for (; entry + 4 < end; entry += 8) {
        const s = v128.load32_splat(w + entry)
        const t = v128.load32_splat(w + entry, 4)
        const x = from + <usize>load<i32>(neighbour + entry)
        const z = from + <usize>load<i32>(neighbour + entry, 4)
        a0 = f32x4.add(f32x4.add(a0, f32x4.mul(s, v128.load(x))), f32x4.mul(t, v128.load(z)))
        a1 = f32x4.add(f32x4.add(a1, f32x4.mul(s, v128.load(x, 16))), f32x4.mul(t, v128.load(z, 16)))
        a2 = f32x4.add(f32x4.add(a2, f32x4.mul(s, v128.load(x, 32))), f32x4.mul(t, v128.load(z, 32)))
        a3 = f32x4.add(f32x4.add(a3, f32x4.mul(s, v128.load(x, 48))), f32x4.mul(t, v128.load(z, 48)))
      }
      if (entry < end) {
        const s = v128.load32_splat(w + entry)
        const x = from + <usize>load<i32>(neighbour + entry)
        a0 = f32x4.add(a0, f32x4.mul(s, v128.load(x)))
        a1 = f32x4.add(a1, f32x4.mul(s, v128.load(x, 16)))
        a2 = f32x4.add(a2, f32x4.mul(s, v128.load(x, 32)))
        a3 = f32x4.add(a3, f32x4.mul(s, v128.load(x, 48)))
      }
      const y = out + group * outStride + ((<usize>i) << 6)
      v128.store(y, a0)
      v128.store(y, a1, 16)
      v128.store(y, a2, 32)
      v128.store(y, a3, 48)
    }
    begin = end
  }
}
