import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

/** Processes that carry out jobs, and die. */
export interface Crew {
  /** all that they have said */
  readonly said: string
  /** that died by `kill` */
  readonly killed: number
  /** kills one of them, where it stands, and starts another in its place */
  kill(which: number): Promise<void>
  end(): Promise<void>
}

/** Starts workers on the Redis of the environment. @param work - the directory that they share */
export function startCrew(size: number, work: string, url: string): Crew {
  let said = ''
  let killed = 0
  const start = () => {
    const env = { ...process.env, OVERDAMPED_REDIS: url }
    const child = spawn(process.execPath, ['test/queue/worker.mjs', work], { env, stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (text) => {
        said += text
      })
    return child
  }
  const kill = async (child: ChildProcess) => {
    // One that was started while Redis was away has ended by itself.
    if (child.exitCode !== null || child.signalCode !== null) return false
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    const [, signal] = await ended
    return signal === 'SIGKILL'
  }
  const workers = Array.from({ length: size }, start)
  return {
    get said() {
      return said
    },
    get killed() {
      return killed
    },
    async kill(which) {
      if (await kill(workers[which % size]!)) killed++
      workers[which % size] = start()
    },
    async end() {
      await Promise.all(workers.map(kill))
    },
  }
}

/**
 * Does the command line in a process of its own.
 *
 * @param stopAt - it is sent SIGTERM when it has said this
 * @returns its exit code and what it said
 */
export async function commandOf(
  url: string,
  args: readonly string[],
  stopAt?: RegExp,
): Promise<{ status: number | null; said: string }> {
  const env = { ...process.env, OVERDAMPED_REDIS: url }
  const child = spawn(process.execPath, ['dist/cli/main.js', ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  let isStopped = false
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text) => {
      said += text
      if (stopAt?.test(said) !== true || isStopped) return
      isStopped = true
      child.kill('SIGTERM')
    })
  const [status] = await once(child, 'exit')
  return { status, said }
}
