import { invalidValue } from '../../errors.js'
import { arrays } from '../network/states.js'
import type { HarmonicPart, Surface } from './drive.js'
import { type HarmonicFlow, harmonicFlow } from './harmonic-flow.js'
import type { Integrator } from './integrator.js'

/** The flow of the drive's present harmonic part; kept while nothing that it depends on changes. */
export function flowKeeper(mobility: number): (part: HarmonicPart, kT: number, dt: number) => HarmonicFlow {
  let kept: { part: HarmonicPart; kT: number; dt: number; flow: HarmonicFlow } | null = null
  return (part, kT, dt) => {
    if (kept === null || kept.part !== part || kept.kT !== kT || kept.dt !== dt)
      kept = { part, kT, dt, flow: harmonicFlow(part, mobility, kT, dt) }
    return kept.flow
  }
}

/**
 * The exact Ornstein–Uhlenbeck process of a harmonic landscape that stands still for a step (see harmonicFlow): no error of
 * any order, any step; the oracle of the other schemes. Among units that are clamped or have states, those that move do so given the others.
 * Source: Gillespie, Phys. Rev. E 54, 2084 (1996), for one mode.
 *
 * Cost: O(units³) for every new landscape, temperature or step length, 2·units²·batch multiply-adds a step.
 */
export const exactOu: Integrator = {
  name: 'exact-ou',
  dynamical: true,
  mobilities: false,
  amongOthers: true,
  harmonic: true,
  needs: { force: false, energy: false },
  start({ drive, bath: { mobility }, batch, normals: draw }) {
    const normals = new Float64Array(drive.units * batch)
    const flowOf = flowKeeper(mobility)
    const given = drive.mobility === undefined ? null : givenOthers(drive, drive.mobility, batch)
    return ({ step, dt, kT, x }, next) => {
      const part = drive.harmonicPart()
      if (!part.whole)
        throw invalidValue(
          'exact-ou needs a harmonic potential (stiffness, bias, bilinear). Use ou-splitting, or another integrator.',
          'sampling.integrator',
        )
      draw(step, normals)
      if (given === null) flowOf(part, kT, dt)(x, normals, batch, next)
      else
        given(part, x, next, (own, of, noise, out, force) => flowOf(own, kT, dt)(of, noise, batch, out, force), normals)
    }
  },
}

/** Moves the units that can by the flow of their own stiffness, given what all others do to them. */
function givenOthers({ units, evaluate }: Surface, relative: Float64Array, batch: number) {
  const moving = Int32Array.from(relative.keys()).filter((row) => relative[row] !== 0)
  const n = moving.length
  const force = new Float64Array(units * batch)
  const [before, after, noise, pull] = arrays(4, n * batch)
  const rowOf = (array: Float64Array, row: number) => array.subarray(row * batch, (row + 1) * batch)
  let kept: { whole: HarmonicPart; own: HarmonicPart } | null = null
  const ownPart = (whole: HarmonicPart) => {
    const stiffness = new Float64Array(n * n)
    moving.forEach((i, row) => {
      moving.forEach((j, column) => {
        stiffness[row * n + column] = whole.stiffness[i * units + j]!
      })
    })
    return { whole, own: { stiffness, force: new Float64Array(n), whole: true } }
  }
  return (
    part: HarmonicPart,
    x: Float64Array,
    next: Float64Array,
    flow: (part: HarmonicPart, ...arrays: [Float64Array, Float64Array, Float64Array, Float64Array]) => void,
    normals: Float64Array,
  ) => {
    next.set(x)
    if (n === 0) return
    if (kept?.whole !== part) kept = ownPart(part)
    evaluate(x, batch, force, null)
    moving.forEach((row, at) => {
      rowOf(before, at).set(rowOf(x, row))
      rowOf(noise, at).set(rowOf(normals, row))
      rowOf(pull, at).set(rowOf(force, row))
    })
    // The force where they stand plus K times that is what acts on them at 0.
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++)
        for (let b = 0; b < batch; b++) pull[i * batch + b]! += kept.own.stiffness[i * n + j]! * before[j * batch + b]!
    flow(kept.own, before, noise, after, pull)
    moving.forEach((row, at) => {
      rowOf(next, row).set(rowOf(after, at))
    })
  }
}
