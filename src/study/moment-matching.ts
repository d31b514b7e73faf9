import { OverdampedError } from '../errors.js'
import { leastSquares } from '../learn/least-squares.js'
import { fillNormals } from '../noise/gaussian.js'
import { stream } from '../noise/streams.js'
import { type Covariance, gibbsSweep, type NoisedLaw } from '../objective/moment-matching.js'
import type { Check } from '../observe/check.js'
import { forceAndEnergy, hessian, type Potential } from '../potential/potential.js'
import type { States } from '../potential/term.js'
import type { SettingsOf } from '../scenario/objective.js'
import { createComponentMoments } from './component-moments.js'
import { drawData, freshLandscape, type StudyProblem } from './problem.js'
import { drawnSamples } from './sample-density.js'
import { type Arm, barCheck, overSeeds, type Study, type StudyHooks } from './study.js'

type Problem = StudyProblem<SettingsOf<'moment-matching'>>
type Name = Problem['settings']['arms'][number]

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
  const plan = settings.noise.flatMap((sigma) =>
    settings.arms.filter((name) => name !== 'learned' || sigma === smallest).map((name) => ({ name, sigma })),
  )
  const found: Arm[] = []
  const checks: Check[] = []
  const warnings: string[] = []
  const metrics: Record<string, ReturnType<typeof overSeeds>> = {}
  const drawn: { name: string; states: States }[] = []
  /** off-diagonal errors of the full arm, seed by seed */
  let full: number[] = []
  for (const [index, { name, sigma }] of plan.entries()) {
    const title = `${name}, σ=${sigma}`
    const expected = name === 'diagonal' || name === 'isotropic' || sigma > settings.trusted ? 'fails' : 'succeeds'
    const rows: { covarianceError: number; offDiagonalError: number }[] = []
    let cost = freshLandscape(problem).cost
    for (const [turn, seed] of seeds.entries()) {
      const data = drawData(problem, seed)
      const landscape = freshLandscape(problem)
      let law: NoisedLaw = truth.noised(sigma)
      if (name === 'learned') {
        const solved = learnEnergy(problem, data, sigma, seed)
        law = energyLaw(problem, solved.theta)
        if (!solved.converged)
          warnings.push(
            `${title}, seed ${seed}: the least squares did not settle on which parameters rest at their bound. Use more data.samples or fewer functions in potential.`,
          )
      }
      const chains = firstStates(data, settings.chains)
      truth.forget()
      for (let sweep = 0; sweep < settings.sweeps; sweep++) {
        gibbsSweep(law, sigma, coveringOf(name), chains, seed, sweep)
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
    else if (sigma <= settings.trusted && full.length > 0 && name !== 'learned')
      seeds.forEach((seed, turn) => {
        const ratio = full[turn]! / off[turn]!
        checks.push(
          barCheck(`off-diagonal error of full over that of ${title}, seed ${seed}`, ratio, 0, bar.offDiagonal),
        )
      })
    const covarianceError = overSeeds(rows.map((row) => row.covarianceError))
    const figures = { covarianceError: covarianceError.value, offDiagonalError: overSeeds(off).value }
    found.push({ name: title, expected, locality: name === 'learned' ? 'local' : 'sampler', figures, cost })
    metrics[`covarianceError:${title}`] = covarianceError
  }
  return {
    arms: found,
    metrics,
    checks,
    densities: drawnSamples(density!.logDensity, drawn),
    samples: drawn[0]?.states ?? null,
    warnings,
  }
}

function coveringOf(name: Name): Covariance {
  return name === 'learned' ? 'full' : name
}

function firstStates({ x, batch }: States, chains: number): States {
  const count = Math.min(batch, chains)
  const units = x.length / batch
  const first = new Float64Array(units * count)
  for (let i = 0; i < units; i++) first.set(x.subarray(i * batch, i * batch + count), i * count)
  return { x: first, batch: count }
}

/**
 * The energy of the noised law by denoising score matching, ⟨|F(y; θ)/kT - (x - y)/σ²|²⟩: force matching, a local rule, taken
 * to its minimum by least squares.
 */
function learnEnergy({ potential, start, bath, settings }: Problem, { x, batch }: States, sigma: number, seed: number) {
  const units = x.length / batch
  const batches = Array.from({ length: settings.draws }, (_, draw) => {
    const target = new Float64Array(x.length)
    fillNormals(seed, stream.trainingNoise, draw, units, 0, batch, target)
    const y = x.map((value, n) => value + sigma * target[n]!)
    for (let n = 0; n < target.length; n++) target[n]! *= -bath.kT / sigma
    return { batch, x: y, target, weight: sigma * sigma, targetVariance: (bath.kT / sigma) ** 2 }
  })
  return leastSquares(potential, start, potential.lowerBound, batches)
}

/** ∇log q = F/kT and ∇²log q = -∇∇U/kT of an energy. */
function energyLaw(
  { potential, bath }: { potential: Potential; bath: Problem['bath'] },
  theta: Float64Array,
): NoisedLaw {
  return (y, slope, curvature) => {
    forceAndEnergy(potential, theta, y, 1, slope, null)
    curvature.set(hessian(potential, theta, y))
    for (let n = 0; n < slope.length; n++) slope[n]! /= bath.kT
    for (let n = 0; n < curvature.length; n++) curvature[n]! /= -bath.kT
  }
}
