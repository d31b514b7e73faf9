import { countOf, isShared } from '../../../physics/network/described.js'
import { type Range, usualRange } from '../../../physics/network/geometry.js'
import { hiddenMoves } from '../../../physics/network/hidden-kind.js'
import { mostFrames } from '../../../physics/observe/recorded-steps.js'
import { stepFraction } from '../../../physics/protocol/generation-protocol.js'
import { defaultNoising } from '../../../physics/protocol/noising.js'
import { mostSteps } from '../../../physics/protocol/protocol.js'
import { bathOf } from '../bath.js'
import type { Keys } from '../keys.js'
import { toldBlocks, unitsKey, unitsOf } from '../network.js'
import { isOfPairs, type ObservableKeys, ownObservables } from '../observables.js'
import type { Say } from '../parts.js'

/** Memory that a scenario may take: 4 GiB. */
const mostBytes = 2 ** 32
/** Couplings are also held as pairs in JavaScript's heap, which has 2 GiB or more: 160 bytes each while they are built. */
const mostCouplings = 4_000_000
/** Units: 1,000 × 1,000. */
export const mostUnits = 1_000_000
/**
 * Units that move in a plain simulation and are coupled to many: its time steps are chosen by second derivatives, [units, units], 0.75 GiB
 * and seconds of work.
 */
const mostMoving = 10_000

// Float64 copies held at a time, counted in the code that holds them.
/** initial, final, their transposes for denoising, clean, control, files */
const copiesOfStates = 8
/** states, forces, noise and energies of the trajectories that advance together, and scratch of the terms */
const copiesOfBatch = 10
/** fields, responses and their products on the hidden units */
const copiesOfHidden = 4
/** parameters of all knots: trained, in the checkpoint, in the file */
const copiesOfKnots = 4
/** data, their held-out half, and the repetitions of the oracle with states and targets */
const copiesOfData = 16
/** recorded, and in float32 as they are written */
const copiesOfRecorded = 1.5
/** parameters, those of the step and of the start, and schedules */
const copiesOfTables = 8
/** covariances, their eigenvectors and roots, [units, units] */
const copiesOfCovariance = 6

/** How many there are of what takes memory. */
interface Sizes {
  readonly units: number
  /** between visible units; a bound where they are not listed */
  readonly couplings: number
  readonly hidden: number
  readonly hiddenCouplings: number
}

/**
 * Refuses what would take more memory than `mostBytes`, estimated from the scenario's numbers alone before any is taken: names the
 * largest part, and protocols of too many steps.
 *
 * @returns whether other rules may look at the scenario: not at units that are too many for a list of them, or fewer than none
 */
export function sayMemory(scenario: Keys, say: Say): boolean {
  if (!areCounts(scenario.network)) return false
  const sizes = sizesOf(scenario)
  if (sayCounts(sizes, scenario, say)) return false
  saySteps(scenario, say)
  const parts = partsOf(sizes, scenario)
  const total = parts.reduce((sum, { numbers }) => sum + numbers, 0) * Float64Array.BYTES_PER_ELEMENT
  if (total <= mostBytes) return true
  const { path, what } = parts.reduce((most, part) => (part.numbers > most.numbers ? part : most))
  say(path, `${what} and the rest take about ${inGiB(total)}; expected at most ${inGiB(mostBytes)}`)
  return true
}

/** Whether all numbers of units are above 0; those that are not have been refused one by one, and rules see them all the same. */
function areCounts({ visible, hidden }: Keys['network']): boolean {
  const { lattice = [], ring, chain } = visible
  const ofBoth = [visible, hidden].flatMap((own) => [own?.units, ...(own?.blocks ?? []).map(({ units }) => units)])
  return [...lattice, ring, chain, ...ofBoth].every((count) => count === undefined || count > 0)
}

function sizesOf({ network }: Keys): Sizes {
  const { hidden, couplings } = network
  const units = unitsOf(network)
  const { edges } = couplings.visible
  const pairs = (units * (units - 1)) / 2
  const neighbours = units * perUnit(network.visible, couplings.visible.range ?? usualRange(network.visible))
  const hiddenRange = couplings.hidden?.range ?? 'all'
  const seen = hiddenRange === 'all' ? units : Math.min(units, (2 * hiddenRange + 1) ** 2)
  const hiddenUnits = hidden === undefined ? 0 : countOf(hidden)
  return {
    units,
    couplings: edges?.length ?? Math.min(pairs, neighbours),
    hidden: hiddenUnits,
    hiddenCouplings: hiddenUnits * seen,
  }
}

/** Couplings over units, which edges can only lower. */
function perUnit({ lattice, kind }: Keys['network']['visible'], range: Range): number {
  if (range === 'all') return Infinity
  if (lattice === undefined) return range === 'nearest' ? 1 : range
  if (range === 'nearest') return kind === 'triangular' ? 3 : 2
  return ((2 * range + 1) ** 2 - 1) / 2
}

const unitsPath = ({ network }: Keys) => ['network', 'visible', unitsKey(network)]

/** Refuses networks that are too large by themselves; true where it does. */
function sayCounts({ units, couplings, hidden, hiddenCouplings }: Sizes, scenario: Keys, say: Say): boolean {
  const [allUnits, allCouplings] = [mostUnits, mostCouplings].map((most) => most.toLocaleString('en'))
  if (units > mostUnits) say(unitsPath(scenario), `${units} units; expected at most ${allUnits}`)
  else if (couplings > mostCouplings)
    say(
      ['network', 'couplings', 'visible', 'range'],
      `about ${couplings} couplings between ${units} units; expected at most ${allCouplings}. Lower the range or the units (edges: [] couples none)`,
    )
  else if (hidden > mostUnits || hiddenCouplings > mostCouplings)
    say(
      ['network', 'hidden', 'units'],
      `${hidden} hidden units with about ${hiddenCouplings} couplings; expected at most ${allUnits} units and ${allCouplings} couplings`,
    )
  else if (units > mostMoving && movesFreely(scenario) && !isCoupledToFew(scenario, units, couplings))
    say(
      unitsPath(scenario),
      `${units} units, whose ${units}² second derivatives choose the time step, take about ${inGiB(8 * units ** 2)}; expected at most ${mostMoving.toLocaleString('en')} units in a plain simulation, or couplings of each to few others alone`,
    )
  else return false
  return true
}

/** Whether it is a plain simulation of units that move, not only flip. */
function movesFreely({ protocol, network }: Keys): boolean {
  return protocol !== undefined && toldBlocks(network).some(({ states }) => states === null)
}

/** Whether second derivatives are looked at coupling by coupling (see `relaxationBound`): units with terms of their own and of pairs, and nothing else. */
function isCoupledToFew({ network, potential }: Keys, units: number, couplings: number): boolean {
  return (
    network.hidden === undefined &&
    potential.features === undefined &&
    (potential.force ?? []).length === 0 &&
    potential.pair.every((term) => term === 'bilinear' || term === 'quartic' || typeof term === 'object') &&
    16 * (2 * couplings + units) < units * units
  )
}

/** What takes memory: the key to lower, how many numbers it stands for, and what they are. */
interface Part {
  readonly path: string[]
  readonly numbers: number
  readonly what: string
}

function partsOf({ units, couplings, hidden, hiddenCouplings }: Sizes, scenario: Keys): Part[] {
  const { network, potential, sampling, learning, data, noising, initial, observe } = scenario
  // Hidden units that move are rows of the state, and not denoised.
  const rows =
    units + (network.hidden !== undefined && (isShared(network.hidden) || hiddenMoves(network.hidden)) ? hidden : 0)
  const perTrajectory = rows * copiesOfBatch + hidden * copiesOfHidden
  // Samples are denoised, and losses measured, all at once.
  const hiddenOfAll = learning === undefined ? 0 : hidden * copiesOfHidden
  const { trajectories, batch } = sampling
  const parts: Part[] = []
  const tables = tableEntries(scenario, couplings + hiddenCouplings)
  const add = (path: string[], numbers: number, what: string) => parts.push({ path, numbers, what })
  add(['potential', 'pair'], tables * copiesOfTables, 'tables of pairs of states')
  add(
    ['sampling', 'trajectories'],
    trajectories * (rows * copiesOfStates + hiddenOfAll + 8),
    `${trajectories} states of ${units} units`,
  )
  add(['sampling', 'batch'], Math.min(batch, trajectories) * perTrajectory, 'trajectories that advance together')
  const frames = framesOf(scenario)
  if (observe.includes('trajectories'))
    add(
      ['record', 'trajectories'],
      Math.min(scenario.record.trajectories, trajectories) * rows * frames * copiesOfRecorded,
      'recorded trajectories',
    )
  for (const { own, place } of ownObservables(observe))
    add(
      ['observe', String(place)],
      numbersOf(own, scenario, couplings, frames),
      `what the observable ${own.name} keeps`,
    )
  const correlated = initial?.kind === 'equilibrium' || observe.includes('moments')
  if (data !== undefined || correlated || trajectories >= 2 * units)
    add(unitsPath(scenario), units * units * copiesOfCovariance, `covariances of ${units} units`)
  if (learning === undefined) add(['noising', 'slices'], 8 * noising.slices, 'knots')
  else {
    const knots = noising.slices + 1
    const { onsite, pair } = potential
    const parameters = units * onsite.length + couplings * pair.length + hiddenCouplings + hidden
    add(['noising', 'slices'], knots * (parameters * copiesOfKnots + 8), `${parameters} parameters at ${knots} knots`)
    const { settle, refine } = learning
    add(['learning', 'batch'], learning.batch * perTrajectory, `minibatches of ${units} units`)
    if (settle !== undefined)
      add(['learning', 'settle', 'batch'], settle.batch * perTrajectory, `minibatches of ${units} units`)
    if (refine !== undefined)
      add(
        ['learning', 'refine', 'trajectories'],
        refine.trajectories * (rows * copiesOfStates + hidden * copiesOfHidden),
        `${refine.trajectories} generated states of ${units} units`,
      )
  }
  return [...parts, ...partsOfData(units, hiddenOfAll, data)]
}

function partsOfData(units: number, hiddenOfAll: number, data: Keys['data']): Part[] {
  const parts: Part[] = []
  if (data?.source === 'trajectories')
    parts.push({
      path: ['data', 'steps'],
      numbers: data.runs * (data.steps + data.settle) * (data.units ?? units) * copiesOfData,
      what: 'trajectories',
    })
  if (data !== undefined && 'samples' in data)
    parts.push({
      path: ['data', 'samples'],
      numbers: data.samples * (units * copiesOfData + hiddenOfAll + 8),
      what: `states of ${units} units`,
    })
  return parts
}

/** Frames that are recorded, at most. A step that is not given is not known yet: then the run looks again. */
function framesOf({ record: { frames, every }, protocol }: Keys): number {
  if (every === undefined) return frames ?? mostFrames
  return protocol?.dt === undefined ? mostFrames : Math.ceil(protocol.duration / protocol.dt / every)
}

/** Numbers that an observable keeps: of each trajectory its mean and, with lags, products and the last values; of each frame. */
function numbersOf(
  own: ObservableKeys,
  { sampling, protocol, network }: Keys,
  couplings: number,
  frames: number,
): number {
  const { lags = [], histogram } = own
  const elements = Array.isArray(own.of) ? own.of.length : isOfPairs(own) ? couplings : unitsOf(network)
  const remembered = (Math.max(0, ...lags) / (protocol?.duration ?? Infinity)) * frames
  const ofTrajectory = 1 + 3 * lags.length + (lags.length > 0 ? remembered + 1 : 0)
  const ofBatch = 4 * elements * Math.min(sampling.batch, sampling.trajectories)
  return sampling.trajectories * ofTrajectory + ofBatch + 8 * frames + 128 * (histogram?.bins ?? 0)
}

/** Entries of the tables of categorical pairs: a bound from the sum over all pairs, and from the largest table of each coupling. */
function tableEntries({ network, potential }: Keys, couplings: number): number {
  if (!potential.pair.includes('pair-table')) return 0
  const sizes = toldBlocks(network).map(({ units, states }) => ({ units, size: states?.length ?? 0 }))
  const all = sizes.reduce((sum, { units, size }) => sum + units * size, 0)
  const largest = sizes.reduce((most, { size }) => Math.max(most, size), 0)
  return Math.min(all ** 2 / 2, couplings * largest ** 2)
}

/** Protocols of more than `mostSteps` steps, as far as the step is known before the stiffness is. */
function saySteps({ protocol, noising, bath, sampling }: Keys, say: Say): void {
  const sayMany = (path: string[], steps: number) => {
    if (steps > mostSteps)
      say(path, `about ${steps.toPrecision(3)} steps; expected at most ${mostSteps.toLocaleString('en')}`)
  }
  const time = (noising.duration ?? defaultNoising.duration) * sampling.slowdown
  if (protocol !== undefined) {
    if (protocol.dt !== undefined) sayMany(['protocol', 'dt'], protocol.duration / protocol.dt)
  } else if (sampling.dt !== undefined) sayMany(['sampling', 'dt'], time / sampling.dt)
  // Generation cuts a relaxation time 1/(μ k0) into at least 1/stepFraction steps.
  else sayMany(['sampling', 'slowdown'], time * bathOf(bath).mobility * noising.stiffness * (1 / stepFraction))
}

/** Bytes in words. */
export function inGiB(bytes: number): string {
  return `${Number((bytes / 2 ** 30).toPrecision(3))} GiB`
}
