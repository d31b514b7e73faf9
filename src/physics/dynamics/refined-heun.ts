import { fillNormals } from '../noise/gaussian.js'
import { stream } from '../noise/streams.js'
import { heun } from './heun.js'
import type { Batch, Integrator } from './integrator.js'

/**
 * Stochastic Heun on steps that are each one part in `substeps` of a coarser run's, along the same Brownian path: given the
 * coarse normal R and its own Z_k, a Brownian bridge makes
 *
 *     R_k = Z_k - Z̄ + R/√S,   so that   Σ_k R_k/√S = R
 *
 * and the R_k are independent standard normals. The difference between the two runs is then that of their schemes, with
 * little noise of its own.
 *
 * @param substeps - S ≥ 1; the drive's steps come in groups of S equal ones
 *
 * Cost: that of Heun, and one more normal a substep.
 */
export function refinedHeun(substeps: number): Integrator {
  return { ...heun, start: (batch) => heun.start({ ...batch, normals: refined(batch, substeps) }) }
}

/** Writes R_k of each substep. */
function refined({ drive: { units }, seed, first, batch, normals: draw }: Batch, substeps: number): Batch['normals'] {
  const coarse = new Float64Array(units * batch)
  const mean = new Float64Array(units * batch)
  const own = Array.from({ length: substeps }, () => new Float64Array(units * batch))
  return (step, out) => {
    const k = step % substeps
    if (k === 0) {
      draw(step / substeps, coarse)
      mean.fill(0)
      own.forEach((z, part) => {
        fillNormals(seed, stream.refinement, step + part, units, first, batch, z)
        for (let n = 0; n < z.length; n++) mean[n]! += z[n]! / substeps
      })
    }
    const z = own[k]!
    for (let n = 0; n < z.length; n++) out[n] = z[n]! - mean[n]! + coarse[n]! / Math.sqrt(substeps)
  }
}
