import { invalidValue } from '../../errors.js'
import type { Component } from '../../learning/data/density.js'
import { mixtureDerivatives } from '../../learning/data/mixture-law.js'
import { boltzmannDerivatives, denoisingParameters } from '../../learning/objectives/denoising.js'
import { requireLinear } from '../../learning/objectives/feature-rows.js'
import { type Cost, createLandscape } from '../../learning/objectives/landscape.js'
import { drawSweepNoise, gibbsSweep, type LogDerivatives } from '../../learning/objectives/moment-matching.js'
import { arrays, copyState, type States, sliceStates } from '../../physics/network/states.js'
import { barCheck, type Check } from '../../physics/observe/check.js'
import type { SettingsOf } from '../scenario/objective.js'
import { drawData, type StudyProblem } from './problem.js'
import { drawnSamples } from './sample-density.js'
import type { Arm, ArmPlan, RunStudy } from './study.js'

type Settings = SettingsOf<'moment-matching'>

/** Relative error of a component's covariance, and the share of the other arms' off-diagonal error, that pass. */
const bar = { covariance: 0.05, offDiagonal: 0.2 }
/** Relative error of a covariance that no chain among the data has. */
const runaway = 10
/** Sweeps between those that are counted. */
const stride = 4

/** Chains of one arm, which share their noise with those of all others. */
interface Runner extends ArmPlan {
  readonly kept: Settings['arms'][number]
  readonly sigma: number
  readonly law: Settings['laws'][number]
  readonly at: LogDerivatives
  readonly chains: States
  readonly moments: ComponentMoments
  readonly cost: Cost
}

/** What a repetition carries from one arm's sweep to the next: its arms go together. */
interface SweepState {
  readonly sweep: number
  /** arms that have made it */
  readonly made: number
  readonly runners: readonly {
    readonly x: Float64Array
    readonly sums: readonly ComponentSums[]
    readonly cost: Cost
  }[]
}

/** Runs Gibbs chains with every covariance at every noise, and compares each component of the mixture with its own moments. */
export const momentMatchingStudy: RunStudy<Settings> = async (problem, seed, hooks) => {
  const { sweeps, noise: sigmas, trusted } = problem.settings
  const { units, logDensity } = problem.density!
  const found = hooks.found as SweepState | null
  const runners = runnersOf(problem, drawData(problem, seed), seed)
  found?.runners.forEach(({ x, sums, cost }, n) => {
    runners[n]!.chains.x.set(x)
    for (const [k, sum] of runners[n]!.moments.sums.entries()) Object.assign(sum, sums[k])
    Object.assign(runners[n]!.cost, cost)
  })
  const { batch } = runners[0]!.chains
  const [first, second] = arrays(2, units * batch)
  const carried = () => runners.map(({ chains: { x }, moments: { sums }, cost }) => ({ x, sums, cost }))
  for (let sweep = found?.sweep ?? 0; sweep < sweeps; sweep++) {
    drawSweepNoise({ first, second }, units, seed, sweep)
    for (const [n, { at, sigma, kept, chains, moments, cost }] of runners.entries()) {
      if (sweep === found?.sweep && n < found.made) continue
      gibbsSweep(at, sigma, kept, chains, { first, second })
      cost.forces += batch
      if (2 * sweep >= sweeps && sweep % stride === 0) moments.add(chains)
      await hooks.progress(sweep / sweeps, (): SweepState => ({ sweep, made: n + 1, runners: carried() }))
    }
  }
  const arms = runners.map(({ name, expected, law, moments, cost }): Arm => {
    const figures = moments.errors()
    hooks.record({ arm: name, iteration: sweeps, figures })
    return { name, expected, locality: law === 'learned' ? 'local' : 'sampler', figures, cost }
  })
  const drawn = runners
    .filter(({ sigma }) => sigma === Math.min(...sigmas))
    .map(({ name, chains }) => ({ name, states: chains }))
  return {
    arms,
    leading: ['covarianceError'],
    checks: checksOf(runners, arms, trusted),
    densities: drawnSamples(logDensity, drawn),
    samples: drawn[0]?.states ?? null,
    warnings: runners.flatMap(({ law, name }, n) =>
      law === 'learned' && !(arms[n]!.figures.covarianceError! < runaway)
        ? [
            `${name}: chains ran away, since the learned energy does not hold them where data are few. Give a harmonic potential.features.base such as (x^2+y^2)/4, more data.samples or fewer features.`,
          ]
        : [],
    ),
  }
}

/** @throws E_INVALID_VALUE for data other than a mixture of Gaussians, or a law to be learned by a potential that can't */
export function requireMomentMatching({ density, settings, potential }: StudyProblem<Settings>): void {
  if (density?.components === undefined)
    throw invalidValue(
      'its noised law is not known in closed form. Expected a mixture of Gaussians: density eight-gaussians, correlated-mixture or two-modes, or gaussian-mixture.',
      'data',
    )
  if (!settings.laws.includes('learned')) return
  requireLinear(potential)
  if (potential.size === 0)
    throw invalidValue(
      'it has no parameters, so no law of noised data can be learned. Add potential.features.radial, or use objective.laws: [exact].',
      'potential',
    )
}

/** An arm for each covariance, law and noise; all start at the same data. */
function runnersOf(
  { settings, potential, bath, density }: StudyProblem<Settings>,
  data: States,
  seed: number,
): Runner[] {
  const components = density!.components!
  const { draws, trusted } = settings
  const { kT } = bath
  const learned = (sigma: number) =>
    boltzmannDerivatives(potential, denoisingParameters({ potential, kT, data, sigma, draws, seed }), kT)
  return settings.noise.flatMap((sigma) =>
    settings.laws.flatMap((law) => {
      const at = law === 'exact' ? mixtureDerivatives(components, sigma) : learned(sigma)
      return settings.arms
        .filter((kept) => law === 'exact' || kept === 'full' || sigma <= trusted)
        .map((kept): Runner => {
          const { cost } = createLandscape(potential, bath)
          if (law === 'learned') cost.forces += draws * data.batch
          return {
            name: `${kept}, ${law === 'learned' ? 'learned, ' : ''}σ=${sigma}`,
            expected: kept !== 'full' || sigma > trusted ? 'fails' : 'succeeds',
            kept,
            sigma,
            law,
            at,
            chains: sliceStates(data, 0, Math.min(data.batch, settings.chains)),
            moments: createComponentMoments(components),
            cost,
          }
        })
    }),
  )
}

/** Every component's covariance in every arm, and up to the trusted noise how much less is lost off the diagonal in full. */
function checksOf(runners: readonly Runner[], arms: readonly Arm[], trusted: number): Check[] {
  return runners.flatMap(({ name, kept, sigma, law, expected }, n) => {
    const { covarianceError, offDiagonalError } = arms[n]!.figures
    const what = `largest relative error of a component's covariance, ${name}`
    const own = barCheck(what, covarianceError!, 0, bar.covariance, expected)
    const full = runners.findIndex((other) => other.kept === 'full' && other.law === law && other.sigma === sigma)
    if (kept === 'full' || sigma > trusted || full < 0) return [own]
    const share = arms[full]!.figures.offDiagonalError! / offDiagonalError!
    return [own, barCheck(`off-diagonal error of full over that of ${name}`, share, 0, bar.offDiagonal)]
  })
}

/** Sums over states that belong to a component, weighed by how much they do. */
interface ComponentSums {
  weight: number
  readonly first: Float64Array
  readonly second: Float64Array
}

/** Covariances of the components of a mixture as states show them. */
interface ComponentMoments {
  readonly sums: readonly ComponentSums[]
  add(states: States): void
  /** largest relative error of a component's covariance (Frobenius), and root mean square error off its diagonal */
  errors(): { covarianceError: number; offDiagonalError: number }
}

/**
 * A state belongs to each component by its responsibility r_k(x): over the mixture itself the moments weighed by r_k are
 * exactly those of component k, however much components overlap.
 */
export function createComponentMoments(components: readonly Component[]): ComponentMoments {
  const units = components[0]!.mean.length
  const law = mixtureDerivatives(components, 0)
  const [state, slope] = arrays(2, units)
  const curvature = new Float64Array(units * units)
  const responsibility = new Float64Array(components.length)
  const sums = components.map(() => ({
    weight: 0,
    first: new Float64Array(units),
    second: new Float64Array(units ** 2),
  }))
  return {
    sums,
    add(states) {
      for (let b = 0; b < states.batch; b++) {
        copyState(states, b, state)
        law(state, slope, curvature, responsibility)
        sums.forEach((sum, k) => {
          const r = responsibility[k]!
          sum.weight += r
          for (let i = 0; i < units; i++) {
            sum.first[i]! += r * state[i]!
            for (let j = 0; j < units; j++) sum.second[i * units + j]! += r * state[i]! * state[j]!
          }
        })
      }
    },
    errors() {
      let covarianceError = 0
      let squares = 0
      sums.forEach(({ weight, first, second }, k) => {
        const { root } = components[k]!
        let [error, size] = [0, 0]
        for (let i = 0; i < units; i++)
          for (let j = 0; j < units; j++) {
            const exact = root[i]!.reduce((sum, value, l) => sum + value * root[j]![l]!, 0)
            const difference = second[i * units + j]! / weight - (first[i]! * first[j]!) / weight ** 2 - exact
            error += difference ** 2
            size += exact ** 2
            if (i !== j) squares += difference ** 2
          }
        covarianceError = Math.max(covarianceError, Math.sqrt(error / size))
      })
      const pairs = Math.max(1, components.length * units * (units - 1))
      return { covarianceError, offDiagonalError: Math.sqrt(squares / pairs) }
    },
  }
}
