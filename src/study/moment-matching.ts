import { OverdampedError } from '../errors.js'
import { gibbsSweep } from '../objective/moment-matching.js'
import type { Check } from '../observe/check.js'
import type { States } from '../potential/term.js'
import type { SettingsOf } from '../scenario/objective.js'
import { createComponentMoments } from './component-moments.js'
import { drawData, freshLandscape, type StudyProblem } from './problem.js'
import { drawnSamples } from './sample-density.js'
import { type Arm, barCheck, type RunStudy } from './study.js'

/** Relative error of a component's covariance, and the share of the other arms' off-diagonal error, that pass. */
const bar = { covariance: 0.05, offDiagonal: 0.2 }

/** Runs Gibbs chains with every covariance at every noise, and compares each component of the mixture with its own moments. */
export const momentMatchingStudy: RunStudy<SettingsOf<'moment-matching'>> = async (problem, seed, hooks) => {
  const { settings, density } = problem
  const data = drawData(problem, seed)
  const truth = createComponentMoments(density!.components!)
  const smallest = Math.min(...settings.noise)
  const plan = settings.noise.flatMap((sigma) => settings.arms.map((name) => ({ name, sigma })))
  const arms: Arm[] = []
  const checks: Check[] = []
  const drawn: { name: string; states: States }[] = []
  /** off-diagonal error of the full arm at this noise */
  let full: number | null = null
  for (const [index, { name, sigma }] of plan.entries()) {
    const title = `${name}, σ=${sigma}`
    const expected = name !== 'full' || sigma > settings.trusted ? 'fails' : 'succeeds'
    const landscape = freshLandscape(problem)
    const law = truth.noised(sigma)
    const chains = firstStates(data, settings.chains)
    truth.forget()
    for (let sweep = 0; sweep < settings.sweeps; sweep++) {
      gibbsSweep(law, sigma, name, chains, seed, sweep)
      landscape.cost.forces += chains.batch
      if (2 * sweep >= settings.sweeps && sweep % 4 === 0) truth.add(chains)
      if (sweep % 10 === 0) await hooks.progress((index + sweep / settings.sweeps) / plan.length)
    }
    const figures = truth.errors()
    hooks.record({ arm: title, iteration: settings.sweeps, figures })
    arms.push({ name: title, expected, locality: 'sampler', figures, cost: landscape.cost })
    const { covarianceError, offDiagonalError } = figures
    const what = `largest relative error of a component's covariance, ${title}`
    checks.push(barCheck(what, covarianceError, 0, bar.covariance, expected))
    if (name === 'full') full = offDiagonalError
    else if (sigma <= settings.trusted && full !== null) {
      const ratio = `off-diagonal error of full over that of ${title}`
      checks.push(barCheck(ratio, full / offDiagonalError, 0, bar.offDiagonal))
    }
    if (sigma === smallest) drawn.push({ name: title, states: chains })
  }
  return {
    arms,
    leading: ['covarianceError'],
    checks,
    densities: drawnSamples(density!.logDensity, drawn),
    samples: drawn[0]?.states ?? null,
    warnings: [],
  }
}

/** @throws E_INVALID_VALUE for data other than a mixture of Gaussians */
export function requireComponents({ density }: StudyProblem): void {
  if (density?.components !== undefined) return
  throw new OverdampedError(
    'E_INVALID_VALUE',
    'its noised law is not known in closed form. Expected a mixture of Gaussians: density eight-gaussians, correlated-mixture or two-modes, or gaussian-mixture.',
    'data',
  )
}

function firstStates({ x, batch }: States, chains: number): States {
  const count = Math.min(batch, chains)
  const units = x.length / batch
  const first = new Float64Array(units * count)
  for (let i = 0; i < units; i++) first.set(x.subarray(i * batch, i * batch + count), i * count)
  return { x: first, batch: count }
}
