import { barCheck, statisticalCheck } from '../../physics/observe/check.js'
import { eulerMaruyamaProcess, leftOutBySteps } from '../../physics/truth/drift-diffusion.js'
import { fokkerPlanck } from '../../physics/truth/fokker-planck.js'
import { washboardTransport } from '../../physics/truth/washboard.js'
import { isAtRest } from '../system/problem.js'
import { lineStartOf, processOf, uncoupledUnits } from './one-coordinate.js'
import { type CheckContext, equalSteps, eulerMaruyama, type RunCheck, subscript } from './run-check.js'

/** Of the equation that tells how much of the start is left after half the time. */
const resolution = { cells: 400, steps: 800 }
/** What the scheme's drift and diffusion may be off those of continuous time by, as a share. */
const allowedShare = 0.05

/**
 * Drift and diffusion of every unit over the second half of the run against those of the long run by quadrature, of the scheme's own
 * process. With n trajectories the drift has the variance 2D/(nT) over a time T, and the diffusion, the variance at the end less that in
 * the middle over 2T, that of a Gaussian increment w = 2DT and its product with what was before: (2w² + 4wv)/(2T)²n. Allowed for: what
 * is left of the start, and what that process leaves out of the steps' effect (see leftOutBySteps).
 */
export const washboardCheck: RunCheck = {
  needs: [
    uncoupledUnits,
    [
      (problem) =>
        isAtRest(problem) && problem.potential.network.coordinates?.period.every((period) => period > 0) === true,
      'units with a period, in a landscape and at a temperature that do not change',
    ],
    eulerMaruyama,
    equalSteps,
  ],
  run(context) {
    const { units } = context.problem.potential.network
    return Array.from({ length: units }, (_, unit) => checksOfUnit(context, unit)).flat()
  },
}

function checksOfUnit({ problem, observed, protocol }: CheckContext, unit: number) {
  const { curves, ensemble } = observed
  const { count } = ensemble.final
  const { time, x, unit: followed } = curves!
  const at = (frame: number) => {
    const place = frame * followed.length + followed.indexOf(unit)
    return { time: time[frame]!, mean: x.mean[place]!, variance: x.variance[place]! }
  }
  const [middle, end] = [at(Math.floor(time.length / 2)), at(time.length - 1)]
  const T = end.time - middle.time
  const period = problem.potential.network.coordinates!.period[unit]!
  const process = processOf(problem, unit)
  const own = eulerMaruyamaProcess(process, protocol.dt[0]!)
  const [scheme, exact] = [washboardTransport(own, period), washboardTransport(process, period)]
  const start = lineStartOf(problem, unit)
  const lower = (start.lower + start.upper - period) / 2
  const box = { lower, upper: lower + period, periodic: true }
  const law = fokkerPlanck(own, box, start.mass, [middle.time, end.time], resolution)
  const left = {
    drift: Math.abs((law.mean[1]! - law.mean[0]!) / T - scheme.drift),
    diffusion: Math.abs((law.variance[1]! - law.variance[0]!) / (2 * T) - scheme.diffusion),
  }
  const leftOut = leftOutBySteps(process, protocol.dt[0]!, law.x, law.mass[1]!, 0)
  const bias = (of: 'drift' | 'diffusion') => left[of] + leftOut * Math.abs(scheme[of] - exact[of])
  const added = 2 * scheme.diffusion * T
  const errors = {
    drift: Math.sqrt(added / count) / T,
    diffusion: Math.sqrt((2 * added ** 2 + 4 * added * middle.variance) / count) / (2 * T),
  }
  const name = subscript(unit)
  const measured = { drift: (end.mean - middle.mean) / T, diffusion: (end.variance - middle.variance) / (2 * T) }
  return (['drift', 'diffusion'] as const).flatMap((of) => [
    statisticalCheck(`${of} of x${name}`, measured[of], scheme[of], errors[of], bias(of)),
    barCheck(
      `time step: ${of} of x${name} beside continuous time`,
      scheme[of],
      exact[of],
      Math.max(allowedShare * Math.abs(exact[of]), 4 * errors[of]),
    ),
  ])
}
