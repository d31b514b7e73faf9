import type { PointSet } from '../../physics/network/states.js'
import { type Check, statisticalCheck } from '../../physics/observe/check.js'
import { firstPassage, missedCrossingShift } from '../../physics/observe/first-passage.js'
import { boltzmannMoments } from '../../physics/truth/boltzmann.js'
import { energyOfUnit, meanFirstPassage } from '../../physics/truth/escape.js'
import { quarticMoment } from '../../physics/truth/quartic.js'
import { pointStart } from '../system/start.js'
import { type CheckContext, eulerMaruyama, openSpace, type RunCheck, subscript, uncoupledAtRest } from './run-check.js'

/** ⟨x²⟩ and ⟨x⁴⟩ of every unit at the end against quadrature of the Boltzmann density. */
export const boltzmannMomentsCheck: RunCheck = {
  needs: [openSpace, uncoupledAtRest, eulerMaruyama],
  run: (context) =>
    momentChecks(context, '', (_, { moments, secondOrder }) => ({
      moment: (power) => moments[power]!,
      bias: (power) => secondOrder[power]!,
    })),
}

/**
 * The same for pure quartic wells against ⟨xⁿ⟩ = (4kT/a)^(n/4) Γ((n+1)/4)/Γ(1/4); what the time step adds to first order is
 * allowed for.
 */
export const quarticMomentsCheck: RunCheck = {
  needs: [
    openSpace,
    uncoupledAtRest,
    eulerMaruyama,
    [({ potential: { groups } }) => groups.length === 1 && groups[0]!.name === 'quartic', 'potential.onsite [quartic]'],
  ],
  run(context) {
    const { bath, given } = context.problem
    return momentChecks(context, 'quartic ', (unit, { moments }) => {
      const moment = (power: number) => quarticMoment(given!.theta[unit]!, bath.kT, power)
      return { moment, bias: (power) => Math.abs(moments[power]! - moment(power)) }
    })
  },
}

/** Measured moments of every unit beside those of a law, the Boltzmann density's own at hand. */
function momentChecks(
  { problem: { potential, bath, given }, observed, protocol }: CheckContext,
  label: string,
  lawOf: (
    unit: number,
    boltzmann: ReturnType<typeof boltzmannMoments>,
  ) => { moment: (power: number) => number; bias: (power: number) => number },
): Check[] {
  const { final } = observed.ensemble
  return Array.from({ length: potential.network.units }, (_, i) => {
    const { moment, bias } = lawOf(i, boltzmannMoments(potential, given!.theta, bath, i, protocol.dt.at(-1)!))
    return [2, 4].map((power) => {
      const truth = moment(power)
      const error = Math.sqrt((moment(2 * power) - truth ** 2) / final.count)
      const name = `${label}⟨x${subscript(i)}${power === 2 ? '²' : '⁴'}⟩`
      return statisticalCheck(name, rawMoment(final, i, power), truth, error, bias(power))
    })
  }).flat()
}

function rawMoment({ points, count, units }: PointSet, unit: number, power: number): number {
  let sum = 0
  for (let n = 0; n < count; n++) sum += points[n * units + unit]! ** power
  return sum / count
}

/**
 * Mean first-passage time against quadrature. Crossings are looked for after each step only, so the truth is that of the
 * target shifted by .58 √(2μkTh); what that expansion leaves out is taken to be as large as the square of the relative shift
 * of the time.
 */
export const firstPassageCheck: RunCheck = {
  needs: [
    [({ scenario }) => scenario.firstPassage !== undefined, 'firstPassage and observe: [first-passage]'],
    openSpace,
    uncoupledAtRest,
    eulerMaruyama,
    [({ scenario }) => scenario.initial?.kind === 'point', 'initial: { kind: point }'],
  ],
  run({ problem, observed, protocol }) {
    const { potential, bath, given, scenario } = problem
    const { unit, to } = scenario.firstPassage!
    const from = pointStart(scenario, unit)!
    const h = protocol.dt[0]!
    const energy = energyOfUnit(potential, given!.theta, unit)
    const shift = Math.sign(to - from) * missedCrossingShift(bath, h)
    const truth = meanFirstPassage(energy, bath, from, to + shift)
    const watched = meanFirstPassage(energy, bath, from, to)
    const { mean, restrictedMean } = firstPassage(observed.firstPassage!.times, scenario.protocol!.duration)
    const { value, standardError } = mean ?? restrictedMean
    // On its target it has crossed at once.
    const bias = watched === 0 ? 0 : (truth - watched) ** 2 / watched
    return [statisticalCheck(`mean first-passage time of x${subscript(unit)}`, value, truth, standardError, bias)]
  },
}
