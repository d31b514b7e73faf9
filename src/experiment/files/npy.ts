import ndarray, { type NdArray } from 'ndarray'
import { listed, OverdampedError, quoted, shortened } from '../../errors.js'
import { bytesOf, type Dtype, dtypeOf, dtypes, elementCount, elements, type NumericArray } from './dtype.js'

export type { NumericArray } from './dtype.js'

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59] // \x93NUMPY
const preamble = 10 // magic, two version bytes, two bytes of header length
const alignment = 64 // where the format wants the data to begin

/**
 * An array as the bytes of an NPY 1.0 file: C order, little-endian.
 *
 * @param array any shape, [] for a scalar; a view that is not contiguous is copied in C order
 * @returns the file: magic, header padded with spaces to a multiple of 64 bytes, elements
 * @throws OverdampedError E_FORMAT when the elements are not f4, f8, i4 or u1
 * Source: NumPy documentation, `numpy.lib.format`, format version 1.0.
 */
export function encodeNpy(array: NdArray<NumericArray>): Uint8Array {
  const dtype = dtypeOf(array.data, 'npy array')
  const shape = array.shape.length === 1 ? `(${array.shape[0]},)` : `(${array.shape.join(', ')})`
  const text = `{'descr': '${dtype.npy}', 'fortran_order': False, 'shape': ${shape}, }`
  const start = Math.ceil((preamble + text.length + 1) / alignment) * alignment
  const file = new Uint8Array(start + array.size * dtype.bytes)
  file.set(magic)
  file[6] = 1
  new DataView(file.buffer).setUint16(8, start - preamble, true)
  file.set(new TextEncoder().encode(`${text.padEnd(start - preamble - 1)}\n`), preamble)
  file.set(bytesOf(rowMajor(array)), start)
  return file
}

/** The elements of a view in C order: a window on its data when they lie so already, else a copy of the same type. */
function rowMajor(array: NdArray<NumericArray>): NumericArray {
  const { data, shape, stride, offset, size } = array
  let expected = 1
  let contiguous = true
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    // The stride of an axis of length 1 is never used: it may be anything.
    if (shape[axis] !== 1 && stride[axis] !== expected) contiguous = false
    expected *= shape[axis]!
  }
  if (size === 0 || contiguous) return data.subarray(offset, offset + size)
  const copy = dtypeOf(data, 'npy array').over(new ArrayBuffer(size * data.BYTES_PER_ELEMENT))
  const index = new Array<number>(shape.length).fill(0)
  let from = offset
  for (let to = 0; to < size; to++) {
    copy[to] = data[from]!
    // Count up like an odometer, the last axis fastest.
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += stride[axis]!
      index[axis]!++
      if (index[axis]! < shape[axis]!) break
      from -= stride[axis]! * shape[axis]!
      index[axis] = 0
    }
  }
  return copy
}

/**
 * The array in the bytes of an NPY 1.0 file, in memory of its own.
 *
 * @param bytes the whole file
 * @param source its name, for messages
 * @throws OverdampedError E_FORMAT when the file is not NPY 1.0, is truncated or too long, is in Fortran order,
 * or holds other elements than f4, f8, i4, u1
 */
export function decodeNpy(bytes: Uint8Array, source: string): NdArray<NumericArray> {
  const { dtype, shape, start, end } = npyLayout(bytes, source)
  checkNpySize({ dtype, shape, start, end }, bytes.length, source)
  return ndarray(elements(dtype, bytes, start, end), shape)
}

/** Where the elements of an NPY file lie: bytes [start, end), end the length of the whole file. */
export interface NpyLayout {
  dtype: Dtype
  shape: number[]
  start: number
  end: number
}

/** The longest header of NPY 1.0: more bytes than these are not needed to know the layout. */
export const npyHeadBytes = preamble + 65535

/**
 * What the header of an NPY 1.0 file says, before its elements are read.
 *
 * @param head the file's first `npyHeadBytes` bytes, or all when it has fewer
 * @throws OverdampedError E_FORMAT as `decodeNpy` does
 */
export function npyLayout(head: Uint8Array, source: string): NpyLayout {
  const start = dataStart(head, source)
  const { dtype, shape } = readHeader(new TextDecoder('latin1').decode(head.subarray(preamble, start)), source)
  return { dtype, shape, start, end: start + elementCount(shape) * dtype.bytes }
}

/** @throws OverdampedError E_FORMAT when a file of `size` bytes is truncated or too long for its header */
export function checkNpySize({ dtype, shape, end }: NpyLayout, size: number, source: string): void {
  if (size === end) return
  const fault = `shape (${shape.join(', ')}) of ${dtype.npy} needs ${end} bytes, the file has ${size}`
  const mend = size < end ? 'It is truncated: copy or write it again.' : 'Save one array to a file.'
  throw new OverdampedError('E_FORMAT', `${fault}. ${mend}`, source)
}

/** Checks magic, version and header length; returns where the header ends and the data begin. */
function dataStart(bytes: Uint8Array, source: string): number {
  if (bytes.length < preamble) {
    const text = `has ${bytes.length} bytes, too few for an NPY header. It is truncated: copy or write it again.`
    throw new OverdampedError('E_FORMAT', text, source)
  }
  if (magic.some((byte, i) => bytes[i] !== byte)) {
    throw new OverdampedError('E_FORMAT', 'is not an NPY file. Expected one as numpy.save writes it.', source)
  }
  if (bytes[6] !== 1 || bytes[7] !== 0) {
    const text = `is NPY version ${bytes[6]}.${bytes[7]}. Expected version 1.0, numpy.save's default for plain arrays.`
    throw new OverdampedError('E_FORMAT', text, source)
  }
  const begin = preamble + bytes[8]! + 256 * bytes[9]!
  if (bytes.length < begin) {
    const text = `ends within its header, which needs ${begin} bytes; the file has ${bytes.length}.`
    throw new OverdampedError('E_FORMAT', `${text} It is truncated: copy or write it again.`, source)
  }
  return begin
}

/** One key of the header and its value: a text, a truth value or a tuple of whole numbers. A tuple of one ends in a comma. */
const headerEntry =
  /[ \n]*'(descr|fortran_order|shape)'[ \n]*:[ \n]*(?:'([^'\\]*)'|(True|False)|\(([\d ,]*)\))[ \n]*(,?)/y
const tuple = /^ *(?:(?:(?:0|[1-9]\d*) *, *)+(?:(?:0|[1-9]\d*) *)?)?$/

/** The values of the header, a Python dictionary literal of three keys in any order; null for anything else. */
function headerValues(header: string): { descr: string; order: string; lengths: string } | null {
  const values = new Map<string, readonly (string | undefined)[]>()
  headerEntry.lastIndex = 1
  let [at, comma] = [1, ',']
  for (let entry = headerEntry.exec(header); entry !== null && comma === ','; entry = headerEntry.exec(header)) {
    if (values.has(entry[1]!)) return null
    values.set(entry[1]!, entry.slice(2, 5))
    comma = entry[5]!
    at = headerEntry.lastIndex
  }
  const descr = values.get('descr')?.[0]
  const order = values.get('fortran_order')?.[1]
  const lengths = values.get('shape')?.[2]
  if (descr === undefined || order === undefined || lengths === undefined || !tuple.test(lengths)) return null
  return header.startsWith('{') && /^[ \n]*\}[ \n]*$/.test(header.slice(at)) ? { descr, order, lengths } : null
}

/** Element type and shape from the header. */
function readHeader(header: string, source: string): { dtype: Dtype; shape: number[] } {
  const values = headerValues(header)
  if (values === null) {
    const text = 'its header lacks descr, fortran_order or shape. Expected a plain array as numpy.save writes it.'
    throw new OverdampedError('E_FORMAT', text, source)
  }
  const { descr, order, lengths } = values
  // NumPy's booleans are bytes, 0 and 1.
  const dtype = dtypes.find((candidate) => candidate.npy === (descr === '|b1' ? '|u1' : descr))
  if (dtype === undefined) {
    const text = `has elements of type ${shortened(descr)}. Expected ${listed(dtypes.map((known) => known.npy))}; convert it`
    throw new OverdampedError('E_FORMAT', `${text}, for instance with array.astype('float32').`, source)
  }
  if (order === 'True') {
    const text = 'is in Fortran order. Expected C order; save numpy.ascontiguousarray(array).'
    throw new OverdampedError('E_FORMAT', text, source)
  }
  const shape = lengths
    .split(',')
    .filter((length) => length.trim() !== '')
    .map(Number)
  if (Number.isNaN(elementCount(shape))) {
    throw new OverdampedError('E_FORMAT', `has the impossible shape ${quoted(`(${lengths})`)}. Write it again.`, source)
  }
  return { dtype, shape }
}
