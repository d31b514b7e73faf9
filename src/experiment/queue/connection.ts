import type { Redis } from 'ioredis'
import { exitCode, OverdampedError } from '../../errors.js'
import { nameOf, queueError, type RedisAddress } from './address.js'

/** The packages that a queue needs, which are loaded when one is asked for. */
export type QueuePackages = typeof import('bullmq') & Pick<typeof import('ioredis'), 'Redis'>

/** @throws E_QUEUE saying what to install */
export async function loadQueuePackages(): Promise<QueuePackages> {
  try {
    const [{ Redis }, bullmq] = await Promise.all([import('ioredis'), import('bullmq')])
    return { ...bullmq, Redis }
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw cause
    throw new OverdampedError(
      'E_QUEUE',
      'a queue needs two packages that are not installed here. Install them beside overdamped: npm install bullmq@6 ioredis@6',
      '--executor queue',
      exitCode.failed,
    )
  }
}

/**
 * Connections that were made of another. BullMQ makes some, and where Redis comes and goes as it closes them it may leave one open, on which
 * the process would wait for ever.
 */
const duplicates = new WeakMap<Redis, Set<Redis>>()

/** ms that the first connection may take */
const patience = 5_000

/**
 * A connection that comes back by itself once it was there: what is asked of it meanwhile waits.
 *
 * @param onNote - hears when it is lost, and when it is back
 * @throws E_QUEUE within seconds when Redis can't be reached, or refuses the password
 */
export async function connect(
  { Redis }: QueuePackages,
  address: RedisAddress,
  onNote: (line: string) => void,
): Promise<Redis> {
  const { host, port, database: db, username, password, isEncrypted } = address
  let isOpen = false
  let heard = 'no answer'
  const client = new Redis({
    ...{ host, port, db, connectTimeout: patience, lazyConnect: true },
    ...(username === null ? {} : { username }),
    ...(password === null ? {} : { password }),
    ...(isEncrypted ? { tls: {} } : {}),
    // A worker asks again and again, however long Redis is away.
    maxRetriesPerRequest: null,
    retryStrategy: (times) => (isOpen ? Math.min(200 * times, 2_000) : null),
  })
  client.on('error', ({ message }: Error) => {
    heard = message
  })
  try {
    await client.connect()
    await client.ping()
    // What comes of the client's own asking for it, ioredis passes over: jobs would lie in database 0.
    if (db !== 0) await client.select(db)
  } catch (cause) {
    client.disconnect()
    const said = heard === 'no answer' && cause instanceof Error ? cause.message : heard
    throw queueError(address, `${said.replace(/\.$/, '')}. Start it, or correct its address or password.`)
  }
  isOpen = true
  keepDuplicates(client)
  let isLost = false
  client.on('close', () => {
    if (!isLost) onNote(`${nameOf(address)}: the connection is lost; waiting for it`)
    isLost = true
  })
  client.on('ready', () => {
    if (isLost) onNote(`${nameOf(address)}: connected again`)
    isLost = false
  })
  return client
}

function keepDuplicates(client: Redis): void {
  const kept = new Set<Redis>()
  const duplicate = client.duplicate.bind(client)
  client.duplicate = (...options) => {
    const made = duplicate(...options)
    // One that BullMQ listens to no more may still be refused.
    made.on('error', () => {})
    kept.add(made)
    return made
  }
  duplicates.set(client, kept)
}

/** Ends a connection and those that were made of it, at once. */
export function disconnect(client: Redis): void {
  for (const made of duplicates.get(client) ?? []) made.disconnect()
  // It is not lost.
  client.removeAllListeners('close')
  client.disconnect()
}
