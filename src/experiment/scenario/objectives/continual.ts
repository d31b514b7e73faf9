import { z } from 'zod'
import { classesOf } from '../data.js'
import { count, positive, type Say, someOf, times } from '../parts.js'
import { common, descent, type Surroundings, sayDataMissing, step } from './common.js'

const tasks = z
  .array(z.array(z.int().min(0)).min(1))
  .min(2)
  .max(20)
  .describe('what comes together, one task after another: numbers of components of the mixture, or digits')

// All states count at once: they are read once, since energies are linear in the parameters.
const { batch: _, ...following } = descent

/** objective.kind continual. */
export const continual = z
  .strictObject({
    kind: z.literal('continual'),
    ...common,
    ...following,
    finalRate: positive.max(1).default(0.02).describe('fraction of the rate left at the end of a task (cosine)'),
    tasks,
    arms: someOf(['self-replay', 'stored', 'none', 'chains']).describe(
      'what stands for earlier tasks, beside learning all at once: draws of the frozen copy (self-replay), data that were kept (stored), nothing (none, a control), ' +
        "or, as chains, the ends of MALA chains from random starts in the copy's landscape (a control)",
    ),
    batches: times.default(10).describe('that the detector is shown of each task once it is learned'),
    watched: count.max(1_000_000).default(100).describe('states of a batch that the detector is shown'),
    points: z.int().min(41).max(401).default(65).describe("along either axis of the quadrature for the model's means"),
    chains: z
      .strictObject({
        steps: times.default(100).describe('of each'),
        step: step.default(0.02),
        spread: positive.default(2).describe('standard deviation of where they start'),
      })
      .prefault({})
      .describe('of the arm chains'),
  })
  .describe('tasks one after another, of which nothing is kept but the model: it replays states of its own')

/** Classes that a nearest image may be of. */
const mostClasses = 10

const bars = (lost: number, frechet: number) =>
  z
    .strictObject({
      lost: positive.max(1).default(lost).describe('share of images of an old class whose nearest is of another'),
      frechet: positive.default(frechet).describe('Fréchet distance of an old class from images that were held out'),
    })
    .prefault({})

/** objective.kind continual-protocol. */
export const continualProtocol = z
  .strictObject({
    kind: z.literal('continual-protocol'),
    repeats: common.repeats,
    tasks,
    arms: someOf(['self-replay', 'stored', 'none']).describe(
      'what stands for earlier tasks, beside learning all at once: images that the network draws under their labels (self-replay), images that were kept (stored), nothing (none, a control)',
    ),
    each: count.min(2).max(10_000).default(1000).describe('images of each class that are learned from'),
    samples: count.min(10).max(10_000).default(500).describe('images of each class that are judged'),
    bars: z
      .strictObject({
        succeeds: bars(0.1, 1).describe('an arm is within both of these'),
        fails: bars(0.5, 2.5).describe('the control is beyond one of these'),
      })
      .prefault({})
      .describe('largest of an arm, and what the control must miss'),
  })
  .describe(
    'classes one after another by a network with label units, slice by slice as in learning: it replays images of its own',
  )

/** What trains a network under labels, and tasks. */
export function sayContinualProtocol(
  settings: z.output<typeof continualProtocol>,
  scenario: Surroundings,
  say: Say,
): void {
  sayContinual(settings, scenario, say)
  if (classesOf(scenario.data).length > mostClasses) say(['data'], `expected at most ${mostClasses} classes`)
  if (scenario.learning === undefined)
    say(['learning'], 'missing; objective.kind continual-protocol trains by the rule that stands there')
  if (scenario.network.label === undefined)
    say(['network', 'label'], 'missing; the network draws old classes under their labels: add label: {}')
}

/** Tasks made of what the data have, each once. */
export function sayContinual(settings: { tasks: z.output<typeof tasks> }, scenario: Surroundings, say: Say): void {
  sayDataMissing(settings, scenario, say)
  const classes = classesOf(scenario.data)
  if (scenario.data !== undefined && classes.length === 0)
    say(['data', 'source'], `expected data with classes, which make the tasks; got ${scenario.data.source}`)
  const told = new Set<number>()
  settings.tasks.forEach((task, t) => {
    task.forEach((name, n) => {
      if (classes.length > 0 && !classes.includes(name))
        say(['objective', 'tasks', t, n], `expected one of ${classes.join(', ')}, got ${name}`)
      if (told.has(name)) say(['objective', 'tasks', t, n], `${name} may stand once`)
      told.add(name)
    })
  })
}
