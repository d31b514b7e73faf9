import { invalidValue } from '../../errors.js'
import { type Cost, createLandscape, type Landscape } from '../../learning/objectives/landscape.js'
import { forgetful, lineIntegral, metropolisMove, quadratures } from '../../learning/objectives/line-integral.js'
import { type Move, moveBy } from '../../learning/objectives/moves.js'
import { eulerMaruyama, langevinStep } from '../../physics/dynamics/euler-maruyama.js'
import { energyDifference, randomWalk, type Trial } from '../../physics/dynamics/metropolis.js'
import { arrays } from '../../physics/network/states.js'
import { drawNormals } from '../../physics/noise/gaussian.js'
import { stream } from '../../physics/noise/streams.js'
import { barCheck, type Check, identityCheck } from '../../physics/observe/check.js'
import { composedPotential, forceAndEnergy, type Potential } from '../../physics/potential/potential.js'
import { binned, binnedLaw, totalVariation } from '../../physics/truth/binned-law.js'
import type { SettingsOf } from '../scenario/objective.js'
import { parametersFrom } from '../system/named-values.js'
import type { StudyProblem } from './problem.js'
import { binnedDensity } from './sample-density.js'
import { type ArmHooks, type ArmPlan, armByArm, type RunStudy, repetitionOf } from './study.js'

type Problem = StudyProblem<SettingsOf<'line-integral'>>
type Rule = SettingsOf<'line-integral'>['rules'][number]

/** One way of moving the walkers; `rule` when its ratio is an integral. */
interface MoveArm extends ArmPlan {
  readonly rule: Rule | null
  move(landscape: Landscape, watch: Comparison): Move
}

/** What an arm carries from one step to the next. */
interface WalkState {
  /** steps taken */
  readonly k: number
  readonly x: Float64Array
  /** of the walkers in each bin, over so many looks */
  readonly share: Float64Array
  readonly looks: number
  readonly compared: Compared
  readonly cost: Cost
}

/** Bins along an axis, by units. */
const bins = { 1: 40, 2: 12 }
/** Total variation that passes. */
const bar = 0.03
/** Of log p(x')/p(x) by a rule that is exact, relative to the energies subtracted: some thousand roundings; of the acceptance by the trapezoidal rule, relative. */
const tolerance = { exact: 1e-12, trapezoid: 0.01 }
/** Steps between two looks at the walkers in the second half. */
const stride = 5

/** Corrects the composition of networks by forces alone, rule by rule, beside energies and beside no correction. */
export const lineIntegralStudy: RunStudy<SettingsOf<'line-integral'>> = async (problem, seed, hooks) => {
  const { settings, bath } = problem
  const { walkers, steps } = settings
  const { potential, theta, law } = composedOf(problem)
  const found = await armByArm(armsOf(settings), hooks, async (arm, own: ArmHooks<WalkState>) => {
    const { name, expected } = arm
    const { record, progress, found: kept } = own
    const landscape = createLandscape(potential, bath)
    const comparison = compareWithEnergies(potential, theta, bath.kT, kept?.compared)
    Object.assign(landscape.cost, kept?.cost)
    const move = arm.move(landscape, comparison)
    const normals = drawNormals({ seed, stream: stream.initial, step: 0 }, potential.network.units, walkers)
    const x = kept?.x ?? normals.map((normal) => settings.spread * normal)
    const share = kept?.share ?? new Float64Array(law.probability.length)
    let looks = kept?.looks ?? 0
    const { cost } = landscape
    const { compared } = comparison
    for (let k = kept?.k ?? 0; k < steps; k++) {
      move(theta, { x, batch: walkers }, seed, k)
      if (k % stride !== 0) continue
      const now = binned(law, x, walkers, null)
      record(k + 1, { totalVariation: totalVariation(law, now) })
      if (k >= steps / 2) {
        looks++
        for (let n = 0; n < share.length; n++) share[n]! += now[n]!
      }
      await progress(k / steps, () => ({ k: k + 1, x, share, looks, compared, cost }))
    }
    for (let n = 0; n < share.length; n++) share[n]! /= looks
    const figures = {
      totalVariation: totalVariation(law, share),
      heat: (cost.heat ?? 0) / walkers,
      refusedWork: (cost.work ?? 0) / walkers,
      forcesPerStep: cost.forces / (walkers * steps),
      ...comparison.figures(),
    }
    return {
      locality: 'sampler',
      figures,
      cost,
      checks: [
        barCheck(`total variation, ${name}`, figures.totalVariation, 0, bar, expected),
        ...ratioChecks(arm, comparison.figures(), comparison.energies(), problem.potential),
      ],
      densities: [binnedDensity(name, law, share)],
      samples: () => ({ x, batch: walkers }),
    }
  })
  const repetition = repetitionOf(found, ['totalVariation'])
  return { ...repetition, densities: [binnedDensity('truth', law, law.probability), ...repetition.densities] }
}

/** Energies, then each rule, for each proposal; then no correction, and one that forgets the proposals' ratio. */
function armsOf({ proposals, rules, intervals, step, jump }: SettingsOf<'line-integral'>): MoveArm[] {
  const ratioOf = (rule: Rule | null) => (rule === null ? energyDifference : lineIntegral(quadratures[rule](intervals)))
  const proposalOf = { langevin: langevinStep(), 'random-walk': randomWalk(jump) }
  const corrected = proposals.flatMap((proposal): MoveArm[] =>
    [null, ...rules].map((rule) => ({
      name: `${proposal}, ${rule ?? 'energies'}`,
      expected: 'succeeds',
      rule,
      move: (landscape, { watch }) => metropolisMove(landscape, step, proposalOf[proposal], ratioOf(rule), watch),
    })),
  )
  if (!proposals.includes('langevin')) return corrected
  return [
    ...corrected,
    { name: 'unadjusted', expected: 'fails', rule: null, move: (landscape) => moveBy(eulerMaruyama, landscape, step) },
    {
      name: 'langevin without its ratio',
      expected: 'fails',
      rule: null,
      move: (landscape) => metropolisMove(landscape, step, forgetful(langevinStep()), energyDifference),
    },
  ]
}

/** What was seen of proposals so far. */
interface Compared {
  proposals: number
  accepted: number
  ratioError: number
  acceptanceError: number
  largest: number
  energies: number
}

type Comparison = ReturnType<typeof compareWithEnergies>

/**
 * Measures every log p(x')/p(x) and acceptance against those of the energies: the largest error of the first, the mean error of
 * the second over its mean. A measurement, whose cost is not counted.
 */
export function compareWithEnergies(
  potential: Potential,
  theta: Float64Array,
  kT: number,
  compared: Compared = { proposals: 0, accepted: 0, ratioError: 0, acceptanceError: 0, largest: 0, energies: 1 },
) {
  const watch = ({ x, next, logRatio, ratio }: Trial) => {
    const batch = ratio.length
    const [here, there] = arrays(2, batch)
    forceAndEnergy(potential, theta, x, batch, null, here)
    forceAndEnergy(potential, theta, next, batch, null, there)
    for (let b = 0; b < batch; b++) {
      const exact = (here[b]! - there[b]!) / kT
      compared.energies = Math.max(compared.energies, (Math.abs(here[b]!) + Math.abs(there[b]!)) / kT)
      const chance = Math.min(1, Math.exp(logRatio[b]! + ratio[b]!))
      compared.ratioError = Math.max(compared.ratioError, Math.abs(logRatio[b]! - exact))
      const error = Math.abs(chance - Math.min(1, Math.exp(exact + ratio[b]!)))
      compared.acceptanceError += error
      compared.largest = Math.max(compared.largest, error)
      compared.accepted += chance
    }
    compared.proposals += batch
  }
  const figures = (): Record<string, number> => {
    const { proposals, accepted, ratioError, acceptanceError, largest } = compared
    if (proposals === 0) return {}
    return {
      acceptance: accepted / proposals,
      ratioError,
      acceptanceError: acceptanceError / accepted,
      largestAcceptanceError: largest,
    }
  }
  /** the largest energies that were subtracted, in kT, and 1 at least */
  return { watch, figures, energies: () => compared.energies, compared }
}

/**
 * Simpson's and Gauss's rules are identities along the lines of a quartic potential, and controls where hidden units, wells or
 * bumps make it another function; the trapezoidal rule is near everywhere.
 */
function ratioChecks(
  { rule, name: title }: MoveArm,
  { ratioError, acceptanceError }: Record<string, number>,
  energies: number,
  { terms }: Potential,
): Check[] {
  if (rule === null) return []
  if (rule === 'trapezoid')
    return [barCheck(`error of the acceptance, ${title}`, acceptanceError!, 0, tolerance.trapezoid)]
  const name = `largest error of log p(x')/p(x), ${title}`
  const rounding = tolerance.exact * energies
  if (terms.every(({ degree }) => (degree ?? 5) <= 4)) return [identityCheck(name, ratioError!, 0, rounding)]
  return terms.some(({ degree }) => degree === null) ? [barCheck(name, ratioError!, 0, rounding, 'fails')] : []
}

/**
 * The networks that pull on the same units as one, with the law of their composition in bins.
 *
 * @throws E_INVALID_VALUE where that is not known by quadrature
 */
export function composedOf({ settings, potential, start, bath }: Problem) {
  const thetas = [
    start,
    ...settings.composedWith.map((values, index) =>
      parametersFrom(potential, values, `objective.composedWith.${index}`),
    ),
  ]
  const theta = Float64Array.from(thetas.flatMap((values) => [...values]))
  const together = composedPotential(potential, thetas.length)
  const { units } = potential.network
  const energyOf = (x: Float64Array, batch: number, out: Float64Array) =>
    forceAndEnergy(together, theta, x, batch, null, out)
  const law = binnedLaw(energyOf, units, bath.kT, bins[units as 1 | 2])
  if (law !== null) return { potential: together, theta, law }
  throw units > 2
    ? invalidValue(`${units} units; the law is known by quadrature for one or two.`, 'network.visible')
    : invalidValue(
        'the networks together do not confine the units, so their product has no normaliser. Give a larger stiffness or quartic.',
        'objective.start',
      )
}
