import { betweenPieces, type Hooks } from '../../backend/hooks.js'
import { invalidValue, usageError } from '../../errors.js'
import { deviceOf } from '../../learning/rules/device.js'
import { dataScore, withExpectedTarget } from '../../learning/rules/expected-target.js'
import { forceMatching } from '../../learning/rules/force-matching.js'
import { createNoiser } from '../../learning/rules/noised-batch.js'
import { pathOptions } from '../../learning/rules/reverse-path.js'
import type { NoisedBatch, PathOptions } from '../../learning/rules/rule.js'
import { type RuleName, rulesFor } from '../../learning/rules/rules.js'
import type { Estimate } from '../../physics/observe/estimate.js'
import { squaredMean } from '../../physics/observe/squared-mean.js'
import type { ParameterGroup } from '../../physics/potential/potential.js'
import type { DriveKind } from '../../physics/protocol/noising.js'
import { inPlace } from '../scenario/places.js'
import type { Scenario } from '../scenario/schema.js'
import { createProblem, type LearningData, type Problem } from '../system/problem.js'
import { loadTrained } from '../training/train-run.js'
import {
  accuracyOf,
  cosineOf,
  type GradientCost,
  type GradientRows,
  type GroupAccuracy,
  gradientRows,
  meanRow,
  totalVariance,
} from './gradient-rows.js'
import { contrastScan, nudgeScan, pathScan, type Scan } from './gradient-scan.js'
import { perturbedStart } from './perturbed-start.js'

/** Where and how gradients are compared. */
export interface GradientsOptions extends Hooks {
  /** noising time; .1 by default, or the geometric middle of a noising that does not hold it */
  readonly t?: number | undefined
  /** states in a batch; the scenario's by default, or fewer where the network is large */
  readonly batch?: number | undefined
  /** a finished run, or a .safetensors file of parameters: those at the knot nearest to t, at that knot's time */
  readonly parametersFrom?: string | undefined
}

/** A rule in one drive; it has no result where it does not apply. */
interface ComparedRule {
  readonly name: RuleName
  readonly equation: string
  readonly measures: string
  readonly locality: string
  /** the same for parameters of hidden units; null where there is none */
  readonly hidden: string | null
  /** what its bias is known to be */
  readonly order: string
  readonly refusal: string | null
  readonly result: RuleResult | null
}

/** A rule's gradient beside the oracle's. */
export interface RuleResult extends Omit<GroupAccuracy, 'name' | 'parameters'> {
  /** between the gradient of one batch and the oracle's */
  readonly cosine: Estimate
  readonly groups: readonly GroupAccuracy[]
  /** batches that it needs for the error that force matching has with one */
  readonly batches: number
  readonly cost: GradientCost
}

/** The rules in one drive, beside its oracle. */
export interface ComparedDrive {
  readonly drive: DriveKind
  /** its gradient's size, and the standard error of the whole vector relative to that */
  readonly oracle: { readonly size: number; readonly standardError: number }
  readonly rules: readonly ComparedRule[]
  readonly scans: readonly Scan[]
}

/** gradients.json */
export interface GradientsDocument {
  /** its name */
  readonly scenario: string
  /** of all random numbers */
  readonly seed: number
  /** noising time at which rules are compared */
  readonly t: number
  /** where the parameters are from: "start", perturbed, or the directory of a run */
  readonly parameters: string
  /** how many there are */
  readonly parameterCount: number
  /** hidden units of the network, 0 without any */
  readonly hiddenUnits: number
  /** states in a batch */
  readonly batch: number
  /** batches that every rule saw, and as many others that the oracle saw */
  readonly batches: number
  /** the scenario's own drive first */
  readonly drives: readonly ComparedDrive[]
}

/** Batches of rules and oracle: far from those that parameters were trained on. */
const firstDraw = 2 ** 24
const firstOracleDraw = 2 ** 25
const [fewestBatches, mostBatches] = [12, 16]
const fewestStates = 16
/** Curves of all scans: what takes most of the time. */
const mostCurves = 6

/**
 * Every local rule on the same batches, in both drives, at the same parameters, beside the oracle: force matching with the
 * analytic gradient, in float64, whose target is the exact mean of F̂ at given x (see withExpectedTarget), over as many batches of
 * its own. The bias of a rule is its mean difference from a rule without bias on the same batches, which takes away most of the
 * noise: nudged force matching from force matching, contrastive divergence from implicit score matching, others from the oracle's
 * rule.
 *
 * @throws E_INVALID_VALUE for a plain simulation, E_USAGE for a time or batch that can't be; StoppedError when `signal` stopped it
 *
 * Cost: bounded: fewer states where the network is large; about 6 s for two units, 15 s for 144.
 */
export async function compareGradients(scenario: Scenario, options: GradientsOptions = {}): Promise<GradientsDocument> {
  try {
    return await compared(scenario, options)
  } catch (error) {
    throw inPlace(scenario, error)
  }
}

async function compared(scenario: Scenario, options: GradientsOptions): Promise<GradientsDocument> {
  const problem = createProblem(scenario)
  const { potential } = problem
  const setting = await settingOf(problem, options)
  const { t, batch, batches } = setting
  const own = scenario.sampling.drive
  const other = own === 'reverse' ? 'quasi-static' : 'reverse'
  return {
    scenario: scenario.name,
    seed: scenario.seed,
    t,
    parameters: options.parametersFrom ?? 'start',
    parameterCount: potential.size,
    hiddenUnits: potential.network.hidden,
    batch,
    batches,
    drives: [await compareIn(own, problem, setting), await compareIn(other, problem, setting)],
  }
}

/**
 * What is the same for all rules and both drives: where and how much, `drawn`, batches in a drive numbered from `first`, and
 * `scores`, ∇log p of the noised data at the states that rules and oracle see, which no drive changes.
 */
async function settingOf(problem: Problem, options: GradientsOptions) {
  const { potential, noising, scenario } = problem
  const data = learningData(problem)
  const { t, theta } = placeOf(problem, options)
  const { batch, batches } = sizesFor(problem, data, options.batch)
  const { visible } = potential.network
  let done = 0
  const onCurve = () => betweenPieces(options, { phase: 'measure', done: done++, total: mostCurves, t })
  const drawn = (drive: DriveKind, first: number, path?: PathOptions) => {
    const noiser = createNoiser(data.states.train, noising, drive, scenario.seed, { visible, path })
    return Array.from({ length: batches }, (_, n): NoisedBatch => {
      const one = noiser.minibatch(t, batch, first + n)
      // The noiser uses its arrays again.
      return { ...one, x: one.x.slice(), target: one.target.slice() }
    })
  }
  const scores = (first: number) =>
    drawn(scenario.sampling.drive, first).map(({ x }) => dataScore(data.states.train, noising, t, x, batch, visible))
  await onCurve()
  return {
    ...{ t, batch, batches, drawn, onCurve },
    device: deviceOf(potential, theta, noising.bath),
    scores: { rules: scores(firstDraw), oracle: scores(firstOracleDraw) },
  }
}

/** All rules in one drive, and those of their settings that are scanned there. */
async function compareIn(
  drive: DriveKind,
  problem: Problem,
  setting: Awaited<ReturnType<typeof settingOf>>,
): Promise<ComparedDrive> {
  const { potential, scenario } = problem
  const { device, batches, drawn, scores, onCurve } = setting
  const states = drawn(drive, firstDraw, pathOptions(scenario.learning?.path))
  const expected = (of: readonly NoisedBatch[], score: readonly Float64Array[]) => {
    const targets = of.map((one, n) => withExpectedTarget(one, score[n]!))
    return gradientRows(forceMatching(), device, targets).rows
  }
  const oracle = expected(drawn(drive, firstOracleDraw), scores.oracle)
  const same = expected(states, scores.rules)
  const size = sizeOf(oracle, 0, potential.size)
  const known = rulesFor(potential, drive, scenario.learning)
  const measured = new Map<RuleName, GradientRows>()
  for (const { name, rule, refusal } of known)
    if (refusal === null) measured.set(name, gradientRows(rule, device, states))
  const rowsOf = (name: RuleName) => measured.get(name)?.rows
  const partnerOf = (name: RuleName) =>
    (name === 'nudged-force-matching' && rowsOf('force-matching')) ||
    (name === 'contrastive-divergence' && rowsOf('implicit-score-matching')) ||
    same
  const matching = totalVariance(rowsOf('force-matching')!).value
  const rules = known.map(({ name, rule, refusal }): ComparedRule => {
    const { equation, measures, locality, hidden, bias: order } = rule
    const found = measured.get(name)
    const result = found === undefined ? null : resultOf(found, partnerOf(name), oracle, potential.groups, matching)
    return { name, equation, measures, locality, hidden, order, refusal, result }
  })
  const context = (partner: readonly Float64Array[]) => ({ device, size, partner, onCurve })
  const scans: Scan[] = []
  if (measured.has('contrastive-divergence'))
    scans.push(await contrastScan(context(partnerOf('contrastive-divergence')), states))
  if (drive === scenario.sampling.drive)
    scans.push(await nudgeScan(context(partnerOf('nudged-force-matching')), states))
  if (measured.has('reverse-path'))
    scans.push(await pathScan(context(same), (dt) => drawn(drive, firstDraw, { dt, steps: 1 })))
  const standardError = Math.sqrt(totalVariance(oracle).value / batches) / size
  return { drive, oracle: { size, standardError }, rules, scans }
}

/** Size of the oracle's gradient; where that is lost in the noise, what it could be: near the optimum there is little of it. */
function sizeOf(oracle: readonly Float64Array[], from: number, to: number): number {
  const { value, standardError } = squaredMean(oracle, from, to)
  return Math.sqrt(Math.max(value, standardError))
}

/** A rule beside the oracle, over all parameters and group by group; `matching`: variance of force matching on a batch. */
function resultOf(
  { rows, cost }: GradientRows,
  partner: readonly Float64Array[],
  oracle: readonly Float64Array[],
  groups: readonly ParameterGroup[],
  matching: number,
): RuleResult {
  const over = (group: Pick<ParameterGroup, 'name' | 'offset' | 'size'>) =>
    accuracyOf(group, rows, partner, sizeOf(oracle, group.offset, group.offset + group.size))
  const { name: _, parameters: __, ...all } = over({ name: 'all', offset: 0, size: rows[0]!.length })
  return {
    ...all,
    cosine: cosineOf(rows, meanRow(oracle)),
    groups: groups.filter((group) => group.size > 0).map(over),
    batches: totalVariance(rows).value / matching,
    cost,
  }
}

function learningData({ data, scenario, hardware }: Problem): LearningData {
  if (hardware !== undefined)
    throw invalidValue('gradients are compared on an ideal device. Take the section out.', 'hardware')
  if (data !== undefined) return data
  throw invalidValue(
    'nothing is learned in a plain simulation, so there are no gradients to compare. Name a scenario with data, such as scenarios/gaussian-mixture-2d.yaml.',
    scenario.name,
  )
}

/** The noising time, and parameters that have something to learn there. */
function placeOf(problem: Problem, { t: asked, parametersFrom }: GradientsOptions): { t: number; theta: Float64Array } {
  const { knots } = problem.noising
  const [duration, tMin] = [knots[0]!, knots.at(-1)!]
  if (asked !== undefined && !(asked > 0 && asked <= duration))
    throw usageError(`expected a noising time in (0, ${duration}], got ${asked}.`, '--t')
  const t = asked ?? (tMin <= 0.1 && duration >= 0.1 ? 0.1 : Math.sqrt(tMin * duration))
  if (parametersFrom === undefined) return { t, theta: perturbedStart(problem, t) }
  const apart = knots.map((knot) => Math.abs(Math.log(knot / t)))
  const nearest = apart.indexOf(Math.min(...apart))
  return { t: knots[nearest]!, theta: loadTrained(parametersFrom, problem)[nearest]! }
}

/** Parameters that all gradients of a state touch, about; and operations on a state's units that cost as much as one. */
const [evaluations, unitWork] = [240, 30]
const mostWork = 5e9

/** Batches as the scenario learns with them, as many as the time allows. */
function sizesFor({ potential, scenario }: Problem, { train }: LearningData, asked: number | undefined) {
  if (asked !== undefined && !(Number.isSafeInteger(asked) && asked >= fewestStates && asked <= 65536))
    throw usageError(`expected a whole number from ${fewestStates} to 65536, got ${asked}.`, '--batch')
  const { units } = potential.network
  const work = evaluations * (potential.size + unitWork * units) + 2 * train.count * (units + 3)
  const states = mostWork / work
  const affordable = Math.max(fewestStates, 16 * Math.floor(states / fewestBatches / 16))
  const batch = asked ?? Math.min(scenario.learning?.batch ?? affordable, affordable)
  return { batch, batches: Math.max(fewestBatches, Math.min(mostBatches, Math.floor(states / batch))) }
}
