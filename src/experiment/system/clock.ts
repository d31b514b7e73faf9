import { dissipation } from '../../learning/generation/dissipation.js'
import { createNoiser } from '../../learning/rules/noised-batch.js'
import { pickRows } from '../../physics/network/states.js'
import { stream } from '../../physics/noise/streams.js'
import { distinctIntegers } from '../../physics/noise/uniform.js'
import { type Estimate, meanOf } from '../../physics/observe/estimate.js'
import { clockedProtocol, optimalSpeed, uniformSpeed } from '../../physics/protocol/clock.js'
import { generationProtocol } from '../../physics/protocol/generation-protocol.js'
import type { Protocol } from '../../physics/protocol/protocol.js'
import type { Problem } from './problem.js'

/** States a knot that dissipation is averaged over, at most and at least: its error, some two per cent, hardly changes a clock. */
const [mostStates, fewestStates] = [128, 16]
/** Multiply-adds that all knots may take, about: two seconds. */
const products = 1e9
/** A trained network has one clock, whatever the seed of the samples. */
const seed = 1

/** How many states of a knot are looked at. */
export function statesAtKnot({ potential, noising }: Pick<Problem, 'potential' | 'noising'>): number {
  const affordable = Math.floor(products / (noising.knots.length * potential.size))
  return Math.min(mostStates, Math.max(fewestStates, affordable))
}

/** g at each knot by the learned force, on noised training data, [K + 1]; see `clocks`. */
export function dissipationOfData(problem: Problem, knots: readonly Float64Array[]): Estimate[] {
  const { potential, noising, drive, data } = problem
  const { train } = data!.states
  const { visible } = potential.network
  const count = Math.min(statesAtKnot(problem), train.count)
  return knots.map((theta, k) => {
    const picked = pickRows(train, distinctIntegers({ seed, stream: stream.clock, step: k }, count, train.count))
    const noiser = createNoiser(picked, noising, drive, seed, { visible })
    return meanOf(dissipation(potential, noising, drive, theta, noiser.sweep(noising.knots[k]!, k, stream.clockNoise)))
  })
}

/** How fast the noise time runs down at the knots, by the scenario's clock, [K + 1]; null without one. */
export function speedOf(problem: Problem, knots: readonly Float64Array[]): Float64Array | null {
  const { scenario, noising } = problem
  const { clock, slowest } = scenario.sampling
  const duration = scenario.sampling.duration ?? noising.knots[0]! - noising.knots.at(-1)!
  if (clock === undefined) return null
  if (clock === 'uniform') return uniformSpeed(noising, duration)
  const g = dissipationOfData(problem, knots).map(({ value }) => value)
  return optimalSpeed(noising, g, duration, slowest)
}

/** The protocol of a trained network, from T down to t_min. `knots`: learned parameters, [K + 1][parameters]. */
export function generatingProtocol(problem: Problem, knots: readonly Float64Array[]): Protocol {
  const { noising, scenario, generation } = problem
  const options = { ...scenario.sampling, longest: generation.longestStep }
  const speed = speedOf(problem, knots)
  return speed === null
    ? generationProtocol(noising, knots.map(generation.parameters), options)
    : clockedProtocol(noising, knots, speed, generation.atSpeed!, options)
}
