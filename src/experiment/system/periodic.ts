import { invalidValue } from '../../errors.js'
import { stream } from '../../physics/noise/streams.js'
import { fillUniformStates } from '../../physics/noise/uniform.js'
import { eachTerm, type Potential } from '../../physics/potential/potential.js'
import type { Term } from '../../physics/potential/term.js'

/** States that are compared at once, and how often. */
const states = 64
/** The other side is so many periods away at most. */
const farthest = 3
/** Share of a term's numbers that it may differ by: rounding of a few periods, and of a period that was typed with ten digits. */
const tolerance = 1e-8

/** Times at which schedules are looked at, and shares of the protocol at which terms with the time in them are. */
const looks = 40
const times = [0, 0.13, 0.37, 0.71, 1]

/**
 * Makes sure that every term is the same where an angle has gone round: its energy, and its force, at states that are whole periods
 * apart.
 *
 * @param at - parameters at a share of the protocol
 * @throws E_INVALID_VALUE naming the first term that is not
 *
 * Cost: O(units·states) for each term.
 */
export function requirePeriodic(potential: Potential, at: (share: number) => Float64Array): void {
  const { coordinates, units } = potential.network
  if (coordinates === null || coordinates.period.every((period) => period === 0)) return
  const { period } = coordinates
  const [x, turns] = [new Float64Array(units * states), new Float64Array(units * states)]
  const keyed = { seed: 0, stream: stream.initial, step: 0 }
  fillUniformStates(keyed, units, 0, states, x)
  fillUniformStates({ ...keyed, step: 1 }, units, 0, states, turns)
  const moved = x.map((uniform, n) => {
    const own = period[Math.floor(n / states)]!
    x[n] = (own > 0 ? own : 1) * (2 * uniform - 1)
    return x[n]! + own * Math.round(farthest * (2 * turns[n]! - 1))
  })
  // Terms are in proportion to their parameters: the largest of each tell, and those that are 0 at all times do not.
  const largest = new Float64Array(potential.size)
  for (let n = 0; n <= looks; n++)
    at(n / looks).forEach((value, a) => {
      if (Math.abs(value) > Math.abs(largest[a]!)) largest[a] = value
    })
  const clocks = potential.groups.filter(({ clock }) => clock === true)
  for (const share of clocks.length === 0 ? [0] : times) {
    const then = at(share)
    for (const { offset } of clocks) largest[offset] = then[offset]!
    eachTerm(potential, (term, own) => {
      const off = worst(own(largest), term, units, x, moved)
      if (off !== null) throw notPeriodic(term, period[off.unit]! || period.find((own) => own > 0)!, off)
    })
  }
}

/** Where a term differs most between states and the same states some periods away; null where it does not. */
function worst(theta: Float64Array, term: Term, units: number, x: Float64Array, moved: Float64Array) {
  const at = (of: Float64Array) => {
    const [force, energy] = [new Float64Array(units * states), new Float64Array(states)]
    term.addForceAndEnergy(theta, of, states, force, energy)
    return { force, energy }
  }
  const [here, there] = [at(x), at(moved)]
  const differ = (a: Float64Array, b: Float64Array) => {
    const scale = a.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
    return a.findIndex((value, n) => !(Math.abs(b[n]! - value) <= tolerance * scale))
  }
  const n = differ(here.energy, there.energy)
  const m = differ(here.force, there.force)
  if (n < 0 && m < 0) return null
  // Of an energy, a sum over units, the first that was moved tells.
  const movedAt = () => [...Array(units).keys()].find((i) => x[i * states + n] !== moved[i * states + n]) ?? 0
  return { unit: m >= 0 ? Math.floor(m / states) : movedAt(), hasForce: m >= 0 }
}

function notPeriodic({ name, driving }: Term, period: number, { unit, hasForce }: { unit: number; hasForce: boolean }) {
  const mend =
    driving === undefined && !hasForce
      ? 'Its force is: a force along an angle has no potential, so give it under potential.force, for example { name: tilt, formula: 1 }.'
      : 'Use a formula that repeats, for example cos(x) with period: 2*pi, or leave the period away.'
  return invalidValue(
    `the ${driving === undefined ? 'term' : 'force'} "${name}" is not the same at x and x + ${Number(period.toPrecision(6))} (unit ${unit}). ${mend}`,
    'network.visible.period',
  )
}
