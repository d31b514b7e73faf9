import { OverdampedError } from '../errors.js'
import { decodeSafetensors, encodeSafetensors, type Tensor } from '../io/safetensors.js'
import { type Potential, termSlice } from '../potential/potential.js'

/**
 * Trained parameters as safetensors: one tensor for each term, [K + 1, units or edges], noisiest knot first; `knots`, the
 * noise times [K + 1]; `edges`, the unit pairs [edges, 2].
 */
export function encodeParameters(
  potential: Potential,
  knots: readonly number[],
  theta: readonly Float64Array[],
): Uint8Array {
  const { edges } = potential.network
  const tensors: Record<string, Tensor> = {
    knots: { shape: [knots.length], data: Float64Array.from(knots) },
    edges: {
      shape: [edges.count, 2],
      data: Int32Array.from({ length: 2 * edges.count }, (_, n) => (n % 2 === 0 ? edges.a : edges.b)[n >> 1]!),
    },
  }
  potential.terms.forEach(({ name, size }, index) => {
    const data = new Float64Array(theta.length * size)
    theta.forEach((values, n) => {
      data.set(termSlice(potential, index, values), n * size)
    })
    tensors[name] = { shape: [theta.length, size], data }
  })
  return encodeSafetensors(tensors, { format: 'overdamped-parameters', version: '1' })
}

/**
 * Reads trained parameters back for the same potential and knots, [K + 1][parameters].
 *
 * @param source - the file's name, for errors
 * @throws E_FORMAT when a tensor is missing or has another shape
 */
export function decodeParameters(
  bytes: Uint8Array,
  potential: Potential,
  knots: readonly number[],
  source: string,
): Float64Array[] {
  const { tensors } = decodeSafetensors(bytes, source)
  const theta = knots.map(() => new Float64Array(potential.size))
  potential.terms.forEach(({ name, size }, index) => {
    const tensor = tensors[name]
    if (!(tensor?.data instanceof Float64Array) || tensor.data.length !== knots.length * size)
      throw new OverdampedError(
        'E_FORMAT',
        `expected a float64 tensor "${name}" of shape [${knots.length}, ${size}], as the run's scenario.yaml says.`,
        source,
      )
    const { data } = tensor
    theta.forEach((values, n) => {
      termSlice(potential, index, values).set(data.subarray(n * size, (n + 1) * size))
    })
  })
  return theta
}
