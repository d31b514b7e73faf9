import { listed } from '../../../errors.js'
import { hiddenMoves } from '../../../physics/network/hidden-kind.js'
import type { Keys } from '../keys.js'
import { unitsOf } from '../network.js'
import { mostObservables, type ObservableKeys, observableNames, ownObservables, refusalOf } from '../observables.js'
import type { Say } from '../parts.js'

/** Quantities that the run can measure. */
export function sayObservation(scenario: Keys, say: Say): void {
  const { observe, record, protocol, data, objective } = scenario
  for (const name of ['force', 'autocorrelation'] as const) {
    const needed = name === 'force' ? 1 : 2
    if (!observe.includes(name)) continue
    if (!observe.includes('trajectories') || record.trajectories < needed)
      say(
        ['observe'],
        `${name} is of recorded trajectories: add trajectories, and record.trajectories of at least ${needed}`,
      )
    if (name === 'autocorrelation' && protocol === undefined)
      say(['observe'], 'autocorrelation is of a plain simulation that has settled (protocol)')
  }
  if (observe.includes('error-budget') && (data === undefined || protocol !== undefined || objective !== undefined))
    say(['observe'], 'error-budget needs data that are learned from and generated (data, learning)')
  if (observe.includes('entropy-production')) sayEntropyProduction(scenario, say)
  sayFirstPassage(scenario, say)
  sayOwnObservables(scenario, say)
  if (record.frames !== undefined && record.every !== undefined)
    say(['record', 'every'], 'expected either record.frames or record.every, not both')
}

/** Observables of one's own: names of their own, units that there are, and times that the run has. */
function sayOwnObservables(scenario: Keys, say: Say): void {
  const { observe, network, objective } = scenario
  const found = ownObservables(observe)
  if (found.length > mostObservables)
    return say(['observe'], `${found.length} observables with formulas; expected at most ${mostObservables}`)
  const units = unitsOf(network)
  const taken = new Set<string>()
  for (const { own, place } of found) {
    const at = (path: (string | number)[], message: string) => say(['observe', place, ...path], message)
    if (objective !== undefined)
      at([], 'an objective has no trajectories that a formula could be measured along; remove it')
    if (observableNames.some((name) => name === own.name))
      at(['name'], `"${own.name}" is an observable that is built in; choose another name`)
    else if (taken.has(own.name)) at(['name'], `the observable "${own.name}" stands twice; remove or rename one`)
    taken.add(own.name)
    const refused = refusalOf(own)
    if (refused !== null) at(['formula'], refused)
    if (Array.isArray(own.of))
      own.of.forEach((element, index) => {
        if ([element].flat().some((unit) => unit >= units))
          at(
            ['of', index],
            `units run from 0 to ${units - 1}, got ${Array.isArray(element) ? `[${element}]` : element}`,
          )
      })
    const others = found.map(({ own: { name } }) => name)
    if (own.with !== undefined && !others.includes(own.with))
      at(['with'], `expected an observable with a formula, ${listed(others)}, got "${own.with}"`)
    sayTimes(own, scenario, at)
  }
}

/** Times that the run has. */
function sayTimes({ from, lags }: ObservableKeys, { protocol, noising }: Keys, at: Say): void {
  if (protocol === undefined) {
    if (lags !== undefined)
      at(['lags'], 'correlations are of a plain simulation that has settled (protocol); remove lags')
    if (from !== undefined && (from > noising.duration || from < noising.tMin))
      at(['from'], `noise time runs from ${noising.duration} down to ${noising.tMin}, got ${from}`)
    return
  }
  const { duration } = protocol
  if (from !== undefined && from > duration)
    at(['from'], `expected at most protocol.duration (${duration}), got ${from}`)
  const longest = duration - Math.min(duration, from ?? duration / 2)
  lags?.forEach((lag, index) => {
    if (lag > longest)
      at(['lags', index], `averages begin at t = ${duration - longest}, which leaves ${longest} for a lag, got ${lag}`)
  })
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
