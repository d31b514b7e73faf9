import { type Check, statisticalCheck } from '../../physics/observe/check.js'
import { constantOf, type ObservedCheck } from '../scenario/checks.js'
import type { CheckContext } from './run-check.js'

/** An observable's mean, or its correlation at a lag, beside the number that the scenario expects. */
export function observedCheck(
  { observable, lag, expected, within }: ObservedCheck,
  { observed }: Pick<CheckContext, 'observed'>,
): Check {
  const found = observed.observables.find(({ name }) => name === observable)
  if (found === undefined) throw new Error(`no observable is called ${observable}`)
  const truth = constantOf(expected)
  if (lag === undefined) {
    const { value, standardError } = found.mean
    return statisticalCheck(`mean of ${observable}`, value, truth, standardError, within)
  }
  // The run's lags are whole frames: the one that was asked for is the nearest.
  const { lag: lags, value, standardError } = found.correlation!
  const place = lags.reduce((best, at, n) => (Math.abs(at - lag) < Math.abs(lags[best]! - lag) ? n : best), 0)
  const name = lag === 0 ? `variance of ${observable}` : `correlation of ${observable} after ${lag}`
  return statisticalCheck(name, value[place]!, truth, standardError[place]!, within)
}
