import { arrays, type States } from '../../physics/network/states.js'
import { groupSlice, type Potential } from '../../physics/potential/potential.js'
import { type Noising, noiseWidth, signal } from '../../physics/protocol/noising.js'
import { denoisingParameters } from './denoising.js'
import { type FlowStep, type Pushed, pushForward } from './euler-flow.js'
import type { Landscape } from './landscape.js'
import type { LeastSquaresOptions } from './least-squares.js'

/** What a flow is learned from. */
export interface FlowTask extends Pick<LeastSquaresOptions, 'frozen' | 'start'> {
  /** linear in its parameters; a stiffness of each unit, which is learned, takes the trap of the noising in */
  readonly potential: Potential
  /** the path from data to noise */
  readonly noising: Noising
  /** states to learn from, [units, batch] */
  readonly data: States
  /** of the noise */
  readonly seed: number
}

/**
 * The probability flow from N(0, kT/k0) to the data in many short steps, dx/dt = μ(k0 x + kT ∇log p_t(x)) towards less noise: its
 * score is learned at each knot of the noising by denoising, and linear in time between two.
 *
 * @param substeps - of each slice
 * @returns for each slice its steps, [slices][substeps]
 *
 * Cost: a least squares of all data at each knot.
 * Source: Song et al., arXiv:2011.13456, eq. 13.
 */
export function probabilityFlow(
  { potential, noising, data, seed, ...given }: FlowTask,
  substeps: number,
): FlowStep[][] {
  const { knots, stiffness, bath } = noising
  const thetas = knots.map((t, n) => {
    const m = signal(noising, t)
    const noised = { x: data.x.map((value) => m * value), batch: data.batch }
    const sigma = noiseWidth(noising, t)
    const theta = denoisingParameters({
      potential,
      kT: bath.kT,
      data: noised,
      sigma,
      draws: 1,
      first: n,
      seed,
      ...given,
    })
    const trap = stiffnessOf(potential, theta)
    for (let i = 0; i < trap.length; i++) trap[i]! -= stiffness
    return theta
  })
  return knots.slice(1).map((t, n) => {
    const h = (knots[n]! - t) / substeps
    return Array.from({ length: substeps }, (_, s): FlowStep => {
      const share = (s + 0.5) / substeps
      return { h, theta: thetas[n]!.map((value, a) => value + share * (thetas[n + 1]![a]! - value)) }
    })
  })
}

/** The stiffnesses among a potential's parameters; empty where it has none. */
export function stiffnessOf({ groups }: Potential, theta: Float64Array): Float64Array {
  const group = groups.find(({ name }) => name === 'stiffness')
  return group === undefined ? new Float64Array(0) : groupSlice(group, theta)
}

/** A fine flow with the states that went through it. */
export interface FlowTrail {
  /** steps of each slice, noisiest first */
  readonly flow: readonly (readonly FlowStep[])[]
  /** at the start and after each slice, [slices + 1] */
  readonly stops: readonly States[]
  /** where they came out, with what happened to the volume about them */
  readonly end: Pushed
}

/** Takes states through a flow. @param told - the share of it that is done */
export async function flowTrail(
  landscape: Landscape,
  flow: FlowTrail['flow'],
  start: States,
  told: (share: number) => Promise<void>,
): Promise<FlowTrail> {
  const stops = [start]
  const [logVolume, divergence] = arrays(2, start.batch)
  for (const [n, slice] of flow.entries()) {
    const pushed = pushForward(landscape, slice, stops[n]!)
    for (let b = 0; b < start.batch; b++) {
      logVolume[b]! += pushed.logVolume[b]!
      divergence[b]! += pushed.divergence[b]!
    }
    stops.push(pushed)
    await told((n + 1) / flow.length)
  }
  return { flow, stops, end: { ...stops.at(-1)!, logVolume, divergence } }
}

/** Where states stand before and after a step of length h that is to be learned, [units, batch]. */
export interface FlowPairs {
  /** states before the step */
  readonly from: States
  /** states after it */
  readonly to: States
  /** length of the step in time */
  readonly h: number
}

/** Cuts a flow into `count` steps of about evenly many slices. */
export function flowPairs({ flow, stops }: FlowTrail, count: number): FlowPairs[] {
  const cut = (n: number) => Math.round((n * flow.length) / count)
  return Array.from({ length: count }, (_, n) => ({
    from: stops[cut(n)]!,
    to: stops[cut(n + 1)]!,
    h: flow.slice(cut(n), cut(n + 1)).reduce((sum, slice) => sum + slice.reduce((time, { h }) => time + h, 0), 0),
  }))
}
