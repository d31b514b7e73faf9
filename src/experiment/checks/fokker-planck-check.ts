import type { PointSet } from '../../physics/network/states.js'
import { barCheck, type Check, statisticalCheck } from '../../physics/observe/check.js'
import { eulerMaruyamaProcess, leftOutBySteps } from '../../physics/truth/drift-diffusion.js'
import { fokkerPlanck, type LawInTime, type Resolution } from '../../physics/truth/fokker-planck.js'
import { fokkerPlanckOnLine } from '../../physics/truth/fokker-planck-line.js'
import { lineStartOf, processOf, stepAt, uncoupledUnits } from './one-coordinate.js'
import { type CheckContext, eulerMaruyama, type RunCheck, subscript } from './run-check.js'

/** Times on the way at which mean and variance are compared, besides the end. */
const looks = 20
/** Of so many figures the largest |z| of a right law stays below this: 1,000 of them pass it with probability 4e-5. */
const largestZ = 5.5
/** Halved until it tells less than this share of the standard errors apart, or this often. */
const refinement = { coarsest: { cells: 200, steps: 200 }, share: 0.05, most: 5 }

/**
 * Mean and variance of every unit against the Fokker–Planck equation of the scheme's own process, at the end and at some recorded times.
 * What may be off, besides the standard errors: what that process leaves out of the steps' effect (see leftOutBySteps), and what a
 * grid twice as fine still changes.
 */
export const fokkerPlanckCheck: RunCheck = {
  needs: [uncoupledUnits, eulerMaruyama],
  run(context) {
    const { units } = context.problem.potential.network
    return Array.from({ length: units }, (_, unit) => checksOfUnit(context, unit)).flat()
  },
}

/** A figure beside its truth. */
interface Row {
  readonly name: string
  readonly value: number
  readonly truth: number
  readonly error: number
  readonly bias: number
}

function checksOfUnit(context: CheckContext, unit: number): Check[] {
  const { observed, problem } = context
  const { final } = observed.ensemble
  const duration = problem.scenario.protocol!.duration
  const seen = seenOnTheWay(context, unit)
  const times = [...seen.map(({ time }) => time).filter((time) => time < duration), duration]
  const law = lawOf(context, unit, times)
  const last = times.length - 1
  const { mean, variance, fourth } = momentsOf(final, unit)
  const squared = law.fourth?.[last] ?? fourth
  const name = (what: string) => `${what} of x${subscript(unit)}`
  const rows: Row[] = [
    {
      ...{ name: name('mean'), value: mean, truth: law.mean[last]!, bias: law.meanBias[last]! },
      error: Math.sqrt(law.variance[last]! / final.count),
    },
    {
      ...{ name: name('variance'), value: variance, truth: law.variance[last]!, bias: law.varianceBias[last]! },
      error: Math.sqrt(Math.max(0, squared - law.variance[last]! ** 2) / final.count),
    },
  ]
  const checks = rows.map(({ name, value, truth, error, bias }) => statisticalCheck(name, value, truth, error, bias))
  if (law.fourth === null || last === 0) return checks
  const largest = seen.slice(0, last).flatMap(({ mean, variance }, n) => {
    const spread = Math.sqrt(Math.max(0, law.fourth![n]! - law.variance[n]! ** 2))
    const z = (off: number, bias: number, deviation: number) =>
      Math.max(0, Math.abs(off) - bias) / (deviation / Math.sqrt(final.count))
    return [
      z(mean - law.mean[n]!, law.meanBias[n]!, Math.sqrt(law.variance[n]!)),
      z(variance - law.variance[n]!, law.varianceBias[n]!, spread),
    ]
  })
  const figures = `mean and variance of x${subscript(unit)} at ${last} times on the way`
  return [...checks, barCheck(`largest |z|: ${figures}`, Math.max(...largest), 0, largestZ)]
}

/** Mean and variance of a unit at some recorded times after the start; none where it was not followed. */
function seenOnTheWay({ observed }: CheckContext, unit: number) {
  const { curves } = observed
  const shown = curves === null ? -1 : curves.unit.indexOf(unit)
  if (curves === null || shown < 0) return []
  const { time, x, unit: units } = curves
  const frames = Math.min(looks, time.length - 1)
  return Array.from({ length: frames }, (_, n) => {
    const frame = Math.round(((n + 1) * (time.length - 1)) / (frames + 1))
    const place = frame * units.length + shown
    return { time: time[frame]!, mean: x.mean[place]!, variance: x.variance[place]! }
  }).filter(({ time: at }, n, all) => at > time[0]! && at !== all[n - 1]?.time)
}

/** The law at some times, with what its moments may be off by. */
interface JudgedLaw extends Pick<LawInTime, 'mean' | 'variance'> {
  readonly meanBias: Float64Array
  readonly varianceBias: Float64Array
  /** ⟨(x - ⟨x⟩)⁴⟩; null on a circle, where it is not known */
  readonly fourth: Float64Array | null
}

function lawOf({ problem, protocol, observed }: CheckContext, unit: number, times: readonly number[]): JudgedLaw {
  const process = processOf(problem, unit)
  const start = lineStartOf(problem, unit)
  const period = problem.potential.network.coordinates?.period[unit] ?? 0
  const own = eulerMaruyamaProcess(process, stepAt(protocol))
  const count = observed.ensemble.final.count
  const solve = (of: typeof process, resolution: Resolution) => {
    if (period === 0) return fokkerPlanckOnLine(of, start, times, resolution)
    const lower = (start.lower + start.upper - period) / 2
    return fokkerPlanck(of, { lower, upper: lower + period, periodic: true }, start.mass, times, resolution)
  }
  let resolution: Resolution = refinement.coarsest
  let coarse = solve(own, resolution)
  for (let halving = 1; ; halving++) {
    resolution = { cells: 2 * resolution.cells, steps: 2 * resolution.steps }
    const fine = solve(own, resolution)
    const left = (of: 'mean' | 'variance') => fine[of].map((value, n) => Math.abs(value - coarse[of][n]!) / 3)
    const [mean, variance] = [left('mean'), left('variance')]
    const isFine = times.every((_, n) => {
      const v = Math.abs(fine.variance[n]!)
      const errors = [Math.sqrt(v / count), v * Math.sqrt(2 / count)] as const
      return mean[n]! <= refinement.share * errors[0] && variance[n]! <= refinement.share * errors[1]
    })
    coarse = fine
    if (!isFine && halving < refinement.most) continue
    const plain = solve(process, resolution)
    const h = stepAt(protocol)
    const leftOut = times.map((t, n) =>
      leftOutBySteps(process, typeof h === 'number' ? h : h(t), fine.x, fine.mass[n]!, t),
    )
    return {
      ...{ mean: fine.mean, variance: fine.variance, fourth: period === 0 ? fourthMoments(fine) : null },
      meanBias: mean.map((off, n) => off + leftOut[n]! * Math.abs(fine.mean[n]! - plain.mean[n]!)),
      varianceBias: variance.map((off, n) => off + leftOut[n]! * Math.abs(fine.variance[n]! - plain.variance[n]!)),
    }
  }
}

function fourthMoments({ x, mass, mean }: LawInTime): Float64Array {
  return mean.map((centre, n) => mass[n]!.reduce((sum, p, i) => sum + p * (x[i]! - centre) ** 4, 0))
}

function momentsOf({ points, count, units }: PointSet, unit: number) {
  const values = Float64Array.from({ length: count }, (_, n) => points[n * units + unit]!)
  const mean = values.reduce((sum, x) => sum + x, 0) / count
  const central = (power: number) => values.reduce((sum, x) => sum + (x - mean) ** power, 0)
  return { mean, variance: central(2) / (count - 1), fourth: central(4) / count }
}
