import { type Estimate, meanOf } from '../../physics/observe/estimate.js'
import type { Arm, Repetition } from './study.js'

/** What a study finds over all its seeds. */
export interface Study extends Omit<Repetition, 'leading'> {
  /** leading figures of the run, for tables of runs */
  readonly metrics: Readonly<Record<string, Estimate>>
  /** of the first arm that is expected to succeed and has them: per walker over a repetition, in kT */
  readonly thermodynamics: { readonly work?: Estimate; readonly heat?: Estimate }
}

/**
 * Repetitions together: figures are their means, and checks hold for each. Costs, densities and samples are those of the
 * first.
 */
export function overSeeds(seeds: readonly number[], repetitions: readonly Repetition[]): Study {
  const { arms, leading, densities, samples } = repetitions[0]!
  const over = ({ name }: Arm, figure: string): Estimate =>
    estimate(repetitions.map((each) => each.arms.find((arm) => arm.name === name)!.figures[figure]!))
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
      arms.flatMap((arm) => measured(arm, leading).map(([figure, value]) => [`${figure}:${arm.name}`, value])),
    ),
    checks: repetitions.flatMap(({ checks }, n) =>
      checks.map((check) => ({ ...check, name: `${check.name}, seed ${seeds[n]}` })),
    ),
    thermodynamics: Object.fromEntries(measured(billed, ['work', 'heat'])),
    densities,
    samples,
    warnings: told(seeds, repetitions),
  }
}

/** Of a study that finds no truth to compare with. */
const untold =
  'No figure here was compared with a truth: none is known for this data and network. Use one or two units, data.source boltzmann from a harmonic network, or for recovery-likelihood objective.cells or objective.probes.'

/** Mean over repetitions, with its standard error (0 for a single one). */
function estimate(values: readonly number[]): Estimate {
  return values.length < 2 ? { value: values[0]!, standardError: 0 } : meanOf(Float64Array.from(values))
}

/** A warning that every seed gives stands once; others name theirs. */
function told(seeds: readonly number[], repetitions: readonly Repetition[]): string[] {
  const texts = new Set(repetitions.flatMap(({ warnings }) => warnings))
  const own = [...texts].flatMap((text) => {
    const which = seeds.filter((_, n) => repetitions[n]!.warnings.includes(text))
    return which.length === seeds.length ? [text] : which.map((seed) => `seed ${seed}: ${text}`)
  })
  return repetitions.some(({ checks }) => checks.length > 0) ? own : [untold, ...own]
}
