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
      if (workload.formula === undefined) writeWorkload(workload, made)
      else writeFormula(workload, made)
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
  const parts: (readonly ['int' | 'float', ArrayLike<number>])[] = [
    ['int', [units, batch, entries, seed]],
    ['float', [drift, Math.sqrt(2 * drift * bath.kT)]],
    // Stiffness, quartic, bias.
    ['float', theta.subarray(0, 3 * units)],
    ['int', edges.start],
    ['int', edges.neighbour],
    ['float', Float64Array.from(edges.edge, (edge) => termSlice(potential, 3, theta)[edge]!)],
    ['float', start],
  ]
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
