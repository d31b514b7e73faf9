// Matrix times one group of states: out[row][16] = Σ_column w[row][column] u[column][16]. It costs nearly all the time.

/**
 * Dense product. The matrix is packed in blocks of four rows, [rows/4][columns][4], so that one pointer walks through it;
 * rows and columns are multiples of four (padded with zeros). Four rows by two vectors: eight sums stay in registers.
 */
export function denseProduct(w: usize, rows: i32, columns: i32, u: usize, out: usize): void {
  const block = (<usize>columns) << 4
  const end = w + <usize>(rows >> 2) * block
  let o = out
  for (let first = w; first < end; first += block) {
    const last = first + block
    for (let half: usize = 0; half < 64; half += 32) {
      let p = first
      let x = u + half
      let a0 = f32x4.splat(0)
      let a1 = f32x4.splat(0)
      let b0 = f32x4.splat(0)
      let b1 = f32x4.splat(0)
      let c0 = f32x4.splat(0)
      let c1 = f32x4.splat(0)
      let d0 = f32x4.splat(0)
      let d1 = f32x4.splat(0)
      do {
        const x0 = v128.load(x)
        const x1 = v128.load(x, 16)
        let s = v128.load32_splat(p)
        a0 = f32x4.add(a0, f32x4.mul(s, x0))
        a1 = f32x4.add(a1, f32x4.mul(s, x1))
        s = v128.load32_splat(p, 4)
        b0 = f32x4.add(b0, f32x4.mul(s, x0))
        b1 = f32x4.add(b1, f32x4.mul(s, x1))
        s = v128.load32_splat(p, 8)
        c0 = f32x4.add(c0, f32x4.mul(s, x0))
        c1 = f32x4.add(c1, f32x4.mul(s, x1))
        s = v128.load32_splat(p, 12)
        d0 = f32x4.add(d0, f32x4.mul(s, x0))
        d1 = f32x4.add(d1, f32x4.mul(s, x1))
        p += 16
        x += 64
      } while (p < last)
      const y = o + half
      v128.store(y, a0)
      v128.store(y, a1, 16)
      v128.store(y, b0, 64)
      v128.store(y, b1, 80)
      v128.store(y, c0, 128)
      v128.store(y, c1, 144)
      v128.store(y, d0, 192)
      v128.store(y, d1, 208)
    }
    o += 256
  }
}

/**
 * Product over neighbour lists. `start`: [units + 1] int32; `neighbour`: int32 byte offsets of the neighbours' rows in u;
 * `w`: one weight for each entry of `neighbour`.
 */
export function sparseProduct(start: usize, neighbour: usize, w: usize, units: i32, u: usize, out: usize): void {
  let entry = (<usize>load<i32>(start)) << 2
  for (let i = 0; i < units; i++) {
    const end = (<usize>load<i32>(start + ((<usize>i) << 2), 4)) << 2
    let a0 = f32x4.splat(0)
    let a1 = f32x4.splat(0)
    let a2 = f32x4.splat(0)
    let a3 = f32x4.splat(0)
    for (; entry < end; entry += 4) {
      const s = v128.load32_splat(w + entry)
      const x = u + <usize>load<i32>(neighbour + entry)
      a0 = f32x4.add(a0, f32x4.mul(s, v128.load(x)))
      a1 = f32x4.add(a1, f32x4.mul(s, v128.load(x, 16)))
      a2 = f32x4.add(a2, f32x4.mul(s, v128.load(x, 32)))
      a3 = f32x4.add(a3, f32x4.mul(s, v128.load(x, 48)))
    }
    const y = out + ((<usize>i) << 6)
    v128.store(y, a0)
    v128.store(y, a1, 16)
    v128.store(y, a2, 32)
    v128.store(y, a3, 48)
  }
}
