// One step of Adam from the sums of all shards, for a range of parameters: the arithmetic of src/learning/rules/adam.ts and bounds.ts,
// bit for bit, with the new parameters written to the block that the kernels read.
// Source: Kingma & Ba, ICLR 2015, Algorithm 1.

/** What a step needs to know. The host writes it as 32-bit words, then 64-bit numbers, in this order. */
@unmanaged
export class Descent {
  /** float64 [parameters] each: parameters, running means of the gradient and of its square, mean of the iterates; lowest
   * values, and how far each parameter moves relative to the others */
  theta: usize
  mean: usize
  square: usize
  average: usize
  bounds: usize
  scale: usize
  /** int32 [parameters] each: the word of a parameter's sum, and the two words (or twice the one) of its place in a block */
  sumOf: usize
  first: usize
  second: usize
  block: usize
  /** sums of the shards, float32, `sumBytes` from one shard to the next */
  sums: usize
  sumBytes: usize
  shards: i32
  /** gradient = factor · Σ_shards */
  factor: f64
  rate: f64
  beta1: f64
  beta2: f64
  /** 1/(1 - β1^n), 1/(1 - β2^n) */
  meanScale: f64
  squareScale: f64
  /** how many iterates the mean of iterates then holds; 0 leaves it alone */
  averaged: f64
}

/** Keeps the step finite where a gradient has been zero. */
const epsilon: f64 = 1e-8

/** The gradient of one parameter: its sums of all shards, added in their order. */
function gradientOf(given: Descent, parameter: i32): f64 {
  let at = given.sums + ((<usize>load<i32>(given.sumOf + ((<usize>parameter) << 2))) << 2)
  let sum: f64 = 0
  for (let shard = 0; shard < given.shards; shard++) {
    sum += <f64>load<f32>(at)
    at += given.sumBytes
  }
  return given.factor * sum
}

/** Writes one parameter to its places in a block. */
function place(theta: f64, parameter: i32, first: usize, second: usize, block: usize): void {
  const at = (<usize>parameter) << 2
  store<f32>(block + ((<usize>load<i32>(first + at)) << 2), <f32>theta)
  store<f32>(block + ((<usize>load<i32>(second + at)) << 2), <f32>theta)
}

/** Writes parameters `from` to `to` of θ (float64) to a block, rounded to float32. */
export function pack(theta: usize, first: usize, second: usize, from: i32, to: i32, block: usize): void {
  for (let a = from; a < to; a++) place(load<f64>(theta + ((<usize>a) << 3)), a, first, second, block)
}

/** Steps parameters `from` to `to`; both are even, the arrays may have one more entry than there are parameters. */
export function descend(given: Descent, from: i32, to: i32): void {
  const one = f64x2.splat(1)
  const beta1 = f64x2.splat(given.beta1)
  const beta2 = f64x2.splat(given.beta2)
  const rest1 = f64x2.sub(one, beta1)
  const rest2 = f64x2.sub(one, beta2)
  const rate = f64x2.splat(given.rate)
  const averaged = f64x2.splat(given.averaged)
  for (let a = from; a < to; a += 2) {
    const o = (<usize>a) << 3
    const g = f64x2(gradientOf(given, a), gradientOf(given, a + 1))
    const m = f64x2.add(f64x2.mul(beta1, v128.load(given.mean + o)), f64x2.mul(rest1, g))
    const v = f64x2.add(f64x2.mul(beta2, v128.load(given.square + o)), f64x2.mul(f64x2.mul(rest2, g), g))
    v128.store(given.mean + o, m)
    v128.store(given.square + o, v)
    const step = f64x2.div(
      f64x2.mul(f64x2.mul(rate, m), f64x2.splat(given.meanScale)),
      f64x2.add(f64x2.sqrt(f64x2.mul(v, f64x2.splat(given.squareScale))), f64x2.splat(epsilon)),
    )
    const free = f64x2.sub(v128.load(given.theta + o), f64x2.mul(step, v128.load(given.scale + o)))
    const bound = v128.load(given.bounds + o)
    const theta = v128.bitselect(bound, free, f64x2.lt(free, bound))
    v128.store(given.theta + o, theta)
    place(f64x2.extract_lane(theta, 0), a, given.first, given.second, given.block)
    place(f64x2.extract_lane(theta, 1), a + 1, given.first, given.second, given.block)
    if (given.averaged === 1) v128.store(given.average + o, theta)
    else if (given.averaged > 1) {
      const average = v128.load(given.average + o)
      v128.store(given.average + o, f64x2.add(average, f64x2.div(f64x2.sub(theta, average), averaged)))
    }
  }
}
