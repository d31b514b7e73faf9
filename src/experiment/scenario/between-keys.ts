import { tooLarge } from './limits.js'
import { sayObjective } from './objective.js'
import type { Say } from './objectives/common.js'
import { ruleIssues } from './rule-keys.js'
import type { Keys } from './schema.js'

/** Rules that hold between keys; each issue carries the path of the key to mend. */
export function sayBetweenKeys(scenario: Keys, say: Say): void {
  for (const { path, message } of tooLarge(scenario)) say(path, message)
  sayNetwork(scenario, say)
  sayLabel(scenario, say)
  sayKind(scenario, say)
  if (scenario.learning !== undefined) sayLearning(scenario, scenario.learning, say)
  sayObjective(scenario, say)
  sayObserved(scenario, say)
  saySampling(scenario, say)
  saySimulation(scenario, say)
  sayData(scenario, say)
}

function unitsOf({ network: { visible } }: Keys): number {
  return visible.units ?? (visible.lattice?.[0] ?? 0) * (visible.lattice?.[1] ?? 0)
}

function sayNetwork({ network }: Keys, say: Say): void {
  const {
    visible: units,
    hidden,
    couplings: { visible: edges, hidden: seen },
  } = network
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
}

/** What label units need: data with classes, and a class that there is. */
function sayLabel({ network, data, sampling }: Keys, say: Say): void {
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

/** What a scenario is: a plain simulation, learning from data, or an objective. */
function sayKind(scenario: Keys, say: Say): void {
  if (scenario.objective === undefined && (scenario.learning === undefined) !== (scenario.data === undefined))
    say(
      [scenario.learning === undefined ? 'data' : 'learning'],
      'data and learning go together; a plain simulation has neither',
    )
  if (scenario.objective === undefined && (scenario.protocol === undefined) === (scenario.learning === undefined))
    say(['protocol'], 'expected either protocol (a plain simulation), data and learning, or an objective')
}

const notLinear =
  'least squares needs a potential that is linear in its parameters, and with network.hidden it is not; use force-matching or nudged-force-matching without the oracle'

function sayLearning({ network, sampling, potential }: Keys, learning: NonNullable<Keys['learning']>, say: Say): void {
  const hidden = network.hidden !== undefined
  if (hidden && learning.rule === 'least-squares') say(['learning', 'rule'], notLinear)
  const asked = { learning, hidden, drive: sampling.drive, onsite: potential.onsite }
  for (const { path, message } of ruleIssues(asked)) say(['learning', ...path], message)
  if (hidden && learning.oracle) say(['learning', 'oracle'], notLinear)
}

function sayObserved(scenario: Keys, say: Say): void {
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
}

function saySampling(scenario: Keys, say: Say): void {
  if (scenario.data !== undefined && scenario.sampling.trajectories < 10)
    say(
      ['sampling', 'trajectories'],
      `expected at least 10, to measure the samples; got ${scenario.sampling.trajectories}`,
    )
  if (scenario.noising.tMin >= scenario.noising.duration)
    say(['noising', 'tMin'], `expected less than noising.duration (${scenario.noising.duration})`)
  const { drive, slowdown } = scenario.sampling
  if (scenario.learning !== undefined && drive === 'reverse' && slowdown !== 1)
    say(
      ['sampling', 'slowdown'],
      'the reverse drive runs the noising backwards in its own time, and at another speed it generates another law; use drive: quasi-static, or remove slowdown',
    )
}

function saySimulation(scenario: Keys, say: Say): void {
  if (scenario.protocol !== undefined && scenario.initial === undefined)
    say(['initial'], 'a plain simulation needs a start, for example initial: { kind: point, x: 0 }')
  const unitCount = unitsOf(scenario)
  const { hidden } = scenario.network
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
  const isMoving = scenario.objective === undefined && (hidden?.kind === 'explicit' || hidden?.kind === 'glauber')
  if (isMoving && observe.includes('entropy-production'))
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
}

function sayData(scenario: Keys, say: Say): void {
  const unitCount = unitsOf(scenario)
  if (scenario.data !== undefined && 'holdout' in scenario.data) {
    const { holdout } = scenario.data
    if (Math.abs(1 / holdout - Math.round(1 / holdout)) > 1e-9)
      say(['data', 'holdout'], 'expected 1/n for a whole n (0.5, 0.25, 0.2, 0.1, …)')
  }
  if (scenario.data?.source === 'mnist' || scenario.data?.source === 'idx') {
    const { size, digits } = scenario.data
    const { lattice } = scenario.network.visible
    if (lattice?.[0] !== size || lattice?.[1] !== size)
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
}
