import { invalidValue } from '../../errors.js'
import { eachTerm } from '../potential/potential.js'
import { mostSteps, type StepTimes, scheduledAt, wholeSteps } from '../protocol/protocol.js'
import { curvatureBound } from './drive.js'
import type { Driven, Looks } from './driven.js'
import { type Fall, fallOf } from './falls.js'
import { createJudge } from './step-judge.js'
import { type NarrowFeature, resolution, visited } from './timestep.js'

/** Landscapes on the way that the longest step is chosen for; bounds of the schedules see what is between. */
const looks = 20
/** Where the steps that the stiffest look asks for would be more than this many times those that all looks ask for, it is a spike. */
const spike = 12
/** Rough steps within a relaxation time may displace the units by this many thermal widths together. */
const mostRough = 0.02
/** The first guess of what one of them may do. */
const oneRough = mostRough / 8
/** Steps below this share of the duration have no times of their own in double precision. */
const shortest = 2 ** -44
/** Steps that are planned one by one, at most: planning takes about as long as a few trajectories. */
const mostPlanned = 1_000_000

/** The landscapes at equally spaced times, and the times that steps end at which follow the start. */
function looksOf({ potential, theta, scheduled, kT, bath, initial, duration }: Driven): Looks & Pick<Fall, 'ends'> {
  const still = scheduled.length === 0 && kT === null
  const times = still ? [0] : Array.from({ length: looks + 1 }, (_, n) => (duration * n) / looks)
  const at = times.map((t) => scheduledAt(theta, scheduled, t))
  const temperature = times.map((t) => kT?.value(t) ?? bath.kT)
  const seen = at.map((of, n) => visited(potential, of, { kT: temperature[n]! }, initial))
  const { ends, rest } = fallOf(
    potential,
    at[0]!,
    { ...bath, kT: temperature[0]! },
    initial,
    Math.max(1, seen[0]!.curvature),
  )
  const curvature = seen.map((of) => Math.max(1, of.curvature, rest))
  return {
    theta: at,
    kT: temperature,
    curvature,
    narrow: seen.map(({ narrow }) => narrow),
    x: seen.map(({ x }) => x),
    reach: seen.map(({ reach }) => reach),
    ends,
  }
}

/** The look that the step of most of the way is that of: the stiffest, or the middle one where the stiffest is a spike. */
function decisive(curvature: readonly number[]): number {
  const sorted = [...curvature.keys()].sort((a, b) => curvature[a]! - curvature[b]!)
  const stiffest = sorted.at(-1)!
  const mean = curvature.reduce((sum, of) => sum + of, 0) / curvature.length
  return curvature[stiffest]! > spike * mean ? sorted[sorted.length >> 1]! : stiffest
}

function baseStep(curvature: readonly number[], mobility: number): number {
  return resolution / (mobility * curvature[decisive(curvature)]!)
}

/** Steps, and what set their number. */
export interface PlannedSteps extends StepTimes {
  readonly limits: StepLimits
}

/** What set the number of steps. */
export interface StepLimits {
  /** the landscape that whole steps resolve: how much it bends, when and where, and the term that bends most there */
  readonly landscape: {
    readonly curvature: number
    readonly t: number
    readonly x: number
    readonly term: string
    /** whether whole steps are as long as it lets them be, not shorter by the units' own rates */
    readonly decides: boolean
  }
  /** steps that follow the start down */
  readonly falls: number
  /** steps more that a schedule or the time in a formula asked for, the key of the one that asks for the shortest, and when */
  readonly cut: { readonly steps: number; readonly key: string; readonly t: number } | null
}

/** What bisection found: the equal steps that are cut, by their number, and where a schedule stays rough. */
interface Cuts {
  /** times inside of a step that end a shorter one */
  readonly cut: ReadonlyMap<number, readonly number[]>
  /** times of rough steps, ascending, with what each may displace */
  readonly rough: readonly { readonly t: number; readonly impulse: number }[]
  /** the shortest step, and the schedule that asked for it; null without cuts */
  readonly finest: { readonly t: number; readonly length: number; readonly cause: number } | null
}

/**
 * Time steps for a system with schedules: equal ones that resolve the landscapes on the way, cut in halves again and again where
 * a schedule asks for it (see `createJudge`). Spikes are found, not met by chance: bisection goes wherever the bounds of a schedule
 * do not say that it is tame. A jump is met by a step so short that its time does not matter.
 *
 * @param longest - no step is longer
 * @throws E_INVALID_VALUE naming the schedule and the time where steps would become too short or too many
 *
 * Cost: O(log(duration/dt)) judgements for each feature of a schedule, one for each short step.
 */
export function planSteps(driven: Driven, longest: number): PlannedSteps {
  const seen = looksOf(driven)
  const base = baseStep(seen.curvature, driven.bath.mobility)
  const { duration } = driven
  const steps = countOf(
    duration,
    Math.min(base, longest),
    seen.narrow.find((of) => of !== null),
  )
  if (driven.scheduled.length === 0 && driven.kT === null) {
    const times = cutTimes(duration, steps, new Map(), seen.ends)
    return { ...times, limits: limitsOf(driven, seen, longest, null, times.dt.length - steps) }
  }
  const judge = createJudge(driven, seen, base)
  for (let floor = oneRough; ; floor /= 4) {
    const { cut, rough, finest } = cutsOf(driven, judge, steps, floor)
    if (roughest(rough, base / resolution) > mostRough) continue
    const times = cutTimes(duration, steps, cut, seen.ends)
    const cuts = [...cut.values()].reduce((sum, { length }) => sum + length, 0)
    const asked = finest === null ? null : { steps: cuts, key: keyOf(driven, finest.cause), t: finest.t }
    return { ...times, limits: limitsOf(driven, seen, longest, asked, times.dt.length - steps - cuts) }
  }
}

function limitsOf(
  { potential, bath, duration }: Driven,
  looksAt: Looks,
  longest: number,
  cut: StepLimits['cut'],
  falls: number,
): StepLimits {
  const { curvature, narrow, theta } = looksAt
  const n = decisive(curvature)
  const { units } = potential.network
  const x = narrow[n]?.x ?? looksAt.x[n]!
  const alike = new Float64Array(units).fill(x)
  let most = { term: narrow[n]?.term ?? '', bend: narrow[n] === null ? 0 : Infinity }
  eachTerm(potential, (term, own) => {
    const hessian = new Float64Array(units * units)
    term.addHessian(own(theta[n]!), alike, hessian)
    const bend = curvatureBound(hessian, units)
    if (bend > most.bend) most = { term: term.name, bend }
  })
  const t = curvature.length === 1 ? 0 : (duration * n) / looks
  const decides = baseStep(curvature, bath.mobility) <= longest
  return { landscape: { curvature: curvature[n]!, t, x, term: most.term, decides }, falls, cut }
}

/** Number of steps of at most a given length. @throws E_INVALID_VALUE for too many */
function countOf(duration: number, dt: number, narrow: NarrowFeature | null | undefined): number {
  const steps = wholeSteps(duration, dt)
  if (steps > mostSteps)
    throw invalidValue(
      `${steps} steps of ${Number(dt.toPrecision(2))}${narrow ? `, which ${narrow.term} asks for by its bend near x = ${Number(narrow.x.toPrecision(4))}` : ''}; ` +
        `expected at most ${mostSteps}. Make it smoother, shorten the protocol, or give protocol.dt.`,
      'protocol.duration',
    )
  return steps
}

/** Equal steps that were asked for, beside those that resolve the system. */
export interface Outrun {
  /** μ·dt·curvature at the stiffest place that is known of, and when */
  readonly steepness: number
  readonly at: number
  /** the first time at which a schedule goes too far within a step, and the schedule's key; null where none does */
  readonly missed: { readonly t: number; readonly name: string } | null
  /** the longest step that the default steps would have */
  readonly resolved: number
  /** the feature of the potential that asks for it, where it is narrower than a look at the landscape sees */
  readonly narrow: NarrowFeature | null
}

/** How many times more than default steps others may be off before it is said: variances by about 14 %, forces by .1 thermal widths. */
export const slack = 10
/** Steps that miss something, after which nobody looks for worse. */
const mostFaults = 10_000

/**
 * What equal steps miss of a system, with the eyes of `planSteps`.
 *
 * Cost: O(log steps) judgements for each feature of a schedule, one for each step that misses one.
 */
export function outrun(driven: Driven, dt: number): Outrun {
  const { duration, bath } = driven
  const seen = looksOf(driven)
  const base = baseStep(seen.curvature, bath.mobility)
  const steps = wholeSteps(duration, dt)
  const step = duration / steps
  const time = (n: number) => (duration * n) / steps
  const stiffest = seen.curvature.reduce((best, of, n) => (of > seen.curvature[best]! ? n : best), 0)
  const narrow = seen.narrow[stiffest]!
  const known = { steepness: bath.mobility * seen.curvature[stiffest]! * step, at: (duration * stiffest) / looks }
  if (driven.scheduled.length === 0 && driven.kT === null) return { ...known, missed: null, resolved: base, narrow }
  const judge = createJudge(driven, seen, base, step, slack)
  let [missed, stiff, faults]: [Outrun['missed'], Pick<Outrun, 'steepness' | 'at'>, number] = [null, known, 0]
  const look = (from: number, to: number): void => {
    const { kind, cause, steepness } = judge(time(from), time(to), step, Infinity)
    if (kind !== 'finer' || faults >= mostFaults) return
    const middle = (from + to) >> 1
    if (to - from > 1) {
      look(from, middle)
      look(middle, to)
      return
    }
    faults++
    missed ??= { t: time(from), name: keyOf(driven, cause) }
    if (steepness > stiff.steepness) stiff = { steepness, at: time(from) }
  }
  look(0, steps)
  return { ...stiff, missed, resolved: base, narrow }
}

/** Steps whose variances are off so far that it is said. */
export const steepest = slack * 1.25 * resolution

/** Bisects until every step is resolved, or rough but short. @throws E_INVALID_VALUE where that has no end */
function cutsOf(driven: Driven, judge: ReturnType<typeof createJudge>, steps: number, floor: number): Cuts {
  const { duration } = driven
  const at = (n: number) => (duration * n) / steps
  const cut = new Map<number, number[]>()
  const rough: { t: number; impulse: number }[] = []
  let planned = 0
  let finest: Cuts['finest'] = null
  const part = (from: number, to: number, ends: number[]): void => {
    const { kind, impulse, cause } = judge(from, to, to - from, floor)
    if (kind === 'rough') rough.push({ t: from, impulse })
    if (kind !== 'finer') return
    if (++planned > mostPlanned || to - from < shortest * duration) throw tooFast(driven, from, cause)
    const middle = (from + to) / 2
    if (finest === null || to - from < finest.length) finest = { t: from, length: to - from, cause }
    // Four at once, where they will do.
    if (judge(from, to, (to - from) / 4, floor).kind === 'resolved') {
      planned += 3
      ends.push((from + middle) / 2, middle, (middle + to) / 2)
      return
    }
    part(from, middle, ends)
    ends.push(middle)
    part(middle, to, ends)
  }
  const span = (from: number, to: number): void => {
    if (to - from === 1) {
      const ends: number[] = []
      part(at(from), at(to), ends)
      if (ends.length > 0) cut.set(from, ends)
    } else if (judge(at(from), at(to), duration / steps, floor).kind === 'finer') {
      const middle = (from + to) >> 1
      span(from, middle)
      span(middle, to)
    }
  }
  const poles = (from: number, to: number): void => {
    const { impulse, cause } = judge(from, to, to - from, floor)
    if (impulse < Infinity || cause < 0) return
    if (to - from < shortest * duration) throw tooFast(driven, from, cause)
    poles(from, (from + to) / 2)
    poles((from + to) / 2, to)
  }
  // Steps towards a pole have no end.
  poles(0, duration)
  span(0, steps)
  return { cut, rough, finest }
}

/** The key of a schedule; the temperature's is number -1. */
function keyOf({ potential, scheduled }: Driven, cause: number): string {
  const group = potential.groups.findLast(({ offset }) => offset <= (scheduled[cause]?.parameter ?? -1))
  if (group?.clock === true)
    return `potential.${sectionOf(potential, termNameOf(group.name))}.${termNameOf(group.name)}`
  return group === undefined ? 'protocol.kT' : `protocol.parameters.${group.name}`
}

/** The term that a clock belongs to. */
function termNameOf(clock: string): string {
  return clock.slice(0, clock.lastIndexOf('.'))
}

/** Where a scenario lists a term. */
function sectionOf({ terms }: Driven['potential'], name: string): 'onsite' | 'pair' | 'force' {
  const term = terms.find((one) => one.name === name)
  if (term?.driving !== undefined) return 'force'
  return term?.support === 'unit' ? 'onsite' : 'pair'
}

function tooFast(driven: Driven, t: number, cause: number) {
  return invalidValue(
    `near t = ${Number(t.toPrecision(6))} it changes too fast: ${mostPlanned.toLocaleString('en')} short steps do not follow it. ` +
      'Make it smoother, or give protocol.dt: the results then say what its steps miss.',
    keyOf(driven, cause),
  )
}

/** What rough steps within a relaxation time displace together, at most. */
function roughest(rough: Cuts['rough'], relaxation: number): number {
  let [first, sum, largest] = [0, 0, 0]
  for (const { t, impulse } of rough) {
    sum += impulse
    while (t - rough[first]!.t > relaxation) sum -= rough[first++]!.impulse
    largest = Math.max(largest, sum)
  }
  return largest
}

/** Equal steps, some of them cut, also at the times `ends`. */
function cutTimes(duration: number, steps: number, cuts: Cuts['cut'], ends: readonly number[]): StepTimes {
  const at = (n: number) => (duration * n) / steps
  const cut = withEnds(cuts, ends, duration / steps, duration)
  if (cut.size === 0)
    return {
      dt: new Float64Array(steps).fill(duration / steps),
      clock: Float64Array.from({ length: steps + 1 }, (_, n) => at(n)),
    }
  const [clock, dt, even] = [[0], [] as number[], [] as number[]]
  for (let n = 0; n < steps; n++) {
    const ends = cut.get(n)
    for (const end of ends ?? []) {
      dt.push(end - clock.at(-1)!)
      clock.push(end)
    }
    // Whole steps have the same length to the last bit.
    dt.push(ends === undefined ? duration / steps : at(n + 1) - clock.at(-1)!)
    clock.push(at(n + 1))
    even.push(dt.length - 1)
  }
  return { dt: Float64Array.from(dt), clock: Float64Array.from(clock), even: Int32Array.from(even) }
}

/** The cuts with more ends; those that all but fall on another are left out. */
function withEnds(cuts: Cuts['cut'], ends: readonly number[], step: number, duration: number): Cuts['cut'] {
  const cut = new Map(cuts)
  let last = 0
  for (const end of ends) {
    const n = Math.floor(end / step)
    const others = cut.get(n) ?? []
    const nearest = [last, n * step, (n + 1) * step, ...others].map((t) => Math.abs(t - end))
    if (end >= duration || Math.min(...nearest) < shortest * duration) continue
    cut.set(
      n,
      [...others, end].sort((a, b) => a - b),
    )
    last = end
  }
  return cut
}
