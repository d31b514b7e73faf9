import { z } from 'zod'
import { defaultCompletion } from '../../learning/generation/complete.js'
import { count, filePath, positive } from './parts.js'

/** Masks that have a name. */
export const halves = ['left-half', 'right-half', 'top-half', 'bottom-half'] as const

const images = z
  .union([filePath, z.array(z.int().min(0)).min(1)])
  .default('held-out')
  .describe('held-out (evenly spread), numbers of held-out images, or a .npy file of [images, units]')
const completions = count.default(16).describe('samples for each image; trajectories are images × completions')

/** Which images samples are drawn given. */
export type ImagesOf = z.output<typeof images>

/** The section `sampling.inpaint`: some units are known. */
export const inpaintSchema = z
  .strictObject({
    known: z
      .union([filePath, z.array(z.union([z.int().min(0), z.string().min(1)])).min(1)])
      .describe(
        `${halves.join(', ')}, a .npy mask of [units] or [rows, columns], 1 where known, or a list of units by number or by their columns' names`,
      ),
    of: images,
    completions,
    sweeps: z
      .int()
      .min(1)
      .default(defaultCompletion.sweeps)
      .describe('renewals of the known units’ noise at each knot'),
    steps: z
      .int()
      .min(0)
      .default(defaultCompletion.steps)
      .describe('at rest after each; with 0, plain clamping, the law is a wrong one'),
  })
  .describe('draw the units of an image that are not known, given those that are')

/** The section `sampling.noised`: all units are known under noise. */
export const noisedSchema = z
  .strictObject({
    width: positive.describe('standard deviation of the noise; images of a file have it already'),
    of: images,
    completions,
  })
  .describe('draw images given noised ones: the drive runs from the time at which noise has that width')
