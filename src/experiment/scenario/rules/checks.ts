import { didYouMean, listed } from '../../../errors.js'
import type { Keys } from '../keys.js'
import { ownObservables } from '../observables.js'
import type { Say } from '../parts.js'

/** Observables beside numbers: they are there, and so are the lags of their correlations. */
export function sayChecks({ checks, observe }: Keys, say: Say): void {
  const found = ownObservables(observe).map(({ own }) => own)
  checks.forEach((check, index) => {
    if (typeof check === 'string') return
    const names = found.map(({ name }) => name)
    const own = found.find(({ name }) => name === check.observable)
    if (own === undefined) {
      const known = names.length === 0 ? 'there is none' : `expected ${listed(names)}`
      say(
        ['checks', index, 'observable'],
        `no observable with a formula is called "${check.observable}"; ${known}.${didYouMean(check.observable, names)} ` +
          'Add one to observe, for example { name: square, formula: x^2 }',
      )
    } else if (check.lag !== undefined && own.lags?.includes(check.lag) !== true)
      say(
        ['checks', index, 'lag'],
        `expected one of the lags of "${own.name}"${own.lags === undefined ? ', which has none' : ` (${own.lags.join(', ')})`}, got ${check.lag}`,
      )
  })
}
