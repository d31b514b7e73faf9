/**
 * The on-site potential of a hidden oscillator, a double well with its minima at s = ±1 and a barrier between them:
 *
 *     w(s)/kT = B (s² - 1)²,   that is -α s²/2 + β s⁴/4 + B kT with α = β = 4B kT
 */

/** w(s)/kT. `barrier`: B, in kT. */
export function well(barrier: number, s: number): number {
  return barrier * (s * s - 1) ** 2
}

/** w'(s)/kT = 4B s(s² - 1). */
export function wellSlope(barrier: number, s: number): number {
  return 4 * barrier * s * (s * s - 1)
}

/** w″(s)/kT = 4B(3s² - 1): 8B at the minima. */
export function wellCurvature(barrier: number, s: number): number {
  return 4 * barrier * (3 * s * s - 1)
}

/**
 * The lowest point of w(s)/kT - ys for y ≥ 0: the largest root of s³ - s = y/4B, which is
 * (2/√3) cos(⅓ arccos c) for c = (3√3/2) y/4B ≤ 1 and (2/√3) cosh(⅓ arcosh c) beyond.
 */
export function wellMinimum(barrier: number, y: number): number {
  const c = (1.5 * Math.sqrt(3) * y) / (4 * barrier)
  return (2 / Math.sqrt(3)) * (c <= 1 ? Math.cos(Math.acos(c) / 3) : Math.cosh(Math.acosh(c) / 3))
}

/** Spacing of the quadrature and how far it reaches beyond a well, in widths 1/√w″ of the deeper well. */
const spacing = 1 / 8
const reach = 16
/** From this field on the well against it, e^(-2y) as likely, counts for nothing. */
const oneSided = 40

/** The density e^(ys - w(s)/kT) on a grid over all of its weight, scaled to 1 at its lowest point. */
export interface WellDensity {
  /** the lowest point of w(s)/kT - ys */
  readonly top: number
  /** s - top, equally spaced */
  readonly distance: Float64Array
  readonly weight: Float64Array
}

/**
 * The density of one unit under the field y = u/kT ≥ 0. Sums over the grid times its spacing are integrals to rounding: the
 * trapezoidal rule on a smooth function that vanishes at both ends. With d = s - top the exponent is
 * -d²(w″/2kT + 4B top d + B d²), exactly, so that large fields cancel nothing.
 *
 * Cost: some hundreds of exponentials.
 */
export function wellDensity(barrier: number, y: number): WellDensity {
  const top = wellMinimum(barrier, y)
  const curvature = wellCurvature(barrier, top)
  const width = 1 / Math.sqrt(curvature)
  const end = reach * width
  const start = y < oneSided ? -end - 2 * top : -end
  const points = Math.ceil((end - start) / (spacing * width))
  const distance = Float64Array.from({ length: points + 1 }, (_, n) => start + ((end - start) * n) / points)
  const weight = distance.map((d) => Math.exp(-d * d * (curvature / 2 + barrier * d * (4 * top + d))))
  return { top, distance, weight }
}

/**
 * ln Z(y) = ln ∫ e^(ys - w(s)/kT) ds and its first three derivatives, which are the mean of s, its variance and its third
 * central moment.
 */
export function wellCumulants(barrier: number, y: number): [number, number, number, number] {
  const { top, distance, weight } = wellDensity(barrier, y)
  const total = weight.reduce((sum, w) => sum + w, 0)
  const mean = weight.reduce((sum, w, n) => sum + w * distance[n]!, 0) / total
  const central = (power: number) => weight.reduce((sum, w, n) => sum + w * (distance[n]! - mean) ** power, 0) / total
  const lowest = y * top - well(barrier, top)
  return [lowest + Math.log(total * (distance[1]! - distance[0]!)), top + mean, central(2), central(3)]
}
