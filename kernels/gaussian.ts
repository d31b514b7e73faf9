// Philox4x32-10 and Box–Muller, four counters at a time: the numbers of src/physics/noise/gaussian.ts, bit for bit. Each function has
// one caller, so that the compiler inlines it: constants then stay in place from one vector to the next.
// Philox: Salmon, Moraes, Dror, Shaw, SC 2011. Polynomials: Cephes logf, sinf, cosf (Moshier).

/** Natural logarithm of four positive normal numbers. */
function log4(x: v128): v128 {
  const exponent = i32x4.shr_s(i32x4.sub(x, i32x4.splat(0x3f3504f3)), 23)
  const m = f32x4.sub(i32x4.sub(x, i32x4.shl(exponent, 23)), f32x4.splat(1))
  const z = f32x4.mul(m, m)
  let y = f32x4.splat(7.0376836292e-2)
  y = f32x4.add(f32x4.mul(y, m), f32x4.splat(-1.151461031e-1))
  y = f32x4.add(f32x4.mul(y, m), f32x4.splat(1.167699874e-1))
  y = f32x4.add(f32x4.mul(y, m), f32x4.splat(-1.2420140846e-1))
  y = f32x4.add(f32x4.mul(y, m), f32x4.splat(1.4249322787e-1))
  y = f32x4.add(f32x4.mul(y, m), f32x4.splat(-1.6668057665e-1))
  y = f32x4.add(f32x4.mul(y, m), f32x4.splat(2.0000714765e-1))
  y = f32x4.add(f32x4.mul(y, m), f32x4.splat(-2.4999993993e-1))
  y = f32x4.add(f32x4.mul(y, m), f32x4.splat(3.3333331174e-1))
  y = f32x4.mul(f32x4.mul(y, m), z)
  y = f32x4.add(f32x4.mul(z, f32x4.splat(-0.5)), y)
  return f32x4.add(f32x4.mul(f32x4.convert_i32x4_s(exponent), f32x4.splat(0.6931471805599453)), f32x4.add(m, y))
}

/** Philox's multipliers and key increments. */
const multiplier0: u64 = 0xd2511f53
const multiplier1: u64 = 0xcd9e8d57
const weyl0: i32 = 0x9e3779b9
const weyl1: i32 = 0xbb67ae85

/**
 * Philox words of a group of trajectories for units 0 … units - 1: a row of 64 bytes for each unit, the four words of the
 * group's four counters (4·group + lane, unit, step, stream).
 *
 * Three words of a counter are the same for all lanes and one is the same for all units, so that the first two rounds and half
 * of the third are done once for all units, or with plain integers.
 */
function words(out: usize, units: i32, group: i32, step: i32, stream: i32, key0: i32, key1: i32): void {
  const m0 = i32x4.splat(<i32>multiplier0)
  const m1 = i32x4.splat(<i32>multiplier1)
  // Round 1: (counter, unit, step, stream) → (step·m1 high ^ unit ^ key0, step·m1 low, counter·m0 high ^ …, counter·m0 low).
  const counter = i32x4.add(i32x4.splat(group << 2), i32x4(0, 1, 2, 3))
  let low = i64x2.extmul_low_i32x4_u(counter, m0)
  let high = i64x2.extmul_high_i32x4_u(counter, m0)
  const c1 = v128.xor(v128.shuffle<i32>(low, high, 1, 3, 5, 7), i32x4.splat(stream ^ key1))
  const d1 = v128.shuffle<i32>(low, high, 0, 2, 4, 6)
  const stepped: u64 = <u64>(<u32>step) * multiplier1
  const a1 = <i32>(stepped >> 32) ^ key0
  const b1 = <i32>stepped
  // Round 2: a2 knows no unit, nor does b2.
  low = i64x2.extmul_low_i32x4_u(c1, m1)
  high = i64x2.extmul_high_i32x4_u(c1, m1)
  const a2 = v128.xor(v128.shuffle<i32>(low, high, 1, 3, 5, 7), i32x4.splat(b1 ^ (key0 + weyl0)))
  const b2 = v128.shuffle<i32>(low, high, 0, 2, 4, 6)
  // Round 3, the half of a2.
  low = i64x2.extmul_low_i32x4_u(a2, m0)
  high = i64x2.extmul_high_i32x4_u(a2, m0)
  const c3 = v128.xor(v128.shuffle<i32>(low, high, 1, 3, 5, 7), i32x4.splat(key1 + 2 * weyl1))
  const d3 = v128.shuffle<i32>(low, high, 0, 2, 4, 6)
  const b2Keyed = v128.xor(b2, i32x4.splat(key0 + 2 * weyl0))
  const d1Keyed = v128.xor(d1, i32x4.splat(key1 + weyl1))
  const first0 = i32x4.splat(key0 + 3 * weyl0)
  const first1 = i32x4.splat(key1 + 3 * weyl1)
  const next0 = i32x4.splat(weyl0)
  const next1 = i32x4.splat(weyl1)
  for (let unit = 0; unit < units; unit++) {
    const product: u64 = <u64>(<u32>(a1 ^ unit)) * multiplier0
    const c2 = v128.xor(d1Keyed, i32x4.splat(<i32>(product >> 32)))
    let low1 = i64x2.extmul_low_i32x4_u(c2, m1)
    let high1 = i64x2.extmul_high_i32x4_u(c2, m1)
    let a = v128.xor(v128.shuffle<i32>(low1, high1, 1, 3, 5, 7), b2Keyed)
    let b = v128.shuffle<i32>(low1, high1, 0, 2, 4, 6)
    let c = v128.xor(c3, i32x4.splat(<i32>product))
    let d = d3
    let k0 = first0
    let k1 = first1
    for (let round = 3; round < 10; round++) {
      const low0 = i64x2.extmul_low_i32x4_u(a, m0)
      const high0 = i64x2.extmul_high_i32x4_u(a, m0)
      low1 = i64x2.extmul_low_i32x4_u(c, m1)
      high1 = i64x2.extmul_high_i32x4_u(c, m1)
      a = v128.xor(v128.xor(v128.shuffle<i32>(low1, high1, 1, 3, 5, 7), b), k0)
      b = v128.shuffle<i32>(low1, high1, 0, 2, 4, 6)
      c = v128.xor(v128.xor(v128.shuffle<i32>(low0, high0, 1, 3, 5, 7), d), k1)
      d = v128.shuffle<i32>(low0, high0, 0, 2, 4, 6)
      k0 = i32x4.add(k0, next0)
      k1 = i32x4.add(k1, next1)
    }
    const row = out + ((<usize>unit) << 6)
    v128.store(row, a)
    v128.store(row, b, 16)
    v128.store(row, c, 32)
    v128.store(row, d, 48)
  }
}

/** Turns pairs of words into pairs of normals, in place: eight of each, four to a vector. `pairs` of 32 bytes. */
function boxMuller(out: usize, pairs: i32): void {
  for (let at = out; at < out + ((<usize>pairs) << 5); at += 32) {
    const r1 = v128.load(at)
    const r2 = v128.load(at, 16)
    const u = f32x4.add(
      f32x4.mul(f32x4.convert_i32x4_s(i32x4.shr_u(r1, 1)), f32x4.splat(4.656612873077393e-10)),
      f32x4.splat(2.3283064365386963e-10),
    )
    const length = f32x4.sqrt(f32x4.mul(log4(u), f32x4.splat(-2)))
    // Bit 1 of the second word is the sign of the radius, bit 0 swaps sine and cosine.
    const radius = v128.xor(length, i32x4.shl(i32x4.shr_u(r2, 1), 31))
    const angle = f32x4.mul(f32x4.convert_i32x4_s(i32x4.shr_s(r2, 2)), f32x4.splat(1.4629180792671596e-9))
    const z = f32x4.mul(angle, angle)
    let sine = f32x4.add(f32x4.mul(f32x4.splat(-1.9515295891e-4), z), f32x4.splat(8.3321608736e-3))
    sine = f32x4.add(f32x4.mul(sine, z), f32x4.splat(-1.6666654611e-1))
    sine = f32x4.add(f32x4.mul(f32x4.mul(sine, z), angle), angle)
    let cosine = f32x4.add(f32x4.mul(f32x4.splat(2.443315711809948e-5), z), f32x4.splat(-1.388731625493765e-3))
    cosine = f32x4.add(f32x4.mul(cosine, z), f32x4.splat(4.166664568298827e-2))
    cosine = f32x4.mul(f32x4.mul(cosine, z), z)
    cosine = f32x4.add(cosine, f32x4.add(f32x4.mul(z, f32x4.splat(-0.5)), f32x4.splat(1)))
    const swap = i32x4.shr_s(i32x4.shl(r2, 31), 31)
    const change = v128.and(v128.xor(sine, cosine), swap)
    v128.store(at, f32x4.mul(radius, v128.xor(cosine, change)))
    v128.store(at, f32x4.mul(radius, v128.xor(sine, change)), 16)
  }
}

/** The normals of a group for units 0 … units - 1, [units][16]: trajectory τ takes lane τ mod 4 of vector ⌊(τ mod 16)/4⌋. */
export function normals(out: usize, units: i32, group: i32, step: i32, stream: i32, key0: i32, key1: i32): void {
  words(out, units, group, step, stream, key0, key1)
  boxMuller(out, 2 * units)
}
