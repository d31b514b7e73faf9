import { invalidValue, type OverdampedError } from '../../errors.js'
import { type Distortions, distorted, imageSide, type RawImages } from './distort.js'

/** Images of handwritten digits. */
export interface DigitSet {
  /** [count, size²] row-major, pixels in [-1, 1]: -1 paper, +1 ink */
  images: Float64Array
  /** [count] the digit itself, 0 to 9 */
  labels: Int32Array
  count: number
}

/** Digits to learn from, with distorted copies of them, and digits that are held out. */
export interface SplitDigits {
  readonly train: DigitSet
  readonly heldOut: DigitSet
  readonly distorted: DigitSet
}

const crop = 2
/** Sides that images can have after averaging over blocks, in pixels. */
export const imageSizes = [6, 8, 12, 24] as const

/**
 * Preprocesses digits and splits them into training and held-out ones:
 *
 *     28×28 → crop 2 px on each side → mean over blocks of 24/size px → size×size → p ↦ 2p - 1
 *
 * Of each digit, in file order, every n-th image (index mod n = n-1, n = round(1/holdout)) is held out. The order
 * carries the writers, so a split by position would compare different hands.
 *
 * @param digits which digits, in the order in which they come out; each 0 to 9
 * @param size side of the images: 6, 8, 12 or 24
 * @param holdout held-out fraction, in (0, 0.5]
 * @param imagesOf the images of one digit
 * @param distort how training images are distorted; `distorted` is empty when absent
 * @throws OverdampedError E_INVALID_VALUE for another digit, size or holdout
 * Cost: O(images·24²).
 */
export function splitDigits(
  digits: readonly number[],
  size: number,
  holdout: number,
  imagesOf: (digit: number) => RawImages,
  distort?: Distortions,
): SplitDigits {
  if (!imageSizes.some((side) => side === size)) throw invalid('size', size, 'one of 6, 8, 12 and 24')
  if (!(holdout > 0 && holdout <= 0.5)) throw invalid('holdout', holdout, 'a fraction above 0, at most 0.5')
  const period = Math.round(1 / holdout)
  const [train, heldOut, copies]: [Part, Part, Part] = [[], [], []]
  for (const digit of digits) {
    if (!Number.isInteger(digit) || digit < 0 || digit > 9) throw invalid('digits', digit, 'digits from 0 to 9')
    const raw = imagesOf(digit)
    for (let index = 0; index < raw.indices.length; index++) {
      const part = index % period === period - 1 ? heldOut : train
      part.push({ image: resized(raw, raw.indices[index]!, size), digit })
    }
    if (distort === undefined) continue
    const indices = Array.from(raw.indices).filter((_, index) => index % period !== period - 1)
    const pixels = distorted({ ...raw, indices }, distort, digit)
    for (let n = 0; n < indices.length * distort.copies; n++)
      copies.push({ image: resized({ ...raw, pixels }, n, size), digit })
  }
  return { train: joined(train, size), heldOut: joined(heldOut, size), distorted: joined(copies, size) }
}

type Part = { readonly image: Float64Array; readonly digit: number }[]

/** One image: cropped, averaged over blocks, from [0, ink] to [-1, 1]. */
function resized({ pixels, ink }: RawImages, index: number, size: number): Float64Array {
  const block = (imageSide - 2 * crop) / size
  const image = new Float64Array(size * size)
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      let sum = 0
      for (let y = 0; y < block; y++) {
        const start = index * imageSide * imageSide + (crop + row * block + y) * imageSide + crop + column * block
        for (let x = 0; x < block; x++) sum += pixels[start + x]!
      }
      image[row * size + column] = (2 * sum) / (block * block * ink) - 1
    }
  }
  return image
}

function joined(part: Part, size: number): DigitSet {
  const images = new Float64Array(part.length * size * size)
  for (const [index, { image }] of part.entries()) images.set(image, index * size * size)
  return { images, labels: Int32Array.from(part, ({ digit }) => digit), count: part.length }
}

function invalid(key: string, value: number, expected: string): OverdampedError {
  return invalidValue(`${value} is not possible. Expected ${expected}.`, `data.${key}`)
}
