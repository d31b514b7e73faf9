// The response of bistable hidden units: ⟨s⟩ = tanh(u/kT), and their free energy A = -kT log 2cosh(u/kT).
// Polynomials: Cephes expf, tanhf (Moshier).

/** exp(x) for x ≤ 0, at least e^-87. */
function exp4(given: v128): v128 {
  const x = f32x4.max(given, f32x4.splat(-87))
  const n = f32x4.nearest(f32x4.mul(x, f32x4.splat(1.4426950408889634)))
  // ln 2 in two parts, the first with few bits, so that the remainder is exact.
  let r = f32x4.sub(x, f32x4.mul(n, f32x4.splat(0.693359375)))
  r = f32x4.sub(r, f32x4.mul(n, f32x4.splat(-2.1219444e-4)))
  let y = f32x4.splat(1.98756915e-4)
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(1.3981999507e-3))
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(8.3334519073e-3))
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(4.1665795894e-2))
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(1.6666665459e-1))
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(5.0000001201e-1))
  y = f32x4.add(f32x4.mul(y, f32x4.mul(r, r)), f32x4.add(r, f32x4.splat(1)))
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23)
  return f32x4.mul(y, power)
}

/** tanh(x): a polynomial near zero, (1 - e)/(1 + e) with e = exp(-2|x|) elsewhere. */
function tanh4(x: v128): v128 {
  const size = f32x4.abs(x)
  const e = exp4(f32x4.mul(size, f32x4.splat(-2)))
  const one = f32x4.splat(1)
  const far = f32x4.div(f32x4.sub(one, e), f32x4.add(one, e))
  const z = f32x4.mul(x, x)
  let near = f32x4.splat(-5.70498872745e-3)
  near = f32x4.add(f32x4.mul(near, z), f32x4.splat(2.06390887954e-2))
  near = f32x4.add(f32x4.mul(near, z), f32x4.splat(-5.37397155531e-2))
  near = f32x4.add(f32x4.mul(near, z), f32x4.splat(1.33314422036e-1))
  near = f32x4.add(f32x4.mul(near, z), f32x4.splat(-3.33332819422e-1))
  near = f32x4.add(f32x4.mul(f32x4.mul(near, z), x), x)
  const sign = v128.and(x, i32x4.splat(0x80000000))
  return v128.bitselect(near, v128.or(far, sign), f32x4.lt(size, f32x4.splat(0.625)))
}

/** log(1 + e) for e in [0, 1]: 2 artanh(z) with z = e/(2 + e) ≤ 1/3, whose series needs seven terms. */
function logOnePlus4(e: v128): v128 {
  const z = f32x4.div(e, f32x4.add(e, f32x4.splat(2)))
  const square = f32x4.mul(z, z)
  let series = f32x4.splat(<f32>(1.0 / 13.0))
  series = f32x4.add(f32x4.mul(series, square), f32x4.splat(<f32>(1.0 / 11.0)))
  series = f32x4.add(f32x4.mul(series, square), f32x4.splat(<f32>(1.0 / 9.0)))
  series = f32x4.add(f32x4.mul(series, square), f32x4.splat(<f32>(1.0 / 7.0)))
  series = f32x4.add(f32x4.mul(series, square), f32x4.splat(<f32>(1.0 / 5.0)))
  series = f32x4.add(f32x4.mul(series, square), f32x4.splat(<f32>(1.0 / 3.0)))
  series = f32x4.add(f32x4.mul(series, square), f32x4.splat(1))
  return f32x4.mul(f32x4.add(z, z), series)
}

/** log 2cosh(x) = |x| + log(1 + exp(-2|x|)). */
export function logTwoCosh4(x: v128): v128 {
  const size = f32x4.abs(x)
  return f32x4.add(size, logOnePlus4(exp4(f32x4.mul(size, f32x4.splat(-2)))))
}

/** Turns the fields of hidden units into their mean responses tanh(u/kT), in place; `bytes` of float32. */
export function respond(u: usize, bytes: usize, inverseKT: f32): void {
  const beta = f32x4.splat(inverseKT)
  for (let o: usize = 0; o < bytes; o += 16) v128.store(u + o, tanh4(f32x4.mul(v128.load(u + o), beta)))
}

/**
 * Responses to fields u + plus·w and u - minus·w: their mean in place of u, their difference in place of w; `bytes` of float32.
 */
export function respondTwice(u: usize, w: usize, bytes: usize, plus: f32, minus: f32, inverseKT: f32): void {
  const beta = f32x4.splat(inverseKT)
  for (let o: usize = 0; o < bytes; o += 16) {
    const field = v128.load(u + o)
    const change = v128.load(w + o)
    const first = tanh4(f32x4.mul(f32x4.add(field, f32x4.mul(f32x4.splat(plus), change)), beta))
    const second = tanh4(f32x4.mul(f32x4.sub(field, f32x4.mul(f32x4.splat(minus), change)), beta))
    v128.store(u + o, f32x4.mul(f32x4.splat(0.5), f32x4.add(first, second)))
    v128.store(w + o, f32x4.sub(first, second))
  }
}

/**
 * The mean responses of a group: adds the biases to the fields `u` ([units][16], in place) and writes tanh(u/kT) to
 * `response`; `bias`: [units].
 */
export function meanResponse(u: usize, bias: usize, units: i32, inverseKT: f32, response: usize): void {
  const beta = f32x4.splat(inverseKT)
  for (let h: usize = 0; h < (<usize>units) << 6; h += 64) {
    const b = v128.load32_splat(bias + (h >> 4))
    for (let lane: usize = 0; lane < 64; lane += 16) {
      const field = f32x4.add(v128.load(u + h + lane), b)
      v128.store(u + h + lane, field)
      v128.store(response + h + lane, tanh4(f32x4.mul(field, beta)))
    }
  }
}
