// A step that is tried: x' = x + μ dt (F + k(a - x)) + kick·(R + S), force and energy there, and how likely the way back is. Metropolis
// steps and weighted walkers need both ends, and walks on tethers a spring of each trajectory's own.
import { couplingFields, groupEnergies, groupForces } from './force'
import { System } from './system'

/**
 * Tries a step of a group and evaluates the landscape of `block` where it ends.
 *
 * @param x - states and `force` there, [rows][16]
 * @param random - R, [units][16]; 0: nothing moves, `next` is evaluated where it stands
 * @param following - S, [units][16]; 0: none
 * @param anchors - a, [units][16], of springs of stiffness `spring`; 0: none
 * @param next - x', [rows][16]; padded rows and labels are left alone
 * @param forceThere - F', [rows][16], in the landscape of `block`
 * @param out - 0, or f64 [2][16]: U(x'), then (where something moved) Σ (|x' - x - μ dt F|² - |x - x' - μ dt F'|²)/2 kick²
 */
export function trial(
  system: System,
  block: usize,
  x: usize,
  force: usize,
  random: usize,
  following: usize,
  anchors: usize,
  drift: f32,
  kick: f32,
  spring: f32,
  next: usize,
  forceThere: usize,
  scratch: usize,
  out: usize,
): void {
  if (random !== 0) step(system, x, force, random, following, anchors, drift, kick, spring, next)
  couplingFields(system, block, next, scratch, 1)
  groupForces(system, block, next, scratch, forceThere)
  if (out === 0) return
  groupEnergies(system, block, next, scratch, out)
  if (random !== 0) ratio(system, x, force, next, forceThere, drift, kick, out + 128)
}

function step(
  system: System,
  x: usize,
  force: usize,
  random: usize,
  following: usize,
  anchors: usize,
  drift: f32,
  kick: f32,
  spring: f32,
  next: usize,
): void {
  const end = (<usize>system.units) << 6
  for (let o: usize = 0; o < end; o += 16) {
    const from = v128.load(x + o)
    let pull = v128.load(force + o)
    if (anchors !== 0) pull = f32x4.add(pull, f32x4.mul(f32x4.splat(spring), f32x4.sub(v128.load(anchors + o), from)))
    let noise = v128.load(random + o)
    if (following !== 0) noise = f32x4.add(noise, v128.load(following + o))
    const drifted = f32x4.add(from, f32x4.mul(f32x4.splat(drift), pull))
    v128.store(next + o, f32x4.add(drifted, f32x4.mul(f32x4.splat(kick), noise)))
  }
}

/** log q(x|x')/q(x'|x) of a step without springs, f64 [16]: squares are float32, their sums float64. */
function ratio(
  system: System,
  x: usize,
  force: usize,
  next: usize,
  forceThere: usize,
  drift: f32,
  kick: f32,
  out: usize,
): void {
  const end = (<usize>system.units) << 6
  const mobility = f32x4.splat(drift)
  const scale = f64x2.splat(0.5 / (<f64>kick * <f64>kick))
  for (let lane: usize = 0; lane < 64; lane += 16) {
    let low = f64x2.splat(0)
    let high = f64x2.splat(0)
    for (let o = lane; o < end; o += 64) {
      const moved = f32x4.sub(v128.load(next + o), v128.load(x + o))
      const forth = f32x4.sub(moved, f32x4.mul(mobility, v128.load(force + o)))
      const back = f32x4.add(moved, f32x4.mul(mobility, v128.load(forceThere + o)))
      // forth² - back² as a product: their difference is small beside either.
      const difference = f32x4.mul(f32x4.sub(forth, back), f32x4.add(forth, back))
      low = f64x2.add(low, f64x2.promote_low_f32x4(difference))
      high = f64x2.add(high, f64x2.promote_low_f32x4(v128.shuffle<f32>(difference, difference, 2, 3, 0, 1)))
    }
    v128.store(out + 2 * lane, f64x2.mul(low, scale))
    v128.store(out + 2 * lane, f64x2.mul(high, scale), 16)
  }
}
