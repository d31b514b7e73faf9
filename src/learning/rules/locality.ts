import { type Potential, termSlice } from '../../physics/potential/potential.js'
import type { Bath } from '../../physics/protocol/bath.js'
import { type Device, deviceOf } from './device.js'
import type { NoisedBatch, Rule } from './rule.js'

/** What a parameter's update may read of units that are not its own. */
export type Reading = 'positions' | 'forces' | 'responses' | 'parameters'

/** How one group of parameters learns by one rule. */
export interface LocalityRow {
  /** its name */
  readonly rule: string
  /** name of the parameters */
  readonly group: string
  /** whether nothing of other units is read */
  readonly local: boolean
  /** what is, where something is */
  readonly reads: readonly Reading[]
}

/** By how much what others do is changed, in the units of each quantity: anything far above rounding shows. */
const disturbance = 0.5
/** Changes below this, relative to the largest part of the gradient, are rounding: sums of products in another order. */
const rounding = 1e-12

/**
 * Finds out what each parameter's update reads. A first gradient records what the device measures; it is then repeated with
 * those measurements held and one thing changed on one visible unit u, in turn its
 *
 *     positions    the states of u, before and after runs too
 *     forces       the force measured on u
 *     responses    the statistics measured for the parameters that end on u, of terms that are not linear in θ
 *     parameters   what the electronics believes the parameters that end on u to be
 *
 * A parameter that has u at neither end must not notice. Statistics φ_a(x) of linear terms are not held but measured anew: that
 * they belong to their own unit or edge is part of what is found out. A hidden unit's response ⟨s⟩ is its own state, which its
 * couplings may read; so what is held there is the response that was measured.
 *
 * @param theta - parameters of the device, [size]
 * @param batch - a minibatch, with a path for rules that need one
 * @returns a row for each group of parameters
 *
 * Cost: four gradients for each visible unit.
 */
export function auditLocality(
  rule: Rule,
  potential: Potential,
  theta: Float64Array,
  bath: Bath,
  batch: NoisedBatch,
): LocalityRow[] {
  const { units } = potential.network
  const ends = endsOf(potential)
  const record: Float64Array[] = []
  const gradientWith = (change: Change | null) => {
    const out = new Float64Array(potential.size)
    let call = 0
    /** What this call measured the first time. */
    const measured = (measure: (out: Float64Array) => void, into: Float64Array) => {
      if (change === null) {
        measure(into)
        record.push(into.slice())
      } else into.set(record[call]!)
      call++
    }
    rule.gradient(disturbedDevice(potential, theta, bath, ends, change, measured), disturbedBatch(batch, change), out)
    return out
  }
  const reference = gradientWith(null)
  const noticed = rounding * Math.max(...reference.map(Math.abs))
  const reads = potential.groups.map(() => new Set<Reading>())
  for (const what of ['positions', 'forces', 'responses', 'parameters'] as const)
    for (let unit = 0; unit < units; unit++) {
      const changed = gradientWith({ what, unit })
      potential.groups.forEach(({ offset, size }, group) => {
        for (let a = offset; a < offset + size; a++)
          if (!ends[a]!.includes(unit) && !(Math.abs(changed[a]! - reference[a]!) <= noticed)) reads[group]!.add(what)
      })
    }
  return potential.groups.map(({ name }, group) => {
    const found = [...reads[group]!]
    return { rule: rule.name, group: name, local: found.length === 0, reads: found }
  })
}

/** What is changed, and on which visible unit. */
interface Change {
  readonly what: Reading
  readonly unit: number
}

/** The visible (and label) units at the ends of each parameter: none for a hidden unit's bias. */
function endsOf({ network, terms, size }: Potential): readonly (readonly number[])[] {
  const { visible, edges, hiddenEdges } = network
  const ends = terms.flatMap(({ support, size: parameters }) =>
    Array.from({ length: parameters }, (_, a): number[] => {
      if (support === 'unit') return [a]
      if (support === 'edge') return [edges.a[a]!, edges.b[a]!]
      if (support === 'label') return [a % visible, visible + Math.floor(a / visible)]
      return a < hiddenEdges.count ? [hiddenEdges.visible[a]!] : []
    }),
  )
  if (ends.length !== size) throw new Error('a term has other parameters than one for each unit or edge of its support')
  return ends
}

function disturbedDevice(
  potential: Potential,
  theta: Float64Array,
  bath: Bath,
  ends: readonly (readonly number[])[],
  change: Change | null,
  measured: (measure: (out: Float64Array) => void, into: Float64Array) => void,
): Device {
  const touches = (a: number) => change !== null && ends[a]!.includes(change.unit)
  const belief =
    change?.what === 'parameters' ? theta.map((value, a) => (touches(a) ? value + disturbance : value)) : theta
  const device = deviceOf(potential, theta, bath, belief)
  return {
    ...device,
    force(x, batch, out) {
      measured((into) => device.force(x, batch, into), out)
      if (change?.what === 'forces') disturbRow(out, batch, change.unit)
    },
    statistic(x, batch, out) {
      measured((into) => device.statistic(x, batch, into), out)
      if (change === null) return
      potential.terms.forEach((term, index) => {
        const slice = termSlice(potential, index, out)
        if (term.linear) term.addStatistic(termSlice(potential, index, theta), x, batch, slice.fill(0))
        else if (change.what === 'responses')
          slice.forEach((_, p) => {
            if (touches(potential.offsets[index]! + p)) slice[p]! += disturbance
          })
      })
    },
    run(x, batch, run, out) {
      measured((into) => device.run(x, batch, run, into), out)
      if (change?.what === 'positions') disturbRow(out, batch, change.unit)
    },
  }
}

function disturbedBatch(batch: NoisedBatch, change: Change | null): NoisedBatch {
  if (change?.what !== 'positions') return batch
  const moved = (x: Float64Array) => disturbRow(x.slice(), batch.batch, change.unit)
  const path = batch.path?.map((step) => ({ ...step, before: moved(step.before), after: moved(step.after) }))
  return { ...batch, x: moved(batch.x), ...(path === undefined ? {} : { path }) }
}

/** Adds another number to each trajectory of one unit. */
function disturbRow(x: Float64Array, batch: number, unit: number): Float64Array {
  for (let b = 0; b < batch; b++) x[unit * batch + b]! += disturbance * (1 + b / batch)
  return x
}
