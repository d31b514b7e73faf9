import { didYouMean, invalidValue, listed } from '../../errors.js'
import { type Calibration, calibrationOf, type ReliabilityBin } from '../../learning/evaluation/calibration.js'
import { columnsOf, type States } from '../../physics/network/states.js'
import { stream } from '../../physics/noise/streams.js'
import { type Check, statisticalCheck } from '../../physics/observe/check.js'
import { logSumExp, normalised } from '../../physics/observe/log-weights.js'
import { forceAndEnergy } from '../../physics/potential/potential.js'
import { enumeratedLaw } from '../../physics/truth/enumerated-law.js'
import { logPartition } from '../../physics/truth/partition.js'
import { figureCheck } from './figures.js'
import type { StudyProblem } from './problem.js'
import type { DrawnDensity } from './study.js'

/** How models of units with states are judged: by the law of the data where it is known, else by rows that were held out. */
export interface Judge {
  /** names of the figures that stand for a run */
  readonly leading: readonly string[]
  figures(theta: Float64Array): Record<string, number>
  /** @param bar - largest KL(data‖model), where the law is known */
  checks(theta: Float64Array, bar: number | undefined): Check[]
  /** how far told classes can be trusted; where a column is told from the others */
  reliability?(theta: Float64Array): readonly ReliabilityBin[]
  /** independent states of the model; null where its law is not known */
  samples(theta: Float64Array, seed: number): States | null
}

/** States that stand for a model in the report. */
const shown = 2000

type TargetProblem = StudyProblem & { readonly settings: { readonly target?: string | undefined } }

/** What a problem's models are judged by. @throws E_UNKNOWN_KEY for a target that is no category of its table */
export function judgeOf(problem: TargetProblem): Judge {
  const { potential, bath, law, table } = problem
  const samples: Judge['samples'] = (theta, seed) => {
    const known = enumeratedLaw(potential, theta, bath)
    if (known === null) return null
    const x = new Float64Array(potential.network.units * shown)
    known.draw({ seed, stream: stream.evaluation, step: 0 }, 0, shown, x)
    return { x, batch: shown }
  }
  if (law !== null) {
    return {
      leading: ['divergence'],
      figures: (theta) => ({ divergence: divergenceOf(problem, theta), entropy: law.entropy }),
      checks: (theta, bar) =>
        bar === undefined
          ? []
          : figureCheck('KL(data‖model), energy discrepancy', divergenceOf(problem, theta), 0, bar),
      samples,
    }
  }
  if (table === null) throw new Error('no data with states')
  const classes = classifier(problem)
  return {
    leading: ['negativeLogLikelihood', 'logLoss', 'accuracy'],
    figures: (theta) => ({ ...likelihood(problem, theta), ...classFigures(classes?.(theta)) }),
    checks(theta) {
      const found = classes?.(theta)
      if (found === undefined) return []
      return [
        statisticalCheck(
          'surplus of the told probabilities over the held-out classes',
          found.surplus,
          0,
          found.surplusError,
        ),
      ]
    },
    ...(classes === null ? {} : { reliability: (theta) => classes(theta).bins }),
    samples,
  }
}

/** U/kT of each state. */
function energies({ potential, bath }: StudyProblem, theta: Float64Array, { x, batch }: States): Float64Array {
  const energy = new Float64Array(batch)
  forceAndEnergy(potential, theta, x, batch, null, energy)
  return energy.map((u) => u / bath.kT)
}

/** KL(data‖model) = -entropy + ⟨U⟩/kT + log Z, in nats. */
function divergenceOf(problem: StudyProblem, theta: Float64Array): number {
  const { potential, bath } = problem
  const { average, entropy, states } = problem.law!
  const energy = energies(problem, theta, average)
  // Of units with states alone, `average` is all there is.
  const isWhole = states.every((values) => values !== null)
  const logZ = isWhole ? logSumExp(energy.map((u) => -u)) : (logPartition(potential, theta, bath) ?? Number.NaN)
  return average.weights.reduce((sum, weight, n) => sum + weight * energy[n]!, 0) + logZ - entropy
}

/** -⟨log p⟩ of held-out rows, in nats; nothing where log Z is not known. */
function likelihood(problem: StudyProblem, theta: Float64Array): { negativeLogLikelihood?: number } {
  const { potential, bath, table } = problem
  const logZ = logPartition(potential, theta, bath)
  if (logZ === null) return {}
  const energy = energies(problem, theta, columnsOf(table!.heldOut))
  return { negativeLogLikelihood: energy.reduce((sum, u) => sum + u, 0) / energy.length + logZ }
}

/** What tells the target column of held-out rows from the others; null without one. */
function classifier(problem: TargetProblem): ((theta: Float64Array) => Calibration) | null {
  const { settings, table } = problem
  if (settings.target === undefined) return null
  const { units, heldOut } = table!
  const categories = units.filter(({ states }) => states !== null).map(({ name }) => name)
  const target = units.findIndex(({ name, states }) => name === settings.target && states !== null)
  if (target < 0)
    throw invalidValue(
      `${JSON.stringify(settings.target)} is no column of categories; there are ${listed(categories)}.${didYouMean(settings.target, categories)}`,
      'objective.target',
    )
  const classes = units[target]!.states!
  const given = columnsOf(heldOut)
  const own = given.x.slice(target * given.batch, (target + 1) * given.batch)
  return (theta) => {
    const probability = new Float64Array(given.batch * classes.length)
    const x = given.x.slice()
    for (const c of classes) {
      x.fill(c, target * given.batch, (target + 1) * given.batch)
      energies(problem, theta, { x, batch: given.batch }).forEach((u, n) => {
        probability[n * classes.length + c] = -u
      })
    }
    for (let n = 0; n < given.batch; n++) {
      const row = probability.subarray(n * classes.length, (n + 1) * classes.length)
      row.set(normalised(row))
    }
    return calibrationOf(probability, own)
  }
}

function classFigures(found: Calibration | undefined): Record<string, number> {
  if (found === undefined) return {}
  const { surplusError: _, bins: __, ...figures } = found
  return figures
}

/** The law of the data and those of models for the report, where a law says how it is drawn. */
export function drawnLaws(
  problem: StudyProblem,
  models: readonly { readonly name: string; readonly theta: Float64Array }[],
): DrawnDensity[] {
  const { law } = problem
  if (law?.plane === undefined) return []
  const { x, cells } = law.plane
  const area = ((x.at(-1)! - x[0]!) / (x.length - 1)) ** 2
  const drawn = (name: string, probability: Float64Array): DrawnDensity => {
    const density = new Float64Array(x.length ** 2)
    probability.forEach((p, n) => {
      density[cells[n]!]! += p / area
    })
    return { name, units: 2, x, density }
  }
  return [
    drawn('data', law.average.weights),
    ...models.map(({ name, theta }) => drawn(name, normalised(energies(problem, theta, law.average).map((u) => -u)))),
  ]
}
