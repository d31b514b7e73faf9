import type { Observer } from '../physics/dynamics/observer.js'
import { amongFirst, wholeSpan } from '../physics/dynamics/span.js'
import { type States, sliceStates } from '../physics/network/states.js'
import { meanOf } from '../physics/observe/estimate.js'
import { eachTerm, type Potential } from '../physics/potential/potential.js'
import type { Demand, Simulation } from './backend.js'
import { formulaFault, formulaSizes, short } from './formula-rounding.js'
import { type Hooks, refuseImprecise } from './hooks.js'

/** Looks at the states during a run: each interrupts the kernels, which costs them about half a step. */
const looks = 4
/** Trajectories looked at. */
const few = 2
/**
 * Numbers at least this much denser than a kick leave the variance right to 1/(12·16²) = .03 %, and a mean to a fraction of a kick:
 * forces round too, all the same way where all trajectories are at one place.
 */
const finer = 16
/** Share of the spread of work or heat that rounding may have: a quarter of a percent of its variance. */
const share = 0.05
/** Rounding below this is of no account, in units of kT. */
const least = 0.01
/** An energy is rounded by about this many roundoffs of its scale (see energySizes), one standard deviation. */
const roundings = 0.3

/**
 * How large the numbers are whose sum is the energy: Σ_terms |x_i F_i| of each unit, [units], in the mean over the states. A formula
 * may be a small difference of large numbers: what is rounded on the way to it counts (see formulaSizes).
 * Cost: a force evaluation.
 */
export function energySizes(potential: Potential, theta: Float64Array, { x, batch }: States): Float64Array {
  const scale = formulaSizes(potential, theta, { x, batch }).energy
  const force = new Float64Array(x.length)
  eachTerm(potential, (term, own) => {
    if (term.formula !== undefined) return
    force.fill(0)
    term.addForceAndEnergy(own(theta), x, batch, force, null)
    for (let n = 0; n < x.length; n++) scale[Math.floor(n / batch)]! += Math.abs(x[n]! * force[n]!) / batch
  })
  return scale
}

/** Why a backend can't compute energies for an objective, as half a sentence; null when rounding leaves them as they are. */
export function refusedByEnergies(roundoff: number, objective: Demand['objective']): string | null {
  const lost = roundings * roundoff * (objective?.energies ?? 0)
  if (lost <= least) return null
  return `its arithmetic rounds the energies of these data by ${lost.toPrecision(2)} kT; subtract their mean`
}

/**
 * Watches a run whether rounding spoils it: states so far from 0 that the numbers there are not much closer to each other than
 * a thermal kick is wide, formulas whose force is a small difference of numbers that large, or energies so large that what is lost
 * of them shows in the spread of work or heat. What was found goes to `onImprecise`.
 *
 * @returns `watch` looks at the first few trajectories of the ensemble at the start and after each quarter of the steps; `account` judges
 *   work and heat by those of its first shard, after the run
 */
export function watchRounding(
  { potential, protocol, bath, trajectories, workAndHeat, span = wholeSpan(trajectories) }: Simulation,
  roundoff: number,
  { onImprecise = refuseImprecise }: Hooks,
): { watch: Observer; account: () => void } {
  const { mobility, temperature } = potential.network
  const steps = protocol.dt.length
  const stride = Math.ceil(steps / looks)
  const theta = new Float64Array(potential.size)
  const noise = { first: new Float64Array(1), last: new Float64Array(1), jumps: new Float64Array(1) }
  const told = new Int32Array(1)
  const tell = (why: string) => {
    if (told[0] === 0) onImprecise(`${roundoff < 1e-10 ? 'float64' : 'float32'} is too coarse here: ${why}`)
    told[0] = 1
  }
  const hasFormulas = potential.terms.some(({ formula }) => formula !== undefined)
  const whenOf = (index: number) => (index < 0 ? 'at the start' : `after step ${index}`)
  const lookAtFormulas = (states: States, index: number, drift: number, kickOf: (unit: number) => number) => {
    protocol.parameters(index, theta)
    const fault = formulaFault(
      potential,
      theta,
      states,
      roundoff,
      (unit) => kickOf(unit) / (2 * finer * drift * (mobility?.[unit] ?? 1)),
    )
    if (fault !== null) tell(`${whenOf(index)}, ${fault}`)
  }
  const lookAtEnergies = (states: States, index: number) => {
    const changes = protocol.parameters(index, theta)
    const scale = energySizes(potential, theta, states)
    const variance = (roundings * roundoff) ** 2 * scale.reduce((sum, value) => sum + value * value, 0)
    if (index < 0) noise.first[0] = variance
    else if (changes) noise.jumps[0]! += 2 * variance * stride
    noise.last[0] = variance
  }
  return {
    watch: {
      trajectories: amongFirst(span, few).trajectories,
      memory: { ...noise, told },
      wants: (index) => (index + 1) % stride === 0,
      see({ index, first, ...frame }) {
        const seen = Math.min(few, frame.batch)
        const step = Math.max(0, index)
        const kick = Math.sqrt(2 * bath.mobility * (protocol.kT?.[step] ?? bath.kT) * protocol.dt[step]!)
        // Without a bath, or where a unit is clamped, there is no kick to lose.
        const kickOf = (unit: number) => kick * Math.sqrt((mobility?.[unit] ?? 1) * (temperature?.[unit] ?? 1))
        for (let unit = 0; unit < potential.network.units; unit++) {
          const own = kickOf(unit)
          for (let b = 0; own > 0 && b < seen; b++) {
            const distance = Math.abs(frame.x[unit * frame.batch + b]!)
            const spacing = 2 * roundoff * distance
            if (!(spacing * finer > own)) continue
            tell(
              `${whenOf(index)}, trajectory ${first + b}, unit ${unit} is ${short(distance)} from its origin; numbers there are ${short(spacing)} apart, a thermal kick is ${short(own)}`,
            )
          }
        }
        const states = sliceStates(frame, 0, seen)
        if (hasFormulas) lookAtFormulas(states, index, bath.mobility * protocol.dt[step]!, kickOf)
        if (workAndHeat !== null) lookAtEnergies(states, index)
      },
    },
    account() {
      if (workAndHeat === null || span.first > 0) return
      const [first, last, jumps] = [noise.first[0]!, noise.last[0]!, noise.jumps[0]!]
      const rounding = { work: jumps, heat: first + last + jumps }
      for (const name of ['work', 'heat'] as const) {
        const lost = Math.sqrt(rounding[name])
        // Of a single trajectory it is not known.
        const values = workAndHeat[name].subarray(0, span.shard)
        const spread = meanOf(values).standardError * Math.sqrt(values.length)
        if (lost > least * bath.kT && !(lost <= share * spread))
          tell(
            `rounding changes the ${name} of a trajectory by ${short(lost / bath.kT)} kT, its spread is ${short(spread / bath.kT)} kT`,
          )
      }
    },
  }
}
