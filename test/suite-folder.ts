import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sameAsWasm } from '../src/backend/node/native.js'

/**
 * Gives a run of the suite a temporary folder of its own, which its processes and theirs inherit, and takes it away at the end:
 * what a failed test, a skipped file or a killed process leaves goes with it. The user's cache is there too: the kernels are compiled
 * for the suite, once.
 */
export default async function suiteFolder(): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), 'overdamped-'))
  // Windows reads the other two.
  for (const name of ['TMPDIR', 'TEMP', 'TMP']) process.env[name] = folder
  process.env.XDG_CACHE_HOME = join(folder, 'cache')
  // Before the tests, or each of their processes would begin with it. What is amiss the tests of it say.
  await sameAsWasm().catch(() => {})
  return () => rmSync(folder, { recursive: true, force: true })
}
