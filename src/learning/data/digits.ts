import { invalidValue, type OverdampedError } from '../../errors.js'

/** Images of 28×28 pixels as their file has them. */
export interface RawImages {
  /** [images, 28²] row-major, 0 paper */
  readonly pixels: ArrayLike<number>
  /** the value of full ink: 1, or 255 for bytes */
  readonly ink: number
  /** which of the images are of the digit, in file order */
  readonly indices: ArrayLike<number>
}

/** Side of the images in the files, in pixels. */
export const imageSide = 28

/** Images of handwritten digits. */
export interface DigitSet {
  /** [count, size²] row-major, pixels in [-1, 1]: -1 paper, +1 ink */
  images: Float64Array
  /** [count] the digit itself, 0 to 9 */
  labels: Int32Array
  /** number of images */
  count: number
}

/** Digits to learn from, and digits that are held out. */
export interface SplitDigits {
  /** digits to learn from */
  readonly train: DigitSet
  /** digits that nothing is learned from */
  readonly heldOut: DigitSet
}

/** How images are prepared. */
export interface ImageShape {
  /** side after averaging over blocks, in pixels: one of `sidesOf(crop)` */
  readonly size: number
  /** pixels taken off at each side before, an integer from 0 to 13 */
  readonly crop: number
  /** share of full ink above which a pixel of the prepared image is +1, and else -1; pixels stay grey when absent */
  readonly threshold?: number | undefined
}

/** Which digits, and how they are prepared, where nothing is said. */
export const defaultDigits = { digits: [0, 1], size: 12, crop: 2 } as const satisfies ImageShape & {
  digits: readonly number[]
}

/** The images of one digit. */
export type ImagesOf = (digit: number) => RawImages

/** Sides that images can have, in pixels, largest first: those that divide the cropped image, 28 - 2·crop; not 1. */
export function sidesOf(crop: number): number[] {
  const side = imageSide - 2 * crop
  return Array.from({ length: Math.max(0, side) }, (_, n) => side - n).filter((size) => size > 1 && side % size === 0)
}

/**
 * Images of handwritten digits, prepared:
 *
 *     28×28 → crop on each side → mean over blocks of (28 - 2·crop)/size px → size×size → p ↦ 2p - 1, or p > threshold ? 1 : -1
 *
 * @param digits which digits, in the order in which they come out; each 0 to 9. Those of one are in file order
 * @throws OverdampedError E_INVALID_VALUE for another digit, size or crop
 * Cost: O(images·28²).
 */
export function preparedDigits(digits: readonly number[], shape: ImageShape, imagesOf: ImagesOf): DigitSet {
  checkShape(shape)
  const parts = digits.map((digit) => ({ digit, raw: rawImages(digit, imagesOf) }))
  const count = parts.reduce((sum, { raw }) => sum + raw.indices.length, 0)
  const area = shape.size ** 2
  const images = new Float64Array(count * area)
  const labels = new Int32Array(count)
  let n = 0
  for (const { digit, raw } of parts)
    for (let index = 0; index < raw.indices.length; index++, n++) {
      labels[n] = digit
      resize(raw, raw.indices[index]!, shape, images.subarray(n * area, (n + 1) * area))
    }
  return { images, labels, count }
}

/** Images to learn from and others that are held out, by digit. */
export interface SplitImages {
  /** images to learn from */
  readonly train: ImagesOf
  /** images that nothing is learned from */
  readonly heldOut: ImagesOf
}

/**
 * Splits the images of each digit: in file order every n-th (index mod n = n-1, n = round(1/holdout)) is held out. The order
 * carries the writers, so a split by position would compare different hands.
 *
 * @param holdout held-out fraction, in (0, 0.5]
 * @throws OverdampedError E_INVALID_VALUE for another
 */
export function everyNth(imagesOf: ImagesOf, holdout: number): SplitImages {
  if (!(holdout > 0 && holdout <= 0.5)) throw invalid('holdout', holdout, 'a fraction above 0, at most 0.5')
  const period = Math.round(1 / holdout)
  const part = (heldOut: boolean) => (digit: number) => {
    const raw = imagesOf(digit)
    return { ...raw, indices: Array.from(raw.indices).filter((_, n) => (n % period === period - 1) === heldOut) }
  }
  return { train: part(false), heldOut: part(true) }
}

/**
 * Digits to learn from, and those held out.
 *
 * @throws OverdampedError E_INVALID_VALUE for another digit, size or crop
 */
export function splitDigits(
  digits: readonly number[],
  shape: ImageShape,
  { train, heldOut }: SplitImages,
): SplitDigits {
  return { train: preparedDigits(digits, shape, train), heldOut: preparedDigits(digits, shape, heldOut) }
}

function checkShape({ size, crop, threshold }: ImageShape): void {
  const sides = Number.isInteger(crop) && crop >= 0 ? sidesOf(crop) : []
  if (sides.length === 0) throw invalid('crop', crop, `an integer from 0 to ${imageSide / 2 - 1}`)
  if (!sides.includes(size)) throw invalid('size', size, `one of ${sides.join(', ')}, which divide the cropped image`)
  if (threshold !== undefined && !(threshold >= 0 && threshold < 1))
    throw invalid('threshold', threshold, 'a share of full ink, from 0 to below 1')
}

function rawImages(digit: number, imagesOf: ImagesOf): RawImages {
  if (!Number.isInteger(digit) || digit < 0 || digit > 9) throw invalid('digits', digit, 'digits from 0 to 9')
  return imagesOf(digit)
}

/** One image: cropped, averaged over blocks, from [0, ink] to [-1, 1], or to these two. */
function resize(
  { pixels, ink }: RawImages,
  index: number,
  { size, crop, threshold }: ImageShape,
  out: Float64Array,
): void {
  const block = (imageSide - 2 * crop) / size
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      let sum = 0
      for (let y = 0; y < block; y++) {
        const start = index * imageSide * imageSide + (crop + row * block + y) * imageSide + crop + column * block
        for (let x = 0; x < block; x++) sum += pixels[start + x]!
      }
      const share = sum / (block * block * ink)
      out[row * size + column] = threshold === undefined ? 2 * share - 1 : share > threshold ? 1 : -1
    }
  }
}

function invalid(key: string, value: number, expected: string): OverdampedError {
  return invalidValue(`${value} is not possible. Expected ${expected}.`, `data.${key}`)
}
