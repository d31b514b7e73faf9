import { invalidValue } from '../../errors.js'
import { type PairDensity, pairDensity } from '../../learning/data/pair-law.js'
import { descend } from '../../learning/objectives/descend.js'
import { higherOfTwo, pairScores, scorePairs } from '../../learning/objectives/energy-filter.js'
import type { Landscape } from '../../learning/objectives/landscape.js'
import type { Phase } from '../../learning/objectives/objective.js'
import { pairLogits, pairObjective } from '../../learning/objectives/pair-energy.js'
import { columnsOf, pickStates, type States } from '../../physics/network/states.js'
import { stream } from '../../physics/noise/streams.js'
import { distinctIntegers } from '../../physics/noise/uniform.js'
import { barCheck, type Check } from '../../physics/observe/check.js'
import type { SettingsOf } from '../scenario/objective.js'
import { type Judging, judgedPairs, keptFigures, margins } from './judged-pairs.js'
import { type DescentState, keptDescent } from './kept-descent.js'
import { drawData, type StudyProblem } from './problem.js'
import {
  type Arm,
  type ArmHooks,
  type ArmPlan,
  armByArm,
  type DrawnCurve,
  type Found,
  type FoundArm,
  type RunStudy,
  repetitionOf,
} from './study.js'

type Settings = SettingsOf<'energy-filter'>
type Problem = StudyProblem<Settings>
type ArmName = 'energy filter' | Settings['arms'][number]

/** Nats between what the filter reaches, an oracle's filter and Bayes; what no filter at all misses Bayes by. */
const bars = { oracle: 0.05, bayes: 0.15, none: 1 }
/** By how much precision and recall may miss 1: of what is kept that belongs together, and of what belongs together that is kept. */
const shareBar = 0.1
/** Points of a curve. */
const points = 10

/** Names of arms, in words. */
const words: { readonly [Name in ArmName]: string } = {
  'energy filter': 'energy filter',
  oracle: 'oracle filter',
  none: 'no filter',
  'free-energy': 'free-energy filter',
  swapped: 'swapped entropies',
  complementary: 'complementary learning',
}

/** @throws E_INVALID_VALUE for data of another size than the network; E_MISSING_KEY without any */
export function requirePairs(problem: Problem): void {
  const { units } = problem.potential.network
  if (units % 2 === 1) throw invalidValue(`${units} units; expected two halves of as many.`, 'network.visible')
  lawOf(problem)
}

function lawOf({ scenario: { data } }: Problem): PairDensity {
  if (data?.source !== 'pairs') throw new Error('data of pairs')
  return pairDensity(data)
}

/** Learns the energy of pairs with and without a filter, and judges each by pairs that were held out, beside Bayes. */
export const energyFilterStudy: RunStudy<Settings> = async (problem, seed, hooks) => {
  const { settings } = problem
  const material = materialOf(problem, seed)
  const bayes = judgedPairs(material, material.law.logRatios)
  const names: ArmName[] = ['energy filter', ...settings.arms]
  const plans = names.map((name) => ({
    arm: name,
    name: words[name],
    // Where no pair is wrong nothing is lost without a filter.
    expected:
      settings.permuted > 0 && (name === 'none' || name === 'free-energy') ? ('fails' as const) : ('succeeds' as const),
  }))
  const leading = ['partnerLogLoss', 'retrieval', 'precision', 'recall']
  const run = async (
    plan: (typeof plans)[number],
    own: ArmHooks<FilterState>,
    before: readonly FoundArm<FilterFound>[],
  ): Promise<FilterFound> => {
    const kept = before.find(({ name }) => name === words['energy filter'])?.weights ?? null
    const { landscape, weights, curves, ...judged } = await runArm(plan.arm, problem, material, kept, own)
    const figures = { ...judged.figures, ...keptFigures(weights, material.belongs) }
    const { cost } = landscape
    return { locality: 'three-factor', figures, cost, checks: shareChecks(plan, figures), curves, weights }
  }
  const found = await armByArm(plans, hooks, run)
  const reached = Object.fromEntries(names.map((name, n) => [name, found[n]!.figures.partnerLogLoss!]))
  const repetition = repetitionOf(found, leading)
  const truth: Arm = {
    name: 'Bayes',
    expected: 'succeeds',
    locality: 'sampler',
    figures: { ...bayes, ...keptFigures(bayesFilter(material, settings), material.belongs) },
    cost: { forces: 0, energies: 0, work: null, heat: null },
  }
  return {
    ...repetition,
    arms: [...repetition.arms, truth],
    checks: [...repetition.checks, ...likelihoodChecks(reached, bayes.partnerLogLoss!, settings.permuted > 0)],
  }
}

/** What all arms of a repetition share. */
interface Material extends Judging {
  readonly seed: number
  /** the pairs that are learned from, some of them permuted */
  readonly pairs: States
  /** 1 where a pair belongs together, [pairs] */
  readonly belongs: Float64Array
}

function materialOf(problem: Problem, seed: number): Material {
  const { settings } = problem
  const law = lawOf(problem)
  const drawn = drawData(problem, seed)
  const count = drawn.batch
  const wrong = Math.round(settings.permuted * count)
  const order = distinctIntegers({ seed, stream: stream.pairs, step: 0 }, wrong, count)
  const pairs = { x: drawn.x.slice(), batch: count }
  const belongs = new Float64Array(count).fill(1)
  // Each takes the partner of the one before, so that none keeps its own.
  order.forEach((pair, n) => {
    const partner = order[(n + wrong - 1) % wrong]!
    if (partner === pair) return
    belongs[pair] = 0
    for (let unit = law.split; unit < law.units; unit++) pairs.x[unit * count + pair] = drawn.x[unit * count + partner]!
  })
  const heldOut = columnsOf(law.sample(settings.heldOut, seed, 1))
  return { law, seed, pairs, belongs, heldOut, batch: settings.batch }
}

/** What an arm found, with the weights of the pairs that it last learned from. */
interface FilterFound extends Found {
  readonly weights: Float64Array
}

/** What an arm carries from one iteration to the next. */
interface FilterState extends DescentState {
  /** which training is under way: 0 the warm-up, then one for each round */
  readonly training: number
  /** of the pairs that it learns from, and the scores that these were told apart by */
  readonly weights: Float64Array
  readonly scores: Float64Array
  /** iterations of all trainings */
  readonly done: number
}

/** What an arm ends with. */
interface Run {
  readonly landscape: Landscape
  /** of the pairs that it last learned from */
  readonly weights: Float64Array
  readonly figures: Record<string, number>
  readonly curves: readonly DrawnCurve[]
}

async function runArm(
  name: ArmName,
  problem: Problem,
  material: Material,
  kept: Float64Array | null,
  hooks: ArmHooks<FilterState>,
): Promise<Run> {
  const { settings, potential, bath, frozen, start } = problem
  const { record, progress, found } = hooks
  const landscape = hooks.landscape(potential, bath)
  const { pairs, batch, belongs, law, seed } = material
  const everything = new Float64Array(pairs.batch).fill(1)
  const own = { swapped: name === 'swapped', complementary: name === 'complementary' ? 1 : 0 }
  let done = found?.done ?? 0
  const filters = name === 'energy filter' || name === 'free-energy' ? settings.rounds : 0
  const total = settings.iterations * Math.max(1, filters) + (filters > 0 ? settings.warmUp : 0)
  const judge = (theta: Float64Array) =>
    judgedPairs(material, (first, second) => pairLogits(landscape, theta, first, second, law.split))
  let weights =
    found?.weights ?? (name === 'oracle' ? belongs : ((own.swapped || name === 'complementary') && kept) || everything)
  let scores = found?.scores ?? new Float64Array(0)
  const learn = async (iterations: number, training: number) => {
    const theta = start.slice()
    const data = pairBatches(pairs, weights, batch, seed, training)
    const objective = pairObjective({ landscape, split: law.split, data, ...own })
    const going = found?.training === training ? hooks : { ...hooks, found: null }
    const carried = () => ({ training, weights, scores, done })
    const { course, state } = keptDescent({ landscape, objective, theta }, going, carried)
    for (const step of descend(landscape, objective, theta, frozen, { ...settings, iterations }, course)) {
      done++
      if (step % Math.ceil(iterations / points) === 0) record(done, { loss: objective.loss() })
      if (step % 20 === 0) await progress(done / total, state)
    }
    return theta
  }
  const score = name === 'free-energy' ? 'free energy' : 'difference'
  // Without a filter there is one training, of the last round's batches.
  const last = filters > 0 ? filters : settings.rounds
  let theta = start
  for (let training = found?.training ?? (filters > 0 ? 0 : last); training <= last; training++) {
    if (filters > 0 && training > 0 && training !== found?.training) {
      const logits = (some: States) => pairLogits(landscape, theta, some, some, law.split)
      scores = scorePairs(logits, pairScores[score], pairs, ordersOf(material, settings, training), batch)
      weights = higherOfTwo(scores).map((share) => (share > 0.5 ? 1 : 0))
      record(done, keptFigures(weights, belongs))
    }
    theta = await learn(filters > 0 && training === 0 ? settings.warmUp : settings.iterations, training)
  }
  const curves = name === 'energy filter' ? margins(scores, belongs) : []
  return { landscape, weights, figures: judge(theta), curves }
}

/** Batches of different pairs, in an order that is new whenever all have had their turn. */
function pairBatches(pairs: States, weights: Float64Array, batch: number, seed: number, training: number) {
  const perEpoch = Math.floor(pairs.batch / batch)
  let known: { readonly step: number; readonly order: Int32Array } = { step: -1, order: new Int32Array(0) }
  return (iteration: number): Phase => {
    const place = iteration % perEpoch
    const step = training * epochsOfTraining + Math.floor(iteration / perEpoch)
    if (step !== known.step)
      known = { step, order: distinctIntegers({ seed, stream: stream.minibatch, step }, pairs.batch, pairs.batch) }
    const { order } = known
    const chosen = order.subarray(place * batch, (place + 1) * batch)
    const own = Float64Array.from(chosen, (pair) => weights[pair]!)
    return { ...pickStates(pairs, chosen), name: 'pairs', scale: 1, weights: own }
  }
}

/** Numbers of epochs that trainings have of their own. */
const epochsOfTraining = 1_000_000

/** Random orders of the pairs, which cut them into batches to be scored in. */
function ordersOf({ pairs, seed }: Material, { orders }: Settings, round: number): Int32Array[] {
  return Array.from({ length: orders }, (_, n) =>
    distinctIntegers({ seed, stream: stream.pairs, step: 1 + round * orders + n }, pairs.batch, pairs.batch),
  )
}

/** What a filter by Bayes' own energies keeps. */
function bayesFilter(material: Material, settings: Settings): Float64Array {
  const { logRatios } = material.law
  const orders = ordersOf(material, settings, 0)
  const scores = scorePairs(
    (some) => logRatios(some, some),
    pairScores.difference,
    material.pairs,
    orders,
    material.batch,
  )
  return higherOfTwo(scores).map((share) => (share > 0.5 ? 1 : 0))
}

function shareChecks(
  { arm, name, expected }: ArmPlan & { readonly arm: ArmName },
  figures: Record<string, number>,
): Check[] {
  if (arm === 'free-energy' && expected === 'fails')
    return [barCheck(`recall, ${name}`, figures.recall!, 1, shareBar, expected)]
  if (arm !== 'energy filter') return []
  return (['precision', 'recall'] as const).map((share) => barCheck(`${share}, ${name}`, figures[share]!, 1, shareBar))
}

/** How far arms are from Bayes, and the filter from an oracle's. */
function likelihoodChecks(reached: Readonly<Record<string, number>>, bayes: number, corrupted: boolean): Check[] {
  const found = reached['energy filter']!
  const { none, oracle } = reached
  const beyond = (name: string, value: number, bar: number, expected?: ArmPlan['expected']) =>
    barCheck(`held-out -ln p, ${name}`, value, 0, bar, expected)
  return [
    beyond('energy filter, beyond Bayes', found - bayes, bars.bayes),
    ...(oracle === undefined ? [] : [beyond('energy filter, beyond an oracle’s', found - oracle, bars.oracle)]),
    ...(none === undefined || !corrupted ? [] : [beyond('no filter, beyond Bayes', none - bayes, bars.none, 'fails')]),
  ]
}
