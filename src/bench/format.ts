/** Three significant digits, without an exponent where it can be avoided: `364`, `8.41`, `0.0123`. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return '–'
  if (value !== 0 && Math.abs(value) < 1e-3) return value.toExponential(1)
  return String(Number(value.toPrecision(3)))
}

const units = [
  { scale: 1, name: 's' },
  { scale: 1e-3, name: 'ms' },
  { scale: 1e-6, name: 'µs' },
  { scale: 1e-9, name: 'ns' },
]

/** A time with its unit: `1.24 ms`. */
export function time(seconds: number): string {
  const { scale, name } = units.find((unit) => Math.abs(seconds) >= unit.scale) ?? units.at(-1)!
  return `${figure(seconds / scale)} ${name}`
}

/** Site-updates per second in millions. */
export function millions(rate: number): string {
  return figure(rate / 1e6)
}
