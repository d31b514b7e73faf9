/**
 * A number for a legend, with a real minus sign and an en dash for none.
 * @param digits significant digits
 */
export function readNumber(value: number, digits = 4): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(digits))).replace('-', '−') : '–'
}

/**
 * Labels of an axis. A log axis names the powers of ten only, or 1, 2 and 5 when there are fewer than three of them; below a
 * thousandth it writes 1e−4, which fits beside the axis.
 * @param splits where the axis has its ticks; null where the axis itself leaves the label out
 * @param log whether the axis is logarithmic
 */
export function tickValues(splits: (number | null)[], log: boolean): (string | null)[] {
  const isPower = (value: number) => /^1e/.test(Number(value.toPrecision(6)).toExponential())
  const few = splits.filter((value) => value !== null && isPower(value)).length < 3
  return splits.map((value) => {
    if (value === null) return null
    if (log && !isPower(value) && !(few && /^[25]/.test(value.toExponential()))) return null
    return log && value < 1e-3 ? Number(value.toPrecision(6)).toExponential().replace('-', '−') : readNumber(value)
  })
}
