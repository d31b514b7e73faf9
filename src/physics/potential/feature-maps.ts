import { onsiteFormulas, pairFormulas } from '../formula/partials.js'
import { compileScalar } from '../formula/scalar.js'
import type { FeatureMap, FeaturesOf } from './features.js'

/**
 * φ_a = e^(-|x - c_a|²/2s²), one for each centre c_a ([centres][units]), of width s. A bump is a product over the axes, and
 * centres on a grid share their coordinates: an exponential is taken for each different coordinate only.
 */
export function radialFeatures(centres: readonly (readonly number[])[], width: number): FeaturesOf {
  return (units) => {
    const grid = createGrid(centres, width, units)
    const { place, factor, slope, narrow, visit } = grid
    const count = centres.length
    return {
      count,
      evaluate(x, value, gradient, hessian) {
        visit(x)
        for (let a = 0; a < count; a++) {
          let phi = 1
          for (let i = 0; i < units; i++) phi *= factor[place[a * units + i]!]!
          if (value !== null) value[a] = phi
          if (gradient !== null)
            for (let i = 0; i < units; i++) gradient[a * units + i] = slope[place[a * units + i]!]! * phi
          if (hessian === null) continue
          for (let i = 0; i < units; i++)
            for (let j = 0; j < units; j++) {
              const product = slope[place[a * units + i]!]! * slope[place[a * units + j]!]!
              hessian[(a * units + i) * units + j] = phi * (product - (i === j ? narrow : 0))
            }
        }
      },
      ...(units === 2 ? { addSum: planeSum(grid) } : {}),
    }
  }
}

/** The different coordinates of the centres, and what a bump is made of at each of them. */
function createGrid(centres: readonly (readonly number[])[], width: number, units: number) {
  const axes = Array.from({ length: units }, (_, i) => [...new Set(centres.map((centre) => centre[i]!))])
  const coordinates = Float64Array.from(axes.flat())
  const unitOf = Int32Array.from(axes.flatMap((axis, i) => axis.map(() => i)))
  const factor = new Float64Array(coordinates.length)
  const slope = new Float64Array(coordinates.length)
  /** where they were taken: value, slope and curvature of a state are asked for in calls of their own */
  const last = new Float64Array(units).fill(Number.NaN)
  return {
    /** [centres, units]: which coordinates a centre has */
    place: Int32Array.from(centres.flatMap((c) => axes.map((axis, i) => unitOf.indexOf(i) + axis.indexOf(c[i]!)))),
    /** e^(-u²/2) at each coordinate, u = (x_i - c)/s */
    factor,
    /** its logarithmic slope, -u/s */
    slope,
    /** 1/s², by which that slope falls */
    narrow: 1 / (width * width),
    /** writes `factor` and `slope` at x [units] */
    visit(x: Float64Array): void {
      let isSame = true
      for (let i = 0; i < units; i++) {
        if (x[i] !== last[i]) isSame = false
        last[i] = x[i]!
      }
      if (isSame) return
      for (let n = 0; n < slope.length; n++) {
        const u = (x[unitOf[n]!]! - coordinates[n]!) / width
        slope[n] = -u / width
        factor[n] = Math.exp((-u * u) / 2)
      }
    },
  }
}

type Grid = ReturnType<typeof createGrid>

/** FeatureMap.addSum for two units, with every sum in a register. */
function planeSum({ place, factor, slope, narrow, visit }: Grid): NonNullable<FeatureMap['addSum']> {
  return (theta, x, gradient, hessian) => {
    visit(x)
    if (gradient !== null) {
      let g0 = 0
      let g1 = 0
      for (let a = 0; a < theta.length; a++) {
        const p = place[2 * a]!
        const q = place[2 * a + 1]!
        const push = theta[a]! * factor[p]! * factor[q]!
        g0 += push * slope[p]!
        g1 += push * slope[q]!
      }
      gradient[0]! += g0
      gradient[1]! += g1
    }
    if (hessian !== null) {
      let h00 = 0
      let h01 = 0
      let h11 = 0
      for (let a = 0; a < theta.length; a++) {
        const p = place[2 * a]!
        const q = place[2 * a + 1]!
        const push = theta[a]! * factor[p]! * factor[q]!
        const s0 = slope[p]!
        const s1 = slope[q]!
        h00 += push * (s0 * s0 - narrow)
        h01 += push * s0 * s1
        h11 += push * (s1 * s1 - narrow)
      }
      hessian[0]! += h00
      hessian[1]! += h01
      hessian[2]! += h01
      hessian[3]! += h11
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
    const partials = units === 1 ? onsiteFormulas(text) : pairFormulas(text)
    const phi = compileScalar(partials.value)
    const slopes = partials.slopes.map(compileScalar)
    const curvatures = partials.curvatures.map(compileScalar)
    return {
      count: 1,
      evaluate(x, value, gradient, hessian) {
        const [first, second] = [x[0]!, x[1]!]
        if (value !== null) value[0] = phi(first, second)
        if (gradient !== null) for (let i = 0; i < slopes.length; i++) gradient[i] = slopes[i]!(first, second)
        if (hessian !== null) for (let n = 0; n < curvatures.length; n++) hessian[n] = curvatures[n]!(first, second)
      },
    }
  }
}
