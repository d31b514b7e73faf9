import { allJoined, type Observer } from '../dynamics/observer.js'
import type { States } from '../network/states.js'
import { arrays, sliceStates } from '../network/states.js'
import { createHiddenCoupling } from '../potential/hidden-coupling.js'
import { eachTerm, type Potential } from '../potential/potential.js'
import type { Bath } from '../protocol/bath.js'
import type { Protocol } from '../protocol/protocol.js'

/** What some trajectories exchange with two baths, in units of energy, [trajectories] each. */
export interface HiddenHeat {
  /** W: what the jumps of all parameters but the temperature T of the hidden units' bath cost, at fixed T */
  readonly drivingWork: Float64Array
  /** Q: given to the visible units' bath by moves in the potential of visible units and A (see WorkAndHeat) */
  readonly heat: Float64Array
  /** Q_h: given to the hidden units' bath by moves, by jumps at fixed T, and by the jumps of T */
  readonly hiddenHeat: Float64Array
  /** what passes besides from the visible units' bath to the hidden units', the fluctuating force between */
  readonly conductedHeat: Float64Array
  /** ΔU, U = visible terms - Σ_h u_h ⟨s_h⟩, from the two energies alone: W - Q - Q_h to rounding */
  readonly energyChange: Float64Array
}

/**
 * The heat that two-state hidden units give to a bath of their own, along the first trajectories of an ensemble. They follow x at
 * once, with free energy A, entropy and mean energy
 *
 *     A = -T Σ_h log 2cosh z_h,   S = -∂A/∂T = Σ_h [log 2cosh z_h - z_h tanh z_h],   A + TS = -Σ_h u_h tanh z_h,   z_h = u_h/T
 *
 * A move at fixed θ and T gives them -T ΔS. A jump is first that of θ at the old T, which costs W and gives -T ΔS, then that of T at
 * fixed θ, which is heat alone: -Δ(A + TS), and -∫T dS as the jumps become small.
 *
 * Besides, the force of s about its mean, however fast, works on the visible units, which answer to it with their mobilities μ_i, and
 * their noise works on s: from a bath at kT to one at T there flows
 *
 *     J = Σ_ih μ_i V_ih² (1 - ⟨s_h⟩²) (kT - T)/T
 *
 * whatever the rate of the hidden units. Q - ∫J dt is all that the one bath gets, Q_h + ∫J dt all that the other does; the sum is the
 * same. It does not act on the law of x.
 *
 * Source: Sekimoto, Stochastic Energetics (2010), ch. 4.1, for the account; J from the Fokker–Planck equation of both at first order in
 * the hidden units' time scale (compared with it in test/physics/hidden-heat.test.ts).
 *
 * @param bath - of the visible units
 *
 * Cost: two fields and two or three free energies of the hidden units a step, in float64.
 */
export function observeHiddenHeat(
  potential: Potential,
  protocol: Protocol,
  bath: Bath,
  trajectories: number,
): Observer & HiddenHeat {
  const [drivingWork, heat, hiddenHeat, conductedHeat, energyChange] = arrays(5, trajectories)
  const exchanged = { drivingWork, heat, hiddenHeat, conductedHeat, energyChange }
  const theta = new Float64Array(potential.size)
  const balances = balancesOf(potential, theta)
  const standing = createStanding(potential.network.units, trajectories)
  return {
    ...{ trajectories, ...exchanged },
    memory: { ...exchanged, ...standing.memory },
    joins: { ...allJoined('rows', exchanged), ...standing.joins },
    wants: () => true,
    see({ index, first, batch, ...frame }) {
      const changed = protocol.parameters(index, theta)
      const states = sliceStates({ x: frame.x, batch }, 0, Math.min(batch, trajectories - first))
      const T = balances.temperature()
      const before = standing.at(first, states.batch)
      if (before === null) {
        const [balance] = balances.at(states, T) as [Balance]
        return standing.set(first, { states, T, balance, start: balance.mean })
      }
      const [driven, jumped] = (
        changed ? balances.at(before.states, before.T, T) : [before.balance, before.balance]
      ) as [Balance, Balance]
      const [after] = balances.at(states, T) as [Balance]
      const flow = (protocol.dt[index]! * bath.mobility * ((protocol.kT?.[index] ?? bath.kT) - T)) / T
      for (let b = 0, n = first; b < states.batch; b++, n++) {
        const given = (from: Balance, to: Balance, at: number) => at * (from.entropy[b]! - to.entropy[b]!)
        const held = (balance: Balance, at: number) => balance.free[b]! + at * balance.entropy[b]!
        drivingWork[n]! += driven.free[b]! - before.balance.free[b]!
        heat[n]! += jumped.free[b]! - after.free[b]!
        hiddenHeat[n]! += given(before.balance, driven, before.T) + given(jumped, after, T)
        hiddenHeat[n]! += held(driven, before.T) - held(jumped, T)
        conductedHeat[n]! += flow * after.contact[b]!
        energyChange[n] = after.mean[b]! - before.start[b]!
      }
      standing.set(first, { ...before, states, T, balance: after })
    },
  }
}

/** Where a batch stands: its states and energies in the landscape and bath of its last step. */
interface Standing {
  readonly states: States
  readonly T: number
  readonly balance: Balance
  /** mean energy at the start, [batch] */
  readonly start: Float64Array
}

/** Where all trajectories stand, in arrays that are kept. */
function createStanding(units: number, trajectories: number) {
  /** [units, trajectories] */
  const x = new Float64Array(units * trajectories)
  const [free, entropy, mean, contact, start] = arrays(5, trajectories)
  /** NaN before the start */
  const temperature = new Float64Array(trajectories).fill(Number.NaN)
  const rows = { free, entropy, mean, contact, start, temperature }
  return {
    memory: { x, ...rows },
    joins: { x: 'columns', ...allJoined('rows', rows) } as const,
    /** of trajectories first … first + batch - 1; null before the start */
    at(first: number, batch: number): Standing | null {
      const T = temperature[first]!
      const of = (values: Float64Array) => values.slice(first, first + batch)
      const balance = { free: of(free), entropy: of(entropy), mean: of(mean), contact: of(contact) }
      const states = sliceStates({ x, batch: trajectories }, first, batch)
      return Number.isNaN(T) ? null : { states, T, balance, start: of(start) }
    },
    set(first: number, { states, T, balance, start: began }: Standing): void {
      const { batch } = states
      for (let i = 0; i < units; i++) x.set(states.x.subarray(i * batch, (i + 1) * batch), i * trajectories + first)
      temperature.fill(T, first, first + batch)
      start.set(began, first)
      for (const [name, values] of Object.entries({ free, entropy, mean, contact }))
        values.set(balance[name as keyof Balance], first)
    },
  }
}

/** Energies and entropy of a batch, [batch] each. */
interface Balance {
  /** visible terms + A */
  readonly free: Float64Array
  /** S of the hidden units */
  readonly entropy: Float64Array
  /** visible terms - Σ_h u_h ⟨s_h⟩ */
  readonly mean: Float64Array
  /** Σ_ih (relative mobility of i) V_ih² (1 - ⟨s_h⟩²) */
  readonly contact: Float64Array
}

/** Energies in the landscape θ as it stands, with the hidden units at any temperature. */
function balancesOf(potential: Potential, theta: Float64Array) {
  const { network, groups, terms, offsets } = potential
  const { hidden } = network
  const coupling = createHiddenCoupling(network)
  const ofHidden = theta.subarray(offsets[terms.findIndex(({ support }) => support === 'hidden')]!)
  const temperature = groups.find(({ name }) => name === 'hidden-temperature')!.offset
  return {
    temperature: () => theta[temperature]!,
    /** at the same states and each of the temperatures */
    at({ x, batch }: States, ...temperatures: readonly number[]): Balance[] {
      const visible = new Float64Array(batch)
      eachTerm(potential, ({ support, addForceAndEnergy }, own) => {
        if (support !== 'hidden') addForceAndEnergy(own(theta), x, batch, null, visible)
      })
      const u = new Float64Array(hidden * batch)
      coupling.field(ofHidden, x, batch, u)
      const exposure = exposures(potential, ofHidden)
      return temperatures.map((T) => balanceAt(u, T, visible, exposure))
    },
  }
}

/** Two-state units under fields u, [hidden, batch], at T; with e = e^(-2|z|) nothing overflows or cancels. */
function balanceAt(u: Float64Array, T: number, visible: Float64Array, exposure: Float64Array): Balance {
  const batch = visible.length
  const [entropy, contact] = arrays(2, batch)
  const [free, mean] = [visible.slice(), visible.slice()]
  for (let h = 0, n = 0; h < exposure.length; h++)
    for (let b = 0; b < batch; b++, n++) {
      const z = Math.abs(u[n]! / T)
      const e = Math.exp(-2 * z)
      const log = Math.log1p(e)
      const s = Math.tanh(u[n]! / T)
      free[b]! -= T * (z + log)
      entropy[b]! += (2 * z * e) / (1 + e) + log
      mean[b]! -= u[n]! * s
      contact[b]! += exposure[h]! * (1 - s * s)
    }
  return { free, entropy, mean, contact }
}

/** Σ_i (relative mobility) V_ih², [hidden]. */
function exposures({ network: { hidden, hiddenEdges, mobility } }: Potential, theta: Float64Array): Float64Array {
  const { start, visible } = hiddenEdges
  const out = new Float64Array(hidden)
  for (let h = 0; h < hidden; h++)
    for (let e = start[h]!; e < start[h + 1]!; e++) out[h]! += (mobility?.[visible[e]!] ?? 1) * theta[e]! ** 2
  return out
}
