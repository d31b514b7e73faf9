import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * Gives a run of the suite a temporary folder of its own, which its processes and theirs inherit, and takes it away at the end:
 * what a failed test, a skipped file or a killed process leaves goes with it.
 */
export default function suiteFolder(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'overdamped-'))
  // Windows reads the other two.
  for (const name of ['TMPDIR', 'TEMP', 'TMP']) process.env[name] = folder
  return () => rmSync(folder, { recursive: true, force: true })
}
