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
 * Arrays for the work and heat of an ensemble, all zero. A step jumps θ, then moves x, so that ΔU = W - Q telescopes.
 * Source: Sekimoto, Prog. Theor. Phys. Suppl. 130, 17 (1998), in discrete time.
 */
export function createWorkAndHeat(trajectories: number): WorkAndHeat {
  return {
    work: new Float64Array(trajectories),
    heat: new Float64Array(trajectories),
    heatIntegral: new Float64Array(trajectories),
    energyChange: new Float64Array(trajectories),
  }
}

/** What a step of a batch exchanged: states and forces [units, batch], energies [batch]. */
export interface Exchange {
  /** index of the first trajectory of the batch */
  readonly first: number
  readonly batch: number
  /** states before and after */
  readonly x: Float64Array
  readonly next: Float64Array
  /** forces of the landscape that the step jumped to, at both */
  readonly force: Float64Array
  readonly forceNext: Float64Array
  /** U(x; θ before the jump), U(x; θ after it), U(next; θ after it) */
  readonly energyBefore: Float64Array
  readonly energyJumped: Float64Array
  readonly energyNext: Float64Array
  /** U at the start of the trajectory */
  readonly energyStart: Float64Array
}

/** Adds one step of one batch. */
export function addExchange(measured: WorkAndHeat, step: Exchange): void {
  const { first, batch, x, next, force, forceNext, energyBefore, energyJumped, energyNext, energyStart } = step
  const { work, heat, heatIntegral, energyChange } = measured
  for (let b = 0; b < batch; b++) {
    work[first + b]! += energyJumped[b]! - energyBefore[b]!
    heat[first + b]! -= energyNext[b]! - energyJumped[b]!
    energyChange[first + b] = energyNext[b]! - energyStart[b]!
  }
  for (let i = 0; i < x.length / batch; i++)
    for (let b = 0; b < batch; b++) {
      const n = i * batch + b
      heatIntegral[first + b]! += ((force[n]! + forceNext[n]!) / 2) * (next[n]! - x[n]!)
    }
}
