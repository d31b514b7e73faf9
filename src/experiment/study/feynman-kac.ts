import { restore } from '../../backend/resume.js'
import { invalidValue } from '../../errors.js'
import { createMixture } from '../../learning/data/mixture.js'
import {
  type Composition,
  evenTimes,
  fillNoise,
  type GuidedCost,
  guidedStep,
  landscapeEnergy,
  noCost,
  select,
} from '../../learning/objectives/feynman-kac.js'
import { type NoisedLaw, noisedMixtureLaw, noisedNetworkLaw } from '../../learning/objectives/noised-law.js'
import { createWalkers, memoryOfWalkers, unweighted, type Walkers } from '../../learning/objectives/walkers.js'
import type { Memory } from '../../physics/dynamics/observer.js'
import { barCheck, type Check } from '../../physics/observe/check.js'
import { effectiveSampleSize, normalised } from '../../physics/observe/log-weights.js'
import type { GaussianLaw } from '../../physics/observe/moments.js'
import {
  type BinnedLaw,
  binned,
  binnedLaw,
  totalVariation,
  totalVariationOfDraws,
} from '../../physics/truth/binned-law.js'
import { harmonicEquilibrium } from '../../physics/truth/harmonic-equilibrium.js'
import type { SettingsOf } from '../scenario/objective.js'
import { type CompositionSettings, exponentsOf } from '../scenario/objectives/feynman-kac.js'
import { parametersFrom } from '../system/named-values.js'
import type { StudyProblem } from './problem.js'
import { binnedDensity } from './sample-density.js'
import {
  type ArmHooks,
  type ArmPlan,
  armByArm,
  collapseWarning,
  type FoundArm,
  type RunStudy,
  repetitionOf,
} from './study.js'

type Problem = StudyProblem<SettingsOf<'feynman-kac'>>

/** One way of generating a composition. */
interface GuidedArm extends ArmPlan {
  readonly settings: CompositionSettings
  readonly kind: 'uncorrected' | 'corrected' | 'too quiet'
  readonly composition: Composition
  readonly truth: Truth
}

/** What an arm carries from one step to the next. */
interface GuidedState {
  /** steps taken */
  readonly k: number
  readonly memory: Memory
  readonly cost: GuidedCost
  /** least share of the walkers whose weights counted */
  readonly lowest: number
}

/** The composition's law in bins (one or two units), and its moments where the laws are Gaussian. */
interface Truth {
  readonly law: BinnedLaw | null
  readonly moments: GaussianLaw | null
}

/** Bins along an axis, by units. */
const bins = { 1: 40, 2: 16 }
/** Total variation that passes; and the share of the uncorrected walkers' that it may be at most. */
const bar = { steepened: 0.12, flattened: 0.06, composed: 0.1, share: 0.5 }
/** Largest error of a mean, over its standard deviation, or of a covariance, over those of its units, that passes. */
const momentBar = 0.1
/** Points of a curve. */
const points = 60

/** Generates every composition with weights, and without, and with too little noise where a control asks for it. */
export const feynmanKacStudy: RunStudy<SettingsOf<'feynman-kac'>> = async (problem, seed, hooks) => {
  const { settings } = problem
  const times = evenTimes(problem.noising, settings.steps)
  const run = async (
    arm: GuidedArm,
    { record, progress, found, unfit }: ArmHooks<GuidedState>,
    before: readonly FoundArm[],
  ) => {
    const { name, expected, truth, composition } = arm
    const weighted = arm.kind !== 'uncorrected'
    const { units } = problem.potential.network
    const walkers = createWalkers(new Float64Array(units * settings.walkers), settings.walkers)
    const cost = { ...noCost(), ...found?.cost }
    fillNoise(composition, walkers, seed)
    const started = landscapeEnergy(composition, walkers, times[0]!)
    const memory = memoryOfWalkers(walkers)
    if (found !== null && !restore(found.memory, memory)) throw unfit()
    let lowest = found?.lowest ?? 1
    for (let k = found?.k ?? 0; k < settings.steps; k++) {
      guidedStep(composition, walkers, [times[k]!, times[k + 1]!], seed, k, cost)
      if (weighted) {
        const share = effectiveSampleSize(walkers.logWeights) / walkers.batch
        lowest = Math.min(lowest, share)
        if ((k + 1) % Math.ceil(settings.steps / points) === 0) record(k + 1, { effectiveSampleShare: share })
        // What is generated keeps its last weights: resampling would only add noise.
        if (share < settings.resampling && k + 1 < settings.steps)
          select(composition, walkers, times[k + 1]!, seed, k, cost)
      }
      if (k % 10 === 0) await progress(k / settings.steps, () => ({ k: k + 1, memory, cost, lowest }))
    }
    const weights = weighted ? normalised(walkers.logWeights) : null
    // The first law, ΔV = work - heat + copying.
    cost.work = landscapeEnergy(composition, walkers, times.at(-1)!) - started + cost.heat - cost.copying
    const { forces, energies, work, heat } = cost
    const figures: Record<string, number> = {
      ...distances(truth, walkers, weights),
      ...(weighted ? { effectiveSampleShare: lowest } : {}),
      ...billOf(cost, walkers.batch),
    }
    return {
      locality: 'sampler' as const,
      figures,
      cost: { forces, energies, work, heat },
      checks: checksOf(arm, figures, before),
      densities: truth.law === null ? [] : drawn(arm, truth.law, walkers, weights),
      warnings: [
        ...(composition.noise < 1 ? [tooQuiet(name, composition.noise, expected)] : []),
        ...collapseWarning(
          arm,
          lowest,
          'Raise objective.steps or objective.walkers, or resample sooner (objective.resampling: 0.5)',
        ),
      ],
      samples: () => unweighted(walkers, seed),
    }
  }
  const found = await armByArm(requireCompositions(problem), hooks, run)
  return repetitionOf(found, ['totalVariation', 'momentError'])
}

/**
 * The bill of generation, for each walker: the work of the moving landscape and the heat to the bath in kT, and for the weights what
 * resampling adds in energy (copying) and takes in choices (selection, nats).
 */
function billOf({ work, heat, copying, selection }: GuidedCost, walkers: number): Record<string, number> {
  return {
    ...{ work: work / walkers, heat: heat / walkers },
    ...{ copying: copying / walkers, selection: selection / walkers },
  }
}

/**
 * The arms of the compositions, the uncorrected one of each first: the corrected one is measured against it.
 *
 * @throws E_INVALID_VALUE where the law of a network or of a composition is not known
 */
export function requireCompositions(problem: Problem): GuidedArm[] {
  const { noising } = problem
  const laws = lawsOf(problem)
  return problem.settings.compositions.flatMap((settings): GuidedArm[] => {
    const parts = exponentsOf(settings).map((exponent, i) => ({ law: laws[i]!, exponent }))
    const truth = truthOf(problem, parts)
    const arm = (kind: GuidedArm['kind'], noise: number, expected: ArmPlan['expected']): GuidedArm => ({
      settings,
      kind,
      name: nameOf(settings, kind),
      composition: { parts, noising, noise },
      expected,
      truth,
    })
    return [
      arm('uncorrected', settings.noise, 'fails'),
      arm('corrected', settings.noise, 'succeeds'),
      ...(settings.control === undefined ? [] : [arm('too quiet', settings.control, 'fails')]),
    ]
  })
}

function lawsOf({ settings, potential, noising }: Problem): NoisedLaw[] {
  const { mixtures, networks } = settings
  if (mixtures !== undefined) return mixtures.map((mixture) => noisedMixtureLaw(createMixture(mixture), noising))
  return networks!.map((values, index) => {
    const where = `objective.networks.${index}`
    return noisedNetworkLaw(potential, parametersFrom(potential, values, where), noising, where)
  })
}

/** Of the laws themselves, without noise: that generation ends at tMin is an error of it. */
function truthOf({ settings, potential, bath }: Problem, parts: Composition['parts']): Truth {
  const energyOf = (x: Float64Array, batch: number, out: Float64Array) => {
    const own = new Float64Array(batch)
    out.fill(0)
    for (const { law, exponent } of parts) {
      law.evaluate(0, x, batch, null, own)
      for (let b = 0; b < batch; b++) out[b]! += exponent * own[b]!
    }
  }
  const { units } = potential.network
  const law = binnedLaw(energyOf, units, bath.kT, bins[units as 1 | 2])
  if (settings.networks === undefined) return { law, moments: null }
  // Harmonic energies are linear in θ, so the composition is the network at Σ b_i θ_i.
  const theta = new Float64Array(potential.size)
  parts.forEach(({ exponent }, i) => {
    const values = parametersFrom(potential, settings.networks![i]!, `objective.networks.${i}`)
    for (let a = 0; a < theta.length; a++) theta[a]! += exponent * values[a]!
  })
  const moments = harmonicEquilibrium(potential, theta, bath)
  if (moments !== null) return { law, moments }
  throw invalidValue(
    'Σ b_i K_i of the stiffness matrices is not positive, so the composition has no normaliser. Choose a share from 0 to 1.',
    'objective.compositions',
  )
}

function nameOf(settings: CompositionSettings, kind: GuidedArm['kind']): string {
  return `${described(settings)}, ${kind}`
}

function described(settings: CompositionSettings): string {
  if (settings.kind === 'anneal') return `anneal β=${settings.beta}`
  return settings.kind === 'product' ? 'product' : `geometric b=${settings.share}`
}

/** How far the walkers are from the composition. */
function distances({ law, moments }: Truth, walkers: Walkers, weights: Float64Array | null): Record<string, number> {
  const { x, batch } = walkers
  return {
    ...(law === null
      ? {}
      : {
          totalVariation: totalVariation(law, binned(law, x, batch, weights)),
          totalVariationOfDraws: totalVariationOfDraws(law, batch),
        }),
    ...(moments === null ? {} : momentErrors(moments, walkers, weights)),
  }
}

/** max |m_i - μ_i|/σ_i and max |C_ij - Σ_ij|/σ_i σ_j, σ_i² = Σ_ii. */
export function momentErrors(
  { mean, covariance }: GaussianLaw,
  { x, batch }: Walkers,
  weights: Float64Array | null,
): Record<string, number> {
  const units = mean.length
  const average = (f: (b: number) => number) => {
    let sum = 0
    for (let b = 0; b < batch; b++) sum += (weights === null ? 1 / batch : weights[b]!) * f(b)
    return sum
  }
  const width = (i: number) => Math.sqrt(covariance[i * units + i]!)
  const found = Array.from(mean, (_, i) => average((b) => x[i * batch + b]!))
  let covarianceError = 0
  for (let i = 0; i < units; i++)
    for (let j = 0; j <= i; j++) {
      const value = average((b) => (x[i * batch + b]! - found[i]!) * (x[j * batch + b]! - found[j]!))
      covarianceError = Math.max(covarianceError, Math.abs(value - covariance[i * units + j]!) / (width(i) * width(j)))
    }
  const meanError = Math.max(...found.map((m, i) => Math.abs(m - mean[i]!) / width(i)))
  return { meanError, covarianceError, momentError: Math.max(meanError, covarianceError) }
}

/** Corrected walkers meet their bar, which the others miss, and are at most half as far off as those without weights. */
function checksOf(
  { settings, kind, name, expected }: GuidedArm,
  { totalVariation, momentError }: Record<string, number>,
  before: readonly FoundArm[],
): Check[] {
  const label = totalVariation === undefined ? 'error of the moments' : 'total variation'
  const value = (totalVariation ?? momentError)!
  const tolerance = totalVariation === undefined ? momentBar : barOf(settings)
  const own = barCheck(`${label}, ${name}`, value, 0, tolerance, expected)
  if (kind !== 'corrected') return [own]
  const uncorrected = before.find((arm) => arm.name === nameOf(settings, 'uncorrected'))!.figures
  const share = value / (uncorrected.totalVariation ?? uncorrected.momentError)!
  return [own, barCheck(`${label} over the uncorrected, ${name}`, share, 0, bar.share)]
}

function barOf(settings: CompositionSettings): number {
  if (settings.kind !== 'anneal') return bar.composed
  return settings.beta > 1 ? bar.steepened : bar.flattened
}

/** The walkers in bins; before those of the uncorrected arm, the truth. */
function drawn(
  { name, settings, kind }: GuidedArm,
  law: BinnedLaw,
  { x, batch }: Walkers,
  weights: Float64Array | null,
) {
  const own = binnedDensity(name, law, binned(law, x, batch, weights))
  if (kind !== 'uncorrected') return [own]
  return [binnedDensity(`${described(settings)}, truth`, law, law.probability), own]
}

function tooQuiet(name: string, noise: number, expected: ArmPlan['expected']): string {
  return expected === 'fails'
    ? `${name}: at ζ = ${noise}, below the bound ζ² > 1 - 1/Σb, any finite number of walkers converges to a wrong state; this arm shows it. Never use it; take noise: 1 or more.`
    : `${name}: at ζ = ${noise} the weights spread more than at ζ ≥ 1. Use noise: 1 or more.`
}
