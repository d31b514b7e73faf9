import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Workload } from './workload.js'
import { writeWorkload } from './workload-file.js'

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
      const made = file('workload.bin')
      writeWorkload(workload, made)
      written.set(workload, made)
      return made
    },
    remove,
  }
}
