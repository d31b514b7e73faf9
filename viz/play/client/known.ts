/** What is known of each visible unit: 0 where it is free, 1 … 255 from the low end of the record's range to the high one. */
export type Known = Uint8Array

const levels = 254

/** The level of a clean value. */
export function levelOf(value: number, [low, high]: readonly [number, number]): number {
  return 1 + Math.round(levels * Math.min(1, Math.max(0, (value - low) / (high - low))))
}

/** The clean value of a level; NaN where the unit is free. */
export function cleanValue(level: number, [low, high]: readonly [number, number]): number {
  return level === 0 ? Number.NaN : low + ((level - 1) / levels) * (high - low)
}

/** As the worker takes it: clean values, NaN where a unit is free. */
export function cleanValues(known: Known, range: readonly [number, number]): Float32Array {
  return Float32Array.from(known, (level) => cleanValue(level, range))
}

/** How many units are known. */
export function countKnown(known: Known): number {
  return known.reduce((count, level) => count + (level > 0 ? 1 : 0), 0)
}
