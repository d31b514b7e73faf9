import { spawnSync } from 'node:child_process'

/** What a script in a shell of its own ended with. */
export interface Shell {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/**
 * Runs a script where it may mount file systems, which go with it; null where that is not allowed.
 *
 * @throws when REQUIRE_PEERS is set, as .ci/run does, and it is not
 */
export function withMounts(): ((script: string) => Shell) | null {
  // Root may, and who may be root in a namespace of users.
  for (const how of [['-m'], ['-rm']]) {
    const inside = (script: string): Shell =>
      spawnSync('unshare', [...how, 'sh', '-c', script], { encoding: 'utf8', timeout: 100_000 })
    if (inside('mount -t tmpfs -o size=1m tmpfs /mnt').status === 0) return inside
  }
  if (process.env.REQUIRE_PEERS) throw new Error('no file system can be mounted here, and REQUIRE_PEERS is set')
  return null
}
