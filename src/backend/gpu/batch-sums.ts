import type { NoisedBatch } from '../../learning/rules/rule.js'
import type { Potential } from '../../physics/potential/potential.js'
import { createFields, createSeen } from './fields.js'
import { hiddenResponse } from './hidden-kernels.js'
import { residual } from './kernels.js'
import { type DeviceHidden, type DeviceLandscape, offsetOf, onsiteRow } from './landscape.js'
import { hiddenBiasSum, hiddenSum, pairSum, shifted, squareSum, stretchColumns, unitSums } from './learning-kernels.js'
import type { DeviceArray, Workspace } from './workspace.js'

/** Where the statistics of a rule are taken: at x + (shift ± ½span)·r. Both 0 for force matching, the limit of small nudges. */
export interface Nudge {
  readonly span: number
  readonly shift: number
}

/**
 * Runs the data from `first` on that fit: adds Σ φ_a(x⁺) - φ_a(x⁻) over `span`, which is Σ r·∇φ_a at span 0, to `gradient`
 * ([parameters]) and returns Σ r².
 */
export type BatchSums = (
  batch: NoisedBatch,
  first: number,
  nudge: Nudge,
  gradient: Float64Array | null,
) => Promise<number>

/** What sums are taken of: the middle of both nudged states, what hidden units see of the states, and the residuals. */
interface Measured {
  readonly x: DeviceArray
  readonly v: DeviceArray | null
  readonly r: DeviceArray
  readonly nudge: Nudge
}

/** Sums that one kernel makes for one or more terms. */
interface Sums {
  start(measured: Measured): Promise<DeviceArray>
  add(sums: Float32Array, gradient: Float64Array): void
}

/** Columns of the arrays that hold so many data. */
export function columnsFor(data: number): number {
  return Math.ceil(data / stretchColumns) * stretchColumns
}

/** Kernels for batches of up to `columns` data; see columnsFor. */
export function createBatchSums(
  potential: Potential,
  workspace: Workspace,
  landscape: DeviceLandscape,
  columns: number,
): BatchSums {
  const { units, visible } = potential.network
  const states = workspace.array(columns, units)
  const target = workspace.array(columns, units)
  const fields = createFields(workspace, landscape, units, columns)
  const shape = { width: columns, height: units }
  const residuals = workspace.kernel(residual, {
    ...shape,
    takes: ['array', 'array', 'array', 'array', 'array', 'integer'],
    constants: { visible },
  })
  const middle = workspace.kernel(shifted, { ...shape, takes: ['array', 'array', 'number'] })
  const constants = { stretches: columns / stretchColumns, stretchColumns }
  const squares = workspace.kernel(squareSum, { width: units, takes: ['array'], constants })
  const sums = [
    ...onsiteSums(potential, workspace, constants),
    ...pairSums(potential, workspace, constants),
    ...hiddenSums(potential, workspace, landscape.hidden, constants),
  ]

  const rows = new Float32Array(columns * units)
  const send = (array: DeviceArray, values: Float64Array, batch: number, first: number, count: number) => {
    rows.fill(0)
    for (let i = 0; i * batch < values.length; i++)
      for (let n = 0; n < count; n++) rows[i * columns + n] = values[i * batch + first + n]!
    workspace.write(array, rows)
  }
  return async (noised, first, nudge, gradient) => {
    const { batch } = noised
    const count = Math.min(columns, batch - first)
    send(states, noised.x, batch, first, count)
    send(target, noised.target, batch, first, count)
    const { s, t, v } = await fields(states)
    const r = await residuals(states, landscape.onsite, s, t, target, count)
    const squaresRead = workspace.read(await squares(r))
    const reads: Promise<Float32Array>[] = []
    if (gradient !== null) {
      const x = nudge.shift === 0 ? states : await middle(states, r, nudge.shift)
      for (const { start } of sums) reads.push(workspace.read(await start({ x, v, r, nudge })))
    }
    const [unitSquares, ...read] = await Promise.all([squaresRead, ...reads])
    read.forEach((numbers, n) => {
      sums[n]!.add(numbers, gradient!)
    })
    return unitSquares.reduce((total, value) => total + value, 0)
  }
}

type Constants = { readonly stretches: number; readonly stretchColumns: number }

/** Those of all on-site terms, which share a kernel. */
function onsiteSums(potential: Potential, workspace: Workspace, constants: Constants): Sums[] {
  const { units, ordinary } = potential.network
  const rows = Object.entries(onsiteRow).flatMap(([kernel, row]) => {
    const offset = offsetOf(potential, kernel)
    return offset === null ? [] : [{ row, offset }]
  })
  if (rows.length === 0) return []
  const shape = { width: units, components: 4, takes: ['array', 'array', 'number'], constants } as const
  const kernel = workspace.kernel(unitSums, shape)
  return [
    {
      start: ({ x, r, nudge }) => kernel(x, r, nudge.span),
      add(sums, gradient) {
        for (const { row, offset } of rows)
          ordinary.forEach((unit, n) => {
            gradient[offset + n]! += sums[4 * unit + row]!
          })
      },
    },
  ]
}

/** Those of the pair terms; a label is coupled by -L. */
function pairSums(potential: Potential, workspace: Workspace, constants: Constants): Sums[] {
  const { visible, labels, edges } = potential.network
  const pulls = Array.from({ length: labels * visible }, (_, n) => n)
  const pairs = { count: edges.count, ends: Float32Array.from([...edges.a, ...edges.b]), sign: 1 }
  const labelPairs = {
    count: pulls.length,
    ends: Float32Array.from([...pulls.map((n) => n % visible), ...pulls.map((n) => visible + Math.floor(n / visible))]),
    sign: -1,
  }
  const kinds = { bilinear: pairs, 'pair-quartic': pairs, 'label-coupling': labelPairs }
  return Object.entries(kinds).flatMap(([name, { count, ends, sign }]): Sums[] => {
    const offset = offsetOf(potential, name)
    if (offset === null) return []
    const array = workspace.array(count, 2)
    workspace.write(array, ends)
    const kernel = workspace.kernel(pairSum, {
      width: count,
      takes: ['array', 'array', 'array', 'number'],
      constants: { ...constants, squares: name === 'pair-quartic' },
    })
    return [
      {
        start: ({ x, r, nudge }) => kernel(x, r, array, nudge.span),
        add(sums, gradient) {
          for (let e = 0; e < count; e++) gradient[offset + e]! += sign * sums[e]!
        },
      },
    ]
  })
}

/** Those of hidden units: their couplings, then their biases. */
function hiddenSums(
  potential: Potential,
  workspace: Workspace,
  hidden: DeviceHidden | null,
  constants: Constants,
): Sums[] {
  const offset = offsetOf(potential, 'bistable')
  if (hidden === null || offset === null) return []
  const { units, hiddenEdges } = potential.network
  const columns = constants.stretches * constants.stretchColumns
  const along = createSeen(workspace, hidden, units, columns)
  const response = workspace.kernel(hiddenResponse, {
    width: columns,
    height: hidden.units,
    components: 2,
    takes: ['array', 'array', 'array', 'number', 'number'],
  })
  const couplings = workspace.kernel(hiddenSum, {
    width: units,
    height: hidden.units,
    takes: ['array', 'array', 'array'],
    constants,
  })
  const biases = workspace.kernel(hiddenBiasSum, { width: hidden.units, takes: ['array'], constants })
  let answers: DeviceArray | null = null
  return [
    {
      async start({ x, v, r, nudge: { span, shift } }) {
        answers = await response(v!, await along(r), hidden.own, span, shift)
        return couplings(x, r, answers)
      },
      add(sums, gradient) {
        hiddenEdges.visible.forEach((unit, e) => {
          gradient[offset + e]! += sums[hiddenEdges.hidden[e]! * units + unit]!
        })
      },
    },
    {
      start: () => biases(answers!),
      add(sums, gradient) {
        for (let h = 0; h < hidden.units; h++) gradient[offset + hiddenEdges.count + h]! += sums[h]!
      },
    },
  ]
}
