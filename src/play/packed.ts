import { deflateSync } from 'fflate'
import { invalidValue, OverdampedError } from '../errors.js'
import { fromBase64, toBase64 } from './base64.js'
import { packings } from './packings.js'
import type { PackedParameters } from './record.js'

/** Bytes of a scale and of a slope. */
const headBytes = 16

/**
 * Packs the parameters of all knots. At each knot the parameters of a group share a step Δ, so that the largest has `bits` bits:
 *
 *     q = round(θ/Δ),   Δ = max|θ|/(2^(bits-1) - 1),   |θ - qΔ| ≤ Δ/2
 *
 * A knot is much like the one before it, from which it is predicted group by group: what is kept is q - round(a θ'/Δ), θ' the packed
 * parameters of that knot and a the slope of least squares. Low and high bytes stand apart, and are deflated.
 *
 * @param knots - parameters, [K + 1][parameters]
 * @param groups - sizes of the groups, in the order of the parameters; they add up to all
 * @throws E_INVALID_VALUE for a number of bits that is not one of `packings`
 *
 * Cost: O(knots·parameters); some tenths of a second for five million.
 */
export function pack(knots: readonly Float64Array[], groups: readonly number[], bits: number): PackedParameters {
  if (!packings.some((known) => known === bits))
    throw invalidValue(`expected ${packings.join(', ')} bits for a parameter, got ${bits}.`, 'bits')
  const size = knots[0]!.length
  const most = 2 ** (bits - 1) - 1
  const head = new Float64Array(2 * groups.length * knots.length)
  const planes = new Uint8Array(2 * size * knots.length)
  const before = new Float64Array(size)
  eachGroup(knots.length, groups, (knot, from, to, at) => {
    const theta = knots[knot]!
    const step = largest(theta, from, to) / most
    const slope = slopeOf(before, theta, from, to)
    head[2 * at] = step
    head[2 * at + 1] = slope
    for (let a = from; a < to; a++) {
      const q = step > 0 ? Math.round(theta[a]! / step) : 0
      const kept = zigzag(q - predicted(slope, before[a]!, step))
      const place = knot * size + a
      planes[place] = kept & 255
      planes[size * knots.length + place] = kept >> 8
      before[a] = q * step
    }
  })
  const bytes = new Uint8Array(head.byteLength + planes.length)
  bytes.set(new Uint8Array(head.buffer))
  bytes.set(planes, head.byteLength)
  return { bits, knots: knots.length, size, groups, data: toBase64(deflateSync(bytes, { level: 9 })) }
}

/**
 * The parameters that were packed, to half a step.
 *
 * @returns parameters at the knots, [K + 1][parameters]
 * @throws E_FORMAT when the bytes are not those of so many parameters
 */
export async function unpack({ knots, size, groups, data }: PackedParameters): Promise<Float64Array[]> {
  const headSize = headBytes * groups.length * knots
  const expected = headSize + 2 * size * knots
  const bytes = await inflated(fromBase64(data)).catch(() => null)
  if (bytes?.length !== expected)
    throw new OverdampedError(
      'E_FORMAT',
      `the packed parameters have ${bytes === null ? 'damaged' : bytes.length} bytes, expected ${expected}. Write the page again.`,
    )
  const head = new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + headSize))
  const planes = bytes.subarray(headSize)
  const out = Array.from({ length: knots }, () => new Float64Array(size))
  eachGroup(knots, groups, (knot, from, to, at) => {
    const [step, slope] = [head[2 * at]!, head[2 * at + 1]!]
    const [before, theta] = [out[Math.max(0, knot - 1)]!, out[knot]!]
    for (let a = from; a < to; a++) {
      const place = knot * size + a
      const kept = unzigzag(planes[place]! | (planes[size * knots + place]! << 8))
      // (The first is predicted from itself, which is 0 so far.)
      theta[a] = int16(kept + predicted(slope, before[a]!, step)) * step
    }
  })
  return out
}

/** By the host's own inflation, from piece to piece: in browsers a fifth of what it takes by way of a Response. */
async function inflated(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const { readable, writable } = new DecompressionStream('deflate-raw')
  const writer = writable.getWriter()
  const written = writer.write(bytes).then(() => writer.close())
  const pieces: Uint8Array[] = []
  const read = async () => {
    const reader = readable.getReader()
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      pieces.push(value)
    }
  }
  await Promise.all([written, read()])
  const out = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const piece of pieces) {
    out.set(piece, at)
    at += piece.length
  }
  return out
}

/** Calls with each group of each knot: its parameters from … to - 1, and its number. */
function eachGroup(
  knots: number,
  groups: readonly number[],
  of: (knot: number, from: number, to: number, at: number) => void,
): void {
  for (let knot = 0; knot < knots; knot++) {
    let from = 0
    groups.forEach((count, group) => {
      of(knot, from, from + count, knot * groups.length + group)
      from += count
    })
  }
}

function largest(theta: Float64Array, from: number, to: number): number {
  let most = 0
  for (let a = from; a < to; a++) most = Math.max(most, Math.abs(theta[a]!))
  return most
}

/** The least-squares a of θ ≈ a θ', kept within what a whole number of two bytes can differ by. */
function slopeOf(before: Float64Array, theta: Float64Array, from: number, to: number): number {
  let [both, own] = [0, 0]
  for (let a = from; a < to; a++) {
    both += before[a]! * theta[a]!
    own += before[a]! ** 2
  }
  return own > 0 ? Math.max(-1, Math.min(4, both / own)) : 0
}

/** What a parameter is predicted to be, in steps; within the range that it has. */
function predicted(slope: number, before: number, step: number): number {
  return step > 0 ? Math.max(-32_767, Math.min(32_767, Math.round((slope * before) / step))) : 0
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
