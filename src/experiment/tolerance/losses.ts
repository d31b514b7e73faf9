import type { Imperfection } from './imperfections.js'
import { stricter, toleranceOf } from './threshold.js'
import type { Curve, Estimate, JudgedBy, Lossy, Quality, Tried } from './tolerance-document.js'

/** Mean, and its standard error s/√n from the spread s of n values. */
function estimate(values: readonly number[]): Estimate {
  const count = values.length
  const value = values.reduce((sum, one) => sum + one, 0) / count
  if (count < 2) return { value, standardError: null }
  const squares = values.reduce((sum, one) => sum + (one - value) ** 2, 0)
  return { value, standardError: Math.sqrt(squares / (count - 1) / count) }
}

/** What each seed has lost; undefined where one has failed: a mean over the others would be one of those that did well. */
function lossesOf(values: readonly (number | null)[], { ideal, worse }: JudgedBy): number[] | undefined {
  const losses = values.flatMap((value, seed) => {
    const before = ideal.values[seed]!
    return value === null ? [] : [worse === 'more' ? value - before! : before! - value]
  })
  return losses.length < values.length ? undefined : losses
}

/**
 * Curves and tolerance of an imperfection.
 *
 * @param values - by each metric, of each size, one for each seed, null where it failed
 */
export function tried(
  imperfection: Imperfection,
  sizes: readonly number[],
  values: readonly (readonly (readonly (number | null)[])[])[],
  metrics: readonly JudgedBy[],
): Omit<Tried, 'command'> {
  const { name, path, about, unit, worse, scale } = imperfection
  const curves = metrics.map((metric, m) => curveOf(imperfection, sizes, values[m]!, metric))
  const known = curves.flatMap(({ tolerance }, m) =>
    tolerance === null ? [] : [{ tolerance, path: metrics[m]!.path }],
  )
  const strictest = known.reduce<(typeof known)[number] | null>(
    (best, one) => (best === null || stricter(one.tolerance, best.tolerance, worse) ? one : best),
    null,
  )
  return {
    ...{ name, path, about, unit, worse, scale, curves },
    tolerance: strictest?.tolerance ?? null,
    decidedBy: strictest === null || strictest.tolerance.where === 'above' ? null : strictest.path,
  }
}

function curveOf(
  { scale }: Imperfection,
  sizes: readonly number[],
  values: readonly (readonly (number | null)[])[],
  metric: JudgedBy,
): Curve {
  const losses = values.map((of) => lossesOf(of, metric))
  const whole = sizes.flatMap((size, n) => (losses[n] === undefined ? [] : [{ size, of: losses[n] }]))
  return {
    sizes: sizes.map((size, n) => ({ size, ...lossy(values[n]!, metric) })),
    tolerance:
      whole.length === 0
        ? null
        : toleranceOf(
            whole.map(({ size }) => size),
            whole.map(({ of }) => of),
            metric.lost,
            scale,
          ),
  }
}

/** Mean over the seeds that have not failed. */
export function qualityOf(values: readonly (number | null)[]): Quality {
  const known = values.filter((value) => value !== null)
  return { quality: known.length === 0 ? null : estimate(known), values }
}

/** The same, and what is lost. */
export function lossy(values: readonly (number | null)[], metric: JudgedBy): Lossy {
  const losses = lossesOf(values, metric)
  return { ...qualityOf(values), loss: losses === undefined ? null : estimate(losses) }
}
