import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { contents, differences } from '../kills/undisturbed.js'
import { type Crew, commandOf, startCrew } from '../queue/crew.js'
import { hasRedis, startRedis, type TestRedis } from '../queue/redis.js'
import { fileFolder } from '../run-folder.js'

// Needs redis-server (Debian: apt-get install redis-server); skipped without, unless REQUIRE_PEERS is set.

const folder = fileFolder()
const at = (name: string) => join(folder, name)
const sizes = ['protocol.duration=10', 'sampling.trajectories=4000', 'sampling.batch=1000', 'checks=[]']
const common = ['--threads', '1', '--backend', 'wasm', '--checkpoint-interval', '0.2']
const grid = [
  ...['sweep', 'double-well', ...sizes.flatMap((set) => ['--set', set])],
  ...['--over', 'bath.kT=0.5,1,2,3', '--over', 'seed=1,2,3,4,5,6', ...common],
]
const study = ['run', 'contrastive-divergence', '--profile', 'quick', '--set', 'objective.repeats=3', '--threads', '1']

describe.skipIf(!hasRedis())('a queue in Redis, with three worker processes', () => {
  let redis: TestRedis
  let crew: Crew
  beforeAll(async () => {
    mkdirSync(at('redis'))
    redis = await startRedis(at('redis'))
    crew = startCrew(3, at('work'), redis.url)
  })
  afterAll(async () => {
    await crew?.end()
    await redis?.stop()
  })
  let said = ''
  const queued = async (args: readonly string[], stopAt?: RegExp) => {
    const done = await commandOf(redis.url, [...args, '--executor', 'queue'], stopAt)
    said += done.said
    return done
  }

  test('a sweep has the bytes of one process, though workers are killed and Redis is restarted', async () => {
    let isDone = false
    const killing = async () => {
      // A command that finds no Redis when it begins ends at once, as it should.
      await vi.waitUntil(() => /point \d+ \(seed \d\)/.test(crew.said), 60_000)
      for (let n = 0; !isDone; n++) {
        // At moments that hang on nothing of what is done then.
        await pause(100 + 400 * Math.random())
        if (n === 5) await redis.restart('SIGTERM')
        else if (crew.killed < 12) await crew.kill(n)
      }
    }
    const [{ status, said: of }] = await Promise.all([
      queued([...grid, '--out', at('queued')]).finally(() => {
        isDone = true
      }),
      killing(),
    ])
    expect(status, of).toBe(0)
    expect(crew.killed).toBeGreaterThanOrEqual(10)
    expect((await commandOf(redis.url, [...grid, '--out', at('alone')])).status).toBe(0)
    expect(differences(contents(at('queued')), contents(at('alone')))).toEqual([])
    expect(crew.said).toMatch(/going on from checkpoint|point \d+ \(seed \d\) done/)
  })

  test('a study has the bytes of one process', async () => {
    expect((await queued([...study, '--out', at('study')])).status).toBe(0)
    expect((await commandOf(redis.url, [...study, '--out', at('study-alone')])).status).toBe(0)
    expect(differences(contents(at('study')), contents(at('study-alone')))).toEqual([])
  })

  test.concurrent('what was stopped goes on with the same command', async () => {
    const long = ['--set', 'protocol.duration=300', '--over', 'bath.kT=1,2', '--out', at('stopped')]
    const command = ['sweep', 'double-well', ...sizes.slice(1).flatMap((set) => ['--set', set]), ...common, ...long]
    const { status, said: of } = await queued(command, /sampling/)
    expect(status, of).toBe(75)
    const kept = () => readdirSync(at('work'), { recursive: true, encoding: 'utf8' })
    expect(kept().filter((name) => /checkpoint-sample\.safetensors$/.test(name)).length).toBeGreaterThan(0)
    expect((await queued(command)).status).toBe(0)
    // What was kept goes when the result is delivered.
    expect(kept().filter((name) => name.includes('checkpoint'))).toEqual([])
  })

  test.concurrent('the example starts a Redis, two workers and a sweep', async () => {
    const env = { ...process.env, OVERDAMPED: `${process.execPath} dist/cli/main.js`, PORT: String(redis.port + 1) }
    const [status] = await once(spawn('sh', ['examples/queue.sh', at('example')], { env, stdio: 'ignore' }), 'exit')
    expect(status).toBe(0)
    expect(readdirSync(at('example'))).toEqual(expect.arrayContaining(['kT=0.5', 'kT=1', 'kT=2', 'sweep.html']))
  })

  test('a database that Redis has not is refused', async () => {
    const { status, said: of } = await commandOf(`${redis.url}/99`, [
      ...study,
      '--executor',
      'queue',
      '--out',
      at('none'),
    ])
    expect(status).toBe(1)
    expect(of).toMatch(/DB index is out of range.*\[E_QUEUE\]/)
  })

  test('the password is nowhere', () => {
    expect(said).toContain('points finished')
    const written = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.parentPath.startsWith(at('redis')))
      .map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'latin1'))
    expect(written.length).toBeGreaterThan(100)
    for (const text of [said, crew.said, ...written]) expect(text).not.toContain(redis.password)
  })
})
