import { invalidValue } from '../../errors.js'
import { type LearnedLevel, startChains } from '../../learning/objectives/recovery-likelihood.js'
import { rowsOf, type States } from '../../physics/network/states.js'
import { stream } from '../../physics/noise/streams.js'
import { barCheck } from '../../physics/observe/check.js'
import { covariance } from '../../physics/observe/moments.js'
import { forceAndEnergy, hessian, type Potential } from '../../physics/potential/potential.js'
import { type Cells, cellMasses, cellShares } from '../../physics/truth/cells.js'
import { stationaryCovariance } from '../../physics/truth/harmonic.js'
import { logPartition } from '../../physics/truth/partition.js'
import { tetheredMoments } from '../../physics/truth/tethered.js'
import type { SettingsOf } from '../scenario/objective.js'
import { drawData, type StudyProblem } from './problem.js'
import type { ArmPlan, Found } from './study.js'

type Problem = StudyProblem<SettingsOf<'recovery-likelihood'>>

/**
 * Relative error of a mean, a variance or a network's covariance that passes, and absolute error of a cell's mass. Short uncorrected
 * runs leave a covariance .03 to .04 off, give or take .01 from seed to seed; one long tether by more than 1.
 */
const bar = { moments: 0.05, covariance: 0.08, mass: 0.05 }
/** Chains on one tether. */
const chainsOfProbe = 20000

/** What is known of the data, and how samples and the first level compare with it. */
export interface RecoveryTruth {
  /** log p(x) of the data; null for a network of more than two units */
  readonly logDensity: ((x: Float64Array) => number) | null
  judge(learned: Learned): Judgement
}

/** What an arm learned, and its ancestral samples. */
interface Learned extends ArmPlan {
  readonly first: LearnedLevel
  readonly samples: States
  readonly seed: number
}

type Judgement = Pick<Required<Found>, 'figures' | 'checks'>

/**
 * The truths that apply: masses of cells for one or two units, tethered laws for one unit, the covariance of a harmonic
 * network.
 *
 * @throws E_INVALID_VALUE for probes or cells that the network has too many units for
 */
export function createRecoveryTruth(problem: Problem): RecoveryTruth {
  const { settings, potential } = problem
  const { units } = potential.network
  const refuse = (key: string, text: string) => invalidValue(text, `objective.${key}`)
  if (settings.probes.length > 0 && units !== 1)
    throw refuse('probes', `the tethered law is known for one unit, the network has ${units}. Remove probes.`)
  if (settings.cells !== undefined && units > 2)
    throw refuse('cells', `cells are of a line or a plane, the network has ${units} units. Remove cells.`)
  const logDensity = units > 2 ? null : logDensityOf(problem)
  const judges = [
    ...(logDensity === null || settings.cells === undefined ? [] : [cellJudge(problem, logDensity, settings.cells)]),
    ...(logDensity === null ? [] : settings.probes.map((probe) => probeJudge(problem, logDensity, probe))),
    ...(problem.teacher !== null && potential.terms.every(({ harmonic }) => harmonic)
      ? [networkJudge(problem, problem.teacher)]
      : []),
  ]
  return {
    logDensity,
    judge(learned) {
      const parts = judges.map((judge) => judge(learned))
      return {
        figures: Object.assign({}, ...parts.map(({ figures }) => figures)),
        checks: parts.flatMap(({ checks }) => checks),
      }
    },
  }
}

/** log p(x) of the data: of their density, or the Boltzmann law of the network that they are states of. */
function logDensityOf({ density, teacher, potential, bath }: Problem): (x: Float64Array) => number {
  if (density !== null) return density.logDensity
  const normaliser = logPartition(potential, teacher!, bath)!
  const exponent = boltzmannExponent(potential, teacher!, bath.kT)
  return (x) => exponent(x) - normaliser
}

/** -U(x; θ)/kT of one state. */
function boltzmannExponent(potential: Potential, theta: Float64Array, kT: number): (x: Float64Array) => number {
  const energy = new Float64Array(1)
  return (x) => {
    forceAndEnergy(potential, theta, x, 1, null, energy)
    return -energy[0]! / kT
  }
}

/** Cells from 0 to the farthest datum: the density is integrated at four million points or fewer. */
const mostReach = { 1: 5000, 2: 25 }

/** The largest error of a cell's share of the ancestral samples, and the share of them where the data have none. */
function cellJudge(problem: Problem, logDensity: (x: Float64Array) => number, side: number) {
  const data = drawData(problem, problem.seeds[0]!)
  const farthest = data.x.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  const units = problem.potential.network.units as 1 | 2
  const cells: Cells = { units, side, reach: Math.ceil(farthest / side) }
  if (cells.reach > mostReach[units])
    throw invalidValue(
      `cells of ${side} go ${cells.reach.toPrecision(3)} times into the farthest datum, ${Number(farthest.toPrecision(3))}; expected at most ${mostReach[units].toLocaleString('en')} times. Make them larger.`,
      'objective.cells',
    )
  const masses = cellMasses(cells, logDensity)
  return ({ samples, name, expected }: Learned): Judgement => {
    const shares = cellShares(cells, samples)
    const massError = masses.reduce((most, mass, n) => Math.max(most, Math.abs(shares[n]! - mass)), 0)
    const elsewhere = 1 - masses.reduce((sum, mass, n) => sum + (mass > 0 ? shares[n]! : 0), 0)
    const title = `largest error of a cell's mass, ${name}`
    return { figures: { massError, elsewhere }, checks: [barCheck(title, massError, 0, bar.mass, expected)] }
  }
}

/**
 * The law of y = sqrt(1-s²) x_0 given a noised state: that of chains on a tether to it beside the quadrature of the network
 * they ran in, and beside that of the data. An arm that fails is not asked.
 */
function probeJudge(problem: Problem, logDensity: (x: Float64Array) => number, probe: number) {
  const { potential, bath } = problem
  return ({ first, name, seed, expected }: Learned): Judgement => {
    if (expected === 'fails') return { figures: {}, checks: [] }
    const { decay, spread } = first.level
    const exponent = boltzmannExponent(potential, first.theta, bath.kT)
    const model = tetheredMoments((y) => exponent(Float64Array.of(y)), probe, spread)
    const data = tetheredMoments((y) => logDensity(Float64Array.of(y / decay)), probe, spread)
    const chains = momentsOf(tetheredChains(first, probe, seed).x)
    const checks = (['mean', 'variance'] as const).flatMap((moment) =>
      Object.entries({ network: model[moment], data: data[moment] }).map(([of, truth]) =>
        barCheck(
          `${moment} of chains tethered to ${probe}, beside the quadrature of the ${of}, ${name}`,
          chains[moment],
          truth,
          bar.moments * Math.abs(truth),
        ),
      ),
    )
    const error = (moment: 'mean' | 'variance') => Math.abs(chains[moment] / data[moment] - 1)
    return {
      figures: { [`meanError at ${probe}`]: error('mean'), [`varianceError at ${probe}`]: error('variance') },
      checks,
    }
  }
}

/** Chains of the first level that all hang on one noised state, moved as ancestral samples are. */
function tetheredChains({ run, theta, initialiser }: LearnedLevel, probe: number, seed: number): States {
  const anchors = { x: new Float64Array(chainsOfProbe).fill(probe), batch: chainsOfProbe }
  const chains = startChains(initialiser, anchors, { seed, stream: stream.evaluation, step: 0 })
  run(theta, chains, anchors.x, { seed, stream: stream.evaluation, step: 1 })
  return chains
}

function momentsOf(x: Float64Array) {
  const mean = x.reduce((sum, value) => sum + value, 0) / x.length
  return { mean, variance: x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / x.length }
}

/**
 * Covariance of the ancestral samples of a harmonic network beside kT K⁻¹, and the stiffness matrix of the first level beside
 * K/(1-s²), that of y: relative errors in the Frobenius norm. Only the samples have a bar; the energy makes up for what
 * short runs do not reach.
 */
function networkJudge({ potential, bath }: Problem, teacher: Float64Array) {
  const { units } = potential.network
  const origin = new Float64Array(units)
  const stiffness = hessian(potential, teacher, origin)
  const exact = stationaryCovariance(stiffness, bath)
  return ({ first, samples, name, expected }: Learned): Judgement => {
    const covarianceError = distance(covariance(rowsOf(samples)), exact)
    const learned = hessian(potential, first.theta, origin).map((value) => value * first.level.decay ** 2)
    return {
      figures: { covarianceError, stiffnessError: distance(learned, stiffness) },
      checks: [
        barCheck(`covariance of the samples, relative error, ${name}`, covarianceError, 0, bar.covariance, expected),
      ],
    }
  }
}

/** |A - B|/|B| in the Frobenius norm. */
function distance(a: Float64Array, b: Float64Array): number {
  return Math.hypot(...a.map((value, n) => value - b[n]!)) / Math.hypot(...b)
}
