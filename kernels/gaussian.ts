// Philox4x32-10 and Box–Muller, four counters at a time: the numbers of src/noise/gaussian.ts, bit for bit.
// Philox: Salmon, Moraes, Dror, Shaw, SC 2011. Polynomials: Cephes logf, sinf, cosf (Moshier).

/** Natural logarithm of four positive normal numbers. */
export function log4(x: v128): v128 {
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

/** Two normals for each lane from two random words: four to `out`, four to `out + 16`. */
function boxMuller(r1: v128, r2: v128, out: usize): void {
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
  v128.store(out, f32x4.mul(radius, v128.xor(cosine, change)))
  v128.store(out + 16, f32x4.mul(radius, v128.xor(sine, change)))
}

/** Sixteen standard normals, those of one group of trajectories for one unit and step. */
export function normals16(out: usize, group: i32, unit: i32, step: i32, stream: i32, key0: i32, key1: i32): void {
  let a = i32x4.add(i32x4.splat(group << 2), i32x4(0, 1, 2, 3))
  let b = i32x4.splat(unit)
  let c = i32x4.splat(step)
  let d = i32x4.splat(stream)
  let k0 = i32x4.splat(key0)
  let k1 = i32x4.splat(key1)
  const m0 = i32x4.splat(0xd2511f53)
  const m1 = i32x4.splat(0xcd9e8d57)
  const weyl0 = i32x4.splat(0x9e3779b9)
  const weyl1 = i32x4.splat(0xbb67ae85)
  for (let round = 0; round < 10; round++) {
    const low0 = i64x2.extmul_low_i32x4_u(a, m0)
    const high0 = i64x2.extmul_high_i32x4_u(a, m0)
    const low1 = i64x2.extmul_low_i32x4_u(c, m1)
    const high1 = i64x2.extmul_high_i32x4_u(c, m1)
    a = v128.xor(v128.xor(v128.shuffle<i32>(low1, high1, 1, 3, 5, 7), b), k0)
    b = v128.shuffle<i32>(low1, high1, 0, 2, 4, 6)
    c = v128.xor(v128.xor(v128.shuffle<i32>(low0, high0, 1, 3, 5, 7), d), k1)
    d = v128.shuffle<i32>(low0, high0, 0, 2, 4, 6)
    k0 = i32x4.add(k0, weyl0)
    k1 = i32x4.add(k1, weyl1)
  }
  boxMuller(a, b, out)
  boxMuller(c, d, out + 32)
}

/** The normals of a group for units 0 … units - 1, [units][16]. */
export function normals(out: usize, units: i32, group: i32, step: i32, stream: i32, key0: i32, key1: i32): void {
  for (let i = 0; i < units; i++) normals16(out + ((<usize>i) << 6), group, i, step, stream, key0, key1)
}
