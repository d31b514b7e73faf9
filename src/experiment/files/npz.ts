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
    return unzipSync(bytes)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    const text = `is not a whole zip archive (${reason}). It is truncated or no NPZ file: copy or write it again.`
    throw new OverdampedError('E_FORMAT', text, source)
  }
}
