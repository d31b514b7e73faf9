import { advance } from '../../physics/dynamics/advance.js'
import { surfaceOf } from '../../physics/dynamics/drive.js'
import { eulerMaruyama } from '../../physics/dynamics/euler-maruyama.js'
import { noiseOfRun } from '../../physics/dynamics/noise.js'
import type { Network } from '../../physics/network/network.js'
import { directional, eachTerm, forceAndEnergy, type Potential, statistic } from '../../physics/potential/potential.js'
import type { Bath } from '../../physics/protocol/bath.js'

/**
 * What a learning rule may ask of the physical network, at the parameters it has at present. States are [units, batch], batch
 * innermost; every method overwrites `out`. A rule never sees a parameter: what depends on them is measured, and what is
 * computed is computed from positions.
 */
export interface Device {
  /** units and couplings */
  readonly network: Network
  /** temperature and mobility */
  readonly bath: Bath
  /** number of parameters */
  readonly size: number
  /** measures the forces F(x) on the units that can move, [units, batch]; 0 on clamped ones, where the clamp takes them up */
  force(x: Float64Array, batch: number, out: Float64Array): void
  /** measures each parameter's own statistic, Σ_trajectories φ̄_a(x), [size] */
  statistic(x: Float64Array, batch: number, out: Float64Array): void
  /** lets the network go from x and writes where it is after a time, [units, batch] */
  run(x: Float64Array, batch: number, run: FrozenRun, out: Float64Array): void
  /** what the learner computes beside it */
  readonly electronics: Electronics
}

/** A run in the landscape of one slice, which stands still: Euler–Maruyama substeps in the device's bath. */
export interface FrozenRun {
  /** how long */
  readonly time: number
  /** steps it is cut into, ≥ 1 */
  readonly substeps: number
  /** writes the standard normals of a substep, [units, batch] */
  readonly normals: (substep: number, out: Float64Array) => void
  /** kicks of the opposite sign: with the same normals the antithetic run */
  readonly opposite: boolean
}

/**
 * What a learner computes beside the device. For terms linear in θ it reads positions only; for hidden units it needs their
 * couplings too, and a rule that uses it there is not local.
 */
export interface Electronics {
  /** Σ_trajectories r·∇φ_a(x), [size]; r is [units, batch] */
  directional(x: Float64Array, r: Float64Array, batch: number, out: Float64Array): void
  /** Σ_trajectories ∇²φ_a(x), [size] */
  laplacian(x: Float64Array, batch: number, out: Float64Array): void
}

/**
 * A simulated device.
 *
 * @param theta - its parameters, [size]: forces, statistics and runs are those of a network that has them
 * @param belief - what the learner's electronics takes them to be, [size]; a local rule's update does not depend on it
 *
 * Cost: a force and a statistic O(edges·batch), a run a force for each substep.
 */
export function deviceOf(potential: Potential, theta: Float64Array, bath: Bath, belief = theta): Device {
  const { network, size } = potential
  const { mobility } = network
  const force = (x: Float64Array, batch: number, out: Float64Array) => {
    forceAndEnergy(potential, theta, x, batch, out, null)
    mobility?.forEach((relative, i) => {
      if (relative === 0) out.fill(0, i * batch, (i + 1) * batch)
    })
  }
  return {
    network,
    bath,
    size,
    force,
    statistic: (x, batch, out) => statistic(potential, theta, x, batch, out),
    run(x, batch, { time, substeps, normals, opposite }, out) {
      out.set(x)
      const kicks = (substep: number, z: Float64Array) => {
        normals(substep, z)
        if (opposite) for (let n = 0; n < z.length; n++) z[n] = -z[n]!
      }
      const noise = { ...noiseOfRun(0, 0, batch), normals: kicks }
      const stay = { bath, dt: time / substeps, from: 0, steps: substeps, seed: 0, ...noise }
      advance(eulerMaruyama, surfaceOf(potential, theta), { x: out, batch }, stay)
    },
    electronics: {
      directional: (x, r, batch, out) => directional(potential, belief, x, r, batch, out),
      laplacian(x, batch, out) {
        out.fill(0)
        eachTerm(potential, (term, own) => term.addLaplacian(own(belief), x, batch, own(out)))
      },
    },
  }
}
