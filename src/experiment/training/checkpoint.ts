import { OverdampedError } from '../../errors.js'
import type { TrainingState } from '../../learning/training/train.js'
import { decodeSafetensors, encodeSafetensors, type Tensor } from '../files/safetensors.js'

const version = '1'

/** A checkpoint as safetensors (all float64, so that a resumed run repeats every bit). */
export function encodeCheckpoint(state: TrainingState): Uint8Array {
  const parameters = state.theta.length
  const finished = new Float64Array(state.finished.length * parameters)
  state.finished.forEach((theta, n) => {
    finished.set(theta, n * parameters)
  })
  const vector = (data: Float64Array): Tensor => ({ shape: [data.length], data })
  return encodeSafetensors(
    {
      finished: { shape: [state.finished.length, parameters], data: finished },
      theta: vector(state.theta),
      average: vector(state.average),
      'adam.mean': vector(state.adam.mean),
      'adam.square': vector(state.adam.square),
      counters: vector(Float64Array.of(state.averaged, state.adam.steps, state.iteration, state.step, state.lines)),
    },
    { format: 'overdamped-checkpoint', version },
  )
}

/**
 * Reads a checkpoint.
 *
 * @param source - the file's name, for errors
 * @throws E_FORMAT when it is damaged, of another version, or of a network with another number of parameters
 */
export function decodeCheckpoint(bytes: Uint8Array, parameters: number, source: string): TrainingState {
  const { tensors, metadata } = decodeSafetensors(bytes, source)
  if (metadata.format !== 'overdamped-checkpoint' || metadata.version !== version)
    throw new OverdampedError(
      'E_FORMAT',
      `expected an overdamped checkpoint of version ${version}. Start the run anew in another --out.`,
      source,
    )
  const vector = (name: string, length: number): Float64Array => {
    const data = tensors[name]?.data
    if (!(data instanceof Float64Array) || data.length !== length)
      throw new OverdampedError(
        'E_FORMAT',
        `tensor "${name}" is missing or not ${length} float64 numbers. Start the run anew in another --out.`,
        source,
      )
    return data.slice()
  }
  const slices = tensors.finished?.shape[0] ?? 0
  const finished = vector('finished', slices * parameters)
  const [averaged = 0, steps = 0, iteration = 0, step = 0, lines = 0] = vector('counters', 5)
  return {
    finished: Array.from({ length: slices }, (_, n) => finished.slice(n * parameters, (n + 1) * parameters)),
    theta: vector('theta', parameters),
    average: vector('average', parameters),
    averaged,
    adam: { mean: vector('adam.mean', parameters), square: vector('adam.square', parameters), steps },
    iteration,
    step,
    lines,
  }
}
