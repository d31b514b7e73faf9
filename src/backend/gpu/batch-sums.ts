import type { NoisedBatch } from '../../learning/rules/rule.js'
import type { Potential } from '../../physics/potential/potential.js'
import { createFields } from './fields.js'
import { residual } from './kernels.js'
import { type DeviceLandscape, offsetOf, onsiteRow } from './landscape.js'
import { edgeSum, squareSum, stretchColumns, unitSums } from './learning-kernels.js'
import type { DeviceArray, Workspace } from './workspace.js'

/** Runs the data from `first` on that fit: adds Σ r·∇φ_a to `gradient` ([parameters]) and returns Σ r². */
export type BatchSums = (batch: NoisedBatch, first: number, gradient: Float64Array | null) => Promise<number>

/** Sums that one kernel makes for one or more terms. */
interface Sums {
  start(x: DeviceArray, r: DeviceArray): Promise<DeviceArray>
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
  const { units } = potential.network
  const x = workspace.array(columns, units)
  const target = workspace.array(columns, units)
  const fields = createFields(workspace, landscape, units, columns)
  const residuals = workspace.kernel(residual, {
    width: columns,
    height: units,
    takes: ['array', 'array', 'array', 'array', 'array', 'integer'],
  })
  const constants = { stretches: columns / stretchColumns, stretchColumns }
  const squares = workspace.kernel(squareSum, { width: units, takes: ['array'], constants })
  const sums = [...onsiteSums(potential, workspace, constants), ...edgeSums(potential, workspace, constants)]

  const rows = new Float32Array(columns * units)
  const send = (array: DeviceArray, values: Float64Array, batch: number, first: number, count: number) => {
    rows.fill(0)
    for (let i = 0; i < units; i++)
      for (let n = 0; n < count; n++) rows[i * columns + n] = values[i * batch + first + n]!
    workspace.write(array, rows)
  }
  return async (noised, first, gradient) => {
    const { batch } = noised
    const count = Math.min(columns, batch - first)
    send(x, noised.x, batch, first, count)
    send(target, noised.target, batch, first, count)
    const { s, t } = await fields(x)
    const r = await residuals(x, landscape.onsite, s, t, target, count)
    const squaresRead = workspace.read(await squares(r))
    const reads: Promise<Float32Array>[] = []
    if (gradient !== null) for (const { start } of sums) reads.push(workspace.read(await start(x, r)))
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
  const { units } = potential.network
  const rows = Object.entries(onsiteRow).flatMap(([kernel, row]) => {
    const offset = offsetOf(potential, kernel)
    return offset === null ? [] : [{ row, offset }]
  })
  if (rows.length === 0) return []
  const kernel = workspace.kernel(unitSums, { width: units, components: 4, takes: ['array', 'array'], constants })
  return [
    {
      start: (x, r) => kernel(x, r),
      add(sums, gradient) {
        for (const { row, offset } of rows) for (let i = 0; i < units; i++) gradient[offset + i]! += sums[4 * i + row]!
      },
    },
  ]
}

/** Those of the pair terms. */
function edgeSums(potential: Potential, workspace: Workspace, constants: Constants): Sums[] {
  const { count, a, b } = potential.network.edges
  if (count === 0) return []
  const ends = workspace.array(count, 2)
  workspace.write(ends, Float32Array.from([...a, ...b]))
  return potential.terms.flatMap((term, index): Sums[] => {
    if (term.support !== 'edge') return []
    const offset = potential.offsets[index]!
    const kernel = workspace.kernel(edgeSum, {
      width: count,
      takes: ['array', 'array', 'array'],
      constants: { ...constants, squares: term.kernel === 'pair-quartic' },
    })
    return [
      {
        start: (x, r) => kernel(x, r, ends),
        add(sums, gradient) {
          for (let e = 0; e < count; e++) gradient[offset + e]! += sums[e]!
        },
      },
    ]
  })
}
