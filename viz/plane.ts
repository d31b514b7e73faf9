/** The sides of a drawing of the plane, in its own units. */
export const side = 300

/** Where a value stands on an axis from -reach to reach, to a tenth. */
export function placeOn(reach: number): (value: number) => number {
  return (value) => Math.round(((value / reach + 1) * side * 10) / 2) / 10
}

/** Three or five round values, symmetric about zero. */
export function axisTicks(reach: number): number[] {
  const power = 10 ** Math.floor(Math.log10(reach))
  const step = ([5, 2, 1, 0.5].find((multiple) => multiple * power <= reach * 0.9) ?? 0.5) * power
  return reach / step > 1.8 ? [-step, 0, step] : [-step, -step / 2, 0, step / 2, step]
}
