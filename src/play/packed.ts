import { deflateSync } from 'fflate'
import { invalidValue, OverdampedError } from '../errors.js'
import { fromBase64, toBase64 } from './base64.js'
import { packings } from './packings.js'
import type { PackedParameters } from './record.js'

/** Bytes of a step and of a ratio. */
const headBytes = 16

/**
 * Packs the parameters of all knots. At each knot the parameters of a group share a step Δ, so that the largest has `bits` bits:
 *
 *     q = round(θ/Δ),   Δ = max|θ|/(2^(bits-1) - 1),   |θ - qΔ| ≤ Δ/2
 *
 * A knot is much like the one before it, from which it is predicted group by group: what is kept is q - round(r q'), q' of that knot
 * and r the ratio of least squares. Low and high bytes stand apart, and are deflated, each knot by itself.
 *
 * @param knots - parameters, [K + 1][parameters]
 * @param groups - sizes of the groups, in the order of the parameters; they add up to all
 * @throws E_INVALID_VALUE for a number of bits that is not one of `packings`
 *
 * Cost: O(knots·parameters); some seconds for five million.
 */
export function pack(knots: readonly Float64Array[], groups: readonly number[], bits: number): PackedParameters {
  if (!packings.some((known) => known === bits))
    throw invalidValue(`expected ${packings.join(', ')} bits for a parameter, got ${bits}.`, 'bits')
  const size = knots[0]!.length
  const before = new Int16Array(size)
  const data = knots.map((theta) => toBase64(deflateSync(packedKnot(theta, before, groups, bits), { level: 9 })))
  return { bits, size, groups, data }
}

/** The bytes of a knot: Δ and r of each group, low bytes, high bytes. @param before - q' of the knot before; becomes its own */
function packedKnot(theta: Float64Array, before: Int16Array, groups: readonly number[], bits: number): Uint8Array {
  const size = theta.length
  const most = 2 ** (bits - 1) - 1
  const { bytes, head, low, high } = partsOf(new Uint8Array(headBytes * groups.length + 2 * size), groups, size)
  eachGroup(groups, (group, from, to) => {
    const step = largest(theta, from, to) / most
    const q = Int16Array.from(theta.subarray(from, to), (value) => (step > 0 ? Math.round(value / step) : 0))
    const ratio = ratioOf(before.subarray(from, to), q)
    head.set([step, ratio], 2 * group)
    for (let a = from; a < to; a++) {
      const kept = zigzag(q[a - from]! - predicted(ratio, before[a]!))
      low[a] = kept & 255
      high[a] = kept >> 8
    }
    before.set(q, from)
  })
  return bytes
}

/** The parameters that were packed, to half a step, [K + 1][parameters]. @throws E_FORMAT as `unpacking` does */
export async function unpack(packed: PackedParameters): Promise<Float64Array[]> {
  const next = unpacking(packed)
  const knots: Float64Array[] = []
  for (const data of packed.data) knots.push((await next(fromBase64(data)))())
  return knots
}

/**
 * Unpacks one knot after another, in their order, as they arrive.
 *
 * @returns what makes the parameters of the next knot, of its bytes: until it is called they take 2 bytes each, and not 8. Throws E_FORMAT
 *   when the bytes are not those of so many parameters
 *
 * Cost: some 5 ms for 150,000 parameters.
 */
export function unpacking({ size, groups }: Omit<PackedParameters, 'data'>) {
  const parts = partsOf(new Uint8Array(headBytes * groups.length + 2 * size), groups, size)
  let before = new Int16Array(size)
  return async (data: Uint8Array<ArrayBuffer>): Promise<() => Float64Array> => {
    const length = await inflated(data, parts.bytes).catch(() => 'damaged')
    if (length !== parts.bytes.length)
      throw new OverdampedError(
        'E_FORMAT',
        `a knot of the packed parameters has ${length} bytes, expected ${parts.bytes.length}. Write the page again.`,
      )
    const steps = Float64Array.from(groups, (_, group) => parts.head[2 * group]!)
    const q = wholeNumbers(parts, before, groups)
    before = q
    return () => multiplied(q, steps, groups)
  }
}

/** q = kept + round(r q') of a knot. */
function wholeNumbers(
  { head, low, high }: Parts,
  before: Int16Array,
  groups: readonly number[],
): Int16Array<ArrayBuffer> {
  const q = new Int16Array(before.length)
  eachGroup(groups, (group, from, to) => {
    const ratio = head[2 * group + 1]!
    for (let a = from; a < to; a++) q[a] = unzigzag(low[a]! | (high[a]! << 8)) + predicted(ratio, before[a]!)
  })
  return q
}

/** θ = q Δ */
function multiplied(q: Int16Array, steps: Float64Array, groups: readonly number[]): Float64Array {
  const theta = new Float64Array(q.length)
  eachGroup(groups, (group, from, to) => {
    for (let a = from; a < to; a++) theta[a] = q[a]! * steps[group]!
  })
  return theta
}

/** Inflates by the host's own means, from piece to piece: in browsers a fifth of what it takes by way of a Response. @returns how many bytes */
async function inflated(data: Uint8Array<ArrayBuffer>, into: Uint8Array): Promise<number> {
  const { readable, writable } = new DecompressionStream('deflate-raw')
  const writer = writable.getWriter()
  const written = writer.write(data).then(() => writer.close())
  let length = 0
  const read = async () => {
    const reader = readable.getReader()
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      if (length + value.length <= into.length) into.set(value, length)
      length += value.length
    }
  }
  await Promise.all([written, read()])
  return length
}

/** The bytes of a knot, and what stands where in them. */
interface Parts {
  readonly bytes: Uint8Array
  /** step and ratio of each group */
  readonly head: Float64Array
  readonly low: Uint8Array
  readonly high: Uint8Array
}

function partsOf(bytes: Uint8Array<ArrayBuffer>, groups: readonly number[], size: number): Parts {
  const head = new Float64Array(bytes.buffer, 0, 2 * groups.length)
  const planes = bytes.subarray(head.byteLength)
  return { bytes, head, low: planes.subarray(0, size), high: planes.subarray(size) }
}

/** Calls with each group: its number, and its parameters from … to - 1. */
function eachGroup(groups: readonly number[], of: (group: number, from: number, to: number) => void): void {
  let from = 0
  groups.forEach((count, group) => {
    of(group, from, from + count)
    from += count
  })
}

function largest(theta: Float64Array, from: number, to: number): number {
  let most = 0
  for (let a = from; a < to; a++) most = Math.max(most, Math.abs(theta[a]!))
  return most
}

/** The least-squares r of q ≈ r q', within bounds that keep r q' a small whole number. */
function ratioOf(before: Int16Array, q: Int16Array): number {
  let [both, own] = [0, 0]
  for (let a = 0; a < q.length; a++) {
    both += before[a]! * q[a]!
    own += before[a]! ** 2
  }
  return own > 0 ? Math.max(-1, Math.min(4, both / own)) : 0
}

/** What q is predicted to be. (It may be beyond two bytes: differences are kept modulo 2¹⁶.) */
function predicted(ratio: number, before: number): number {
  return Math.floor(ratio * before + 0.5)
}

/** A difference of up to ±65,534 modulo 2¹⁶, small for small ones of either sign. */
function zigzag(difference: number): number {
  const within = int16(difference)
  return ((within << 1) ^ (within >> 31)) & 0xffff
}

function unzigzag(kept: number): number {
  return (kept >>> 1) ^ -(kept & 1)
}

/** A whole number modulo 2¹⁶, between -2¹⁵ and 2¹⁵ - 1. */
function int16(value: number): number {
  return (value << 16) >> 16
}
