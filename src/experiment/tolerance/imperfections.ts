import { didYouMean, listed, usageError } from '../../errors.js'
import { losesTrap } from '../scenario/rules/hardware.js'
import type { Scenario } from '../scenario/schema.js'
import type { ScaleName } from './threshold.js'

/** Something that hardware is not, of one size. */
export interface Imperfection {
  /** as --imperfection takes it */
  readonly name: string
  /** the key of the section `hardware` that its size is, dotted */
  readonly path: string
  /** in words, to stand behind "the device holds its quality up to" */
  readonly about: string
  /** of the size; '' for a plain number */
  readonly unit: string
  /** sizes tried where none are given, from the mildest to the worst */
  readonly sizes: readonly number[]
  /** which sizes are worse */
  readonly worse: 'more' | 'less'
  /** whether a size is a whole number */
  readonly isWhole: boolean
  /** of the axis of sizes */
  readonly scale: ScaleName
}

const decades = [0.03, 0.1, 0.3, 1, 3]

function ofSize(name: string, path: string, unit: string, about: string, sizes: readonly number[]): Imperfection {
  return { name, path, unit, about, sizes, worse: 'more', isWhole: false, scale: 'log' }
}

function ofBits(name: string, path: string, about: string, sizes: readonly number[]): Imperfection {
  return { name, path, unit: 'bits', about, sizes, worse: 'less', isWhole: true, scale: 'linear' }
}

function ofLimit(name: string, path: string, unit: string, about: string, sizes: readonly number[]): Imperfection {
  return { ...ofSize(name, path, unit, about, sizes), worse: 'less' }
}

const force = 'kT/length'
const ofUpdate = 'rms of an update'
const force10 = [0.1, 0.3, 1, 3, 10]

/** In the order of a report: what measures, what computes, what holds, what is driven. */
export const imperfections: readonly Imperfection[] = [
  ofSize('force-noise', 'force.noise', force, 'white noise of the force sensors, rms', [0.3, 1, 3, 10, 30]),
  ofSize('force-offset', 'force.offset', force, 'offsets of the force sensors, rms over units', force10),
  ofSize('force-drift', 'force.drift', force, 'drift of the force sensors, rms', force10),
  ofSize('readout-noise', 'readout', 'length', 'error of reading a state, rms', [0.01, ...decades.slice(0, -1)]),
  ofBits('update-bits', 'update.bits', 'bits of the parameters between updates', [14, 12, 10, 8, 6, 4]),
  ofSize('update-noise', 'update.noise', ofUpdate, 'white noise of updates', force10),
  ofSize('update-offset', 'update.offset', ofUpdate, 'offsets of updates', decades),
  ofSize('update-drift', 'update.drift', ofUpdate, 'drift of updates', decades),
  {
    ...ofSize('update-delay', 'update.delay', 'updates', 'delay from a measurement to its update', [1, 3, 10, 30, 100]),
    isWhole: true,
  },
  ofBits('storage-bits', 'storage.bits', 'bits of the stored parameters', [8, 6, 5, 4, 3, 2]),
  ofSize(
    'unit-disorder',
    'disorder.stiffness',
    '',
    'relative deviation of what each unit has, rms',
    decades.slice(0, 4),
  ),
  ofSize('coupling-disorder', 'disorder.couplings', '', 'relative deviation of couplings, rms', decades.slice(0, 4)),
  ofSize('disorder-drift', 'disorder.drift', '', 'relative drift of parameters, rms', decades.slice(0, 4)),
  ofSize('dead-units', 'dead', '', 'part of the units that are dead', [0.05, 0.1, 0.2, 0.4, 0.8]),
  ofSize('missing-couplings', 'missing', '', 'part of the couplings that are missing', [0.05, 0.1, 0.2, 0.4, 0.8]),
  ofSize('bath-mismatch', 'bath.mismatch', '', 'relative excess of temperature', decades.slice(0, 4)),
  ofSize(
    'bath-gradient',
    'bath.gradient',
    '',
    'relative difference of temperature across the device',
    decades.slice(0, 4),
  ),
  ofLimit('slew', 'protocol.slew', '1/time', 'fastest change of a parameter', [100, 30, 10, 3, 1]),
  ofLimit('range', 'protocol.range', '', 'largest size of a parameter', [10, 5, 2, 1, 0.5]),
  ofSize('crosstalk', 'crosstalk', '', 'part of a drive that reaches each neighbour', [0.003, 0.01, 0.03, 0.1, 0.25]),
]

/** @throws E_USAGE for a name that none has */
export function imperfectionNamed(name: string): Imperfection {
  const found = imperfections.find((one) => one.name === name)
  if (found !== undefined) return found
  const names = imperfections.map((one) => one.name)
  throw usageError(
    `there is none of this name.${didYouMean(name, names) || ` Expected ${listed(names)}.`}`,
    `--imperfection ${name}`,
  )
}

/** Why an imperfection says nothing of a scenario, in words; null where it applies. */
export function whyNot({ name }: Imperfection, { network, potential }: Scenario): string | null {
  const hasCouplings = (potential.pair ?? []).length > 0
  const ofCouplings = name === 'missing-couplings' || name === 'coupling-disorder'
  if (ofCouplings && !hasCouplings) return 'the potential has no couplings (potential.pair)'
  if (name === 'dead-units' && losesTrap({ network, potential }))
    return 'a dead unit is left with the trap, and the potential has no stiffness (potential.onsite)'
  if (name === 'crosstalk' && network.visible.lattice === undefined)
    return 'the units have no neighbours (network.visible.lattice)'
  return null
}
