/** Shown where a figure is absent. */
export const absent = '–'

/**
 * A number for people: `digits` significant digits, a real minus sign, powers of ten outside [1e-4, 1e6); whole numbers
 * below that stand as they are.
 * @param value any number; undefined and non-finite values give an en dash
 * @param digits significant digits, 1 or more
 */
export function formatNumber(value: number | undefined, digits = 3): string {
  if (value === undefined || !Number.isFinite(value)) return absent
  const size = Math.abs(value)
  if (Number.isInteger(value) && size < 1e6) return withMinus(String(value))
  if (size >= 1e6 || size < 1e-4) return scientific(value, digits)
  const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(size)))
  return withMinus(value.toFixed(decimals))
}

/**
 * `0.841 ± 0.017`: a value with its standard error, both rounded to the second significant digit of the error.
 * @param value the mean
 * @param standardError ≥ 0; without one the value stands alone
 */
export function formatWithError(value: number | undefined, standardError: number | undefined): string {
  if (value === undefined || standardError === undefined || !(standardError > 0)) return formatNumber(value)
  if (standardError < 1e-5 || standardError >= 1e6 || Math.abs(value) >= 1e6)
    return `${formatNumber(value, digitsBeside(value, standardError))} ± ${formatNumber(standardError, 2)}`
  const decimals = decimalsOf(standardError)
  return `${withMinus(value.toFixed(decimals))} ± ${standardError.toFixed(decimals)}`
}

/** A value with its standard error, or `0.841 ± unknown` where it must have one and none is known: of a single trajectory, say. */
export function formatEstimate(value: number | undefined, standardError: number | undefined): string {
  const known =
    value === undefined || !Number.isFinite(value) || (standardError !== undefined && Number.isFinite(standardError))
  return known ? formatWithError(value, standardError) : `${formatNumber(value)} ± unknown`
}

/**
 * A figure that stands beside a value with a standard error: rounded to the same decimals, so that the two compare at sight.
 * @param figure such as the control of a metric
 * @param standardError of the value it stands beside
 */
export function formatBeside(figure: number | undefined, standardError: number | undefined): string {
  if (!figure || standardError === undefined || !(standardError >= 1e-5)) return formatNumber(figure)
  return Math.abs(figure) >= 1e6 ? formatNumber(figure) : withMinus(figure.toFixed(decimalsOf(standardError)))
}

/** A whole number with thousands separated: 1,000. */
export function formatCount(value: number): string {
  return value.toLocaleString('en')
}

/** `3.2 s`, `4 min 12 s`, `1 h 5 min`: a duration in seconds, for people. */
export function formatDuration(seconds: number): string {
  if (seconds < 0.01) return '< 0.01 s'
  if (seconds < 60) return `${formatNumber(seconds, seconds < 10 ? 2 : 3)} s`
  const whole = Math.round(seconds)
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`
  return `${Math.floor(whole / 3600)} h ${Math.round((whole % 3600) / 60)} min`
}

/** `heldOutLoss` → `held out loss`: a name of the contract in words. */
export function words(name: string): string {
  return name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/[-_]/g, ' ')
    .toLowerCase()
}

/** `a, b and c`. */
export function enumerate(items: readonly string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`
}

/** Decimals up to the second significant digit; an error of .0996 rounds to .10, so the digits are those of the rounded error. */
function decimalsOf(standardError: number): number {
  return Math.max(0, 1 - Math.floor(Math.log10(Number(standardError.toPrecision(2)))))
}

/** Significant digits of a value down to the second one of its error, and four at the most. */
function digitsBeside(value: number, standardError: number): number {
  const power = (of: number) => Math.floor(Math.log10(Number(Math.abs(of).toPrecision(2))))
  return value === 0 ? 1 : Math.min(4, Math.max(1, power(value) - power(standardError) + 2))
}

function withMinus(text: string): string {
  return text.startsWith('-') ? `−${text.slice(1)}` : text
}

function scientific(value: number, digits: number): string {
  const [mantissa, exponent] = value.toExponential(digits - 1).split('e') as [string, string]
  const raised = [...String(Number(exponent))].map((c) => (c === '-' ? '⁻' : '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(c)])).join('')
  return `${withMinus(mantissa)}×10${raised}`
}
