import { gaussianStart } from '../physics/dynamics/ensemble.js'
import { withOwnStart } from '../physics/dynamics/own-start.js'
import { clampedTo } from '../physics/network/labels.js'
import { columnsOf, type PointSet, rowsOf } from '../physics/network/states.js'
import { forceAndEnergy, type Potential } from '../physics/potential/potential.js'
import type { Begin } from './messages.js'
import type { PlayNetwork } from './network.js'

/** An ensemble at one moment, and what it exchanged so far. What moves it overwrites it. */
export interface Present {
  readonly seed: number
  /** first states of all units, [trajectories, units], and their energies */
  readonly first: PointSet
  readonly firstEnergy: Float64Array
  /** states of all units, [trajectories, units] */
  x: PointSet
  /** steps of the protocol that are behind */
  step: number
  /** whether nothing is left to be done */
  done: boolean
  /** of the bath, in units of the record's kT, and what generates in it */
  kT: number
  potential: Potential
  /** clean values of the pixels that are known, NaN where free; null where all are */
  known: Float32Array | null
  /** class of each trajectory; empty without labels */
  classes: Int32Array
  /** W, Q and Σ Q/kT so far, [trajectories] */
  readonly work: Float64Array
  readonly heat: Float64Array
  readonly produced: Float64Array
  /** hands that were laid on it: each has noise of its own */
  interventions: number
  /** whether the law of the states is that of their own dynamics: no pixel was ever put */
  untouched: boolean
}

/** Classes of so many trajectories: one of all, or one after another. */
export function classesOf({ classes }: PlayNetwork, { trajectories, label = 'each' }: Omit<Begin, 'seed'>): Int32Array {
  if (classes === 0) return new Int32Array(0)
  return Int32Array.from({ length: trajectories }, (_, n) => (label === 'each' ? n % classes : label))
}

/** Writes the label units of every trajectory to their classes. */
export function putClasses({ learned, classes }: PlayNetwork, { points, units }: PointSet, of: Int32Array): void {
  const { visible, labels } = learned.network
  for (const [n, label] of of.entries()) points.set(clampedTo(label, classes).slice(0, labels), n * units + visible)
}

/** Noise at the begin of the protocol: the states that a run of the same seed and classes begins from, bit for bit. */
export function firstStates(network: PlayNetwork, seed: number, trajectories: number, classes: Int32Array): PointSet {
  const { record, noising, generation } = network
  const { network: net } = generation.potential
  const { visible, labels, units } = net
  const told = (x: Float64Array, first: number, batch: number) => {
    gaussianStart(seed, 0, record.bath.kT / noising.stiffness)(x.subarray(0, visible * batch), first, batch)
    for (let b = 0; b < classes.length; b++)
      clampedTo(classes[b]!, network.classes)
        .slice(0, labels)
        .forEach((state, l) => {
          x[(visible + l) * batch + b] = state
        })
  }
  const x = new Float64Array(units * trajectories)
  withOwnStart(told, seed, net)(x, 0, trajectories)
  return rowsOf({ x, batch: trajectories })
}

/** The landscape of each network that was last asked for. */
const landscapes = new WeakMap<PlayNetwork, { readonly step: number; readonly theta: Float64Array }>()

/** The landscape after so many steps, [parameters]; not to be written to. Copied once a step: a frame asks for it several times. */
export function landscapeAt(network: PlayNetwork, step: number): Float64Array {
  const last = landscapes.get(network)
  if (last?.step === step) return last.theta
  const theta = new Float64Array(network.generation.potential.size)
  network.protocol.parameters(step - 1, theta)
  landscapes.set(network, { step, theta })
  return theta
}

/** U of every trajectory in the landscape of its step, by the reference, [trajectories]. */
export function energies(network: PlayNetwork, { potential, x, step }: Pick<Present, 'potential' | 'x' | 'step'>) {
  const states = columnsOf(x)
  const energy = new Float64Array(states.batch)
  forceAndEnergy(potential, landscapeAt(network, step), states.x, states.batch, null, energy)
  return energy
}

/** An ensemble at the begin of the protocol. */
export function beginning(network: PlayNetwork, begin: Begin): Present {
  const { seed, trajectories } = begin
  const classes = classesOf(network, begin)
  const first = firstStates(network, seed, trajectories, classes)
  const { potential } = network.generation
  const sums = () => new Float64Array(trajectories)
  return {
    ...{ seed, first, x: first, step: 0, done: false, kT: 1, potential, known: null, classes },
    firstEnergy: energies(network, { potential, x: first, step: 0 }),
    ...{ work: sums(), heat: sums(), produced: sums(), interventions: 0, untouched: true },
  }
}

/** What a hand does to an ensemble is work: U after it less U before. */
export function byHand(network: PlayNetwork, now: Present, act: () => void): void {
  const before = energies(network, now)
  act()
  const after = energies(network, now)
  for (const [n, energy] of after.entries()) now.work[n]! += energy - before[n]!
  now.interventions++
}
