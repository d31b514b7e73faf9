import type { Backend } from '../../backend/backend.js'
import type { ReliabilityBin } from '../../learning/evaluation/calibration.js'
import type { Cost, Landscape } from '../../learning/objectives/landscape.js'
import type { Locality } from '../../learning/objectives/objective.js'
import type { PointSet, States } from '../../physics/network/states.js'
import type { Check } from '../../physics/observe/check.js'
import type { Potential } from '../../physics/potential/potential.js'
import type { Bath } from '../../physics/protocol/bath.js'
import type { ObjectiveSettings } from '../scenario/objective.js'
import type { StudyProblem } from './problem.js'

/** What is to be tried, and whether it should work: an arm that is expected to fail is a control, and shown failing. */
export interface ArmPlan {
  readonly name: string
  readonly expected: 'succeeds' | 'fails'
  /** what others are judged beside, such as all data at once: a run does not stand for it */
  readonly reference?: true
}

/** One way of doing it, beside others: an objective, a move, or a known wrong one. */
export interface Arm extends ArmPlan {
  readonly locality: Locality
  /** measured, by name; `work` and `heat` are a walker's, in kT */
  readonly figures: Readonly<Record<string, number>>
  /** of one repetition */
  readonly cost: Cost
  /** of the first repetition: of classes that it tells, in bins of how sure it is */
  readonly reliability?: readonly ReliabilityBin[]
}

/** A density over one unit, or two, on a common grid: truth, data or model of an arm. */
export interface DrawnDensity {
  readonly name: string
  readonly units: 1 | 2
  /** grid along each axis, [points] */
  readonly x: Float64Array
  /** [points] or [points, points] row-major */
  readonly density: Float64Array
}

/** A curve that stands on a chart with others, such as a generated series beside the data's: in curves.npz. */
export interface DrawnCurve {
  /** which chart */
  readonly chart: 'margin' | 'series' | 'autocovariance'
  readonly name: string
  /** [points], ascending */
  readonly x: Float64Array
  readonly y: Float64Array
}

/** Images that an arm drew, [count, units]. */
interface DrawnImages {
  readonly name: string
  readonly images: PointSet
}

/** What one repetition of a study finds: everything but what needs several seeds. */
export interface Repetition {
  readonly arms: readonly Arm[]
  /** names of the figures that stand for the run in tables of runs */
  readonly leading: readonly string[]
  /** their names say nothing of the seed */
  readonly checks: readonly Check[]
  readonly densities: readonly DrawnDensity[]
  readonly curves?: readonly DrawnCurve[]
  /** states of the best arm, [units, batch]: samples.npy; null where it has none without weights */
  readonly samples: States | null
  /** of units on a lattice: what each arm draws, row by row */
  readonly images?: readonly DrawnImages[]
  /** what can't be trusted and what mends it */
  readonly warnings: readonly string[]
}

/** Figures of one arm at one iteration: a line of metrics.jsonl. */
export interface StudyLine {
  readonly kind: 'objective'
  readonly arm: string
  readonly seed: number
  readonly iteration: number
  readonly figures: Readonly<Record<string, number>>
}

/** How work that takes long tells how far it is, lets others have a turn, and is kept. */
export interface Going<State> {
  /** the state that it goes on from, as it was kept; null where it begins */
  readonly found: State | null
  /**
   * Says that a share of it, from 0 to 1, is done.
   *
   * @param state - what it goes on from here with the same bits: plain data, kept where that is due and where the run was stopped. Without
   *   it nothing is to be had of what was done since the last state, or rest
   * @throws StoppedError when the run was stopped
   */
  progress(share: number, state?: () => State): Promise<void>
  /** the error for a state that is not of this work */
  unfit(): Error
}

/** How a repetition tells what it does, and goes on. */
export interface StudyHooks extends Going<unknown> {
  /** keeps a point of a curve */
  record(line: Omit<StudyLine, 'kind' | 'seed'>): void
  /** what the run is on, for what is simulated or trained slice by slice */
  readonly backend: Backend
  /** a landscape that nothing was asked of yet, computed by whatever backend the run is on */
  landscape(potential: Potential, bath: Bath): Landscape
  /** a state that does not change any more, in which the repetition goes on until it shows another */
  rests(state: unknown): void
}

/** Runs everything that one kind of objective shows, once, with the random numbers of one seed. */
export type RunStudy<Settings extends ObjectiveSettings> = (
  problem: StudyProblem<Settings>,
  seed: number,
  hooks: StudyHooks,
) => Promise<Repetition>

/** What one arm of a study finds. */
export interface Found extends Omit<Arm, keyof ArmPlan> {
  readonly checks?: readonly Check[]
  readonly densities?: readonly DrawnDensity[]
  readonly curves?: readonly DrawnCurve[]
  readonly warnings?: readonly string[]
  /** states that stand for it, drawn where they are asked for */
  readonly samples?: (() => States) | undefined
}

/** What an arm has found, as plain data: that of its plan, and its samples where they stand for the repetition. */
export type FoundArm<Own extends Found = Found> = ArmPlan & Omit<Own, 'samples'> & { readonly samples?: States }

/** How one arm keeps a point of its curve, tells how far it is, and goes on. */
export interface ArmHooks<State = never> extends Pick<StudyHooks, 'landscape'>, Going<State> {
  record(iteration: number, figures: StudyLine['figures']): void
}

/** The arms that are done, and the state of the one under way; null where that begins. */
interface ArmsState<Own extends Found, State> {
  readonly done: readonly FoundArm<Own>[]
  readonly arm: State | null
}

/**
 * Runs the arms of a study in turn, each with a share of the progress. Those that were done when it was kept are not run again.
 *
 * @param run - an arm, told what those before it found: a closure's own memory does not last
 * @returns what each found, in the order of the plans; it has samples where they stand for the repetition, which are those of the first arm
 *   that is expected to succeed and has some
 */
export async function armByArm<Plan extends ArmPlan, State, Own extends Found>(
  plans: readonly Plan[],
  hooks: StudyHooks,
  run: (plan: Plan, hooks: ArmHooks<State>, before: readonly FoundArm<Own>[]) => Promise<Own>,
): Promise<FoundArm<Own>[]> {
  const kept = hooks.found as ArmsState<Own, State> | null
  const done = [...(kept?.done ?? [])]
  let found = kept?.arm ?? null
  while (done.length < plans.length) {
    const index = done.length
    const plan = plans[index]!
    const { name, expected, reference } = plan
    const record: ArmHooks['record'] = (iteration, figures) => hooks.record({ arm: name, iteration, figures })
    const progress: Going<State>['progress'] = (share, state) => {
      const going = state === undefined ? undefined : () => ({ done: [...done], arm: state() })
      return hooks.progress((index + share) / plans.length, going)
    }
    const { samples, ...own } = await run(
      plan,
      { landscape: hooks.landscape, unfit: hooks.unfit, found, record, progress },
      done,
    )
    const stands = expected === 'succeeds' && done.every((arm) => arm.samples === undefined)
    const drawn = stands ? samples?.() : undefined
    done.push({
      ...{ name, expected },
      ...(reference === undefined ? {} : { reference }),
      ...{ ...own, cost: { ...own.cost } },
      ...(drawn === undefined ? {} : { samples: { x: drawn.x, batch: drawn.batch } }),
    })
    found = null
    hooks.rests({ done: [...done], arm: null } satisfies ArmsState<Own, State>)
  }
  return done
}

/** What the arms of a repetition found, put together. @param leading - names of the figures that stand for it */
export function repetitionOf(found: readonly FoundArm[], leading: readonly string[]): Repetition {
  return {
    arms: found.map(({ name, expected, reference, locality, figures, cost, reliability }) => ({
      ...{ name, expected, locality, figures, cost },
      ...(reference === undefined ? {} : { reference }),
      ...(reliability === undefined ? {} : { reliability }),
    })),
    leading,
    checks: found.flatMap(({ checks = [] }) => checks),
    densities: found.flatMap(({ densities = [] }) => densities),
    curves: found.flatMap(({ curves = [] }) => curves),
    samples: found.find(({ samples }) => samples !== undefined)?.samples ?? null,
    warnings: found.flatMap(({ warnings = [] }) => warnings),
  }
}

/** Work and heat of a walker, in kT, as far as they were measured. */
export function exchangeOf({ work, heat }: Cost, walkers: number): { work?: number; heat?: number } {
  return {
    ...(work === null ? {} : { work: work / walkers }),
    ...(heat === null ? {} : { heat: heat / walkers }),
  }
}

/** Share of the walkers below which a few of them carry all the weight. */
const collapse = 0.05

/** The warning of an arm whose smallest share of walkers that count was `lowest`; none where that is enough, or expected. */
export function collapseWarning({ name, expected }: ArmPlan, lowest: number, remedy: string) {
  if (lowest >= collapse || expected === 'fails') return []
  return [
    `${name}: the weights of only ${(100 * lowest).toPrecision(2)} % of the walkers counted at one time, so all rests on few of them. ${remedy}.`,
  ]
}
