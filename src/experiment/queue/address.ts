import { readFileSync } from 'node:fs'
import { exitCode, OverdampedError, usageError } from '../../errors.js'
import { fileError } from '../files/folder.js'

/** Where a Redis is, and how it is entered. Its password stands here and nowhere else: not in a message, a file or a job. */
export interface RedisAddress {
  /** name or number of its machine */
  readonly host: string
  /** 6379 usually */
  readonly port: number
  /** number of the database in it */
  readonly database: number
  /** null where the server knows none */
  readonly username: string | null
  /** null where none is needed */
  readonly password: string | null
  /** whether the connection is encrypted: rediss:// */
  readonly isEncrypted: boolean
}

/** Where an address may stand, by their names. */
const variable = 'OVERDAMPED_REDIS'
const fileVariable = 'OVERDAMPED_REDIS_FILE'
const form = 'redis://[user:password@]host[:port][/database], or rediss:// with TLS'

/**
 * The address of the Redis of a queue: of `--redis`, else of the environment, OVERDAMPED_REDIS or the file that OVERDAMPED_REDIS_FILE names.
 *
 * @param given - `--redis`, which must hold no password: every user of a machine can read the words of its commands
 * @throws E_USAGE when there is none, when there are two, or when it is no address, of which nothing is repeated; E_FILE when the file
 *   can't be read
 */
export function redisAddress(given: string | undefined, environment: NodeJS.ProcessEnv): RedisAddress {
  if (given !== undefined) {
    const address = parseAddress(given, '--redis')
    if (address.password === null) return address
    throw usageError(
      `a password in a command can be read by everyone on this machine. Put the address into ${variable}, or into a file that ${fileVariable} names; and change this password.`,
      '--redis',
    )
  }
  const { [variable]: text, [fileVariable]: file } = environment
  if (text !== undefined && file !== undefined)
    throw usageError('both say where the Redis of the queue is. Unset one of them.', `${variable}, ${fileVariable}`)
  if (text !== undefined) return parseAddress(text, variable)
  if (file !== undefined) return parseAddress(read(file), `the file that ${fileVariable} names`)
  throw usageError(
    `the queue lies in a Redis, and nothing says where that is. Give --redis redis://host:6379, or with a password ${variable}=${form}, or ${fileVariable}=a file that holds it.`,
    '--redis',
  )
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (cause) {
    throw fileError(file, cause)
  }
}

/** @param where - names the place in messages, since the text itself may hold a password */
function parseAddress(text: string, where: string): RedisAddress {
  const url = URL.canParse(text) ? new URL(text) : null
  const database = /^\/?(\d*)$/.exec(url?.pathname ?? '')?.[1]
  const isOurs = url !== null && ['redis:', 'rediss:'].includes(url.protocol) && url.hostname !== ''
  if (!isOurs || database === undefined || url.search !== '' || url.hash !== '')
    throw usageError(`expected ${form}.`, where)
  const decoded = (part: string) => {
    try {
      return part === '' ? null : decodeURIComponent(part)
    } catch {
      throw usageError(`expected ${form}, with a % in user or password written as %25.`, where)
    }
  }
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? 6379 : Number(url.port),
    database: Number(database),
    username: decoded(url.username),
    password: decoded(url.password),
    isEncrypted: url.protocol === 'rediss:',
  }
}

/** What messages call it. */
export function nameOf({ host, port }: RedisAddress): string {
  return `Redis at ${host}:${port}`
}

/** Something is wrong with the queue: `text` says what, and how to mend it. What Redis answered must not hold the password. */
export function queueError(address: RedisAddress, text: string): OverdampedError {
  const { password } = address
  const plain = password === null ? text : text.replaceAll(password, '…')
  return new OverdampedError('E_QUEUE', plain, nameOf(address), exitCode.failed)
}
