/**
 * Number of label units for so many classes: one unit s = ±1 tells two apart, more have one each.
 */
export function labelUnits(classes: number): number {
  return classes > 2 ? classes : 1
}

/** The label units clamped to a class, [labels]: of two classes the first is -1 and the second +1, of more each has its own +1. */
export function clampedTo(index: number, classes: number): number[] {
  if (classes <= 2) return [index === 0 ? -1 : 1]
  return Array.from({ length: classes }, (_, unit) => (unit === index ? 1 : -1))
}
