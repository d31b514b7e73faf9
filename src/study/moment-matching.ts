import { OverdampedError } from '../errors.js'
import { gibbsSweep } from '../objective/moment-matching.js'
import type { Check } from '../observe/check.js'
import type { States } from '../potential/term.js'
import type { SettingsOf } from '../scenario/objective.js'
import { createComponentMoments } from './component-moments.js'
import { drawData, freshLandscape, type StudyProblem } from './problem.js'
import { drawnSamples } from './sample-density.js'
import { type Arm, barCheck, overSeeds, type Study, type StudyHooks } from './study.js'

type Problem = StudyProblem<SettingsOf<'moment-matching'>>

/** Relative error of a component's covariance, and the share of the other arms' off-diagonal error, that pass. */
const bar = { covariance: 0.05, offDiagonal: 0.2 }

/** Runs Gibbs chains with every covariance at every noise, and compares each component of the mixture with its own moments. */
export async function momentMatchingStudy(problem: Problem, hooks: StudyHooks): Promise<Study> {
  const { settings, seeds, density } = problem
  const components = density?.components
  if (components === undefined)
    throw new OverdampedError(
      'E_INVALID_VALUE',
      'its noised law is not known in closed form. Expected a mixture of Gaussians: density eight-gaussians, correlated-mixture or two-modes, or gaussian-mixture.',
      'data',
    )
  const truth = createComponentMoments(components)
  const smallest = Math.min(...settings.noise)
  const plan = settings.noise.flatMap((sigma) => settings.arms.map((name) => ({ name, sigma })))
  const found: Arm[] = []
  const checks: Check[] = []
  const metrics: Record<string, ReturnType<typeof overSeeds>> = {}
  const drawn: { name: string; states: States }[] = []
  /** off-diagonal errors of the full arm, seed by seed */
  let full: number[] = []
  for (const [index, { name, sigma }] of plan.entries()) {
    const title = `${name}, σ=${sigma}`
    const expected = name !== 'full' || sigma > settings.trusted ? 'fails' : 'succeeds'
    const rows: { covarianceError: number; offDiagonalError: number }[] = []
    let cost = freshLandscape(problem).cost
    for (const [turn, seed] of seeds.entries()) {
      const data = drawData(problem, seed)
      const landscape = freshLandscape(problem)
      const law = truth.noised(sigma)
      const chains = firstStates(data, settings.chains)
      truth.forget()
      for (let sweep = 0; sweep < settings.sweeps; sweep++) {
        gibbsSweep(law, sigma, name, chains, seed, sweep)
        landscape.cost.forces += chains.batch
        if (2 * sweep >= settings.sweeps && sweep % 4 === 0) truth.add(chains)
        if (sweep % 10 === 0)
          await hooks.progress((index + (turn + sweep / settings.sweeps) / seeds.length) / plan.length)
      }
      rows.push(truth.errors())
      hooks.record({ arm: title, seed, iteration: settings.sweeps, figures: rows.at(-1)! })
      if (turn === 0 && sigma === smallest) drawn.push({ name: title, states: chains })
      checks.push(
        barCheck(
          `largest relative error of a component's covariance, ${title}, seed ${seed}`,
          rows.at(-1)!.covarianceError,
          0,
          bar.covariance,
          expected,
        ),
      )
      cost = landscape.cost
    }
    const off = rows.map(({ offDiagonalError }) => offDiagonalError)
    if (name === 'full') full = off
    else if (sigma <= settings.trusted && full.length > 0)
      seeds.forEach((seed, turn) => {
        const ratio = full[turn]! / off[turn]!
        checks.push(
          barCheck(`off-diagonal error of full over that of ${title}, seed ${seed}`, ratio, 0, bar.offDiagonal),
        )
      })
    const covarianceError = overSeeds(rows.map((row) => row.covarianceError))
    const figures = { covarianceError: covarianceError.value, offDiagonalError: overSeeds(off).value }
    found.push({ name: title, expected, locality: 'sampler', figures, cost })
    metrics[`covarianceError:${title}`] = covarianceError
  }
  return {
    arms: found,
    metrics,
    checks,
    thermodynamics: {},
    densities: drawnSamples(density!.logDensity, drawn),
    samples: drawn[0]?.states ?? null,
    warnings: [],
  }
}

function firstStates({ x, batch }: States, chains: number): States {
  const count = Math.min(batch, chains)
  const units = x.length / batch
  const first = new Float64Array(units * count)
  for (let i = 0; i < units; i++) first.set(x.subarray(i * batch, i * batch + count), i * count)
  return { x: first, batch: count }
}
