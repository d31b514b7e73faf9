import { didYouMean, invalidValue, listed } from '../../errors.js'
import type { TableSets } from '../../learning/data/table.js'
import { type Calibration, calibrationOf, type ReliabilityBin } from '../../learning/evaluation/calibration.js'
import { columnsOf, type States, sliceStates } from '../../physics/network/states.js'
import { stream } from '../../physics/noise/streams.js'
import { type Check, statisticalCheck } from '../../physics/observe/check.js'
import { logSumExp, normalised } from '../../physics/observe/log-weights.js'
import { forceAndEnergy } from '../../physics/potential/potential.js'
import { stateEnergies } from '../../physics/potential/state-energies.js'
import { enumeratedLaw } from '../../physics/truth/enumerated-law.js'
import { logPartition } from '../../physics/truth/partition.js'
import type { StudyProblem } from './problem.js'
import type { DrawnDensity } from './study.js'

/** How models of units with states are judged: by the law of the data where it is known, else by rows or images that were held out. */
export interface Judge {
  /** names of the figures that stand for a run */
  readonly leading: readonly string[]
  /** the figure that has a bar and that arms are compared by, and what checks call it; null where there is none */
  readonly measure: { readonly figure: string; readonly name: string } | null
  /** @param last - whether learning is over: what takes long is measured then alone */
  figures(theta: Float64Array, seed: number, last: boolean): Record<string, number>
  /** what holds of a model by itself, whatever its bar */
  checks(theta: Float64Array): Check[]
  /** how far told classes can be trusted; where a column is told from the others */
  reliability?(theta: Float64Array): readonly ReliabilityBin[]
  /** what can't be trusted of its last figures */
  warnings?(figures: Readonly<Record<string, number>>): string[]
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
      measure: { figure: 'divergence', name: 'KL(data‖model)' },
      figures: (theta) => ({ divergence: divergenceOf(problem, theta), entropy: law.entropy }),
      checks: () => [],
      samples,
    }
  }
  if (table === null) throw new Error('no data with states')
  const classes = classifier(problem)
  return {
    leading: ['negativeLogLikelihood', 'logLoss', 'accuracy'],
    measure: null,
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

/** Rows whose classes are told at once. */
const toldAtOnce = 256

/** What tells the target column of held-out rows from the others; null without one. */
function classifier({
  potential,
  bath,
  settings,
  table,
}: TargetProblem): ((theta: Float64Array) => Calibration) | null {
  if (settings.target === undefined) return null
  const target = targetOf(settings.target, table!)
  const count = table!.units[target]!.states!.length
  const given = columnsOf(table!.heldOut)
  const own = given.x.slice(target * given.batch, (target + 1) * given.batch)
  return (theta) => {
    const energies = stateEnergies(potential, theta)
    const probability = new Float64Array(given.batch * count)
    for (let first = 0; first < given.batch; first += toldAtOnce) {
      const { x, batch } = sliceStates(given, first, Math.min(toldAtOnce, given.batch - first))
      const out = new Float64Array(count * batch)
      energies(target, x, batch, out)
      const row = new Float64Array(count)
      for (let n = 0; n < batch; n++) {
        for (let c = 0; c < count; c++) row[c] = -out[c * batch + n]! / bath.kT
        probability.set(normalised(row), (first + n) * count)
      }
    }
    return calibrationOf(probability, own)
  }
}

/** The unit of the target column. @throws E_INVALID_VALUE for a column that is none, or of numbers */
function targetOf(name: string, { units }: TableSets): number {
  const target = units.findIndex((unit) => unit.name === name)
  const categories = units.filter(({ states }) => states !== null).map((unit) => unit.name)
  if (target >= 0 && units[target]!.states !== null) return target
  const hint =
    target >= 0 ? ` It holds numbers; data.columns: { ${name}: category } makes it one.` : didYouMean(name, categories)
  throw invalidValue(
    `${JSON.stringify(name)} is no column of categories; there ${categories.length > 0 ? `are ${listed(categories)}` : 'is none'}.${hint}`,
    'objective.target',
  )
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
