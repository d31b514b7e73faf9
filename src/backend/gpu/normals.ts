import type { DeviceFunction } from './workspace.js'

/**
 * The normals of src/physics/noise/gaussian.ts as device functions: Philox4x32-10 and Box–Muller, four for each thread.
 *
 * gpu.js makes every variable of a kernel a float32, which would lose the low bits of a 32-bit integer; what a function
 * takes and gives as "Integer" is a WGSL i32, though, whose products wrap and whose shifts and exclusive ors are exact. So
 * the state of the generator never stands in a variable: each round is a function that hands it on to the next.
 *
 * The integers are those of the CPU, bit for bit. WGSL lets a device fuse a multiplication with an addition and round a
 * square root less than correctly (2.5 ulp), so a normal may differ from the CPU's by some 10⁻⁶ of itself; where the device
 * does neither, it does not.
 */
type Four = [number, number, number, number]

const integers = (count: number) => Array.from({ length: count }, () => 'Integer' as const)

// Philox's constants as signed integers: WGSL refuses a literal that an i32 cannot hold.
const multiplier0 = 0xd2511f53 | 0
const multiplier1 = 0xcd9e8d57 | 0
const weyl0 = 0x9e3779b9 | 0
const weyl1 = 0xbb67ae85 | 0
const rounds = 10

/** One round, then the next; a function's own name is asked for, since bundlers may change it. */
function round(n: number): DeviceFunction {
  const name = n === 0 ? 'normals' : `round${n}`
  const next = n + 1 < rounds ? `round${n + 1}` : normalsOf.name
  return {
    source: `function ${name}(a, b, c, d, key0, key1) {
      return ${next}(
        ${productHigh.name}(c, ${multiplier1}) ^ b ^ key0, c * ${multiplier1},
        ${productHigh.name}(a, ${multiplier0}) ^ d ^ key1, a * ${multiplier0},
        key0 + ${weyl0}, key1 + ${weyl1})
    }`,
    takes: integers(6),
    gives: 'Array(4)',
  }
}

/** High 32 bits of the 64-bit product, from 16-bit halves: no partial sum passes 2³². */
function productHigh(a: number, b: number): number {
  return productOfHalves(a >>> 16, a & 65535, b >>> 16, b & 65535)
}

function productOfHalves(aHigh: number, aLow: number, bHigh: number, bLow: number): number {
  return carried(aHigh * bHigh, aLow * bHigh, aHigh * bLow + ((aLow * bLow) >>> 16))
}

function carried(high: number, cross: number, middle: number): number {
  return high + (middle >>> 16) + ((cross + (middle & 65535)) >>> 16)
}

/** Four normals from four random words. */
function normalsOf(a: number, b: number, c: number, d: number, _key0: number, _key1: number): Four {
  const first = normalPair(a, b)
  const second = normalPair(c, d)
  return [first[0], first[1], second[0], second[1]]
}

/** Natural logarithm of a number in [2⁻³², 1] as the CPU takes it; its exponent comes from comparisons, all exact. */
function logOf(x: number): number {
  let m = x
  let exponent = 0
  if (m < 0.70710676908493042 / 32768) {
    m = m * 65536
    exponent = exponent - 16
  }
  if (m < 0.70710676908493042 / 128) {
    m = m * 256
    exponent = exponent - 8
  }
  if (m < 0.70710676908493042 / 8) {
    m = m * 16
    exponent = exponent - 4
  }
  if (m < 0.70710676908493042 / 2) {
    m = m * 4
    exponent = exponent - 2
  }
  if (m < 0.70710676908493042) {
    m = m * 2
    exponent = exponent - 1
  }
  if (m < 0.70710676908493042) {
    m = m * 2
    exponent = exponent - 1
  }
  m = m - 1
  const z = m * m
  let y = 7.0376836292e-2 * m - 1.151461031e-1
  y = y * m + 1.167699874e-1
  y = y * m - 1.2420140846e-1
  y = y * m + 1.4249322787e-1
  y = y * m - 1.6668057665e-1
  y = y * m + 2.0000714765e-1
  y = y * m - 2.4999993993e-1
  y = y * m + 3.3333331174e-1
  y = y * m * z
  y = z * -0.5 + y
  return exponent * Math.LN2 + (m + y)
}

/** Two normals from two random words; see boxMuller in src/physics/noise/gaussian.ts. */
function normalPair(r1: number, r2: number): [number, number] {
  const u = (r1 >>> 1) * 4.656612873077393e-10 + 2.3283064365386963e-10
  let radius = Math.sqrt(logOf(u) * -2)
  if ((r2 & 2) !== 0) {
    radius = -radius
  }
  const angle = (r2 >> 2) * 1.4629180792671596e-9
  const z = angle * angle
  const sine = ((-1.9515295891e-4 * z + 8.3321608736e-3) * z - 1.6666654611e-1) * z * angle + angle
  const cosineTail = ((2.443315711809948e-5 * z - 1.388731625493765e-3) * z + 4.166664568298827e-2) * z
  const cosine = cosineTail * z + (z * -0.5 + 1)
  if ((r2 & 1) !== 0) {
    return [radius * sine, radius * cosine]
  }
  return [radius * cosine, radius * sine]
}

/** All that `normals` needs, for a GPU's list of functions. */
export const normalFunctions: readonly DeviceFunction[] = [
  ...Array.from({ length: rounds }, (_, n) => round(n)),
  { source: String(productHigh), takes: integers(2), gives: 'Integer' },
  { source: String(productOfHalves), takes: integers(4), gives: 'Integer' },
  { source: String(carried), takes: integers(3), gives: 'Integer' },
  { source: String(normalsOf), takes: integers(6), gives: 'Array(4)' },
  { source: String(logOf), takes: ['Number'], gives: 'Number' },
  { source: String(normalPair), takes: integers(2), gives: 'Array(2)' },
]
