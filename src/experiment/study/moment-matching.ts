import { invalidValue } from '../../errors.js'
import { mixtureDerivatives } from '../../learning/data/mixture-law.js'
import { boltzmannDerivatives, denoisingParameters } from '../../learning/objectives/denoising.js'
import { requireLinear } from '../../learning/objectives/feature-rows.js'
import type { Landscape } from '../../learning/objectives/landscape.js'
import { drawSweepNoise, gibbsSweep, type LogDerivatives } from '../../learning/objectives/moment-matching.js'
import { type States, sliceStates } from '../../physics/network/states.js'
import { barCheck, type Check } from '../../physics/observe/check.js'
import type { SettingsOf } from '../scenario/objective.js'
import { type ComponentMoments, createComponentMoments } from './component-moments.js'
import { drawData, freshLandscape, type StudyProblem } from './problem.js'
import { drawnSamples } from './sample-density.js'
import type { Arm, RunStudy } from './study.js'

type Settings = SettingsOf<'moment-matching'>

/** Relative error of a component's covariance, and the share of the other arms' off-diagonal error, that pass. */
const bar = { covariance: 0.05, offDiagonal: 0.2 }
/** Relative error of a covariance that no chain among the data has. */
const runaway = 10
/** Sweeps between those that are counted. */
const stride = 4

/** Chains of one arm, which share their noise with those of all others. */
interface Runner {
  readonly name: Settings['arms'][number]
  readonly title: string
  readonly sigma: number
  readonly law: Settings['laws'][number]
  readonly at: LogDerivatives
  readonly expected: Arm['expected']
  readonly chains: States
  readonly moments: ComponentMoments
  readonly landscape: Landscape
}

/** Runs Gibbs chains with every covariance at every noise, and compares each component of the mixture with its own moments. */
export const momentMatchingStudy: RunStudy<Settings> = async (problem, seed, hooks) => {
  const { settings, density } = problem
  const data = drawData(problem, seed)
  const runners = runnersOf(problem, data, seed)
  const { batch } = runners[0]!.chains
  const noise = { first: new Float64Array(density!.units * batch), second: new Float64Array(density!.units * batch) }
  for (let sweep = 0; sweep < settings.sweeps; sweep++) {
    drawSweepNoise(noise, density!.units, seed, sweep)
    for (const { at, sigma, name, chains, moments, landscape } of runners) {
      gibbsSweep(at, sigma, name, chains, noise)
      landscape.cost.forces += batch
      if (2 * sweep >= settings.sweeps && sweep % stride === 0) moments.add(chains)
      await hooks.progress(sweep / settings.sweeps)
    }
  }
  const smallest = Math.min(...settings.noise)
  const arms = runners.map(({ title, expected, law, moments, landscape }): Arm => {
    const figures = moments.errors()
    hooks.record({ arm: title, iteration: settings.sweeps, figures })
    const locality = law === 'learned' ? 'local' : 'sampler'
    return { name: title, expected, locality, figures, cost: landscape.cost }
  })
  const drawn = runners
    .filter(({ sigma }) => sigma === smallest)
    .map(({ title, chains }) => ({ name: title, states: chains }))
  return {
    arms,
    leading: ['covarianceError'],
    checks: checksOf(runners, arms, settings.trusted),
    densities: drawnSamples(density!.logDensity, drawn),
    samples: drawn[0]?.states ?? null,
    warnings: runners.flatMap(({ law, title }, n) =>
      law === 'learned' && !(arms[n]!.figures.covarianceError! < runaway)
        ? [
            `${title}: chains ran away, since the learned energy does not hold them where data are few. Give a harmonic potential.features.base such as (x^2+y^2)/4, more data.samples or fewer features.`,
          ]
        : [],
    ),
  }
}

/** @throws E_INVALID_VALUE for data other than a mixture of Gaussians, or a law to be learned by a potential that can't */
export function requireMomentMatching({ density, settings, potential }: StudyProblem<Settings>): void {
  const refuse = (text: string, where: string) => invalidValue(text, where)
  if (density?.components === undefined)
    throw refuse(
      'its noised law is not known in closed form. Expected a mixture of Gaussians: density eight-gaussians, correlated-mixture or two-modes, or gaussian-mixture.',
      'data',
    )
  if (!settings.laws.includes('learned')) return
  requireLinear(potential)
  if (potential.size === 0)
    throw refuse(
      'it has no parameters, so no law of noised data can be learned. Add potential.features.radial, or use objective.laws: [exact].',
      'potential',
    )
}

/** An arm for each covariance, law and noise; all start at the same data. */
function runnersOf(problem: StudyProblem<Settings>, data: States, seed: number): Runner[] {
  const { settings, potential, bath, density } = problem
  const components = density!.components!
  const { draws, trusted } = settings
  return settings.noise.flatMap((sigma) =>
    settings.laws.flatMap((law) => {
      const at =
        law === 'exact'
          ? mixtureDerivatives(components, sigma)
          : boltzmannDerivatives(
              potential,
              denoisingParameters({ potential, kT: bath.kT, data, sigma, draws, seed }),
              bath.kT,
            )
      return settings.arms
        .filter((name) => law === 'exact' || name === 'full' || sigma <= trusted)
        .map((name): Runner => {
          const landscape = freshLandscape(problem)
          if (law === 'learned') landscape.cost.forces += draws * data.batch
          return {
            name,
            title: `${name}, ${law === 'learned' ? 'learned, ' : ''}σ=${sigma}`,
            sigma,
            law,
            at,
            expected: name !== 'full' || sigma > trusted ? 'fails' : 'succeeds',
            chains: sliceStates(data, 0, Math.min(data.batch, settings.chains)),
            moments: createComponentMoments(components),
            landscape,
          }
        })
    }),
  )
}

/** Every component's covariance in every arm, and up to the trusted noise how much less is lost off the diagonal in full. */
function checksOf(runners: readonly Runner[], arms: readonly Arm[], trusted: number): Check[] {
  return runners.flatMap(({ title, name, sigma, law, expected }, n) => {
    const { covarianceError, offDiagonalError } = arms[n]!.figures
    const what = `largest relative error of a component's covariance, ${title}`
    const own = barCheck(what, covarianceError!, 0, bar.covariance, expected)
    const full = runners.findIndex((other) => other.name === 'full' && other.law === law && other.sigma === sigma)
    if (name === 'full' || sigma > trusted || full < 0) return [own]
    const share = arms[full]!.figures.offDiagonalError! / offDiagonalError!
    return [own, barCheck(`off-diagonal error of full over that of ${title}`, share, 0, bar.offDiagonal)]
  })
}
