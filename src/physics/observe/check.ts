import type { Estimate } from './estimate.js'

/** A comparison with an exact truth. */
export interface Check {
  /** what is compared */
  readonly name: string
  /** statistical: |value - truth| against a standard error; identity: against a tolerance */
  readonly kind: 'statistical' | 'identity'
  /** what was measured */
  readonly value: number
  /** what it is to be */
  readonly truth: number
  /** of the value; null for an identity */
  readonly standardError: number | null
  /** largest |value - truth| that passes */
  readonly tolerance: number
  /** (value - truth)/standardError; null for an identity */
  readonly z: number | null
  /** a negative control passes when it is rejected */
  readonly control: boolean
  /** null where it can't be told, for the `reason` given */
  readonly pass: boolean | null
  /** why it can't be told */
  readonly reason?: string
}

/** |z| up to which a statistical check passes, and beyond which a negative control counts as rejected. */
const limit = { passes: 4, rejected: 8 }

const noError = 'its standard error is not known: a single value has none, nor has an average that a single value makes'

/** The same check as one that neither passes nor fails. */
export function notApplicable(check: Check, reason: string): Check {
  return { ...check, pass: null, reason }
}

/**
 * Says that a measured number is the truth to within 4 standard errors. `bias` is what the truth may be off by for a known
 * reason (such as an O(h²) term, or rounding) and widens the tolerance; it must be derived, never fitted. Of a number without
 * a finite standard error nothing can be said.
 */
export function statisticalCheck(name: string, value: number, truth: number, standardError: number, bias = 0): Check {
  if (!Number.isFinite(standardError))
    return notApplicable(compared('statistical', name, value, truth, Number.NaN), noError)
  const z = standardError > 0 ? (value - truth) / standardError : null
  return { ...compared('statistical', name, value, truth, limit.passes * standardError + bias), standardError, z }
}

/** Says that a wrong thing, which was run on purpose, is off the truth of the right one by more than 8 standard errors. */
export function controlCheck(name: string, { value, standardError }: Estimate, truth: number): Check {
  const check = statisticalCheck(name, value, truth, standardError)
  if (check.pass === null) return check
  return rejected({ ...check, tolerance: limit.rejected * standardError })
}

/** Says that an identity holds to rounding. */
export function identityCheck(name: string, value: number, truth: number, tolerance: number): Check {
  return compared('identity', name, value, truth, tolerance)
}

/**
 * Says that a number which has no error of its own, such as a distance or the largest |z| of many, meets a stated bar; that it
 * misses it where it is expected to fail: then it is a control.
 */
export function barCheck(
  name: string,
  value: number,
  truth: number,
  tolerance: number,
  expected: 'succeeds' | 'fails' = 'succeeds',
): Check {
  const check = compared('statistical', name, value, truth, tolerance)
  return expected === 'fails' ? rejected(check) : check
}

function compared(kind: Check['kind'], name: string, value: number, truth: number, tolerance: number): Check {
  const pass = Math.abs(value - truth) <= tolerance
  return { name, kind, value, truth, standardError: null, tolerance, z: null, control: false, pass }
}

/** The same as a control: it passes where it misses the truth, and not where it is no number. */
function rejected(check: Check): Check {
  return { ...check, control: true, pass: Math.abs(check.value - check.truth) > check.tolerance }
}
