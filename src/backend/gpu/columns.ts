/**
 * Where a trajectory of a part stands in rows on the device: those whose normals come from one Philox counter (τ, τ + 4,
 * τ + 8, τ + 12 of a group of sixteen) stand side by side, as columns 4·counter … 4·counter + 3.
 */
export function columnOf(trajectory: number): number {
  return (trajectory & ~15) + 4 * (trajectory & 3) + ((trajectory >> 2) & 3)
}

/** States [units, size] as rows of columns, the rest of them zero. */
export function toColumns(states: Float64Array, size: number, columns: number): Float32Array {
  const out = new Float32Array((states.length / size) * columns)
  for (let i = 0; i * size < states.length; i++)
    for (let b = 0; b < size; b++) out[i * columns + columnOf(b)] = states[i * size + b]!
  return out
}

/** Rows of columns as states [units, size]. */
export function fromColumns(rows: Float32Array, columns: number, states: Float64Array, size: number): void {
  for (let i = 0; i * size < states.length; i++)
    for (let b = 0; b < size; b++) states[i * size + b] = rows[i * columns + columnOf(b)]!
}
