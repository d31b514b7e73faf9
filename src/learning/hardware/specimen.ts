import type { Network } from '../../physics/network/network.js'
import { fillNormals } from '../../physics/noise/gaussian.js'
import { stream } from '../../physics/noise/streams.js'
import { drawUniform } from '../../physics/noise/uniform.js'
import type { ParameterGroup, Potential } from '../../physics/potential/potential.js'
import { noErrors, slowErrors } from './errors.js'
import { type Hardware, holdsIdeally } from './hardware.js'
import { rounded } from './rounding.js'

/** A network as it was built: the values that parameters take on it. */
export interface Specimen {
  /**
   * The parameters that it has when it is given others,
   *
   *     θ' = gain · C · held(θ)   on what is there, 0 on what is not
   *
   * held: within the range and on the levels of its storage; C: crosstalk among the units; gain: disorder, log-normal of mean 1.
   *
   * @param n - iterations that it has been trained for: its disorder wanders meanwhile; the disorder of its fabrication alone when absent
   * @param write - number of the write to its storage, each of which rounds by random numbers of its own; n when absent
   * @returns a new array, [parameters]; the given one where the hardware holds what it is given
   */
  realised(theta: Float64Array, n?: number, write?: number): Float64Array
}

/** Draws of one specimen at its fabrication, by what they are for. */
const drawOf = { gains: 0, dead: 1, missing: 2 } as const

/**
 * A specimen of a network.
 *
 * @param trap - k0, which is what is left of a unit that is dead
 *
 * Cost: of `realised`, O(parameters), and what a drift has to wander (see slowErrors).
 */
export function specimenOf(hardware: Hardware, potential: Potential, trap: number): Specimen {
  if (holdsIdeally(hardware)) return { realised: (theta) => theta }
  const { disorder, device: seed } = hardware
  const groups = potential.groups.filter(isSet)
  const gains = gainsOf(hardware, potential, groups)
  const dead = deadUnits(hardware, potential.network)
  const broken = brokenOf(hardware, potential, groups, dead)
  const bare = bareStiffnesses(potential, dead)
  const wander = slowErrors(
    { ...noErrors, ...disorder, offset: 0 },
    { seed, stream: stream.disorderDrift },
    potential.size,
  )
  const leaks = hardware.crosstalk === 0 ? null : nearest(potential.network)
  return {
    realised(theta, n, write = n ?? 0) {
      const out = theta.slice()
      for (const group of groups) {
        hold(hardware, group, potential.lowerBound, out, write)
        if (leaks !== null && group.support === 'unit') leak(hardware.crosstalk, leaks, group, out)
      }
      const drift = n === undefined || disorder.drift === 0 ? null : wander(n)
      for (const { offset, size } of groups)
        for (let a = offset; a < offset + size; a++) out[a]! *= gains[a]! * (drift === null ? 1 : Math.exp(drift[a]!))
      for (const a of broken) out[a] = 0
      for (const a of bare) out[a] = trap
      return out
    },
  }
}

/** 1 for each parameter that is set on the device, [parameters]. */
export function drivenParameters({ groups, size }: Potential): Uint8Array {
  const driven = new Uint8Array(size)
  for (const { offset, size: own } of groups.filter(isSet)) driven.fill(1, offset, offset + own)
  return driven
}

/** Whether the values of a group are set on the device: times and temperatures are not. */
function isSet({ given, clock, name }: ParameterGroup): boolean {
  return given !== true && clock !== true && name !== 'hidden-temperature'
}

/** Log-normal numbers of mean 1 and relative rms d: e^(σξ - σ²/2), σ² = ln(1 + d²). */
function gainsOf({ disorder, device }: Hardware, { size }: Potential, groups: readonly ParameterGroup[]): Float64Array {
  const xi = new Float64Array(size)
  fillNormals(device, stream.fabrication, drawOf.gains, 1, 0, size, xi)
  const gains = new Float64Array(size).fill(1)
  for (const { support, name, offset, size } of groups) {
    const variance = Math.log(1 + (isCoupling({ support, name }) ? disorder.couplings : disorder.stiffness) ** 2)
    for (let a = offset; a < offset + size; a++) gains[a] = Math.exp(Math.sqrt(variance) * xi[a]! - variance / 2)
  }
  return gains
}

function isCoupling({ support, name }: Pick<ParameterGroup, 'support' | 'name'>): boolean {
  return support === 'edge' || support === 'label' || name === 'hidden-coupling'
}

/** Parameters of couplings that are not there, and of units that are dead. A larger part has those of a smaller one, and more. */
function brokenOf(
  hardware: Hardware,
  { network, size }: Potential,
  groups: readonly ParameterGroup[],
  dead: ReadonlySet<number>,
): number[] {
  const gone = drawUniform({ seed: hardware.device, stream: stream.fabrication, step: drawOf.missing }, size)
  const { edges, hiddenEdges } = network
  return groups.flatMap(({ name, support, offset, size }) => {
    const isOfDead = (a: number): boolean => {
      if (name === 'hidden-coupling') return network.hidden > 0 && dead.has(hiddenEdges.hidden[a]!)
      if (support === 'hidden') return dead.has(a)
      if (network.hidden > 0) return false
      return support === 'edge' ? dead.has(edges.a[a]!) || dead.has(edges.b[a]!) : support === 'unit' && dead.has(a)
    }
    return Array.from({ length: size }, (_, a) => a)
      .filter((a) => (isCoupling({ support, name }) && gone[offset + a]! < hardware.missing) || isOfDead(a))
      .map((a) => offset + a)
  })
}

/** Hidden units that answer nothing; visible ones, where there are no hidden ones. */
function deadUnits({ dead, device }: Hardware, { hidden, visible }: Network): ReadonlySet<number> {
  const uniform = drawUniform({ seed: device, stream: stream.fabrication, step: drawOf.dead }, hidden || visible)
  return new Set([...uniform.keys()].filter((unit) => uniform[unit]! < dead))
}

/** Stiffnesses of dead visible units. */
function bareStiffnesses({ network, groups }: Potential, dead: ReadonlySet<number>): number[] {
  const stiffness = groups.find(({ name }) => name === 'stiffness')
  if (stiffness === undefined || network.hidden > 0) return []
  return [...dead].map((unit) => stiffness.offset + unit)
}

/** What the device holds of the values of a kind of parameter, in place. */
function hold(
  { storage, protocol: { range }, device }: Hardware,
  { offset, size }: ParameterGroup,
  lowerBound: Float64Array,
  theta: Float64Array,
  write: number,
): void {
  const values = theta.subarray(offset, offset + size)
  if (range !== null) for (let a = 0; a < size; a++) values[a] = Math.max(-range, Math.min(range, values[a]!))
  if (storage === null) return
  const full = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  const u =
    storage.rounding === 'nearest'
      ? null
      : drawUniform({ seed: device, stream: stream.storage, step: write }, offset + size).subarray(offset)
  for (let a = 0; a < size; a++) {
    // What confines a unit is never rounded to nothing: it would run away.
    const up = lowerBound[offset + a] === 0 && values[a]! > 0
    values[a] = up ? rounded(values[a]!, storage.bits, full, 1 - 1e-9) : rounded(values[a]!, storage.bits, full, u?.[a])
  }
}

/** Adds to each unit's value a part of those of its neighbours, in place. */
function leak(
  part: number,
  neighbours: readonly (readonly number[])[],
  { offset, size }: ParameterGroup,
  theta: Float64Array,
): void {
  const before = theta.slice(offset, offset + size)
  neighbours.slice(0, size).forEach((of, unit) => {
    for (const other of of) theta[offset + unit]! += part * before[other]!
  })
}

/** The nearest neighbours of each visible unit: four on a lattice, two along a chain where there is no geometry. */
function nearest({ lattice, visible }: Network): number[][] {
  const [rows, columns] = lattice ?? [1, visible]
  return Array.from({ length: visible }, (_, unit) => {
    const [row, column] = [Math.floor(unit / columns), unit % columns]
    const around = [
      [row - 1, column],
      [row, column - 1],
      [row, column + 1],
      [row + 1, column],
    ] as const
    return around.filter(([r, c]) => r >= 0 && r < rows && c >= 0 && c < columns).map(([r, c]) => r * columns + c)
  })
}
