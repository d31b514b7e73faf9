import { loadFormulas } from '../physics/formula/mathjs.js'
import { createNetwork } from '../physics/network/network.js'
import { fillNormals } from '../physics/noise/gaussian.js'
import { stream } from '../physics/noise/streams.js'
import { onsiteFromFormula, pairFromFormula } from '../physics/potential/formula-term.js'
import { bias, stiffness } from '../physics/potential/onsite.js'
import { potentialOf, termSlice } from '../physics/potential/potential.js'
import type { TermOn } from '../physics/potential/term.js'
import type { Entrant } from './contender.js'
import { type MeasureOptions, measure } from './measure.js'
import { type RatesOfWorkload, ratesOf } from './rates.js'
import type { Workload } from './workload.js'

/** A potential of a built-in term and a formula, on a single unit or a ring; one parameter for all units, and for all pairs. */
interface FormulaSystem {
  readonly formula: string
  readonly units: number
  readonly batch: number
  readonly terms: readonly (readonly [term: () => TermOn, parameter: number])[]
}

/** Particles in a tilted washboard; a ring of rotors, each in a soft trap. */
const systems: readonly FormulaSystem[] = [
  {
    ...{ formula: 'washboard', units: 1, batch: 50_000 },
    terms: [
      [() => bias, 0.5],
      [() => onsiteFromFormula({ name: 'ripple', formula: '1 - cos(2*pi*x)' }), 1],
    ],
  },
  {
    ...{ formula: 'rotors', units: 64, batch: 1024 },
    terms: [
      [() => stiffness, 0.2],
      [() => pairFromFormula({ name: 'rotor', formula: '1 - cos(x - y)' }), 1],
    ],
  },
]
const [seed, dt, startScale] = [1, 0.001, 0.5]

/** The workloads of formulas; `quick`: small ones. They need mathjs, which is loaded. */
export async function formulaWorkloads(quick: boolean): Promise<Workload[]> {
  await loadFormulas()
  return systems.map(({ formula, units, terms, batch: full }) => {
    const batch = quick ? 64 : full
    const ring = Array.from({ length: units }, (_, i): [number, number] => [i, (i + 1) % units])
    const network = createNetwork({
      visible: { units },
      ...(units > 1 && { couplings: { visible: { edges: ring } } }),
    })
    const potential = potentialOf(
      network,
      terms.map(([term]) => term()),
    )
    const theta = new Float64Array(potential.size)
    terms.forEach(([, value], index) => {
      termSlice(potential, index, theta).fill(value)
    })
    const start = new Float64Array(units * batch)
    fillNormals(seed, stream.initial, 0, units, 0, batch, start)
    for (let n = 0; n < start.length; n++) start[n]! *= startScale
    const parameters = Object.fromEntries(potential.terms.map(({ name }, n) => [name, terms[n]![1]]))
    const bath = { kT: 1, mobility: 1 }
    return { name: formula, formula: { formula, ...parameters }, potential, theta, bath, dt, seed, batch, start }
  })
}

/** Measures the contenders at the workloads of formulas, interleaved. */
export async function measureFormulas(
  entrants: readonly Entrant[],
  quick: boolean,
  how: MeasureOptions,
): Promise<RatesOfWorkload[]> {
  const workloads = await formulaWorkloads(quick)
  const timings = await measure(
    entrants,
    workloads.map((workload) => ({ workload })),
    how,
  )
  return workloads.map((workload, n) => ratesOf(workload, timings[n]!))
}
