import { copyState, type States, sliceStates } from '../../physics/network/states.js'
import { barCheck, type Check } from '../../physics/observe/check.js'
import { meanOf, zScore } from '../../physics/observe/estimate.js'
import { groupSlice, statistic } from '../../physics/potential/potential.js'
import { meanStatistics } from '../../physics/truth/mean-statistics.js'
import { eachCell, type ModelDensity, modelDensity } from '../../physics/truth/partition.js'
import type { StudyProblem } from './problem.js'
import type { ArmPlan, DrawnDensity } from './study.js'

/**
 * Points along either axis of a quadrature over two units. The trapezoidal rule is off by e^(-2π²(s/spacing)²) for a mode of
 * width s: nothing in a window of ±16 unless s is below .15.
 */
const fine = 201

/**
 * Figures of the model e^(-U(·; θ)/kT)/Z by quadrature: its distance from the density of the data, and the last well's weight;
 * `points` as in modelDensity.
 */
export function modelFigures(problem: StudyProblem, theta: Float64Array, points = fine): Record<string, number> {
  const { density, bath } = problem
  const model = density === null ? null : modelDensity(problem.potential, theta, bath, points)
  const weights = wellWeights(problem, theta)
  return {
    ...(weights === null ? {} : { lastWellWeight: weights.at(-1)! }),
    ...(density === null || model === null ? {} : { divergence: divergence(model, density.logDensity) }),
  }
}

/** The same beside what the data say: the share of them at the last well, or else how far the model is from them. */
export function dataFigures(problem: StudyProblem, theta: Float64Array, states: States): Record<string, number> {
  const figures = modelFigures(problem, theta)
  const centres = problem.scenario.potential.features?.wells?.centres
  if (centres === undefined || figures.lastWellWeight === undefined) {
    const error = statisticError(problem, theta, states)
    return error === null ? figures : { ...figures, statisticError: error }
  }
  const share = sharesOf(states, centres).at(-1)!
  const lastWellWeightError = Math.abs(figures.lastWellWeight - share)
  return { ...figures, lastWellWeightOfData: share, lastWellWeightError }
}

/** Blocks of data whose scatter gives the standard error of a mean. */
const blocks = 50

/**
 * How far the model is from maximum likelihood, where ⟨φ_a⟩_model = ⟨φ_a⟩_data: the largest |z| of a learned parameter, the
 * distance of the two means in standard errors of the data's. Null where log Z is not known, or with too few data.
 */
function statisticError({ potential, bath, frozen }: StudyProblem, theta: Float64Array, states: States): number | null {
  const size = Math.floor(states.batch / blocks)
  const means = size < 1 ? null : meanStatistics(potential, theta, bath, fine)
  if (means === null) return null
  const rows = Array.from({ length: potential.size }, () => new Float64Array(blocks))
  const found = new Float64Array(potential.size)
  for (let k = 0; k < blocks; k++) {
    statistic(potential, theta, sliceStates(states, k * size, size).x, size, found)
    for (let a = 0; a < found.length; a++) rows[a]![k] = found[a]! / size
  }
  const scores = rows.map((row, a) => (frozen[a] === 1 ? 0 : Math.abs(zScore(meanOf(row), means[a]!))))
  return Math.max(...scores)
}

/** A check of one figure, where it was measured. */
export function figureCheck(
  name: string,
  value: number | undefined,
  truth: number,
  tolerance: number,
  expected?: ArmPlan['expected'],
): Check[] {
  return value === undefined ? [] : [barCheck(name, value, truth, tolerance, expected)]
}

/** Weights e^(w_k)/Σ e^(w_l) of the potential's wells; null where it has none. */
export function wellWeights({ potential }: StudyProblem, theta: Float64Array): number[] | null {
  const group = potential.groups.find(({ name }) => name === 'wells')
  if (group === undefined) return null
  const factors = [1, ...Array.from(groupSlice(group, theta), Math.exp)]
  const total = factors.reduce((sum, factor) => sum + factor, 0)
  return factors.map((factor) => factor / total)
}

/** The share of states that are nearest to each centre. */
function sharesOf(states: States, centres: readonly (readonly number[])[]): number[] {
  const shares = centres.map(() => 0)
  const state = new Float64Array(centres[0]!.length)
  for (let b = 0; b < states.batch; b++) {
    copyState(states, b, state)
    shares[nearest(state, centres)]! += 1 / states.batch
  }
  return shares
}

/** The number of the centre that is nearest to a state. */
export function nearest(state: Float64Array, centres: readonly (readonly number[])[]): number {
  const squares = centres.map((centre) => centre.reduce((sum, value, i) => sum + (state[i]! - value) ** 2, 0))
  return squares.indexOf(Math.min(...squares))
}

/** Least density that counts, e^-700: below it a logarithm of a double is not finite. */
const leastDensity = 1e-300

/**
 * KL(data‖model) = ∫ p log(p/q) over the model's grid, in nats. What the data have outside the grid, where the model is below
 * e^-40 of its maximum, is left out.
 */
export function divergence(model: ModelDensity, logData: (x: Float64Array) => number): number {
  const cell = (model.x[1]! - model.x[0]!) ** model.units
  let sum = 0
  eachCell(model, (state, _probability, density) => {
    const logP = logData(state)
    if (logP > -700) sum += cell * Math.exp(logP) * (logP - Math.log(Math.max(density, leastDensity)))
  })
  return sum
}

/** Densities for the report: that of the data, and each model on its own grid. */
export function modelDensities(
  { density, potential, bath }: StudyProblem,
  models: readonly { readonly name: string; readonly theta: Float64Array }[],
): DrawnDensity[] {
  const drawn: DrawnDensity[] = []
  for (const { name, theta } of models) {
    const model = modelDensity(potential, theta, bath, fine)
    if (model === null) return []
    const thin = thinned(model)
    if (density !== null && drawn.length === 0) {
      const truth = new Float64Array(thin.density.length)
      let n = 0
      eachCell({ ...model, ...thin }, (state) => {
        truth[n++] = Math.exp(density.logDensity(state))
      })
      drawn.push({ name: 'data', ...thin, density: truth })
    }
    drawn.push({ name, ...thin })
  }
  return drawn
}

/** About so many points along an axis are drawn. */
const shown = { 1: 400, 2: 100 }

/** Every so-manieth point of the part of the grid where the density is above 1e-4 of its maximum. */
function thinned({ units, x, density }: ModelDensity): Omit<DrawnDensity, 'name'> {
  const most = density.reduce((a, b) => Math.max(a, b), 0)
  const used = new Set<number>()
  density.forEach((value, n) => {
    if (value < 1e-4 * most) return
    used.add(n % x.length)
    if (units === 2) used.add(Math.floor(n / x.length))
  })
  const low = Math.max(0, Math.min(...used) - 2)
  const high = Math.min(x.length - 1, Math.max(...used) + 2)
  const stride = Math.max(1, Math.floor((high - low) / shown[units]))
  const kept = Array.from({ length: Math.floor((high - low) / stride) + 1 }, (_, n) => low + n * stride)
  return {
    units,
    x: Float64Array.from(kept, (n) => x[n]!),
    density: Float64Array.from(
      units === 1 ? kept : kept.flatMap((i) => kept.map((j) => i * x.length + j)),
      (n) => density[n]!,
    ),
  }
}
