import { CholeskyDecomposition, Matrix } from 'ml-matrix'
import { invalidValue } from '../../errors.js'
import { noisedBy } from '../../learning/objectives/denoising.js'
import { exactStates } from '../../learning/objectives/exact-states.js'
import type { States } from '../../physics/network/states.js'
import { stream } from '../../physics/noise/streams.js'
import { squareMatrix } from '../../physics/observe/moments.js'
import { harmonicTerms, isHarmonic } from '../../physics/potential/given-hidden.js'
import { forceAndEnergy } from '../../physics/potential/potential.js'
import { modelDensity } from '../../physics/truth/partition.js'
import type { StudyProblem } from './problem.js'

/** What can be known of x from y = x + σε, at states y that stand for the law of the noised data. */
export interface DenoisingTruth {
  /** y, [units, batch] */
  readonly noised: States
  /** their weights, which add up to 1, [batch] */
  readonly weights: Float64Array
  /** ⟨x⟩ given y, [units, batch]; units that are held are y themselves */
  readonly mean: Float64Array
  /** the smallest mean square error there is, ⟨|x - ⟨x⟩_y|²⟩, over all units */
  readonly leastError: number
  /** kT∇log p of the clean law at y, [units, batch] */
  readonly cleanForce: Float64Array
}

/** Points of y along the axis; of x there are as many as the clean law's grid has. */
const points = 1601
/** The clean law counts where it is above this share of its largest, and its noise up to so many widths: 1e-9 and less is left out. */
const negligible = 1e-9
const reach = 6
/** Noised states that stand for the law of a harmonic network. */
const drawn = 20_000

/**
 * The truth of a problem's data at noise σ: by quadrature for one unit, so that no sampling blurs a thousandth; in closed form for
 * a harmonic network, some of whose units may be held.
 *
 * @throws E_INVALID_VALUE where neither is known
 */
export function denoisingTruth(
  problem: StudyProblem,
  sigma: number,
  moving: readonly number[],
  seed: number,
): DenoisingTruth {
  const { potential, teacher } = problem
  if (potential.network.units === 1 && moving.length === 1) return alongAxis(problem, sigma)
  if (teacher !== null && isHarmonic(potential)) return ofNetwork(problem, teacher, sigma, moving, seed)
  throw invalidValue(
    'what is best to do with its noised states is not known. Expected one unit, or states of a harmonic network (data.source boltzmann with stiffness, bias, bilinear).',
    'data',
  )
}

/** The clean law of one unit: places, their probabilities, and the slope of its logarithm. */
function cleanLaw({ potential, teacher, bath, density }: StudyProblem) {
  if (teacher !== null) {
    const { x, density: p } = modelDensity(potential, teacher, bath)!
    return { x, p, forceAt: (y: Float64Array) => forceOf(potential, teacher, { x: y, batch: y.length }) }
  }
  const components = density!.components!
  const far = Math.max(...components.map(({ mean, root }) => Math.abs(mean[0]!) + 9 * root[0]![0]!))
  const x = Float64Array.from({ length: 4001 }, (_, n) => far * (n / 2000 - 1))
  const logDensity = (place: number) => density!.logDensity(Float64Array.of(place))
  const h = 1e-5
  return {
    x,
    p: x.map((place) => Math.exp(logDensity(place))),
    forceAt: (y: Float64Array) =>
      y.map((place) => (bath.kT * (logDensity(place + h) - logDensity(place - h))) / (2 * h)),
  }
}

function forceOf(potential: StudyProblem['potential'], theta: Float64Array, { x, batch }: States): Float64Array {
  const force = new Float64Array(x.length)
  forceAndEnergy(potential, theta, x, batch, force, null)
  return force
}

function alongAxis(problem: StudyProblem, sigma: number): DenoisingTruth {
  const { x, p, forceAt } = cleanLaw(problem)
  const most = Math.max(...p)
  const within = [...x.keys()].filter((m) => p[m]! > negligible * most)
  const [low, high] = [x[within[0]!]! - reach * sigma, x[within.at(-1)!]! + reach * sigma]
  const y = Float64Array.from({ length: points }, (_, n) => low + ((high - low) * n) / (points - 1))
  const weights = new Float64Array(points)
  const mean = new Float64Array(points)
  let leastError = 0
  let all = 0
  for (let n = 0; n < points; n++) {
    let [w, first, second] = [0, 0, 0]
    for (let m = 0; m < x.length; m++) {
      const share = p[m]! * Math.exp(-((y[n]! - x[m]!) ** 2) / (2 * sigma ** 2))
      w += share
      first += share * x[m]!
      second += share * x[m]! ** 2
    }
    weights[n] = w
    mean[n] = w > 0 ? first / w : y[n]!
    if (w > 0) leastError += second - first ** 2 / w
    all += w
  }
  return {
    noised: { x: y, batch: points },
    weights: weights.map((w) => w / all),
    mean,
    leastError: leastError / all,
    cleanForce: forceAt(y),
  }
}

/**
 * With the held units c given, the others are Gaussian about -K_mm⁻¹(K_mc c - f_m) with covariance S = kT K_mm⁻¹, and
 * ⟨x⟩_y = mean + S(S + σ²)⁻¹(y - mean), whose error is tr σ²S(S + σ²)⁻¹ whatever y.
 */
function ofNetwork(
  { potential, bath }: StudyProblem,
  teacher: Float64Array,
  sigma: number,
  moving: readonly number[],
  seed: number,
): DenoisingTruth {
  const { units } = potential.network
  const { stiffness, force } = harmonicTerms(potential, teacher)
  const K = squareMatrix(stiffness, units)
  const solved = new CholeskyDecomposition(K.selection([...moving], [...moving])).solve(Matrix.eye(moving.length))
  const S = Matrix.add(solved, solved.transpose()).mul(bath.kT / 2)
  const noisedCovariance = Matrix.add(S, Matrix.eye(moving.length).mul(sigma ** 2))
  const gain = new CholeskyDecomposition(noisedCovariance).solve(S).transpose()
  const clean = exactStates(potential, teacher, bath, drawn, { seed, stream: stream.data, step: 4 })
  const { y } = noisedBy(clean, sigma, seed + 1, 0, moving)
  const mean = y.slice()
  const held = y.slice()
  for (const i of moving) held.fill(0, i * drawn, (i + 1) * drawn)
  const pull = new Matrix(
    moving.map((i) => Array.from({ length: drawn }, (_, b) => force[i]! - dot(stiffness, i * units, held, b))),
  )
  const centre = S.mmul(pull).div(bath.kT)
  const apart = new Matrix(
    moving.map((i, m) => Array.from({ length: drawn }, (_, b) => y[i * drawn + b]! - centre.get(m, b))),
  )
  const best = Matrix.add(centre, gain.mmul(apart))
  moving.forEach((i, m) => {
    for (let b = 0; b < drawn; b++) mean[i * drawn + b] = best.get(m, b)
  })
  return {
    noised: { x: y, batch: drawn },
    weights: new Float64Array(drawn).fill(1 / drawn),
    mean,
    leastError: sigma ** 2 * gain.trace(),
    cleanForce: forceOf(potential, teacher, { x: y, batch: drawn }),
  }
}

/** Σ_j K_ij x_jb. */
function dot(K: Float64Array, row: number, x: Float64Array, b: number): number {
  const units = x.length / drawn
  let sum = 0
  for (let j = 0; j < units; j++) sum += K[row + j]! * x[j * drawn + b]!
  return sum
}
