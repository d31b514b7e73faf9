import { fillNormals } from '../noise/gaussian.js'
import { keyOf, philox4x32 } from '../noise/philox.js'
import { stream } from '../noise/streams.js'

/** The random numbers of a batch, step by step; however an ensemble is cut into batches, a trajectory has the same. */
export interface Noise {
  /** writes the standard normals of a step, [units, batch] */
  normals(step: number, out: Float64Array): void
  /** writes uniform numbers in (0, 1), [batch]: whether what a step proposes is taken */
  uniforms(step: number, out: Float64Array): void
}

/**
 * The noise of a run, keyed by (seed, trajectory, step, unit).
 *
 * @param first - index of the first trajectory
 */
export function noiseOfRun(seed: number, first: number, batch: number): Noise {
  const words = new Int32Array(4)
  const [key0, key1] = keyOf(seed)
  return {
    normals: (step, out) => fillNormals(seed, stream.dynamics, step, out.length / batch, first, batch, out),
    uniforms(step, out) {
      for (let b = 0; b < batch; b++) {
        philox4x32(first + b, 0, step, stream.acceptance, key0, key1, words)
        out[b] = ((words[0]! >>> 0) + 0.5) * 2 ** -32
      }
    },
  }
}
