import { z } from 'zod'
import { classesOf } from '../data.js'
import { count, positive, type Say, someOf } from '../parts.js'
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
      'what stands for earlier tasks, beside learning all at once: draws of the frozen copy, data that were kept, nothing (a control), ' +
        "or the ends of MALA chains from random starts in the copy's landscape (a control)",
    ),
    batches: count.default(10).describe('that the detector is shown of each task once it is learned'),
    watched: count.default(100).describe('states of a batch that the detector is shown'),
    points: z.int().min(41).max(401).default(65).describe("along either axis of the quadrature for the model's means"),
    chains: z
      .strictObject({
        steps: count.default(100),
        step: step.default(0.02),
        spread: positive.default(2).describe('standard deviation of where they start'),
      })
      .prefault({})
      .describe('of the arm chains'),
  })
  .describe('tasks one after another, of which nothing is kept but the model: it replays states of its own')

/** Tasks made of what the data have, each once. */
export function sayContinual(settings: { tasks: z.output<typeof tasks> }, scenario: Surroundings, say: Say): void {
  sayDataMissing(settings, scenario, say)
  const classes = classesOf(scenario.data)
  if (scenario.data !== undefined && classes.length === 0)
    say(['data', 'source'], `expected gaussian-mixture, whose components make the tasks; got ${scenario.data.source}`)
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
