import { listed, OverdampedError, quoted, shortened } from '../../errors.js'
import { bytesOf, dtypeOf, dtypes, elementCount, elements, type NumericArray } from './dtype.js'

/** A stored array: `data` holds ∏ shape elements in C order. */
export interface Tensor {
  shape: number[]
  data: NumericArray
}

const preamble = 8 // the header's length, a 64-bit integer
const metadataKey = '__metadata__'

/**
 * Named arrays as the bytes of a safetensors file: u64 header length, JSON header, data without gaps.
 * Tensors lie in the order of their names (by UTF-16 code unit), so the same tensors give the same bytes.
 *
 * @param tensors name → array
 * @param metadata free text by key, kept in its order
 * @throws OverdampedError E_FORMAT when a shape does not match its data, or a tensor is called `__metadata__`
 * Source: the format section of the README of huggingface/safetensors.
 */
export function encodeSafetensors(tensors: Record<string, Tensor>, metadata?: Record<string, string>): Uint8Array {
  const names = Object.keys(tensors).sort()
  // Joined by hand: an object would move names such as "10" before others and so out of the order of their offsets.
  const entries = metadata === undefined ? [] : [`"${metadataKey}":${JSON.stringify(metadata)}`]
  let size = 0
  for (const name of names) {
    const { shape, data } = tensors[name]!
    const dtype = dtypeOf(data, `tensor "${name}"`)
    if (name === metadataKey) throw new OverdampedError('E_FORMAT', `no tensor may be called ${metadataKey}.`)
    if (elementCount(shape) !== data.length) {
      const text = `shape [${shape.join(', ')}] does not match its ${data.length} elements.`
      throw new OverdampedError('E_FORMAT', text, `tensor "${name}"`)
    }
    const description = { dtype: dtype.safetensors, shape, data_offsets: [size, size + data.byteLength] }
    entries.push(`${JSON.stringify(name)}:${JSON.stringify(description)}`)
    size += data.byteLength
  }
  const text = new TextEncoder().encode(`{${entries.join(',')}}`)
  const start = preamble + Math.ceil(text.length / 8) * 8
  const file = new Uint8Array(start + size).fill(0x20, preamble, start)
  new DataView(file.buffer).setBigUint64(0, BigInt(start - preamble), true)
  file.set(text, preamble)
  let offset = start
  for (const name of names) {
    const { data } = tensors[name]!
    file.set(bytesOf(data), offset)
    offset += data.byteLength
  }
  return file
}

/**
 * The tensors of a safetensors file, each in memory of its own, and its metadata ({} when it has none).
 * Every length and offset is checked before anything is read, so a damaged file cannot make a wrong array.
 *
 * @param bytes the whole file
 * @param source its name, for messages
 * @throws OverdampedError E_FORMAT when the file is truncated or malformed, or holds other types than F32, F64, I32, U8
 */
export function decodeSafetensors(
  bytes: Uint8Array,
  source: string,
): { tensors: Record<string, Tensor>; metadata: Record<string, string> } {
  const { header, start } = readHeader(bytes, source)
  const { [metadataKey]: metadata = {}, ...descriptions } = header
  if (!isRecord(metadata) || Object.values(metadata).some((value) => typeof value !== 'string')) {
    throw malformed(source, `${metadataKey} is not a table of strings`)
  }
  const described = Object.entries(descriptions).map(([name, value]) => describe(name, value, source))
  described.sort((a, b) => a.begin - b.begin || a.end - b.end)
  let reached = 0
  for (const { name, begin, end } of described) {
    if (begin !== reached) throw malformed(source, `tensor ${quoted(name)} begins at ${begin}, expected ${reached}`)
    reached = end
  }
  if (bytes.length !== start + reached) {
    throw malformed(source, `has ${bytes.length} bytes, its header describes ${start + reached}`)
  }
  const tensors = described.map(({ name, dtype, shape, begin, end }) => {
    return [name, { shape, data: elements(dtype, bytes, start + begin, start + end) }] as const
  })
  return { tensors: Object.fromEntries(tensors), metadata: metadata as Record<string, string> }
}

/** Checks the two lengths and parses the JSON header; `start` is where the data begin. */
function readHeader(bytes: Uint8Array, source: string): { header: Record<string, unknown>; start: number } {
  if (bytes.length < preamble) throw malformed(source, `has ${bytes.length} bytes, too few for the header's length`)
  const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigUint64(0, true)
  // Compared before the conversion: a stray 64-bit number would lose digits, or wrap, and seem to fit.
  if (length > BigInt(bytes.length - preamble)) {
    throw malformed(source, `has ${bytes.length} bytes, its header alone needs ${length + BigInt(preamble)}`)
  }
  const start = preamble + Number(length)
  // White space may follow the object, and not precede it.
  if (length > 0n && bytes[preamble] !== 0x7b) throw malformed(source, 'its header does not begin with {')
  let header: unknown
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(preamble, start)))
  } catch (cause) {
    throw malformed(source, `its header is not JSON (${cause instanceof Error ? cause.message : String(cause)})`)
  }
  if (!isRecord(header)) throw malformed(source, 'its header is not a JSON object')
  return { header, start }
}

/** One tensor's entry, checked on its own: known type, sound shape, as many bytes as the shape needs. */
function describe(name: string, value: unknown, source: string) {
  const { dtype: type, shape, data_offsets: offsets } = isRecord(value) ? value : {}
  const dtype = dtypes.find((candidate) => candidate.safetensors === type)
  if (dtype === undefined) {
    const known = listed(dtypes.map((candidate) => candidate.safetensors))
    const found = typeof type === 'string' ? quoted(type) : typeof type
    throw malformed(source, `tensor ${quoted(name)} has the type ${found}, expected ${known}`)
  }
  if (!isSizes(shape) || !isSizes(offsets) || offsets.length !== 2) {
    throw malformed(source, `tensor ${quoted(name)} lacks a shape or a pair of data_offsets`)
  }
  const [begin, end] = offsets as [number, number]
  if (end - begin !== elementCount(shape) * dtype.bytes) {
    throw malformed(
      source,
      `tensor ${quoted(name)} [${shortened(shape.join(', '))}] does not fill its bytes ${begin} to ${end}`,
    )
  }
  return { name, dtype, shape, begin, end }
}

function malformed(source: string, fault: string): OverdampedError {
  const text = `${fault}. Expected a whole safetensors file; it is truncated or damaged: copy or write it again.`
  return new OverdampedError('E_FORMAT', text, source)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0)
}
