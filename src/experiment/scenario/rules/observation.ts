import { hiddenMoves } from '../../../physics/network/hidden-kind.js'
import type { Keys } from '../keys.js'
import { unitsOf } from '../network.js'
import type { Say } from '../parts.js'

/** Quantities that the run can measure. */
export function sayObservation(scenario: Keys, say: Say): void {
  const { observe, sampling, protocol, data, objective } = scenario
  for (const name of ['force', 'autocorrelation'] as const) {
    const needed = name === 'force' ? 1 : 2
    if (!observe.includes(name)) continue
    if (!observe.includes('trajectories') || sampling.record < needed)
      say(
        ['observe'],
        `${name} is of recorded trajectories: add trajectories, and sampling.record of at least ${needed}`,
      )
    if (name === 'autocorrelation' && protocol === undefined)
      say(['observe'], 'autocorrelation is of a plain simulation that has settled (protocol)')
  }
  if (observe.includes('error-budget') && (data === undefined || protocol !== undefined || objective !== undefined))
    say(['observe'], 'error-budget needs data that are learned from and generated (data, learning)')
  if (observe.includes('entropy-production')) sayEntropyProduction(scenario, say)
  sayFirstPassage(scenario, say)
}

/** Entropy production needs the density of the full state, and one temperature. */
function sayEntropyProduction({ objective, network: { hidden }, protocol }: Keys, say: Say): void {
  if (objective === undefined && hidden !== undefined && hiddenMoves(hidden))
    say(
      ['observe'],
      `entropy production needs the density of the full state, and with hidden units that move (${hidden.kind}) it is not known; leave entropy-production out, for example observe: [work, heat]`,
    )
  if (protocol?.kT !== undefined)
    say(
      ['protocol', 'kT'],
      'entropy production is Q/kT at one temperature; leave entropy-production out of observe, for example observe: [work, heat]',
    )
}

function sayFirstPassage({ firstPassage, observe, protocol, network }: Keys, say: Say): void {
  if ((firstPassage !== undefined) !== observe.includes('first-passage'))
    say(
      [firstPassage === undefined ? 'observe' : 'firstPassage'],
      'firstPassage and observe: [first-passage] go together, for example firstPassage: { unit: 0, to: 2 }',
    )
  if (firstPassage === undefined) return
  if (protocol === undefined)
    say(['firstPassage'], 'only a plain simulation (with protocol) measures first-passage times')
  const units = unitsOf(network)
  if (firstPassage.unit >= units)
    say(['firstPassage', 'unit'], `units run from 0 to ${units - 1}, got ${firstPassage.unit}`)
}
