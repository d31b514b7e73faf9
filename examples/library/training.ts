// Training on arrays of your own: a table of numbers row by row, learned from noise, and samples that have its covariance.
import {
  bias,
  bilinear,
  covariance,
  createNetwork,
  createNoising,
  fillNormals,
  gaussianStart,
  generationProtocol,
  noiseWidth,
  type PointSet,
  potentialOf,
  signal,
  simulate,
  stiffness,
  train,
} from 'overdamped'

/** Pairs (x, y) with y = .8 x + .6 ξ: any Float64Array [count, units] will do in their place. */
function pairs(count: number, seed: number): PointSet {
  const points = new Float64Array(2 * count)
  fillNormals(seed, 1000, 0, 1, 0, points.length, points)
  for (let n = 1; n < points.length; n += 2) points[n] = 0.8 * (points[n - 1] ?? 0) + 0.6 * (points[n] ?? 0)
  return { points, count, units: 2 }
}

const data = { train: pairs(6000, 1), heldOut: pairs(1000, 2) }
const potential = potentialOf(createNetwork({ visible: { units: 2 } }), [stiffness, bias, bilinear])
const noising = createNoising({ slices: 20 })
// By force matching, at the rates and for the iterations of a scenario that says nothing.
const knots = await train({ potential, noising, data })

// The learned protocol, run backwards from the noise of the trap (kT = k₀ = 1), makes data of it.
const trajectories = 6000
const { final } = await simulate({
  potential,
  protocol: generationProtocol(noising, knots),
  start: gaussianStart(1, 0, 1),
  trajectories,
})
const found = covariance(final)

// What it was taught: the data's own, with the noise that is left at the last knot.
const last = noising.knots.at(-1) ?? 0
const [m2, s2] = [signal(noising, last) ** 2, noiseWidth(noising, last) ** 2]
const truth = covariance(data.train).map((entry, n) => m2 * entry + (n % 3 === 0 ? s2 : 0))
console.log(`covariance of samples ${Array.from(found)}, of the data ${Array.from(truth)}`)
// 4 standard errors of 6,000 samples, each √(2/6000) of a variance of 1; what was learned is nearer than one of them.
const most = 4 * Math.sqrt(2 / trajectories)
if (found.some((entry, n) => Math.abs(entry - (truth[n] ?? 0)) > most)) throw new Error(`more than ${most} off`)
