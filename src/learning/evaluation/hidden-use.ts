import { evenRows, type PointSet, pickRowsAsStates } from '../../physics/network/states.js'
import { fillNormals } from '../../physics/noise/gaussian.js'
import { stream } from '../../physics/noise/streams.js'
import { type Potential, statistic } from '../../physics/potential/potential.js'
import { type Noising, noiseWidth, signal } from '../../physics/protocol/noising.js'

/** Hidden units of a knot by what they answer to noised data. */
export interface HiddenUse {
  readonly t: number
  readonly units: number
  /** answers that hardly vary, near 0: what such a unit feels is far below its temperature */
  readonly dead: number
  /** answers that hardly vary, near ±1: it is a bias and no more */
  readonly saturated: number
}

/** Standard deviation over the data of an answer in [-1, 1] below which a unit does nothing, and the mean beyond which it is saturated. */
const [idle, full] = [0.05, 0.8]
/** States that are shown, and multiply-adds that may take. */
const [most, fewest, products] = [256, 32, 1e8]

/**
 * What the hidden units of a knot answer: -⟨s_h⟩ is the statistic of their bias.
 *
 * @param data - states of the network
 * @returns null without hidden units that follow at once
 *
 * Cost: at most 10⁸ multiply-adds, from 32 states on.
 */
export function hiddenUse(
  potential: Potential,
  noising: Noising,
  theta: Float64Array,
  t: number,
  data: PointSet,
  seed: number,
): HiddenUse | null {
  const group = potential.groups.find(({ name }) => name === 'hidden-bias')
  if (group === undefined) return null
  const { visible } = potential.network
  const count = Math.min(most, data.count, Math.max(fewest, Math.floor(products / potential.size)))
  const x = new Float64Array(data.units * count)
  pickRowsAsStates(data, evenRows(data.count, count), { x, batch: count })
  const noise = new Float64Array(visible * count)
  fillNormals(seed, stream.lossNoise, 0, visible, 0, count, noise)
  const [m, s] = [signal(noising, t), noiseWidth(noising, t)]
  for (let n = 0; n < noise.length; n++) x[n] = m * x[n]! + s * noise[n]!
  const [state, out] = [new Float64Array(data.units), new Float64Array(potential.size)]
  const [sums, squares] = [new Float64Array(group.size), new Float64Array(group.size)]
  for (let b = 0; b < count; b++) {
    for (let i = 0; i < data.units; i++) state[i] = x[i * count + b]!
    statistic(potential, theta, state, 1, out)
    for (let h = 0; h < group.size; h++) {
      const answer = -out[group.offset + h]!
      sums[h]! += answer / count
      squares[h]! += (answer * answer) / count
    }
  }
  let [dead, saturated] = [0, 0]
  sums.forEach((mean, h) => {
    if (squares[h]! - mean * mean > idle * idle) return
    if (Math.abs(mean) > full) saturated++
    else dead++
  })
  return { t, units: group.size, dead, saturated }
}
