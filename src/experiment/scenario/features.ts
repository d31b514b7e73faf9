import { z } from 'zod'
import { mathjs } from '../../physics/formula/mathjs.js'
import { defaultWellWidth } from '../../physics/potential/wells.js'
import { positive } from './parts.js'

const points = z.array(z.array(z.number()).min(1).max(2)).max(1000)

/** Read where the network is known, in x or in x and y; here it only asks for what reads it (see `loadScenario`). */
const energyFormula = z
  .string()
  .superRefine(() => void mathjs())
  .describe('U in x, or in x and y for two units, for example x^2/2')

/** The section `potential.features`: functions of the whole state, for one or two units and an `objective`. */
export const featuresSchema = z
  .strictObject({
    base: z.strictObject({ formula: energyFormula }).optional().describe('a fixed energy that nothing learns'),
    wells: z
      .strictObject({
        centres: points.min(2).describe('[wells][units]'),
        width: positive.default(defaultWellWidth).describe('standard deviation of each well'),
      })
      .optional()
      .describe('equal harmonic wells whose log-weights, against that of the first, are the parameters'),
    radial: z
      .strictObject({
        centres: points.min(1).describe('[functions][units]'),
        width: positive.describe('standard deviation of each bump'),
      })
      .optional()
      .describe('Gaussian bumps e^(-|x-c|²/2 width²), one parameter each'),
    polynomial: z
      .strictObject({ degree: z.int().min(1).max(12).describe('highest total degree') })
      .optional()
      .describe('every monomial of the units, one parameter each'),
    fourier: z
      .strictObject({
        order: z.int().min(1).max(16).describe('highest multiple'),
        period: positive.describe('after which all of them repeat'),
      })
      .optional()
      .describe('cosines and sines of whole multiples of 2π/period, one parameter each'),
  })
  .describe('functions of the whole state, for one or two units')
