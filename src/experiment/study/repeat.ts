import { breathe, type Hooks } from '../../backend/hooks.js'
import type { BackendName } from '../../backend/node/open.js'
import { StoppedError } from '../../errors.js'
import type { Arithmetic } from '../../learning/objectives/arithmetic.js'
import { createLandscape } from '../../learning/objectives/landscape.js'
import { type Estimate, meanOf } from '../../physics/observe/estimate.js'
import type { Potential } from '../../physics/potential/potential.js'
import type { Executor, JobInput, JobKind } from '../executor/executor.js'
import { openForJob } from '../executor/share.js'
import { openStages, unkept } from '../record/stages.js'
import { defineScenario } from '../scenario/load.js'
import { withAbsolutePaths } from '../scenario/paths.js'
import { createStudyProblem, type StudyProblem } from './problem.js'
import { runStudy } from './studies.js'
import type { Arm, Repetition, StudyHooks, StudyLine } from './study.js'

/** A repetition with the curves that it recorded. */
interface Recorded {
  readonly found: Repetition
  readonly lines: readonly StudyLine[]
}

/** A repetition, and the backend of all. */
interface RepetitionInput extends JobInput {
  readonly backend: BackendName
  readonly of: string
}

/** What is kept of a repetition: its lines so far, and the state of its study. */
interface RepetitionState {
  readonly lines: readonly StudyLine[]
  readonly study: unknown
}

/** A repetition of a study: the seed says which. Without a directory nothing of it is kept. */
export const repetition: JobKind<RepetitionInput, Recorded> = {
  name: 'repetition',
  writes: 'states',
  async run({ scenario, seed, backend: name, threads, of, directory, interval }, { onProgress, onNote, signal }) {
    const stages = directory === undefined ? unkept : openStages(directory, { of: `${of} ${seed}`, interval, onNote })
    const keeper = stages.keeper<RepetitionState>('job')
    const lines = [...(keeper.found?.lines ?? [])]
    /** where it rests, as long as no state is kept that is of later */
    let resting: RepetitionState | null = null
    const keep = (state: RepetitionState | null) => {
      if (state !== null) keeper.keep(state)
      resting = null
    }
    const { backend } = await openForJob(name, threads)
    /** of each potential, since one takes room until the backend is closed */
    const known = new Map<Potential, Arithmetic | undefined>()
    const hooks: StudyHooks = {
      backend,
      record: (line) => lines.push({ kind: 'objective', seed, ...line }),
      landscape(potential, bath) {
        if (!known.has(potential)) known.set(potential, backend.arithmetic?.(potential, bath))
        return createLandscape(potential, bath, known.get(potential))
      },
      found: keeper.found?.study ?? null,
      unfit: () => keeper.unfit('is the state of another study'),
      rests(study) {
        resting = { lines: [...lines], study }
      },
      async progress(share, state) {
        onProgress(share)
        await breathe()
        if (signal.aborted || keeper.isDue()) keep(state === undefined ? resting : { lines, study: state() })
        if (signal.aborted) throw new StoppedError()
      },
    }
    try {
      // Validated again, a scenario that came from elsewhere brings its formulas along.
      return { found: await runStudy(createStudyProblem(await defineScenario(scenario)), seed, hooks), lines }
    } finally {
      await backend.close()
    }
  },
}

/**
 * Runs the study of a problem at each of its seeds, which are independent.
 *
 * @param on - what computes each, and of which run it is
 * @param onProgress - told the share of all the work that is done
 * @returns what was found over all of them, and the curves in the order of the seeds
 * @throws StoppedError when `signal` aborted, and OverdampedError of a repetition
 */
export async function repeatStudy(
  { seeds, scenario, law }: StudyProblem,
  executor: Executor,
  on: Pick<RepetitionInput, 'backend' | 'threads' | 'of'>,
  onProgress: (share: number) => void,
  { signal, onNote }: Pick<Hooks, 'signal' | 'onNote'>,
): Promise<{ study: Study; lines: StudyLine[] }> {
  const shares = seeds.map(() => 0)
  const repetitions = await executor.map(
    repetition,
    seeds.map((seed, index) => ({ scenario: withAbsolutePaths(scenario), seed, index, ...on })),
    {
      signal,
      onNote: (_, line) => onNote?.(line),
      onProgress: (place, share) => {
        shares[place] = share
        onProgress(shares.reduce((sum, each) => sum + each, 0) / seeds.length)
      },
    },
  )
  const found = repetitions.map((each) => each.found)
  return { study: overSeeds(seeds, found, law?.entropy), lines: repetitions.flatMap(({ lines }) => lines) }
}

/** What a study finds over all its seeds. */
export interface Study extends Omit<Repetition, 'leading'> {
  /** leading figures of the run, for tables of runs */
  readonly metrics: Readonly<Record<string, Estimate & { readonly floor?: number }>>
  /** of the first arm that is expected to succeed and has them: per walker over a repetition, in kT */
  readonly thermodynamics: { readonly work?: Estimate; readonly heat?: Estimate }
}

/**
 * Repetitions together: figures are their means, and checks hold for each. Costs, densities, curves and samples are those of the
 * first.
 *
 * @param entropy - of the data's law where it is known, below which no negative log-likelihood is
 */
function overSeeds(seeds: readonly number[], repetitions: readonly Repetition[], entropy: number | undefined): Study {
  const { arms, leading, densities, curves = [], samples, images = [] } = repetitions[0]!
  const over = ({ name }: Arm, figure: string): Estimate =>
    // Of those that have it: an error may be unknown at some seed.
    meanOf(
      Float64Array.from(
        repetitions.flatMap((each) => each.arms.find((arm) => arm.name === name)!.figures[figure] ?? []),
      ),
    )
  const measured = (arm: Arm | undefined, names: readonly string[]) =>
    arm === undefined
      ? []
      : names.filter((figure) => figure in arm.figures).map((figure) => [figure, over(arm, figure)] as const)
  const billed = arms.find(
    ({ expected, figures }) => expected === 'succeeds' && ('work' in figures || 'heat' in figures),
  )
  return {
    arms: arms.map((arm) => ({
      ...arm,
      figures: Object.fromEntries(
        measured(arm, Object.keys(arm.figures)).map(([figure, { value }]) => [figure, value]),
      ),
    })),
    metrics: Object.fromEntries(
      arms.flatMap((arm) =>
        measured(arm, leading).map(([figure, value]) => [
          `${figure}:${arm.name}`,
          figure === 'negativeLogLikelihood' && entropy !== undefined ? { ...value, floor: entropy } : value,
        ]),
      ),
    ),
    checks: repetitions.flatMap(({ checks }, n) =>
      checks.map((check) => ({ ...check, name: `${check.name}, seed ${seeds[n]}` })),
    ),
    thermodynamics: Object.fromEntries(measured(billed, ['work', 'heat'])),
    densities,
    curves,
    samples,
    images,
    warnings: told(seeds, repetitions),
  }
}

/** Of a study that finds no truth to compare with. */
const untold =
  'No figure here was compared with a truth: none is known for this data and network. Use one or two units, data.source boltzmann from a harmonic network, or for recovery-likelihood objective.cells or objective.probes, for a table objective.target.'

/** A warning that every seed gives stands once; others name theirs. */
function told(seeds: readonly number[], repetitions: readonly Repetition[]): string[] {
  const texts = new Set(repetitions.flatMap(({ warnings }) => warnings))
  const own = [...texts].flatMap((text) => {
    const which = seeds.filter((_, n) => repetitions[n]!.warnings.includes(text))
    return which.length === seeds.length ? [text] : which.map((seed) => `seed ${seed}: ${text}`)
  })
  return repetitions.some(({ checks }) => checks.length > 0) ? own : [untold, ...own]
}
