// States between the host's layout, [units][batch] float64, and a group's, [units][16] float32.

/**
 * Copies the `count` states of a group that begins at `from` (of row 0; `stride` bytes from one row to the next) to `to`, times w
 * where given (f64 [count], or 0); lanes beyond `count` are zero.
 */
export function gather(from: usize, stride: usize, units: i32, count: i32, weights: usize, to: usize): void {
  const end = to + ((<usize>units) << 6)
  let source = from
  if (count < 16) {
    memory.fill(to, 0, end - to)
    for (let row = to; row < end; row += 64) {
      for (let b: usize = 0; b < <usize>count; b++) {
        const value = load<f64>(source + (b << 3))
        store<f32>(row + (b << 2), <f32>(weights === 0 ? value : value * load<f64>(weights + (b << 3))))
      }
      source += stride
    }
    return
  }
  for (let row = to; row < end; row += 64) {
    for (let lane: usize = 0; lane < 64; lane += 16) {
      let low = v128.load(source + 2 * lane)
      let high = v128.load(source + 2 * lane, 16)
      if (weights !== 0) {
        low = f64x2.mul(low, v128.load(weights + 2 * lane))
        high = f64x2.mul(high, v128.load(weights + 2 * lane, 16))
      }
      const first = f32x4.demote_f64x2_zero(low)
      v128.store(row + lane, v128.shuffle<f32>(first, f32x4.demote_f64x2_zero(high), 0, 1, 4, 5))
    }
    source += stride
  }
}

/** Copies `count` states of a group back, to `to` of row 0. */
export function scatter(from: usize, units: i32, count: i32, to: usize, stride: usize): void {
  const end = from + ((<usize>units) << 6)
  let target = to
  for (let row = from; row < end; row += 64) {
    if (count < 16)
      for (let b: usize = 0; b < <usize>count; b++) store<f64>(target + (b << 3), <f64>load<f32>(row + (b << 2)))
    else
      for (let lane: usize = 0; lane < 64; lane += 16) {
        const four = v128.load(row + lane)
        v128.store(target + 2 * lane, f64x2.promote_low_f32x4(four))
        v128.store(target + 2 * lane, f64x2.promote_low_f32x4(v128.shuffle<f32>(four, four, 2, 3, 0, 1)), 16)
      }
    target += stride
  }
}
