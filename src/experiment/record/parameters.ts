import { OverdampedError } from '../../errors.js'
import { hiddenBlock } from '../../physics/network/network.js'
import { groupSlice, type Potential } from '../../physics/potential/potential.js'
import { decodeSafetensors, encodeSafetensors, type Tensor } from '../files/safetensors.js'

/**
 * Trained parameters as safetensors: one tensor for each group, [K + 1, parameters], noisiest knot first; `knots`, the noise
 * times [K + 1]; `edges`, the unit pairs [edges, 2], x before y; `table-edges`, those with a categorical end, where there are any; with hidden units `hidden-edges`, the visible and the hidden unit of each
 * of their edges [hidden edges, 2].
 */
export function encodeParameters(
  potential: Potential,
  knots: readonly number[],
  theta: readonly Float64Array[],
): Uint8Array {
  const { edges, tables, hiddenEdges } = potential.network
  const tensors: Record<string, Tensor> = {
    knots: { shape: [knots.length], data: Float64Array.from(knots) },
    edges: unitPairs(edges.from, edges.to),
    ...(tables.count > 0 ? { 'table-edges': unitPairs(tables.from, tables.to) } : {}),
    ...(hiddenBlock(potential.network) !== undefined
      ? { 'hidden-edges': unitPairs(hiddenEdges.visible, hiddenEdges.hidden) }
      : {}),
  }
  potential.groups.forEach((group) => {
    const { name, size } = group
    const data = new Float64Array(theta.length * size)
    theta.forEach((values, n) => {
      data.set(groupSlice(group, values), n * size)
    })
    tensors[name] = { shape: [theta.length, size], data }
  })
  return encodeSafetensors(tensors, { format: 'overdamped-parameters', version: '1' })
}

/** [edges, 2] */
function unitPairs(first: Int32Array, second: Int32Array): Tensor {
  const { length } = first
  return {
    shape: [length, 2],
    data: Int32Array.from({ length: 2 * length }, (_, n) => (n % 2 === 0 ? first : second)[n >> 1]!),
  }
}

/**
 * Reads trained parameters back for the same potential and knots, [K + 1][parameters].
 *
 * @param source - the file's name, for errors
 * @throws E_FORMAT when a tensor is missing, has another shape or holds a number that is not finite
 */
export function decodeParameters(
  bytes: Uint8Array,
  potential: Potential,
  knots: readonly number[],
  source: string,
): Float64Array[] {
  const { tensors } = decodeSafetensors(bytes, source)
  const theta = knots.map(() => new Float64Array(potential.size))
  potential.groups.forEach((group) => {
    const { name, size } = group
    const tensor = tensors[name]
    if (!(tensor?.data instanceof Float64Array) || tensor.shape.join() !== `${knots.length},${size}`)
      throw new OverdampedError(
        'E_FORMAT',
        `expected a float64 tensor "${name}" of shape [${knots.length}, ${size}], as the run's scenario.yaml says.`,
        source,
      )
    const { data } = tensor
    if (!data.every(Number.isFinite))
      throw new OverdampedError('E_FORMAT', `the tensor "${name}" holds a number that is not finite.`, source)
    theta.forEach((values, n) => {
      groupSlice(group, values).set(data.subarray(n * size, (n + 1) * size))
    })
  })
  return theta
}
