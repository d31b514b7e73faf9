import { spawnSync } from 'node:child_process'

/**
 * A Python with NumPy: `python3` on the path, else the system's.
 *
 * @returns its command, or null: tests that need it are then skipped
 * @throws when REQUIRE_PEERS is set, as .ci/run does, and there is none: there a missing peer is a failure
 */
export function numpyPython(): string | null {
  for (const python of ['python3', '/usr/bin/python3'])
    if (spawnSync(python, ['-c', 'import numpy']).status === 0) return python
  if (process.env.REQUIRE_PEERS) throw new Error('no python3 with numpy, and REQUIRE_PEERS is set')
  return null
}
