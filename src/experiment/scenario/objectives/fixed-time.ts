import { z } from 'zod'
import { count, positive, type Say, times } from '../parts.js'
import { common, descent, type Surroundings, sayDataMissing } from './common.js'

/** objective.kind fixed-time. */
export const fixedTime = z
  .strictObject({
    kind: z.literal('fixed-time'),
    ...common,
    ...descent,
    batch: count.max(100_000).default(32).describe('images of an iteration'),
    finalRate: positive.max(1).default(0.02).describe('fraction of the rate left at the end (cosine)'),
    time: positive.default(1).describe('t_f, after which the answer is read'),
    steps: count.max(10_000).default(50).describe('of the dynamics until then'),
    frames: count.max(1000).default(5).describe('of an idealised trajectory after its first'),
    amplitude: positive.default(3).describe('where an activation of 1 is, in units of length'),
    teacher: z
      .strictObject({
        iterations: times.default(600).describe('minibatches that the digital network learns from'),
        rate: positive.default(0.01).describe("Adam's"),
      })
      .prefault({})
      .describe('the digital network whose activations the units are to have when they are read'),
    tested: count.max(10_000).default(200).describe('held-out images that are answered'),
    answers: count.max(1000).default(8).describe('trajectories of each, whose mean is read too'),
  })
  .describe(
    'a computation that is read at a fixed time, learned from a digital network by descent on the action of idealised trajectories',
  )

/** Images, and units that hold them, think and answer. */
export function sayFixedTime(settings: z.output<typeof fixedTime>, scenario: Surroundings, say: Say): void {
  sayDataMissing(settings, scenario, say)
  const { data, network } = scenario
  if (data?.source !== 'mnist' && data?.source !== 'idx') return
  const { blocks } = network.visible
  const [pixels, , outputs] = blocks ?? []
  if (
    blocks?.length !== 3 ||
    pixels?.clamped !== true ||
    pixels.units !== data.size ** 2 ||
    outputs?.units !== data.digits.length
  )
    say(
      ['network', 'visible'],
      `expected blocks: [{ units: ${data.size ** 2}, clamped: true }, { units: … }, { units: ${data.digits.length} }]: pixels, hidden units, and one that answers for each digit`,
    )
}
