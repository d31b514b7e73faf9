import { type KernelName, scratch, type TermOn, type UnitFunction } from './term.js'

/** How an on-site or pair term is described: its name and what bounds and characterises it. */
export interface TermOptions {
  readonly name: string
  /** see Term.kernel; for the built-in terms */
  readonly kernel?: KernelName
  /** lowest allowed parameter; none by default */
  readonly lowerBound?: number
  /** the force is linear in x */
  readonly harmonic?: boolean
}

/**
 * A term with one parameter for each visible unit: U = Σ_i θ_i φ(x_i), F_i = -θ_i φ'(x_i).
 *
 * Cost of each method: O(units·batch).
 */
export function onsiteTerm(options: TermOptions, phi: UnitFunction): TermOn {
  const { name, kernel, lowerBound = -Infinity, harmonic = false } = options
  return ({ visible, units }) => {
    const row = scratch()
    /** out_i += Σ_b f(x_ib) r_ib, with r = 1 when it is null; a row of r serves every unit where `stride` is 0 */
    const accumulate = (
      f: UnitFunction['value'],
      x: Float64Array,
      r: Float64Array | null,
      batch: number,
      out: Float64Array,
      stride = batch,
    ) => {
      const values = row(batch)
      for (let i = 0; i < visible; i++) {
        f(x, i * batch, batch, values)
        let sum = 0
        if (r === null) for (let b = 0; b < batch; b++) sum += values[b]!
        else for (let b = 0; b < batch; b++) sum += values[b]! * r[i * stride + b]!
        out[i]! += sum
      }
    }
    return {
      name,
      ...(kernel === undefined ? {} : { kernel }),
      support: 'unit',
      size: visible,
      lowerBound,
      harmonic,
      linear: true,
      addForceAndEnergy(theta, x, batch, force, energy) {
        const values = row(batch)
        for (let i = 0; i < visible; i++) {
          const parameter = theta[i]!
          if (force !== null) {
            phi.slope(x, i * batch, batch, values)
            for (let b = 0; b < batch; b++) force[i * batch + b]! -= parameter * values[b]!
          }
          if (energy !== null) {
            phi.value(x, i * batch, batch, values)
            for (let b = 0; b < batch; b++) energy[b]! += parameter * values[b]!
          }
        }
      },
      addStatistic: (_theta, x, batch, out, weights = null) => accumulate(phi.value, x, weights, batch, out, 0),
      addDirectional: (_theta, x, r, batch, out) => accumulate(phi.slope, x, r, batch, out),
      addSquaredGradient(_theta, x, batch, out) {
        const values = row(batch)
        for (let i = 0; i < visible; i++) {
          phi.slope(x, i * batch, batch, values)
          for (let b = 0; b < batch; b++) out[i]! += values[b]! * values[b]!
        }
      },
      addLaplacian: (_theta, x, batch, out) => accumulate(phi.curvature, x, null, batch, out),
      addHessian(theta, x, hessian) {
        const values = row(visible)
        phi.curvature(x, 0, visible, values)
        for (let i = 0; i < visible; i++) hessian[i * units + i]! += theta[i]! * values[i]!
      },
    }
  }
}

/** φ = x²/2: harmonic stiffness k. */
export const stiffness = onsiteTerm(
  { name: 'stiffness', kernel: 'stiffness', harmonic: true },
  {
    value: (x, from, length, out) => {
      for (let n = 0; n < length; n++) out[n] = (x[from + n]! * x[from + n]!) / 2
    },
    slope: (x, from, length, out) => {
      for (let n = 0; n < length; n++) out[n] = x[from + n]!
    },
    curvature: (_x, _from, length, out) => {
      out.fill(1, 0, length)
    },
  },
)

/** φ = x³/3: cubic coefficient c; unbounded below unless a quartic term outweighs it. */
export const cubic = onsiteTerm(
  { name: 'cubic', kernel: 'cubic' },
  {
    value: (x, from, length, out) => {
      for (let n = 0; n < length; n++) out[n] = (x[from + n]! * x[from + n]! * x[from + n]!) / 3
    },
    slope: (x, from, length, out) => {
      for (let n = 0; n < length; n++) out[n] = x[from + n]! * x[from + n]!
    },
    curvature: (x, from, length, out) => {
      for (let n = 0; n < length; n++) out[n] = 2 * x[from + n]!
    },
  },
)

/** φ = x⁴/4: quartic coefficient a ≥ 0. */
export const quartic = onsiteTerm(
  { name: 'quartic', kernel: 'quartic', lowerBound: 0 },
  {
    value: (x, from, length, out) => {
      for (let n = 0; n < length; n++) {
        const square = x[from + n]! * x[from + n]!
        out[n] = (square * square) / 4
      }
    },
    slope: (x, from, length, out) => {
      for (let n = 0; n < length; n++) out[n] = x[from + n]! * x[from + n]! * x[from + n]!
    },
    curvature: (x, from, length, out) => {
      for (let n = 0; n < length; n++) out[n] = 3 * x[from + n]! * x[from + n]!
    },
  },
)

/** φ = -x: bias force f, so that F = +f. */
export const bias = onsiteTerm(
  { name: 'bias', kernel: 'bias', harmonic: true },
  {
    value: (x, from, length, out) => {
      for (let n = 0; n < length; n++) out[n] = -x[from + n]!
    },
    slope: (_x, _from, length, out) => {
      out.fill(-1, 0, length)
    },
    curvature: (_x, _from, length, out) => {
      out.fill(0, 0, length)
    },
  },
)
