import type { Check } from '../../physics/observe/check.js'
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
  const over = ({ name }: Arm, figure: string): Estimate | null => {
    const values = repetitions.map((each) => each.arms.find((arm) => arm.name === name)!.figures[figure])
    return values[0] === undefined ? null : meanOf(Float64Array.from(values as number[]))
  }
  const metrics = arms.flatMap((arm) =>
    leading.flatMap((figure) => {
      const value = over(arm, figure)
      return value === null ? [] : [[`${figure}:${arm.name}`, value] as const]
    }),
  )
  const billed = arms.find(
    ({ expected, figures }) => expected === 'succeeds' && ('work' in figures || 'heat' in figures),
  )
  const exchange = (['work', 'heat'] as const).flatMap((key) => {
    const value = billed === undefined ? null : over(billed, key)
    return value === null ? [] : [[key, value] as const]
  })
  return {
    arms: arms.map((arm) => ({
      ...arm,
      figures: Object.fromEntries(Object.keys(arm.figures).map((figure) => [figure, over(arm, figure)!.value])),
    })),
    metrics: Object.fromEntries(metrics),
    checks: repetitions.flatMap(({ checks }, n) => checks.map((check) => named(check, seeds[n]!))),
    thermodynamics: Object.fromEntries(exchange),
    densities,
    samples,
    warnings: told(seeds, repetitions),
  }
}

/** Of a study that finds no truth to compare with. */
const untold =
  'No figure here was compared with a truth: none is known for this data and network. Use one or two units, data.source boltzmann from a harmonic network, or for recovery-likelihood objective.cells or objective.probes.'

function named(check: Check, seed: number): Check {
  return { ...check, name: `${check.name}, seed ${seed}` }
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
