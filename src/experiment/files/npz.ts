import { crc32, inflateRawSync } from 'node:zlib'
import { zipSync } from 'fflate'
import type { NdArray } from 'ndarray'
import { OverdampedError, quoted } from '../../errors.js'
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
 * The arrays of an NPZ file by name, each in memory of its own. Sizes are checked against the archive's directory before memory is
 * taken, and an entry unpacks to no more than it says there.
 *
 * @param bytes the whole file
 * @param source its name, for messages
 * @throws OverdampedError E_FORMAT when the archive is damaged, truncated or would unpack to more than 2 GiB, or an entry is not an
 * NPY 1.0 array
 */
export function decodeNpz(bytes: Uint8Array, source: string): Record<string, NdArray<NumericArray>> {
  const arrays = entriesOf(bytes, source).map((entry) => {
    const { name } = entry
    if (!name.endsWith(suffix)) {
      const text = `holds ${quoted(name)}. Expected only ${suffix} entries, as numpy.savez writes them.`
      throw new OverdampedError('E_FORMAT', text, source)
    }
    const content = whole(source, () => contentOf(bytes, entry))
    return [name.slice(0, -suffix.length), decodeNpy(content, `${source}/${quoted(name).slice(1, -1)}`)] as const
  })
  return Object.fromEntries(arrays)
}

/** What `read` gives. A damaged archive makes it fail in many ways (own errors, RangeError, zlib's): all mean the same. */
function whole<T>(source: string, read: () => T): T {
  try {
    return read()
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    const text = `is not a whole zip archive (${reason}). It is truncated or no NPZ file: copy or write it again.`
    throw new OverdampedError('E_FORMAT', text, source)
  }
}

// Signatures of the zip format and where its records hold what is read here (PKWARE, APPNOTE.TXT 6.3.10, 4.3.7, 4.3.12 and 4.3.16).
const endOfArchive = { signature: 0x06054b50, length: 22, entries: 10, size: 12, directory: 16 }
const directoryEntry = {
  ...{ signature: 0x02014b50, length: 46, version: 6, flags: 8, method: 10, sum: 16, packed: 20, size: 24 },
  ...{ nameLength: 28, lengths: [28, 30, 32], header: 42 },
}
const localHeader = { signature: 0x04034b50, length: 30, lengths: [26, 28] }
const utf8Flag = 0x800
/** How hard it was packed, that sizes follow the content, and `utf8Flag`; others mean encrypted or patched. */
const harmlessFlags = 0x000e | utf8Flag
/** 6.3 of the format, ten times as large. */
const latestVersion = 63
const stored = 0
const deflated = 8

/** The arrays of one file unpack to no more bytes: the most that a run may record. */
const mostBytes = 2 ** 31
/** Deflate makes no more of a byte. Source: zlib's Technical Details, "Maximum Compression Factor". */
const mostOfByte = 1032

/** An entry as the directory of the archive describes it. */
interface Entry {
  readonly name: string
  /** the bytes of its name */
  readonly nameBytes: Uint8Array
  readonly method: number
  /** CRC-32 of the content */
  readonly sum: number
  /** bytes in the archive */
  readonly packed: number
  /** bytes of the content */
  readonly size: number
  /** where its local header begins */
  readonly header: number
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** The directory of the archive, all of its sizes checked. */
function entriesOf(bytes: Uint8Array, source: string): Entry[] {
  const entries = whole(source, () => readDirectory(bytes))
  const total = (of: 'packed' | 'size') => entries.reduce((sum, entry) => sum + entry[of], 0)
  if (total('size') > mostBytes) {
    const text = `unpacks to ${total('size')} bytes; at most ${mostBytes}. Save fewer arrays to a file.`
    throw new OverdampedError('E_FORMAT', text, source)
  }
  return whole(source, () => {
    if (new Set(entries.map(({ name }) => name)).size < entries.length) throw new Error('a name stands twice')
    // Entries that share their bytes unpack to many times what others could.
    if (total('packed') > bytes.length) throw new Error('its entries overlap')
    return entries
  })
}

function readDirectory(bytes: Uint8Array): Entry[] {
  const view = viewOf(bytes)
  const { length, version, flags, method, sum, packed, size, nameLength, lengths, header } = directoryEntry
  let end = bytes.length - endOfArchive.length
  while (view.getUint32(end, true) !== endOfArchive.signature) end--
  let at = view.getUint32(end + endOfArchive.directory, true)
  // Else there are two directories to choose from: this one, and the one that ends where it should.
  if (at + view.getUint32(end + endOfArchive.size, true) !== end) throw new Error('its directory is elsewhere')
  return Array.from({ length: view.getUint16(end + endOfArchive.entries, true) }, () => {
    if (view.getUint32(at, true) !== directoryEntry.signature) throw new Error('its directory is damaged')
    const nameBytes = bytes.subarray(at + length, at + length + view.getUint16(at + nameLength, true))
    const flagged = view.getUint16(at + flags, true)
    if ((flagged & ~harmlessFlags) !== 0) throw new Error('an entry is encrypted')
    if (view.getUint16(at + version, true) > latestVersion) throw new Error('an entry is of a later version of zip')
    const entry = {
      name: new TextDecoder((flagged & utf8Flag) !== 0 ? 'utf-8' : 'latin1').decode(nameBytes),
      nameBytes,
      method: view.getUint16(at + method, true),
      sum: view.getUint32(at + sum, true),
      packed: view.getUint32(at + packed, true),
      size: view.getUint32(at + size, true),
      header: view.getUint32(at + header, true),
    }
    at += lengths.reduce((total, field) => total + view.getUint16(at + field, true), length)
    return entry
  })
}

/** @throws Error when the content is not as the directory says */
function contentOf(bytes: Uint8Array, { nameBytes, method, sum, packed, size, header }: Entry): Uint8Array {
  const view = viewOf(bytes)
  if (view.getUint32(header, true) !== localHeader.signature) throw new Error('an entry has no header')
  const [nameLength = 0, extraLength = 0] = localHeader.lengths.map((field) => view.getUint16(header + field, true))
  const nameBegin = header + localHeader.length
  const begin = nameBegin + nameLength + extraLength
  if (Buffer.compare(bytes.subarray(nameBegin, nameBegin + nameLength), nameBytes) !== 0)
    throw new Error('an entry has another name in its header')
  const end = begin + packed
  if (end > bytes.length) throw new Error('it ends within an entry')
  if (size > mostOfByte * packed) throw new Error('an entry says that it unpacks to more than it can')
  const content = unpacked(bytes.subarray(begin, end), method, size)
  if (content.length !== size) throw new Error('an entry does not have the size that it says')
  if (crc32(content) !== sum) throw new Error('wrong checksum')
  return content
}

function unpacked(packed: Uint8Array, method: number, size: number): Uint8Array {
  if (method === stored) return packed
  if (method !== deflated) throw new Error(`an entry is packed by method ${method}, not deflated`)
  return inflateRawSync(packed, { maxOutputLength: Math.max(1, size) })
}
