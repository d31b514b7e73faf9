// Label units s_l, clamped rows that follow the visible ones: F_i += Σ_l L_il s_l, U -= Σ_il L_il x_i s_l.
import { laneSum } from './correlation'
import { System } from './system'

/** Adds what the labels do to the forces of a group. `x` and `force`: [rows][16]; L in the block: [labels][rows]. */
export function addLabelForces(system: System, block: usize, x: usize, force: usize): void {
  const rows = (<usize>system.units) << 6
  for (let l: usize = 0; l < <usize>system.labels; l++) {
    const L = block + system.labelOffset + ((l * <usize>system.rows) << 2)
    const label = x + rows + (l << 6)
    for (let o: usize = 0; o < rows; o += 64) {
      const coupling = v128.load32_splat(L + (o >> 4))
      for (let lane: usize = 0; lane < 64; lane += 16) {
        const pull = f32x4.mul(coupling, v128.load(label + lane))
        v128.store(force + o + lane, f32x4.add(v128.load(force + o + lane), pull))
      }
    }
  }
}

/** -Σ_l L_il s_l of unit i in the four trajectories at byte `lane` of a row: its part of the energy over x_i. */
export function labelField(system: System, block: usize, x: usize, i: usize, lane: usize): v128 {
  let field = f32x4.splat(0)
  for (let l: usize = 0; l < <usize>system.labels; l++) {
    const coupling = v128.load32_splat(block + system.labelOffset + ((l * <usize>system.rows + i) << 2))
    field = f32x4.sub(field, f32x4.mul(coupling, v128.load(x + ((<usize>system.units + l) << 6) + lane)))
  }
  return field
}

/** The sums -Σ_trajectories r_i s_l of a shard, [labels][rows]; `x` and `r`: [groups][rows][16]. */
export function labelSums(system: System, x: usize, r: usize, groups: i32, out: usize): void {
  const stride = (<usize>system.rows) << 6
  for (let l: usize = 0; l < <usize>system.labels; l++)
    for (let i: usize = 0; i < <usize>system.units; i++) {
      let sum = f32x4.splat(0)
      for (let group: usize = 0; group < <usize>groups; group++)
        for (let lane: usize = 0; lane < 64; lane += 16) {
          const label = v128.load(x + group * stride + ((<usize>system.units + l) << 6) + lane)
          sum = f32x4.sub(sum, f32x4.mul(v128.load(r + group * stride + (i << 6) + lane), label))
        }
      store<f32>(out + ((l * <usize>system.rows + i) << 2), laneSum(sum))
    }
}
