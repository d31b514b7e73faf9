import { crc32 } from 'node:zlib'
import { unzipSync, zipSync } from 'fflate'
import type { NdArray } from 'ndarray'
import { OverdampedError } from '../../errors.js'
import type { NumericArray } from './dtype.js'
import { decodeNpy, encodeNpy } from './npy.js'

const suffix = '.npy'

/**
 * Named arrays as the bytes of an NPZ file: a deflated zip archive with one `name.npy` each, as numpy.savez_compressed
 * writes it. The same arrays in the same order give the same bytes on every day and in every time zone.
 *
 * @param arrays name → array; the order of the names is that of the archive
 * @throws OverdampedError E_FORMAT when an array's elements are not f4, f8, i4 or u1
 */
export function encodeNpz(arrays: Record<string, NdArray<NumericArray>>): Uint8Array {
  const entries = Object.entries(arrays).map(([name, array]) => [name + suffix, encodeNpy(array)] as const)
  // Local time on purpose: zip stores wall-clock fields, so the same instant would differ between time zones.
  return zipSync(Object.fromEntries(entries), { mtime: new Date(1980, 0, 1) })
}

/**
 * The arrays of an NPZ file by name, each in memory of its own.
 *
 * @param bytes the whole file
 * @param source its name, for messages
 * @throws OverdampedError E_FORMAT when the archive is damaged or truncated, or an entry is not an NPY 1.0 array
 */
export function decodeNpz(bytes: Uint8Array, source: string): Record<string, NdArray<NumericArray>> {
  const entries = Object.entries(unzip(bytes, source)).map(([entry, content]) => {
    if (!entry.endsWith(suffix)) {
      const text = `holds "${entry}". Expected only ${suffix} entries, as numpy.savez writes them.`
      throw new OverdampedError('E_FORMAT', text, source)
    }
    return [entry.slice(0, -suffix.length), decodeNpy(content, `${source}/${entry}`)] as const
  })
  return Object.fromEntries(entries)
}

/** Unpacks the archive. A damaged one makes fflate fail in many ways (own errors, RangeError): all mean the same. */
function unzip(bytes: Uint8Array, source: string): Record<string, Uint8Array> {
  try {
    const entries = unzipSync(bytes)
    checkSums(bytes, Object.values(entries))
    return entries
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    const text = `is not a whole zip archive (${reason}). It is truncated or no NPZ file: copy or write it again.`
    throw new OverdampedError('E_FORMAT', text, source)
  }
}

// Signatures of the zip format and where its records hold what is read here (PKWARE, APPNOTE.TXT 6.3.10, 4.3.12 and 4.3.16).
const endOfArchive = { signature: 0x06054b50, length: 22, entries: 10, directory: 16 }
const directoryEntry = { signature: 0x02014b50, length: 46, sum: 16, lengths: [28, 30, 32] }

/** Compares the contents, in the order of the archive, with their CRC-32, which fflate does not. @throws Error */
function checkSums(bytes: Uint8Array, contents: readonly Uint8Array[]): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let end = bytes.length - endOfArchive.length
  while (view.getUint32(end, true) !== endOfArchive.signature) end--
  if (view.getUint16(end + endOfArchive.entries, true) !== contents.length) throw new Error('a name stands twice')
  let at = view.getUint32(end + endOfArchive.directory, true)
  for (const content of contents) {
    const isEntry = view.getUint32(at, true) === directoryEntry.signature
    if (!isEntry || view.getUint32(at + directoryEntry.sum, true) !== crc32(content)) throw new Error('wrong checksum')
    at += directoryEntry.lengths.reduce((sum, field) => sum + view.getUint16(at + field, true), directoryEntry.length)
  }
}
