import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { OverdampedError } from '../../src/errors.js'
import { redisAddress } from '../../src/experiment/queue/address.js'
import { requireNamedFiles } from '../../src/experiment/queue/named-files.js'
import { packOrder, packReply, unpackOrder, unpackReply } from '../../src/experiment/queue/parcels.js'
import { placeProduct, readProduct } from '../../src/experiment/queue/product.js'
import { scratchOf } from '../../src/experiment/queue/scratch.js'
import { run } from '../../src/experiment/run/run.js'
import { loadScenario } from '../../src/experiment/scenario/load.js'
import { point } from '../../src/experiment/sweep/point.js'
import { command } from '../command.js'
import { fileFolder } from '../run-folder.js'

// What a queue does without a Redis; test/slow/queue.test.ts has one.

const folder = fileFolder()
const at = (name: string) => join(folder, name)
const small = () =>
  loadScenario('double-well', {
    set: ['protocol.duration=0.1', 'sampling.trajectories=8', 'sampling.batch=8', 'checks=[]'],
  })
const secret = 'pa55-w0rd'
const refusalOf = (work: () => unknown): OverdampedError => {
  try {
    work()
  } catch (error) {
    if (error instanceof OverdampedError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

test('an address comes from the option, the environment, or a file that this names', () => {
  writeFileSync(at('address'), 'rediss://me:a%40b@[::1]:7000/3\n')
  const local = { host: 'localhost', port: 6379, database: 0, username: null, password: null, isEncrypted: false }
  expect(redisAddress('redis://localhost', { OVERDAMPED_REDIS: 'redis://elsewhere' })).toEqual(local)
  expect(redisAddress(undefined, { OVERDAMPED_REDIS: `redis://:${secret}@localhost` })).toEqual({
    ...local,
    password: secret,
  })
  expect(redisAddress(undefined, { OVERDAMPED_REDIS_FILE: at('address') })).toEqual({
    ...{ host: '::1', port: 7000, database: 3, username: 'me', password: 'a@b', isEncrypted: true },
  })
})

test.each([
  ['a password in a command', `redis://:${secret}@localhost`, {}, /change this password/],
  ['one among the parameters of a URL', `redis://localhost?password=${secret}`, {}, /expected redis:/],
  ['another protocol', undefined, { OVERDAMPED_REDIS: `http://:${secret}@localhost` }, /expected redis:/],
  ['a broken escape', undefined, { OVERDAMPED_REDIS: `redis://:${secret}%@localhost` }, /%25/],
  ['two addresses', undefined, { OVERDAMPED_REDIS: `redis://:${secret}@a`, OVERDAMPED_REDIS_FILE: 'b' }, /Unset one/],
  ['none', undefined, {}, /OVERDAMPED_REDIS_FILE/],
])('%s is refused, and nothing of it repeated', (_, given, environment, said) => {
  const { code, message } = refusalOf(() => redisAddress(given, environment))
  expect(code).toBe('E_USAGE')
  expect(message).toMatch(said)
  expect(message).not.toContain(secret)
})

test('a command says what is wrong with its queue before it writes anything', async () => {
  const out = at('unreached')
  const of = (...args: string[]) => command('run', 'double-well', '--out', out, ...args)
  // Nobody listens to port 1.
  const unreached = await of('--executor', 'queue', '--redis', 'redis://127.0.0.1:1')
  expect(unreached).toMatchObject({ status: 1, stdout: '' })
  expect(unreached.stderr).toMatch(/^Redis at 127\.0\.0\.1:1: connect ECONNREFUSED.*\[E_QUEUE\]\n$/)
  expect(await of('--redis', 'redis://127.0.0.1:1')).toMatchObject({ status: 2 })
  expect(await of('--executor', 'queue', '--redis', `redis://:${secret}@127.0.0.1:1`)).toMatchObject({
    status: 2,
    stderr: expect.not.stringContaining(secret),
  })
  expect(existsSync(out)).toBe(false)
})

test('without its packages a queue says what to install', () => {
  mkdirSync(at('installed'))
  cpSync('dist', at('installed/dist'), { recursive: true, filter: (path) => !path.endsWith('.map') })
  for (const file of ['package.json', 'scenarios', 'kernels']) symlinkSync(resolve(file), at(`installed/${file}`))
  const args = [at('installed/dist/cli/main.js'), 'worker', '--redis', 'redis://127.0.0.1:1', '--work', at('work')]
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  expect(stderr).toMatch(/npm install bullmq@6 ioredis@6 \[E_QUEUE\]\n$/)
  expect(status).toBe(1)
})

test('a job has the same name wherever it is to write, and another with another seed', async () => {
  const scenario = await small()
  const job = {
    ...{ scenario, seed: 1, index: 0, backend: 'wasm' as const, threads: 2, directory: 'a', provenance: {} },
    checkpointInterval: undefined,
  }
  const parcel = await packOrder(point, job)
  expect((await packOrder(point, { ...job, directory: 'b', threads: 1 })).name).toBe(parcel.name)
  expect((await packOrder(point, { ...job, seed: 2 })).name).not.toBe(parcel.name)
  expect(unpackOrder(parcel.bytes)).toMatchObject({ kind: 'point', input: { seed: 1, backend: 'wasm' } })
  expect(unpackOrder(parcel.bytes).input).not.toHaveProperty('directory')
  const own = { ...job, backend: { name: 'mine', close() {} } as never }
  await expect(packOrder(point, own)).rejects.toMatchObject({ code: 'E_INVALID_VALUE' })
})

test('a reply is taken when it is whole, and of the job that it is taken for', () => {
  const output = { theta: Float64Array.of(1, Number.NaN, -0) }
  const { name, bytes } = packReply('one', {
    end: { output },
    notes: ['said'],
    files: { 'results.json': bytesOf('{}') },
  })
  expect(unpackReply('one', { name, bytes })).toEqual({
    ...{ end: { output }, notes: ['said'], files: { 'results.json': bytesOf('{}') } },
  })
  expect(unpackReply('other', { name, bytes })).toBeNull()
  bytes[bytes.length - 1]! ^= 1
  expect(unpackReply('one', { name, bytes })).toBeNull()
})

test('files that a scenario names must be the same on the other machine', async () => {
  writeFileSync(at('data.csv'), '1\n2\n')
  const other = { [at('data.csv')]: 'f'.repeat(64) }
  await expect(requireNamedFiles(other)).rejects.toMatchObject({ code: 'E_DATA', where: at('data.csv') })
  await expect(requireNamedFiles({ [at('missing.csv')]: 'f'.repeat(64) })).rejects.toThrow('has no such file')
})

test('a run directory that came from elsewhere replaces an unfinished one, and nothing of others', async () => {
  await run(await small(), { directory: at('made'), backend: 'reference' })
  const files = readProduct(at('made'))
  mkdirSync(at('placed'))
  writeFileSync(at('placed/checkpoint-sample.safetensors'), 'half a run')
  writeFileSync(at('placed/notes.txt'), 'of the user')
  await placeProduct(at('placed'), files)
  expect(readdirSync(at('placed')).sort()).toEqual([...Object.keys(files), 'notes.txt'].sort())
  for (const [name, bytes] of Object.entries(files)) expect(bytesOf(readFileSync(at(`placed/${name}`)))).toEqual(bytes)
  expect(readdirSync(folder).filter((name) => name.startsWith('placed'))).toEqual(['placed'])
})

test('files that no run wrote so are not placed', async () => {
  const files = readProduct(at('made'))
  const changed = { ...files, 'results.json': bytesOf('{}') }
  await expect(placeProduct(at('changed'), changed)).rejects.toMatchObject({ code: 'E_FORMAT' })
  for (const name of ['../escaped.json', 'checkpoint/../../x.safetensors', 'other.txt'])
    await expect(placeProduct(at('changed'), { ...files, [name]: bytesOf('x') })).rejects.toMatchObject({
      code: 'E_FORMAT',
    })
  const { 'manifest.json': _, ...headless } = files
  await expect(placeProduct(at('changed'), headless)).rejects.toMatchObject({ code: 'E_RUN_DIRECTORY' })
  expect(readdirSync(folder).filter((name) => /changed|escaped/.test(name))).toEqual([])
})

test('a job that comes again finds its directory, or another where somebody still has it', async () => {
  const job = 'a'.repeat(64)
  const first = await scratchOf(at('scratch'), job)
  const second = await scratchOf(at('scratch'), job)
  expect(second.directory).not.toBe(first.directory)
  mkdirSync(second.directory)
  mkdirSync(first.directory)
  second.release()
  first.release()
  expect(readdirSync(at('scratch'))).toEqual([job])
  expect((await scratchOf(at('scratch'), job)).directory).toBe(first.directory)
})

function bytesOf(text: string | Uint8Array): Uint8Array {
  return typeof text === 'string' ? new TextEncoder().encode(text) : new Uint8Array(text)
}
