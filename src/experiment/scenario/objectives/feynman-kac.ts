import { z } from 'zod'
import { mixtureKeys } from '../data.js'
import { unitsOf } from '../network.js'
import { count, positive, type Say, values } from '../parts.js'
import { isHarmonic } from '../potential.js'
import { common, resampling, type Surroundings, walkers } from './common.js'

/** What every composition has. */
const guided = {
  noise: positive
    .max(10)
    .default(1)
    .describe('ζ, amplitude of the noise over that of the bath; at least 1 is advised, the bound is ζ² > 1 - 1/Σb'),
  control: positive
    .optional()
    .describe('a noise below the bound, run as a control: its walkers converge to a wrong state'),
}

/** objective.kind feynman-kac. */
export const feynmanKac = z
  .strictObject({
    kind: z.literal('feynman-kac'),
    ...common,
    mixtures: z
      .array(z.strictObject(mixtureKeys))
      .min(1)
      .max(2)
      .optional()
      .describe('one or two laws whose noised scores are exact'),
    networks: z
      .array(values)
      .min(1)
      .max(2)
      .optional()
      .describe(
        'or one or two harmonic networks, by the parameters that they end with; their noised scores are exact too',
      ),
    compositions: z
      .array(
        z.discriminatedUnion('kind', [
          z
            .strictObject({
              kind: z.literal('anneal'),
              beta: z.number().describe('p ∝ q^β of the first law'),
              ...guided,
            })
            .describe('the first law at another temperature'),
          z.strictObject({ kind: z.literal('product'), ...guided }).describe('p ∝ q1 q2'),
          z
            .strictObject({
              kind: z.literal('geometric'),
              share: z.number().describe('b in p ∝ q1^(1-b) q2^b'),
              ...guided,
            })
            .describe('between two laws'),
        ]),
      )
      .min(1)
      .describe('what is made of the laws'),
    walkers,
    steps: count
      .max(1_000_000)
      .default(400)
      .describe('of generation, even in the logarithm of the noise over the signal'),
    resampling,
  })
  .describe('weights that make guided generation exact for powers and products of laws')

/** A composition of a scenario. */
export type CompositionSettings = z.output<typeof feynmanKac>['compositions'][number]

/** Exponents b_i of p ∝ Π q_i^(b_i). */
export function exponentsOf(composition: CompositionSettings): number[] {
  if (composition.kind === 'anneal') return [composition.beta]
  return composition.kind === 'product' ? [1, 1] : [1 - composition.share, composition.share]
}

/** Either mixtures or harmonic networks, as many as the compositions need, and nothing without a normaliser. */
export function sayFeynmanKac(
  { mixtures, networks, compositions, start }: z.output<typeof feynmanKac>,
  { data, network, potential }: Surroundings,
  say: Say,
): void {
  const at = (...path: (string | number)[]) => ['objective', ...path]
  if (data !== undefined)
    say(['data'], 'the laws are given under objective.mixtures or objective.networks; remove data')
  if (Object.keys(start).length > 0)
    say(at('start'), 'this objective learns nothing and starts from noise; remove start')
  if ((mixtures === undefined) === (networks === undefined))
    say(
      at(mixtures === undefined ? 'mixtures' : 'networks'),
      'expected either mixtures or networks, one or two of them',
    )
  const units = unitsOf(network)
  mixtures?.forEach(({ means, weights }, index) => {
    if (units > 2)
      say(
        ['network', 'visible'],
        'the law of a composition of mixtures is known for one or two units; use networks for more',
      )
    if (means.some((mean) => mean.length !== units))
      say(at('mixtures', index, 'means'), `expected ${units} coordinates in each, one for each visible unit`)
    if (weights !== undefined && weights.length !== means.length)
      say(
        at('mixtures', index, 'weights'),
        `expected ${means.length} weights, one for each mean, got ${weights.length}`,
      )
  })
  const staysHarmonic = network.hidden === undefined && potential.features === undefined && isHarmonic(potential)
  if (networks !== undefined && !staysHarmonic)
    say(
      ['potential'],
      'noised laws of these terms are no longer states of the same network, so their scores are not exact; use stiffness, bias and bilinear, objective.mixtures, or objective.kind line-integral',
    )
  const given = (mixtures ?? networks)?.length ?? 0
  compositions.forEach((composition, index) => {
    const here = (key: string) => at('compositions', index, key)
    if (composition.kind !== 'anneal' && given === 1)
      say(here('kind'), `${composition.kind} is of two laws; give a second one, or anneal the first`)
    if (composition.kind === 'anneal' && composition.beta <= 0)
      say(here('beta'), `q^β grows where q is small and has no normaliser; expected β > 0, got ${composition.beta}`)
    else if (composition.kind === 'geometric' && mixtures?.length === 2 && !isNormalised(composition.share, mixtures))
      say(
        here('share'),
        `q1^(1-b) q2^b grows without end, so it has no normaliser: (1-b)/width1² + b/width2² must be positive; expected b from 0 to 1, got ${composition.share}`,
      )
    else sayNoise(composition, here, say)
  })
}

function isNormalised(share: number, [first, second]: readonly { readonly width: number }[]): boolean {
  return (1 - share) / first!.width ** 2 + share / second!.width ** 2 > 0
}

/** At ζ² ≤ 1 - 1/Σb the weights' variance has no bound, and any finite number of walkers settles in another state. */
function sayNoise(composition: CompositionSettings, here: (key: string) => (string | number)[], say: Say): void {
  const total = exponentsOf(composition).reduce((sum, b) => sum + b, 0)
  const bound = 1 - 1 / total
  const { noise, control } = composition
  if (noise ** 2 <= bound)
    say(
      here('noise'),
      `any finite number of walkers converges to a wrong state unless ζ² > 1 - 1/Σb, ζ > ${Math.sqrt(bound).toPrecision(3)}; expected at least 1, got ${noise}`,
    )
  if (control !== undefined && control ** 2 > bound)
    say(
      here('control'),
      bound > 0
        ? `a control is below the bound, ζ ≤ ${Math.sqrt(bound).toPrecision(3)}; got ${control}`
        : 'there is no noise too small where the exponents sum to one or less; remove control',
    )
}
