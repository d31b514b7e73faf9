import type { Observer } from '../dynamics/observer.js'

/** Work and heat of each trajectory, in units of energy, [trajectories]. */
export interface WorkAndHeat {
  /** W = Σ U(x_n; θ_(n+1)) - U(x_n; θ_n): done on the system by the jumps of the landscape */
  readonly work: Float64Array
  /** Q = -Σ U(x_(n+1); θ_(n+1)) - U(x_n; θ_(n+1)): given to the bath */
  readonly heat: Float64Array
  /** Σ ½(F(x) + F(x'))·dx: Q to rounding for harmonic potentials, and Q as dt → 0 otherwise */
  readonly heatIntegral: Float64Array
  /** ΔU = U(x_end; θ_end) - U(x_0; θ_0), from the two energies alone */
  readonly energyChange: Float64Array
}

/**
 * Measures work and heat. A step jumps θ, then moves x, so that ΔU = W - Q telescopes.
 * Source: Sekimoto, Prog. Theor. Phys. Suppl. 130, 17 (1998), in discrete time.
 */
export function observeWorkAndHeat(trajectories: number): Observer & WorkAndHeat {
  const work = new Float64Array(trajectories)
  const heat = new Float64Array(trajectories)
  const heatIntegral = new Float64Array(trajectories)
  const energyChange = new Float64Array(trajectories)
  const energyStart = new Float64Array(trajectories)
  return {
    needsEnergy: true,
    work,
    heat,
    heatIntegral,
    energyChange,
    step({ index, first, batch, x, next, force, forceNext, energyBefore, energyJumped, energyNext }) {
      for (let b = 0; b < batch; b++) {
        const trajectory = first + b
        if (index === 0) energyStart[trajectory] = energyBefore[b]!
        work[trajectory]! += energyJumped[b]! - energyBefore[b]!
        heat[trajectory]! -= energyNext[b]! - energyJumped[b]!
        energyChange[trajectory] = energyNext[b]! - energyStart[trajectory]!
      }
      const units = x.length / batch
      for (let i = 0; i < units; i++)
        for (let b = 0; b < batch; b++) {
          const n = i * batch + b
          heatIntegral[first + b]! += ((force[n]! + forceNext[n]!) / 2) * (next[n]! - x[n]!)
        }
    },
  }
}
