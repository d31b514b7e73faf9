/** A comparison with an exact truth. */
export interface Check {
  readonly name: string
  /** statistical: |value - truth| against a standard error; identity: against a tolerance */
  readonly kind: 'statistical' | 'identity'
  readonly value: number
  readonly truth: number
  readonly standardError: number | null
  /** largest |value - truth| that passes */
  readonly tolerance: number
  readonly z: number | null
  /** a negative control passes when it is rejected */
  readonly control: boolean
  readonly pass: boolean
}

/** |z| beyond which a statistical check fails. */
const limit = 4

/**
 * A statistical check. `bias` is what the truth may be off by for a known reason (such as an O(h²) term) and widens the
 * tolerance; it must be derived, never fitted.
 */
export function statisticalCheck(name: string, value: number, truth: number, standardError: number, bias = 0): Check {
  const tolerance = limit * standardError + bias
  const z = standardError > 0 ? (value - truth) / standardError : null
  return {
    name,
    kind: 'statistical',
    value,
    truth,
    standardError,
    tolerance,
    z,
    control: false,
    pass: Math.abs(value - truth) <= tolerance,
  }
}

/** A check of a summary of many comparisons, such as the largest |z|: no error of its own, but a known range. */
export function rangeCheck(name: string, value: number, truth: number, tolerance: number): Check {
  return { ...identityCheck(name, value, truth, tolerance), kind: 'statistical' }
}

/** A check of an identity that holds to rounding. */
export function identityCheck(name: string, value: number, truth: number, tolerance: number): Check {
  return {
    name,
    kind: 'identity',
    value,
    truth,
    standardError: null,
    tolerance,
    z: null,
    control: false,
    pass: Math.abs(value - truth) <= tolerance,
  }
}
