// Forces and energies of a group:
//   F_i = -k x - c x² - a x³ + f - Σ_j [ J_ij x_j + 2 G_ij x_i x_j² ] + Σ_l L_il s_l + Σ_h V_ih tanh(u_h/kT)
//   U = Σ_i [ k x²/2 + c x³/3 + a x⁴/4 - f x + x_i (Jx)_i/2 + x_i² (Gx²)_i/2 - Σ_l L_il x_i s_l ] - kT Σ_h log 2cosh(u_h/kT)
import { logTwoCosh4, meanResponse } from './hidden'
import { addLabelForces, labelField } from './label'
import { denseProduct, sparseProduct } from './product'
import {
  absent,
  bilinearField,
  dense,
  hiddenField,
  hiddenForce,
  hiddenResponse,
  quarticField,
  System,
  scratchBytes,
  squares,
} from './system'

function pairProduct(system: System, form: i32, w: usize, u: usize, uStride: usize, out: usize, groups: i32): void {
  const stride = scratchBytes(system)
  if (form === dense) denseProduct(w, system.rows, system.rows, u, uStride, out, stride, groups)
  else sparseProduct(system.start, system.neighbour, w, system.units, u, uStride, out, stride, groups)
}

/**
 * What the couplings add to the forces at x, in the scratch memory of each group. `x`: [groups][rows][16].
 */
export function couplingFields(system: System, block: usize, x: usize, scratch: usize, groups: i32): void {
  const rows = (<usize>system.rows) << 6
  const stride = scratchBytes(system)
  const field = bilinearField(scratch)
  const end = <usize>groups
  if (system.bilinear !== absent)
    pairProduct(system, system.bilinear, block + system.bilinearOffset, x, rows, field, groups)
  else for (let group: usize = 0; group < end; group++) memory.fill(field + group * stride, 0, rows)
  if (system.pairQuartic !== absent) {
    const square = squares(system, scratch)
    for (let group: usize = 0; group < end; group++)
      for (let o: usize = 0; o < rows; o += 16) {
        const value = v128.load(x + group * rows + o)
        v128.store(square + group * stride + o, f32x4.mul(value, value))
      }
    const out = quarticField(system, scratch)
    pairProduct(system, system.pairQuartic, block + system.pairQuarticOffset, square, stride, out, groups)
  }
  if (system.hidden > 0) {
    const u = hiddenField(system, scratch)
    const response = hiddenResponse(system, scratch)
    denseProduct(block + system.transposedOffset, system.hiddenRows, system.rows, x, rows, u, stride, groups)
    for (let group: usize = 0; group < end; group++)
      meanResponse(
        u + group * stride,
        block + system.hiddenBiasOffset,
        system.hiddenRows,
        1 / system.kT,
        response + group * stride,
      )
    const force = hiddenForce(system, scratch)
    denseProduct(block + system.hiddenOffset, system.rows, system.hiddenRows, response, stride, force, stride, groups)
  }
}

/** Forces of a group at x; the fields must be there. `force`: [rows][16], the padded ones left alone. */
export function groupForces(system: System, block: usize, x: usize, scratch: usize, force: usize): void {
  const column = (<usize>system.rows) << 2
  const rows = (<usize>system.units) << 6
  const field = bilinearField(scratch)
  for (let row: usize = 0; row < rows; row += 64) {
    const parameter = block + (row >> 4)
    const k = v128.load32_splat(parameter)
    const c = v128.load32_splat(parameter + column)
    const a = v128.load32_splat(parameter + 2 * column)
    const f = v128.load32_splat(parameter + 3 * column)
    for (let o = row; o < row + 64; o += 16) {
      const value = v128.load(x + o)
      let g = f32x4.add(f32x4.mul(a, value), c)
      g = f32x4.add(f32x4.mul(g, value), k)
      g = f32x4.sub(f, f32x4.mul(g, value))
      v128.store(force + o, f32x4.sub(g, v128.load(field + o)))
    }
  }
  if (system.pairQuartic !== absent) {
    const pairField = quarticField(system, scratch)
    for (let o: usize = 0; o < rows; o += 16) {
      const value = v128.load(x + o)
      const g = f32x4.mul(f32x4.add(value, value), v128.load(pairField + o))
      v128.store(force + o, f32x4.sub(v128.load(force + o), g))
    }
  }
  if (system.labels > 0) addLabelForces(system, block, x, force)
  if (system.hidden > 0) {
    const response = hiddenForce(system, scratch)
    for (let o: usize = 0; o < rows; o += 16)
      v128.store(force + o, f32x4.add(v128.load(force + o), v128.load(response + o)))
  }
}

/** Energies of a group at x; the fields must be there. Terms are float32, their sums float64. `energy`: f64 [16]. */
export function groupEnergies(system: System, block: usize, x: usize, scratch: usize, energy: usize): void {
  const column = (<usize>system.rows) << 2
  const field = bilinearField(scratch)
  const pairField = quarticField(system, scratch)
  const u = hiddenField(system, scratch)
  const half = f32x4.splat(0.5)
  for (let lane: usize = 0; lane < 64; lane += 16) {
    let low = f64x2.splat(0)
    let high = f64x2.splat(0)
    for (let i: usize = 0; i < <usize>system.units; i++) {
      const o = (i << 6) + lane
      const parameter = block + (i << 2)
      const value = v128.load(x + o)
      const square = f32x4.mul(value, value)
      let e = f32x4.mul(v128.load32_splat(parameter + 2 * column), f32x4.mul(value, f32x4.splat(0.25)))
      e = f32x4.add(e, f32x4.mul(v128.load32_splat(parameter + column), f32x4.splat(<f32>(1.0 / 3.0))))
      e = f32x4.add(f32x4.mul(e, value), f32x4.mul(v128.load32_splat(parameter), half))
      e = f32x4.sub(f32x4.mul(e, value), v128.load32_splat(parameter + 3 * column))
      e = f32x4.mul(f32x4.add(e, f32x4.mul(half, v128.load(field + o))), value)
      if (system.labels > 0) e = f32x4.add(e, f32x4.mul(labelField(system, block, x, i, lane), value))
      if (system.pairQuartic !== absent) e = f32x4.add(e, f32x4.mul(f32x4.mul(half, square), v128.load(pairField + o)))
      low = f64x2.add(low, f64x2.promote_low_f32x4(e))
      high = f64x2.add(high, f64x2.promote_low_f32x4(v128.shuffle<f32>(e, e, 2, 3, 0, 1)))
    }
    for (let h: usize = 0; h < <usize>system.hidden; h++) {
      const v = f32x4.mul(v128.load(u + (h << 6) + lane), f32x4.splat(1 / system.kT))
      const e = f32x4.mul(logTwoCosh4(v), f32x4.splat(-system.kT))
      low = f64x2.add(low, f64x2.promote_low_f32x4(e))
      high = f64x2.add(high, f64x2.promote_low_f32x4(v128.shuffle<f32>(e, e, 2, 3, 0, 1)))
    }
    v128.store(energy + 2 * lane, low)
    v128.store(energy + 2 * lane, high, 16)
  }
}

/** Forces of a group at x, [rows][16]. */
export function forces(system: System, block: usize, x: usize, scratch: usize, force: usize): void {
  couplingFields(system, block, x, scratch, 1)
  groupForces(system, block, x, scratch, force)
}

/** Energies of a group at x, f64 [16]. */
export function energies(system: System, block: usize, x: usize, scratch: usize, energy: usize): void {
  couplingFields(system, block, x, scratch, 1)
  groupEnergies(system, block, x, scratch, energy)
}
