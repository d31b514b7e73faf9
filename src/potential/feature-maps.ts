import { onsiteFormulas, pairFormulas } from '../formula/partials.js'
import { compileScalar } from '../formula/scalar.js'
import type { FeaturesOf } from './features.js'

/** φ_a = e^(-|x - c_a|²/2s²), one for each centre c_a ([centres][units]), of width s. */
export function radialFeatures(centres: readonly (readonly number[])[], width: number): FeaturesOf {
  return (units) => {
    const count = centres.length
    const flat = Float64Array.from(centres.flat())
    return {
      count,
      evaluate(x, value, gradient, hessian) {
        for (let a = 0; a < count; a++) {
          const centre = a * units
          let square = 0
          for (let i = 0; i < units; i++) square += (x[i]! - flat[centre + i]!) ** 2
          const phi = Math.exp(-square / (2 * width * width))
          if (value !== null) value[a] = phi
          if (gradient === null && hessian === null) continue
          for (let i = 0; i < units; i++) {
            const u = (x[i]! - flat[centre + i]!) / width
            if (gradient !== null) gradient[centre + i] = (-u * phi) / width
            if (hessian !== null)
              for (let j = 0; j < units; j++)
                hessian[(centre + i) * units + j] =
                  (phi * ((u * (x[j]! - flat[centre + j]!)) / width - (i === j ? 1 : 0))) / (width * width)
          }
        }
      },
    }
  }
}

/** Every monomial φ = Π_i x_i^(n_i) of total degree from 1 to `degree`; in one unit x, x², …, lowest degree first. */
export function polynomialFeatures(degree: number): FeaturesOf {
  return (units) => {
    const powers = Array.from({ length: degree }, (_, n) => partitions(n + 1, units)).flat()
    /** derivative number `order` of x^n */
    const factor = (x: number, n: number, order: number) =>
      order === 0 ? x ** n : order === 1 ? (n === 0 ? 0 : n * x ** (n - 1)) : n < 2 ? 0 : n * (n - 1) * x ** (n - 2)
    return {
      count: powers.length,
      evaluate(x, value, gradient, hessian) {
        powers.forEach((power, a) => {
          const product = (first: number, second: number) =>
            power.reduce((all, n, i) => all * factor(x[i]!, n, Number(i === first) + Number(i === second)), 1)
          if (value !== null) value[a] = product(-1, -1)
          for (let i = 0; i < units; i++) {
            if (gradient !== null) gradient[a * units + i] = product(i, -1)
            if (hessian !== null) for (let j = 0; j < units; j++) hessian[(a * units + i) * units + j] = product(i, j)
          }
        })
      },
    }
  }
}

/** Every way to share `total` among `parts` numbers ≥ 0. */
function partitions(total: number, parts: number): number[][] {
  if (parts === 1) return [[total]]
  return Array.from({ length: total + 1 }, (_, n) => total - n).flatMap((first) =>
    partitions(total - first, parts - 1).map((rest) => [first, ...rest]),
  )
}

/** cos(q·x) and sin(q·x) for every wave vector q = 2πn/period with whole |n_i| ≤ order, one of each pair ±n. */
export function fourierFeatures(order: number, period: number): FeaturesOf {
  return (units) => {
    const range = Array.from({ length: 2 * order + 1 }, (_, n) => n - order)
    let vectors: number[][] = [[]]
    for (let i = 0; i < units; i++) vectors = vectors.flatMap((vector) => range.map((n) => [...vector, n]))
    const half = vectors.filter((vector) => (vector.find((n) => n !== 0) ?? 0) > 0)
    const waves = half.map((vector) => vector.map((n) => (2 * Math.PI * n) / period))
    return {
      count: 2 * waves.length,
      evaluate(x, value, gradient, hessian) {
        waves.forEach((q, a) => {
          const phase = q.reduce((sum, wave, i) => sum + wave * x[i]!, 0)
          const [cosine, sine] = [Math.cos(phase), Math.sin(phase)]
          if (value !== null) value.set([cosine, sine], 2 * a)
          for (let i = 0; i < units; i++) {
            if (gradient !== null) {
              gradient[2 * a * units + i] = -q[i]! * sine
              gradient[(2 * a + 1) * units + i] = q[i]! * cosine
            }
            if (hessian !== null)
              for (let j = 0; j < units; j++) {
                hessian[(2 * a * units + i) * units + j] = -q[i]! * q[j]! * cosine
                hessian[((2 * a + 1) * units + i) * units + j] = -q[i]! * q[j]! * sine
              }
          }
        })
      },
    }
  }
}

/**
 * A single feature from a formula in x, or in x and y for two units.
 *
 * @throws FormulaError with the column of what is wrong in the formula
 */
export function formulaFeature(text: string): FeaturesOf {
  return (units) => {
    const { value: phi, slopes, curvatures } = units === 1 ? alone(text) : together(text)
    return {
      count: 1,
      evaluate(x, value, gradient, hessian) {
        const at = Array.from(x)
        if (value !== null) value[0] = phi(...at)
        if (gradient !== null) gradient.set(slopes.map((slope) => slope(...at)))
        if (hessian !== null) hessian.set(curvatures.map((curvature) => curvature(...at)))
      },
    }
  }
}

function alone(text: string) {
  const { value, slope, curvature } = onsiteFormulas(text)
  return { value: compileScalar(value), slopes: [compileScalar(slope)], curvatures: [compileScalar(curvature)] }
}

function together(text: string) {
  const { value, slopeX, slopeY, curvatureXX, curvatureXY, curvatureYY } = pairFormulas(text)
  return {
    value: compileScalar(value),
    slopes: [slopeX, slopeY].map(compileScalar),
    curvatures: [curvatureXX, curvatureXY, curvatureXY, curvatureYY].map(compileScalar),
  }
}
