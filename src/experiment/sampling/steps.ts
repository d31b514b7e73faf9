import type { StepLimits } from '../../physics/dynamics/step-limits.js'
import type { Protocol } from '../../physics/protocol/protocol.js'
import { type Steps, short } from '../files/steps.js'

/** A protocol whose steps somebody or something chose. */
export interface ChosenProtocol extends Protocol {
  readonly chosenBy: string
  /** of default steps of a plain simulation */
  readonly limits?: StepLimits
}

/** More steps than this are said to be many, and why they are. */
const many = 100_000

/** The steps of a protocol. */
export function stepsOf({ dt, chosenBy }: ChosenProtocol): Steps {
  let [shortest, longest] = [Infinity, 0]
  for (const step of dt) {
    shortest = Math.min(shortest, step)
    longest = Math.max(longest, step)
  }
  return { count: dt.length, shortest, longest, chosenBy }
}

/** What set default steps, in words. */
export function chosenByPlan({ landscape, falls, cut }: StepLimits): string {
  const { curvature, t, x, term, decides } = landscape
  const bends =
    term === ''
      ? 'chosen as for a curvature of 1: nothing bends the landscape more'
      : `chosen by the curvature of the landscape (${short(curvature)} at t = ${short(t)}, most of it of "${term}" near x = ${short(x)})`
  const whole = decides ? bends : 'chosen by the rates, correlation times or walls of the units'
  return [
    whole,
    ...(falls === 0 ? [] : [`${falls} more at first follow the start down the walls`]),
    ...(cut === null
      ? []
      : [`${cut.steps.toLocaleString('en')} more follow ${cut.key}, the shortest near t = ${short(cut.t)}`]),
  ].join('; ')
}

/** Says of very many steps what asks for them and what would mend it; nothing of fewer. */
export function stepsWarnings({ dt, limits, chosenBy }: ChosenProtocol): string[] {
  if (dt.length <= many) return []
  const count = `${dt.length.toLocaleString('en')} steps`
  const otherwise = 'or give protocol.dt: the results then say what its steps miss'
  if (limits === undefined) return [`${count}, ${chosenBy}: longer ones take less time.`]
  const { landscape, cut } = limits
  if (cut !== null && cut.steps > dt.length / 2)
    return [
      `${count}, ${cut.steps.toLocaleString('en')} of them for ${cut.key}, the shortest near t = ${short(cut.t)}, where it changes fastest. ` +
        `Make it smoother, shorten protocol.duration, ${otherwise}.`,
    ]
  const { curvature, t, x, term } = landscape
  return [
    `${count}: the term "${term}" bends the landscape by ${short(curvature)} near x = ${short(x)} at t = ${short(t)}, where a step is .02 of a ` +
      `relaxation time. Make it softer there, shorten protocol.duration, ${otherwise}.`,
  ]
}
