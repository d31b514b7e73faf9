import type { Estimate } from '../../physics/observe/estimate.js'
import type { ObservableResult } from '../../physics/observe/observables.js'

/** A mean, as results.json has it. */
interface Mean {
  readonly mean: number
  readonly standardError: number
}

/** An observable of one's own, as results.json has it; what is a function of something stands in observables.npz. */
export interface ObservableFigures extends Mean {
  readonly name: string
  readonly formula: string
  readonly of: 'units' | 'pairs'
  /** how many units or pairs */
  readonly count: number
  readonly reduce: 'mean' | 'sum'
  /** the average over time begins here, and is over so many recorded times */
  readonly from: number
  readonly times: number
  /** over trajectories at the last time */
  readonly final: Mean
  readonly correlation?: {
    readonly with: string
    readonly lag: readonly number[]
    readonly value: readonly number[]
    readonly standardError: readonly number[]
  }
  /** how many values of single units or pairs lay below, within and above the bins */
  readonly histogram?: { readonly below: number; readonly within: number; readonly above: number }
}

/** What results.json says of observables. */
export function observableFigures(found: readonly ObservableResult[]): ObservableFigures[] {
  return found.map(({ observable, name, mean, final, time, correlation, density }) => {
    const { formula, elements, reduce, from, partner } = observable
    return {
      ...{ name, formula: formula.text, of: elements.y === null ? 'units' : 'pairs', count: elements.x.length, reduce },
      ...{ from: time[from]!, times: time.length - from, ...asMean(mean), final: asMean(final) },
      ...(correlation && {
        correlation: {
          with: partner === null ? name : found[partner]!.name,
          lag: [...correlation.lag],
          value: [...correlation.value],
          standardError: [...correlation.standardError],
        },
      }),
      ...(density && { histogram: { below: density.below, within: density.within, above: density.above } }),
    }
  })
}

function asMean({ value, standardError }: Estimate): Mean {
  return { mean: value, standardError }
}

/** Why a figure of an observable is not known, and what mends it. */
export function observableWarnings(found: readonly ObservableResult[]): string[] {
  return found.flatMap(({ name, notFinite, converged, perTrajectory }) => {
    if (notFinite !== null)
      return [
        `observable ${name} is not a finite number on trajectory ${notFinite.trajectory} at t = ${notFinite.time}, so its averages are not known. Give a formula that has a value there.`,
      ]
    if (converged || perTrajectory.length > 1) return []
    return [
      `observable ${name}: one trajectory is too short for a standard error of its mean over time. Run it longer, record more times (record.frames), or run several (sampling.trajectories).`,
    ]
  })
}
