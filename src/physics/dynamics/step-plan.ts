import { invalidValue } from '../../errors.js'
import { mostSteps, type StepTimes, wholeSteps } from '../protocol/protocol.js'
import type { Driven } from './driven.js'
import { baseStep, looksOf } from './looks.js'
import { createJudge } from './step-judge.js'
import { keyOf, limitsOf, type StepLimits } from './step-limits.js'
import { type NarrowFeature, resolution } from './timestep.js'

/** Rough steps within a relaxation time may displace the units by this many thermal widths together. */
const mostRough = 0.02

/** The first guess of what one of them may do. */
const oneRough = mostRough / 8

/** Steps below this share of the duration have no times of their own in double precision. */
const shortest = 2 ** -44

/** Steps that are planned one by one, at most, those that are planned again among them: some seconds of work for a few units. */
const mostPlanned = 100_000

/** Steps, and what set their number. */
export interface PlannedSteps extends StepTimes {
  readonly limits: StepLimits
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
  const budget = { left: mostPlanned }
  for (let floor = oneRough; ; floor /= 4) {
    const { cut, rough, finest } = cutsOf(driven, judge, steps, floor, budget)
    if (roughest(rough, base / resolution) > mostRough) continue
    const times = cutTimes(duration, steps, cut, seen.ends)
    const cuts = [...cut.values()].reduce((sum, { length }) => sum + length, 0)
    const asked = finest === null ? null : { steps: cuts, key: keyOf(driven, finest.cause), t: finest.t }
    return { ...times, limits: limitsOf(driven, seen, longest, asked, times.dt.length - steps - cuts) }
  }
}

/** Number of steps of at most a given length. @throws E_INVALID_VALUE for too many */
function countOf(duration: number, dt: number, narrow: NarrowFeature | null | undefined): number {
  const steps = wholeSteps(duration, dt)
  if (Number.isNaN(dt) || Number.isNaN(steps))
    throw invalidValue(
      'the landscape bends without bound, or is no number, where trajectories start or are at once: no time step resolves it. ' +
        'Start elsewhere (initial), or write the terms so that they are finite there.',
      'potential',
    )
  if (steps > mostSteps)
    throw invalidValue(
      `${steps} steps of ${Number(dt.toPrecision(2))}${narrow ? `, which ${narrow.term} asks for by its bend near x = ${Number(narrow.x.toPrecision(4))}` : ''}; ` +
        `expected at most ${mostSteps}. Make it smoother, shorten the protocol, or give protocol.dt.`,
      'protocol.duration',
    )
  return steps
}

/** Bisects until every step is resolved, or rough but short; takes from what may be planned. @throws E_INVALID_VALUE where that has no end */
function cutsOf(
  driven: Driven,
  judge: ReturnType<typeof createJudge>,
  steps: number,
  floor: number,
  budget: { left: number },
): Cuts {
  const { duration } = driven
  const at = (n: number) => (duration * n) / steps
  const cut = new Map<number, number[]>()
  const rough: { t: number; impulse: number }[] = []
  let finest: Cuts['finest'] = null
  const part = (from: number, to: number, ends: number[]): void => {
    const { kind, impulse, cause } = judge(from, to, to - from, floor)
    if (kind === 'rough') rough.push({ t: from, impulse })
    if (kind !== 'finer') return
    if (--budget.left < 0 || to - from < shortest * duration) throw tooFast(driven, from, cause)
    const middle = (from + to) / 2
    if (finest === null || to - from < finest.length) finest = { t: from, length: to - from, cause }
    // Four at once, where they will do.
    if (judge(from, to, (to - from) / 4, floor).kind === 'resolved') {
      budget.left -= 3
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
