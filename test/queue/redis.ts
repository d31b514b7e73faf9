import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

/** A Redis of a test's own, which keeps what it holds in a folder, and needs a password. */
export interface TestRedis {
  /** its address, with the password */
  readonly url: string
  readonly password: string
  readonly port: number
  /** ends it by a signal and starts it again, with what it kept */
  restart(signal: NodeJS.Signals): Promise<void>
  /** ends it */
  stop(): Promise<void>
}

/**
 * Whether there is a redis-server here; tests that need one are skipped without.
 *
 * @throws when REQUIRE_PEERS is set, as .ci/run does, and there is none
 */
export function hasRedis(): boolean {
  if (spawnSync('redis-server', ['--version']).status === 0) return true
  if (process.env.REQUIRE_PEERS) throw new Error('no redis-server, and REQUIRE_PEERS is set')
  return false
}

/** Starts a Redis on a free port. @param keeps - whether it keeps every change; else it has forgotten all when it is killed */
export async function startRedis(folder: string, keeps = true): Promise<TestRedis> {
  const port = await freePort()
  const password = `secret-${port}-${process.pid}`
  const keeping = keeps ? ['--appendonly', 'yes', '--appendfsync', 'always'] : ['--save', '']
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--requirepass', password, ...keeping]
  let server: ChildProcess
  const start = async () => {
    server = spawn('redis-server', args, { stdio: 'ignore' })
    const isThere = () =>
      spawnSync('redis-cli', ['-p', String(port), 'ping'], { env: { ...process.env, REDISCLI_AUTH: password } })
        .stdout.toString()
        .startsWith('PONG')
    for (let tries = 0; !isThere(); tries++) {
      if (tries > 200) throw new Error('redis-server does not answer')
      await pause(50)
    }
  }
  const end = async (signal: NodeJS.Signals) => {
    const ended = once(server, 'exit')
    server.kill(signal)
    await ended
  }
  await start()
  return {
    ...{ url: `redis://:${password}@127.0.0.1:${port}`, password, port },
    async restart(signal) {
      await end(signal)
      await start()
    },
    stop: () => end('SIGTERM'),
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}
