import { drawNormals } from '../../physics/noise/gaussian.js'
import { stream } from '../../physics/noise/streams.js'

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

/** Small distortions of training images: more hands than wrote them. Each number is a standard deviation. */
export interface Distortions {
  /** distorted copies of each image */
  readonly copies: number
  /** degrees */
  readonly rotation: number
  /** logarithm of the factor along each axis */
  readonly scale: number
  /** horizontal shift over vertical distance */
  readonly shear: number
  readonly seed: number
}

/**
 * Distorted copies of images about their centres of ink: ink at x' comes from
 *
 *     x = c + R(α) S diag(e^a, e^b) (x' - c),   S = [[1, 0], [γ, 1]] in (row, column)
 *
 * with α, a, b, γ ~ N(0, ·²), by bicubic interpolation within [0, ink]. Nothing lies outside the image.
 *
 * @param digit - keys the random numbers, so that digits do not share them
 * @returns copies of each image in turn, [indices·copies, 28²]
 * Cost: 16 multiply-adds for each pixel of each copy.
 * Source of the interpolation: Keys, IEEE Trans. Acoust. Speech Signal Process. 29, 1153 (1981), a = -1/2.
 */
export function distorted(
  { pixels, ink, indices }: RawImages,
  { copies, rotation, scale, shear, seed }: Distortions,
  digit: number,
): Float64Array {
  const area = imageSide * imageSide
  const count = indices.length * copies
  const out = new Float64Array(count * area)
  const normals = drawNormals({ seed, stream: stream.distortion, step: digit }, 4, count)
  const image = new Float64Array(area)
  for (let n = 0; n < count; n++) {
    const start = indices[Math.floor(n / copies)]! * area
    for (let p = 0; p < area; p++) image[p] = pixels[start + p]!
    const [turn, tall, wide, slant] = [0, 1, 2, 3].map((k) => normals[k * count + n]!) as Four
    const angle = (rotation * Math.PI * turn) / 180
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)]
    const [height, width, lean] = [Math.exp(scale * tall), Math.exp(scale * wide), shear * slant]
    const [rr, rc, cr, cc] = [(cos - sin * lean) * height, -sin * width, (sin + cos * lean) * height, cos * width]
    const [row, column] = centreOfInk(image)
    for (let i = 0; i < imageSide; i++)
      for (let j = 0; j < imageSide; j++) {
        const [u, v] = [i - row, j - column]
        const value = bicubic(image, row + rr * u + rc * v, column + cr * u + cc * v)
        out[n * area + i * imageSide + j] = Math.min(ink, Math.max(0, value))
      }
  }
  return out
}

type Four = [number, number, number, number]

/** Mean row and column of the ink. */
function centreOfInk(image: Float64Array): [number, number] {
  let [ink, row, column] = [0, 0, 0]
  for (let p = 0; p < image.length; p++) {
    ink += image[p]!
    row += image[p]! * Math.floor(p / imageSide)
    column += image[p]! * (p % imageSide)
  }
  return ink > 0 ? [row / ink, column / ink] : [(imageSide - 1) / 2, (imageSide - 1) / 2]
}

/** Weights of the four rows, and of the four columns, about a point. */
const [rowWeights, columnWeights] = [new Float64Array(4), new Float64Array(4)]

/** The image at a point between pixels; 0 outside. */
function bicubic(image: Float64Array, row: number, column: number): number {
  if (!(row > -2 && row < imageSide + 1 && column > -2 && column < imageSide + 1)) return 0
  const [top, left] = [Math.floor(row) - 1, Math.floor(column) - 1]
  for (let k = 0; k < 4; k++) {
    rowWeights[k] = keys(row - top - k)
    columnWeights[k] = keys(column - left - k)
  }
  let sum = 0
  for (let i = Math.max(0, -top); i < Math.min(4, imageSide - top); i++) {
    const start = (top + i) * imageSide + left
    let line = 0
    for (let j = Math.max(0, -left); j < Math.min(4, imageSide - left); j++)
      line += columnWeights[j]! * image[start + j]!
    sum += rowWeights[i]! * line
  }
  return sum
}

/** Keys' cubic weight at a distance of d pixels. */
function keys(d: number): number {
  const x = Math.abs(d)
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1
  return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0
}
