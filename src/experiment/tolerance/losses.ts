import type { Imperfection } from './imperfections.js'
import { toleranceOf } from './threshold.js'
import type { Estimate, Lossy, Quality, Tried } from './tolerance-document.js'

/** What a loss is. */
export interface LossScale {
  /** of each seed without imperfections */
  readonly ideal: readonly number[]
  /** whether the quality is worse where the figure is more, or less */
  readonly worse: 'more' | 'less'
  /** loss that counts */
  readonly lost: number
}

/** Mean, and its standard error s/√n from the spread s of n values. */
function estimate(values: readonly number[]): Estimate {
  const count = values.length
  const value = values.reduce((sum, one) => sum + one, 0) / count
  if (count < 2) return { value, standardError: null }
  const squares = values.reduce((sum, one) => sum + (one - value) ** 2, 0)
  return { value, standardError: Math.sqrt(squares / (count - 1) / count) }
}

/** What each seed has lost; undefined where one has failed: a mean over the others would be one of those that did well. */
function lossesOf(
  values: readonly (number | null)[],
  { ideal, worse }: Pick<LossScale, 'ideal' | 'worse'>,
): number[] | undefined {
  const losses = values.flatMap((value, seed) =>
    value === null ? [] : [worse === 'more' ? value - ideal[seed]! : ideal[seed]! - value],
  )
  return losses.length < values.length ? undefined : losses
}

/** Curve and tolerance of an imperfection. @param values - of each size, one for each seed, null where it failed */
export function tried(
  imperfection: Imperfection,
  sizes: readonly number[],
  values: readonly (readonly (number | null)[])[],
  scale: LossScale,
): Omit<Tried, 'command'> {
  const losses = values.map((of) => lossesOf(of, scale))
  const whole = sizes.flatMap((size, n) => (losses[n] === undefined ? [] : [{ size, of: losses[n] }]))
  const { name, path, about, unit, worse } = imperfection
  return {
    ...{ name, path, about, unit, worse, scale: imperfection.scale },
    sizes: sizes.map((size, n) => ({ size, ...lossy(values[n]!, scale) })),
    tolerance:
      whole.length === 0
        ? null
        : toleranceOf(
            whole.map(({ size }) => size),
            whole.map(({ of }) => of),
            scale.lost,
            imperfection.scale,
          ),
  }
}

/** Mean over the seeds that have not failed. */
export function qualityOf(values: readonly (number | null)[]): Quality {
  const known = values.filter((value) => value !== null)
  return { quality: known.length === 0 ? null : estimate(known), values }
}

/** The same, and what is lost. */
export function lossy(values: readonly (number | null)[], scale: Pick<LossScale, 'ideal' | 'worse'>): Lossy {
  const losses = lossesOf(values, scale)
  return { ...qualityOf(values), loss: losses === undefined ? null : estimate(losses) }
}
