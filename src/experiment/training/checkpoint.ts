import { listed, OverdampedError } from '../../errors.js'
import type { TrainingState } from '../../learning/training/train.js'
import { damaged, sha256 } from '../files/checksum.js'
import { decodeSafetensors, encodeSafetensors, type Tensor } from '../files/safetensors.js'

/** Version 1, that of 0.1.0, has no checksums. */
const versions = ['1', '2']
const noSum = '0'.repeat(64)

/** What a checkpoint holds. */
export interface Checkpoint {
  readonly state: TrainingState
  /** checksum of the lines of metrics.jsonl that it knows of; null in one of version 1 */
  readonly metrics: string | null
}

/**
 * A checkpoint as safetensors (all float64, so that a resumed run repeats every bit). Its metadata hold the SHA-256 of the whole
 * file, which is computed with zeros in its place.
 */
export function encodeCheckpoint(state: TrainingState, metrics: string): Uint8Array {
  const parameters = state.theta.length
  const finished = new Float64Array(state.finished.length * parameters)
  state.finished.forEach((theta, n) => {
    finished.set(theta, n * parameters)
  })
  const vector = (data: Float64Array): Tensor => ({ shape: [data.length], data })
  const file = encodeSafetensors(
    {
      finished: { shape: [state.finished.length, parameters], data: finished },
      theta: vector(state.theta),
      average: vector(state.average),
      'adam.mean': vector(state.adam.mean),
      'adam.square': vector(state.adam.square),
      counters: vector(Float64Array.of(state.averaged, state.adam.steps, state.iteration, state.step, state.lines)),
    },
    { format: 'overdamped-checkpoint', version: '2', metrics, sha256: noSum },
  )
  file.set(new TextEncoder().encode(sha256(file)), sumPlace(file, noSum))
  return file
}

/** Where the digits of its checksum stand in a file: the metadata come first. */
function sumPlace(file: Uint8Array, sum: string): number {
  const key = '"sha256":"'
  return Buffer.from(file.buffer, file.byteOffset, file.byteLength).indexOf(key + sum) + key.length
}

/**
 * Reads a checkpoint.
 *
 * @param source - the file's name, for errors
 * @throws E_FORMAT when it is damaged, of another version, or of a network with another number of parameters
 */
export function decodeCheckpoint(bytes: Uint8Array, parameters: number, source: string): Checkpoint {
  const { tensors, metadata } = decodeSafetensors(bytes, source)
  if (metadata.format !== 'overdamped-checkpoint' || !versions.includes(metadata.version ?? ''))
    throw new OverdampedError(
      'E_FORMAT',
      `expected an overdamped checkpoint of version ${listed(versions)}. Start the run anew in another --out.`,
      source,
    )
  if (metadata.version !== '1') {
    const blank = bytes.slice()
    blank.set(new TextEncoder().encode(noSum), sumPlace(bytes, metadata.sha256 ?? ''))
    if (sha256(blank) !== metadata.sha256) throw damaged(source, 'does not have the checksum that it holds')
  }
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
  const state: TrainingState = {
    finished: Array.from({ length: slices }, (_, n) => finished.slice(n * parameters, (n + 1) * parameters)),
    theta: vector('theta', parameters),
    average: vector('average', parameters),
    averaged,
    adam: { mean: vector('adam.mean', parameters), square: vector('adam.square', parameters), steps },
    iteration,
    step,
    lines,
  }
  return { state, metrics: metadata.metrics ?? null }
}
