import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { termSlice } from '../physics/potential/potential.js'
import type { Workload } from './workload.js'

/** A temporary folder for what peers compile, read and write. */
export interface BenchFolder {
  /** a path that is not used yet */
  file(name: string): string
  /** the file of a workload, written when it is first asked for */
  workloadFile(workload: Workload): string
  remove(): void
}

/** Makes one; it is removed when the process exits, if not before. */
export function createBenchFolder(): BenchFolder {
  const path = mkdtempSync(join(tmpdir(), 'overdamped-bench-'))
  const written = new WeakMap<Workload, string>()
  let count = 0
  const remove = () => {
    process.off('exit', remove)
    rmSync(path, { recursive: true, force: true })
  }
  process.on('exit', remove)
  const file = (name: string) => join(path, `${count++}-${name}`)
  return {
    file,
    workloadFile(workload) {
      const known = written.get(workload)
      if (known !== undefined) return known
      const made = file('workload')
      if (workload.formula !== undefined) writeFormula(workload, made)
      else if (workload.integrator === 'gibbs') writeFlips(workload, made)
      else writeWorkload(workload, made)
      written.set(workload, made)
      return made
    },
    remove,
  }
}

/**
 * Writes a workload as the peers in other languages read it, little-endian, all in 4 bytes:
 *
 *     int32    units, batch, entries, seed
 *     float32  drift = μ dt, kick = √(2 μ kT dt)
 *     float32  stiffness [units], quartic [units], bias [units]
 *     int32    first [units + 1], neighbour [entries]      rows of the coupling matrix
 *     float32  weight [entries], start [units, batch]
 */
function writeWorkload(workload: Workload, path: string): void {
  const { potential, theta, bath, dt, seed, batch, start } = workload
  const { units, edges } = potential.network
  const entries = edges.neighbour.length
  const drift = bath.mobility * dt
  writeParts(path, [
    ['int', [units, batch, entries, seed]],
    ['float', [drift, Math.sqrt(2 * drift * bath.kT)]],
    // Stiffness, quartic, bias.
    ['float', theta.subarray(0, 3 * units)],
    ['int', edges.start],
    ['int', edges.neighbour],
    ['float', Float64Array.from(edges.edge, (edge) => termSlice(potential, 3, theta)[edge]!)],
    ['float', start],
  ])
}

/**
 * Writes a workload of flips.ts for bench/peers/flips.c in the same way:
 *
 *     int32    rows, columns (0 of a machine), visible, hidden, batch, seed
 *     float32  -2/kT, bias [units]
 *     float32  of a lattice couplings to the next site of the row [units], of the column [units]; of a machine [visible, hidden]
 *     float32  start [units, batch]
 */
function writeFlips({ potential, theta, bath, seed, batch, start }: Workload, path: string): void {
  const { edges, lattice, visible, hidden, units } = potential.network
  const couplings = termSlice(potential, 1, theta)
  const between = new Map(Array.from(couplings, (value, e) => [edges.a[e]! * units + edges.b[e]!, value]))
  const of = (i: number, j: number) => between.get(Math.min(i, j) * units + Math.max(i, j))!
  const [rows, columns] = lattice ?? [0, 0]
  const each = (count: number, value: (n: number) => number) => Float64Array.from({ length: count }, (_, n) => value(n))
  const right = (i: number) => of(i, i % columns === columns - 1 ? i + 1 - columns : i + 1)
  const forces: ArrayLike<number>[] =
    rows > 0
      ? [each(units, right), each(units, (i) => of(i, (i + columns) % units))]
      : [each(visible * hidden, (n) => of(Math.floor(n / hidden), visible + (n % hidden)))]
  writeParts(path, [
    ['int', [rows, columns, visible, hidden, batch, seed]],
    ['float', [-2 / bath.kT]],
    ['float', termSlice(potential, 0, theta)],
    ...forces.map((values) => ['float', values] as const),
    ['float', start],
  ])
}

function writeParts(path: string, parts: readonly (readonly ['int' | 'float', ArrayLike<number>])[]): void {
  const bytes = new DataView(new ArrayBuffer(4 * parts.reduce((sum, [, values]) => sum + values.length, 0)))
  let at = 0
  for (const [kind, values] of parts)
    for (let n = 0; n < values.length; n++, at += 4)
      if (kind === 'int') bytes.setInt32(at, values[n]!, true)
      else bytes.setFloat32(at, values[n]!, true)
  writeFileSync(path, bytes)
}

/** Writes a workload of formulas.ts as JSON: its sizes, drift, kick and parameters beside each other. */
function writeFormula({ formula, potential, bath, dt, seed, batch, start }: Workload, path: string): void {
  const drift = bath.mobility * dt
  const { units } = potential.network
  const sizes = { units, batch, seed, drift, kick: Math.sqrt(2 * drift * bath.kT), start: [...start] }
  writeFileSync(path, JSON.stringify({ ...formula, ...sizes }))
}
