import { constants, gunzipSync } from 'node:zlib'
import { listed, OverdampedError } from '../../errors.js'
import {
  type DigitSet,
  defaultDigits,
  everyNth,
  type ImageShape,
  type ImagesOf,
  imageSide,
  preparedDigits,
  type SplitDigits,
  type SplitImages,
  splitDigits,
} from '../../learning/data/digits.js'
import { type RegularFile, withRegularFile } from './regular-file.js'

/** A file of images and one of the digit that each shows. */
export interface IdxPair {
  readonly images: string
  readonly labels: string
}

/** Where the files are and what is taken from them: the `data` section of a scenario with `source: idx`. */
export interface IdxKeys extends IdxPair, Pick<ImageShape, 'threshold'> {
  /** `defaultDigits` when absent, as size and crop are */
  readonly digits?: readonly number[] | undefined
  readonly size?: number | undefined
  readonly crop?: number | undefined
  /** files of their own for held-out images; without them every n-th image is held out */
  readonly heldOut?: IdxPair | undefined
  /** held-out fraction 1/n; `defaultHoldout` unless there is `heldOut` */
  readonly holdout?: number | undefined
}

/** Digits of a pair of IDX files. */
export interface IdxDigits extends SplitDigits {
  /** The training part of all digits that the files have, worked out when it is asked for. */
  readonly every: () => DigitSet
}

/** The held-out fraction of files that come without others to hold out. */
export const defaultHoldout = 0.2
/** No array that is read or made here may be larger. */
const mostBytes = 2 ** 30
/** Compressed bytes in which a header must come out. */
const headBytes = 4096
/** Training digits that `other` needs: five vote, and one is the sample itself. */
const fewestVoters = 7

/**
 * Handwritten digits from a pair of IDX files (MNIST's own format), plain or gzipped, told apart by their content. Prepared by
 * `splitDigits`, in file order; held out are those of a second pair, or every n-th of each digit. Sizes are checked against
 * the headers before memory is taken for the images.
 *
 * @throws OverdampedError E_FILE or E_DATA naming the file and what was expected
 * Cost: O(bytes); 0.2 s for two of the digits of MNIST, half a second with `every`.
 * Source of the format: LeCun, Cortes, Burges, "The MNIST database of handwritten digits", section on file formats.
 */
export function loadIdx(keys: IdxKeys): IdxDigits {
  const { size = defaultDigits.size, crop = defaultDigits.crop, threshold, heldOut } = keys
  const { digits = defaultDigits.digits } = keys
  const files = readPair(keys, size)
  const images =
    heldOut === undefined ? splitPair(files, digits, keys.holdout) : wholePairs(files, readPair(heldOut, size), digits)
  const count = (of: ImagesOf, names: readonly number[]) =>
    names.reduce((sum, name) => sum + of(name).indices.length, 0)
  const voters = count(images.train, files.present)
  if (voters < fewestVoters)
    throw fault(keys.labels, `${voters} images to train on; the metric "other" needs at least ${fewestVoters}.`)
  if (count(images.heldOut, digits) < 2)
    throw fault((heldOut ?? keys).labels, '1 image held out; the metrics need at least 2.')
  const shape = { size, crop, threshold }
  return {
    ...splitDigits(digits, shape, images),
    every: () => preparedDigits(files.present, shape, images.train),
  }
}

/** The images of a pair of files, the digits that they have, and the file that says so. */
interface PairOfFiles {
  readonly imagesOf: ImagesOf
  readonly present: readonly number[]
  readonly labels: string
}

function readPair({ images, labels }: IdxPair, size: number): PairOfFiles {
  const tags = readIdx(labels, labelFile, ([count]) => checkLabels(count!, labels))
  const pixels = readIdx(images, imageFile, (shape) => checkImages(shape, tags.shape[0]!, size, images, labels))
  if (pixels.data.every((ink) => ink <= 1)) throw fault(images, 'holds no ink above 1; expected 0 to 255. Multiply it.')
  const classes: number[][] = Array.from({ length: 10 }, () => [])
  tags.data.forEach((label, index) => {
    if (label > 9) throw fault(labels, `label ${label} of item ${index}; expected digits from 0 to 9.`)
    classes[label]!.push(index)
  })
  return {
    imagesOf: (digit) => ({ pixels: pixels.data, ink: 255, indices: classes[digit] ?? [] }),
    present: [...classes.keys()].filter((digit) => classes[digit]!.length > 0),
    labels,
  }
}

/** Every n-th image of each digit is held out: one at least, and the metrics need two to train. */
function splitPair(files: PairOfFiles, digits: readonly number[], holdout = defaultHoldout): SplitImages {
  const fewest = Math.max(3, Math.round(1 / holdout))
  requireImages(files, digits, fewest, `a holdout of ${holdout} needs at least ${fewest} of each.`)
  return everyNth(files.imagesOf, holdout)
}

function wholePairs(train: PairOfFiles, heldOut: PairOfFiles, digits: readonly number[]): SplitImages {
  requireImages(train, digits, 2, 'the metrics need at least 2 of each.')
  requireImages(heldOut, digits, 1, '')
  return { train: train.imagesOf, heldOut: heldOut.imagesOf }
}

function requireImages(
  { imagesOf, present, labels }: PairOfFiles,
  digits: readonly number[],
  fewest: number,
  why: string,
): void {
  for (const digit of digits) {
    const { length } = imagesOf(digit).indices
    if (length === 0) throw fault(labels, `no image of digit ${digit}; the file has ${listed(present)}.`)
    if (length < fewest) throw fault(labels, `${length} images of digit ${digit}; ${why}`)
  }
}

/** As many as there may be images: an archive of a megabyte can hold a gigabyte of labels. */
function checkLabels(count: number, labels: string): void {
  const most = Math.floor(mostBytes / imageSide ** 2)
  if (count > most) throw fault(labels, `${count} labels; expected at most ${most}, as many as images in 1 GiB.`)
}

function checkImages(
  [count = 0, rows, columns]: readonly number[],
  labelCount: number,
  size: number,
  images: string,
  labels: string,
): void {
  if (rows !== imageSide || columns !== imageSide)
    throw fault(images, `images of ${rows}×${columns} pixels; expected ${imageSide}×${imageSide}. Resize them.`)
  if (count !== labelCount)
    throw fault(images, `${count} images, but ${labels} has ${labelCount} labels; expected one for each.`)
  const bytes = count * size * size * Float64Array.BYTES_PER_ELEMENT
  if (bytes > mostBytes) throw fault(images, `${count} images of ${size}×${size} take ${inGiB(bytes)}; at most 1 GiB.`)
}

interface IdxFormat {
  readonly what: string
  readonly magic: number
  readonly dimensions: number
}
const imageFile: IdxFormat = { what: 'IDX file of images', magic: 0x00000803, dimensions: 3 }
const labelFile: IdxFormat = { what: 'IDX file of labels', magic: 0x00000801, dimensions: 1 }

/** The bytes of an IDX file of unsigned bytes; `check` sees the shape before memory is taken. */
function readIdx(
  path: string,
  format: IdxFormat,
  check: (shape: readonly number[]) => unknown,
): { shape: readonly number[]; data: Uint8Array } {
  const kind = { what: format.what, largest: mostBytes, endings: /ubyte|idx|\.gz$/ }
  return withRegularFile(path, kind, (file) => {
    const head = file.read(0, headBytes)
    const gzipped = head[0] === 0x1f && head[1] === 0x8b
    const shape = readHeader(gzipped ? gunzippedHead(head, path) : head, format, path)
    check(shape)
    const start = headerLength(format)
    const expected = start + shape.reduce((product, length) => product * length, 1)
    if (expected > mostBytes) throw fault(path, `its header asks for ${inGiB(expected)}; at most 1 GiB.`)
    const bytes = gzipped ? gunzipped(file, expected, path) : plain(file, expected, shape, path)
    return { shape, data: bytes.subarray(start) }
  })
}

function headerLength({ dimensions }: IdxFormat): number {
  return 4 + 4 * dimensions
}

function readHeader(head: Uint8Array, format: IdxFormat, path: string): number[] {
  const length = headerLength(format)
  if (head.length < 4) throw fault(path, `ends after ${head.length} bytes; expected a header of ${length}.`)
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength)
  const magic = view.getUint32(0)
  if (magic !== format.magic) {
    const other = [imageFile, labelFile].find((known) => known.magic === magic)
    const found = other === undefined ? `begins with ${hexadecimal(magic)}` : `is an ${other.what}`
    throw fault(path, `${found}; expected an ${format.what} (unsigned bytes, ${hexadecimal(format.magic)}).`)
  }
  if (head.length < length)
    throw fault(path, `ends after ${head.length} bytes, within its header; expected ${length}. It is truncated.`)
  const shape = Array.from({ length: format.dimensions }, (_, axis) => view.getUint32(4 + 4 * axis))
  if (shape[0] === 0) throw fault(path, 'holds no items; expected at least one.')
  return shape
}

/** What the first compressed bytes give; at most a thousand times their length. */
function gunzippedHead(head: Uint8Array, path: string): Uint8Array {
  try {
    return gunzipSync(head, { finishFlush: constants.Z_SYNC_FLUSH })
  } catch (cause) {
    throw damaged(path, cause)
  }
}

function gunzipped(file: RegularFile, expected: number, path: string): Uint8Array {
  const compressed = file.read(0, file.size)
  let result: { buffer: Uint8Array; engine: { bytesWritten: number } }
  try {
    // With `info` Node also returns its decoder (the types don't know), which says how much it has read.
    const options = { maxOutputLength: expected, info: true }
    result = gunzipSync(compressed, options) as unknown as typeof result
  } catch (cause) {
    if (cause instanceof RangeError && 'code' in cause && cause.code === 'ERR_BUFFER_TOO_LARGE')
      throw fault(path, `unpacks to more than the ${expected} bytes that its header describes.`)
    throw damaged(path, cause)
  }
  const { buffer, engine } = result
  if (buffer.length < expected)
    throw fault(path, `unpacks to ${buffer.length} bytes; its header describes ${expected}. It is truncated.`)
  if (engine.bytesWritten < compressed.length)
    throw fault(path, `has ${compressed.length - engine.bytesWritten} bytes after its end. Expected one gzip file.`)
  return buffer
}

function plain(file: RegularFile, expected: number, shape: readonly number[], path: string): Uint8Array {
  if (file.size !== expected) {
    const why = file.size < expected ? 'It is truncated.' : 'Bytes follow after its end.'
    throw fault(path, `has ${file.size} bytes; its header [${shape.join(', ')}] describes ${expected}. ${why}`)
  }
  const bytes = file.read(0, expected)
  if (bytes.length < expected) throw fault(path, 'became shorter while it was read.')
  return bytes
}

function damaged(path: string, cause: unknown): OverdampedError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return fault(path, `cannot be unpacked (${reason}). It is truncated or damaged: copy it again.`)
}

function fault(path: string, text: string): OverdampedError {
  return new OverdampedError('E_DATA', text, path)
}

function hexadecimal(magic: number): string {
  return `0x${magic.toString(16).padStart(8, '0')}`
}

function inGiB(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`
}
