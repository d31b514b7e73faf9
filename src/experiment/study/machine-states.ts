import { createLandscape } from '../../learning/objectives/landscape.js'
import { moveBy } from '../../learning/objectives/moves.js'
import { uncoupledWalkers } from '../../learning/objectives/uncoupled-walkers.js'
import { gibbs } from '../../physics/dynamics/gibbs.js'
import { columnsOf, rowsOf, type States, thinned } from '../../physics/network/states.js'
import type { ExplicitMachine } from '../../physics/potential/explicit-machine.js'
import type { Bath } from '../../physics/protocol/bath.js'
import { drawData, type StudyProblem } from './problem.js'

/** Held-out images that a model is judged on: their scatter of some nats leaves the mean to .1. */
const mostJudged = 1000
/** Independent states that are drawn of a model, and sweeps of block Gibbs on the way to them. */
const drawn = { states: 64, sweeps: 500 }

/** The data that a machine is judged on. */
export function heldOutStates(problem: StudyProblem, seed: number): States {
  return columnsOf(thinned(rowsOf(drawData(problem, seed, 1)), mostJudged))
}

/**
 * Independent states of the visible units: couplings are turned on in equal steps, with a sweep of block Gibbs in each, so that every state
 * comes from an uncoupled one.
 */
export function annealedStates(
  { potential, parameters }: Pick<ExplicitMachine, 'potential' | 'parameters'>,
  bath: Bath,
  theta: Float64Array,
  seed: number,
): States {
  const { walkers, theta: from } = uncoupledWalkers(parameters, theta, bath, drawn.states, seed)
  const move = moveBy(gibbs, createLandscape(potential, bath), 1)
  for (let n = 1; n <= drawn.sweeps; n++)
    move(
      theta.map((value, a) => from[a]! + (n / drawn.sweeps) * (value - from[a]!)),
      walkers,
      seed,
      n,
    )
  return { x: walkers.x.slice(0, parameters.layers.units * drawn.states), batch: drawn.states }
}
