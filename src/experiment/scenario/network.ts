import { z } from 'zod'
import type { Block } from '../../physics/network/blocks.js'
import { countOf, defaultRate, described, isShared, mostCategories } from '../../physics/network/described.js'
import { latticeKinds } from '../../physics/network/geometry.js'
import { defaultHidden, hiddenKinds } from '../../physics/network/hidden-kind.js'
import { labelTargets } from '../../physics/network/network.js'
import { periodSchema, wallsSchema } from './coordinates.js'
import { count, namesIn, positive, someOf } from './parts.js'
import { timeFormula } from './schedule.js'

/** What units of a block are. */
const kind = {
  states: z
    .union([z.literal('two'), z.int().min(1).max(mostCategories)])
    .optional()
    .describe('two for ±1, or a number S of categories 0 … S-1; continuous units when absent'),
  rate: positive
    .optional()
    .describe(`of units with states: redraws of each, tried per unit of time; ${defaultRate} by default`),
  clamped: z.boolean().optional().describe('held where they start'),
}
/** Where visible units can be. */
const coordinate = {
  walls: wallsSchema.optional(),
  period: periodSchema.optional(),
}
/** Units of several kinds. */
function blocksOf<Own extends z.core.$ZodLooseShape>(own: Own) {
  const mobility = positive.optional().describe("of continuous units: relative to the bath's; 1 by default")
  return z
    .array(z.strictObject({ units: count.describe('how many'), ...kind, mobility, ...own }))
    .min(1)
    .max(1000)
    .optional()
    .describe('units of several kinds, one after another')
}

const visible = z
  .strictObject({
    lattice: z.tuple([count, count]).optional().describe('rows, columns'),
    kind: z
      .enum(latticeKinds)
      .optional()
      .describe(
        'of a lattice: square, or triangular, whose odd rows are shifted by half a site and whose sites have six neighbours; square by default',
      ),
    ring: count.optional().describe('number of units on a circle, each coupled to the next: N-1 to 0 closes it'),
    chain: count.optional().describe('number of units on a line, each coupled to the next'),
    units: count.optional().describe('number of units without geometry (instead of a lattice)'),
    ...kind,
    ...coordinate,
    blocks: blocksOf(coordinate),
  })
  .describe(
    'oscillators that carry the data, or whose motion is watched: a lattice, ring, chain, or units without geometry',
  )

const hidden = z
  .strictObject({
    units: count.optional().describe('number of hidden units'),
    ...kind,
    blocks: blocksOf({}),
    kind: z
      .enum(namesIn(hiddenKinds))
      .default(defaultHidden.kind)
      .describe(
        'bistable: two states ±1 that follow at once, of mean tanh(u/kT); quartic: a double well with minima at ±1 that follows ' +
          'at once; explicit: learned as quartic, generating by Langevin dynamics of its own; glauber: learned as bistable, ' +
          'generating by flips of its own',
      ),
    well: z
      .strictObject({
        barrier: z.number().min(0.25).max(64).default(defaultHidden.barrier).describe('between the two minima, in kT'),
      })
      .optional()
      .describe('the double well of quartic and explicit hidden units'),
    temperature: z
      .union([positive, timeFormula])
      .optional()
      .describe(
        'of a bath of their own, an energy: a number, or a formula in the noise time t (in a plain simulation the time), for example ' +
          '0.1*(1 - exp(-2*t))^-0.7; of units that follow at once. bath.kT by default',
      ),
    mobility: positive
      .optional()
      .describe(
        `explicit: mobility relative to the bath's; glauber: attempted flips in a time 1/(bath.mobility·noising.stiffness); ` +
          `${defaultHidden.mobility} by default`,
      ),
  })
  .describe('oscillators that carry no data')

const label = z
  .strictObject({
    couplings: someOf(labelTargets).describe(
      'which units it pulls on: visible or hidden ones, or both; all there are when absent',
    ),
  })
  .describe('bistable units clamped to the class of the data in training and to a drawn or chosen one in generation')

const couplings = z.strictObject({
  visible: z
    .strictObject({
      range: z
        .union([z.literal('all'), z.literal('nearest'), z.int().min(1)])
        .optional()
        .describe(
          'all; nearest, the four next on a lattice, the six next on a triangular one, the two next on a ring or chain; or a radius R: a square ' +
            'neighbourhood on a lattice (R=1: 8 neighbours), R units to either side on a ring or chain. Pairs run from the lower number to the ' +
            'higher, on a ring to the next: [N-1, 0] closes it. Nearest by default on rings, chains and triangular lattices, else all',
        ),
      periodic: z.boolean().optional().describe('whether the lattice is joined to a torus'),
      edges: z
        .array(z.tuple([z.int().min(0), z.int().min(0)]))
        .optional()
        .describe('an explicit list of unit pairs [x, y]: x and y of a pair formula, in this order'),
    })
    .prefault({})
    .describe('which visible units are coupled to one another'),
  hidden: z
    .strictObject({
      range: z
        .union([z.literal('all'), z.int().min(0)])
        .default('all')
        .describe('all, or the radius R of the square of sites that the hidden unit above the middle one sees'),
    })
    .optional()
    .describe('which visible units the hidden ones see; all of them by default'),
})

/** The section `network`: units and who is coupled to whom. */
export const networkSchema = z.strictObject({
  visible,
  hidden: hidden.optional(),
  label: label.optional(),
  couplings: couplings.prefault({}).describe('who is coupled to whom'),
})

/** The section when it is read. */
export type NetworkKeys = z.output<typeof networkSchema>

/** The key that says how many visible units there are. */
export function unitsKey({ visible }: NetworkKeys): 'lattice' | 'ring' | 'chain' | 'units' | 'blocks' {
  return (['lattice', 'ring', 'chain', 'blocks'] as const).find((key) => visible[key] !== undefined) ?? 'units'
}

/** Number of visible units; 0 where neither a lattice nor a number nor blocks are given. */
export function unitsOf({ visible }: NetworkKeys): number {
  return countOf(visible)
}

/** The blocks of visible units, and of hidden ones that have their terms: those that a start is told for. */
export function toldBlocks({ visible, hidden }: NetworkKeys): Block[] {
  const shared = hidden !== undefined && isShared(hidden) ? described('hidden', hidden) : []
  return [...described('visible', { ...visible, units: countOf(visible) }), ...shared]
}
