import { isShared } from '../../../physics/network/described.js'
import { hiddenMoves } from '../../../physics/network/hidden-kind.js'
import { defaultNoising } from '../../../physics/protocol/noising.js'
import type { Keys } from '../keys.js'
import { toldBlocks } from '../network.js'
import type { Say } from '../parts.js'

/** What a scenario is: a plain simulation, learning from data, or an objective. */
export function sayKind({ objective, learning, data, protocol }: Keys, say: Say): void {
  if (objective !== undefined) return
  if ((learning === undefined) !== (data === undefined))
    say([learning === undefined ? 'data' : 'learning'], 'data and learning go together; a plain simulation has neither')
  if ((protocol === undefined) === (learning === undefined))
    say(['protocol'], 'expected either protocol (a plain simulation), data and learning, or an objective')
}

/** Formulas in the time: it runs in a plain simulation; learning and objectives have landscapes of their own at each noise time. */
export function sayClock({ potential, protocol }: Keys, say: Say): void {
  if (protocol !== undefined) return
  for (const key of ['onsite', 'pair'] as const)
    potential[key].forEach((entry, index) => {
      if (typeof entry !== 'string' && /\bt\b/.test(entry.formula))
        say(
          ['potential', key, index, 'formula'],
          'the time t runs in a plain simulation only (a scenario with a protocol); what is learned has parameters at each noise time. Write it without t',
        )
    })
}

/** A start that fits the units, a temperature that all of them can follow, and what runs of both directions need. */
export function saySimulation(scenario: Keys, say: Say): void {
  const { initial, protocol, network, observe } = scenario
  if (protocol !== undefined && initial === undefined)
    say(['initial'], 'a plain simulation needs a start, for example initial: { kind: point, x: 0 }')
  const units = toldBlocks(network).reduce((sum, block) => sum + block.units, 0)
  const start = initial?.kind === 'point' ? initial.x : initial?.kind === 'gaussian' ? initial.mean : undefined
  if (Array.isArray(start) && start.length !== units)
    say(
      ['initial', initial?.kind === 'point' ? 'x' : 'mean'],
      `expected one value, or a list of ${units} (one for each unit), got ${start.length}`,
    )
  if (initial?.kind === 'relax') sayRelaxation(scenario, initial.from, units, say)
  if (protocol === undefined && (initial?.kind === 'equilibrium' || initial?.kind === 'relax'))
    say(['initial'], 'generation starts in the equilibrium of the noising trap by itself; remove initial')
  if (protocol?.schedule?.steps === 'file') sayFileSteps(protocol, say)
  if (protocol?.kT !== undefined && network.hidden !== undefined && !isShared(network.hidden))
    say(
      ['protocol', 'kT'],
      'hidden units follow the temperature of the bath, which must not change; remove one of them',
    )
  if (protocol?.bothWays !== true) return
  if (initial?.kind !== 'equilibrium' && initial?.kind !== 'relax')
    say(
      ['protocol', 'bothWays'],
      'both directions start in equilibrium; expected initial: { kind: equilibrium }, or { kind: relax } where units are coupled',
    )
  if (protocol.kT !== undefined)
    say(['protocol', 'bothWays'], 'a free energy is one at a constant temperature; remove protocol.kT')
  if (!observe.includes('work'))
    say(['protocol', 'bothWays'], 'the free energy comes from the work; add work to observe')
}

/** Steps from the times of a file are those, in their order. */
function sayFileSteps({ dt, reversed, bothWays }: NonNullable<Keys['protocol']>, say: Say): void {
  if (dt !== undefined) say(['protocol', 'dt'], 'the steps are from protocol.schedule.file; remove one of them')
  if (reversed || bothWays)
    say(
      ['protocol', 'schedule', 'steps'],
      'steps of a file run forwards only; expected chosen, or no reversed protocol',
    )
}

/** Halves of a relaxation of which one can tell whether they agree, at most so few. */
const fewestRelaxed = 20

/** Two different places for a relaxation, and trajectories enough to compare what comes of them. */
function sayRelaxation({ sampling }: Keys, from: readonly (number | number[])[], units: number, say: Say): void {
  const wrong = from.findIndex((place) => Array.isArray(place) && place.length !== units)
  if (wrong >= 0)
    say(
      ['initial', 'from', wrong],
      `expected one value, or a list of ${units} (one for each unit), got ${(from[wrong] as number[]).length}`,
    )
  const [one, other] = from.map((place) => (Array.isArray(place) ? place : new Array<number>(units).fill(place)))
  if (one!.join() === other!.join())
    say(
      ['initial', 'from'],
      'expected two different places: only trajectories from both can tell that they forgot where they began',
    )
  if (sampling.trajectories < fewestRelaxed)
    say(
      ['sampling', 'trajectories'],
      `expected at least ${fewestRelaxed}, to compare both halves; got ${sampling.trajectories}`,
    )
}

/** Noising that has an end, samples that can be measured, and a reverse drive in its own time. */
export function sayGeneration({ data, learning, noising, protocol, sampling }: Keys, say: Say): void {
  const isMeasured = data !== undefined && sampling.inpaint === undefined && sampling.noised === undefined
  if (isMeasured && sampling.trajectories < 10)
    say(['sampling', 'trajectories'], `expected at least 10, to measure the samples; got ${sampling.trajectories}`)
  const { duration = defaultNoising.duration, tMin = defaultNoising.tMin } = noising
  if (tMin >= duration) say(['noising', 'tMin'], `expected less than noising.duration (${duration})`)
  if (protocol !== undefined && sampling.slowdown !== 1)
    say(
      ['sampling', 'slowdown'],
      'it is of generation; a simulation runs its protocol as slowly as protocol.duration says',
    )
  if (learning !== undefined && sampling.drive === 'reverse' && sampling.slowdown !== 1)
    say(
      ['sampling', 'slowdown'],
      'the reverse drive runs the noising backwards in its own time, and at another speed it generates another law; use drive: quasi-static, or remove slowdown',
    )
}

/** A clock where a trained network generates from noise on, and what belongs to one. */
export function sayNoiseClock({ learning, noising, sampling, observe }: Keys, say: Say): void {
  const { clock, duration, slowest, slowdown, inpaint, noised } = sampling
  for (const [key, value] of Object.entries({ duration, slowest }))
    if (clock === undefined && value !== undefined)
      say(['sampling', key], 'it says how a clock goes; add sampling.clock, or remove it')
  if (clock === undefined) return
  if (learning === undefined) say(['sampling', 'clock'], 'needs a network that learned; a simulation has its protocol')
  if (slowdown !== 1) say(['sampling', 'slowdown'], 'a clock has its own duration; use sampling.duration')
  if (inpaint !== undefined || noised !== undefined)
    say(['sampling', 'clock'], 'samples given images are driven in the time of the noising; remove it')
  if (clock !== 'optimal' && slowest !== undefined)
    say(['sampling', 'slowest'], 'it is of the optimal clock; a uniform one has one speed')
  const evenly =
    (noising.duration ?? defaultNoising.duration) / (duration ?? noising.duration ?? defaultNoising.duration)
  if (slowest !== undefined && slowest >= evenly)
    say(['sampling', 'slowest'], `expected less than the speed ${Number(evenly.toPrecision(3))} of a uniform clock`)
  if (observe.includes('error-budget'))
    say(['sampling', 'clock'], 'observe: error-budget is of the reverse drive in its own time; remove one of them')
}

/** Observables of samples that are drawn given something: what a whole trajectory of generation has, they have not. */
const observedGiven = ['work', 'heat', 'virial', 'moments', 'energy']

/** What samples that are drawn given images need: a trained network that follows at once, and nothing of whole trajectories. */
export function sayConditions({ learning, sampling, network, observe, checks }: Keys, say: Say): void {
  const { inpaint, noised, trajectories } = sampling
  const given = inpaint ?? noised
  if (given === undefined) return
  const name = inpaint === undefined ? 'noised' : 'inpaint'
  if (inpaint !== undefined && noised !== undefined)
    say(['sampling', 'noised'], 'expected either inpaint or noised, not both')
  if (learning === undefined) say(['sampling', name], 'needs a network that learned; a plain simulation has none')
  if (network.hidden !== undefined && hiddenMoves(network.hidden))
    say(['network', 'hidden', 'kind'], `with sampling.${name} hidden units follow at once; use bistable or quartic`)
  if (trajectories % given.completions !== 0)
    say(
      ['sampling', 'trajectories'],
      `expected images × completions, a multiple of ${given.completions}; got ${trajectories}`,
    )
  const unknown = observe.findIndex((name) => typeof name !== 'string' || !observedGiven.includes(name))
  if (unknown >= 0)
    say(['observe', unknown], `not known of samples drawn given images; expected ${observedGiven.join(', ')}`)
  if (checks.length > 0) say(['checks', 0], 'no check applies to samples drawn given images; remove it')
}
