import type { Queue } from 'bullmq'
import { StoppedError } from '../../errors.js'
import { type Executor, executorOf, type JobHooks, type JobInput, type JobKind } from '../executor/executor.js'
import { errorOf } from '../executor/messages.js'
import { backendToResume, inspectDirectory } from '../record/resume.js'
import { nameOf, type RedisAddress } from './address.js'
import { type Bells, createBells } from './bells.js'
import { connect, disconnect, loadQueuePackages } from './connection.js'
import { createExchange, type Exchange } from './exchange.js'
import { packOrder, type Reply } from './parcels.js'
import { inTime, soon } from './patience.js'
import { placeProduct } from './product.js'
import { prefix, queueName, type Told } from './protocol.js'

/** Where jobs go to, and how many. */
export interface QueueOptions {
  /** of the Redis that the queue lies in */
  readonly address: RedisAddress
  /** jobs in the queue at once, at most, which bounds what Redis and the caller hold; 256 when absent */
  readonly atATime?: number | undefined
  /** a line for whoever watches: the connection is lost or back, no worker listens */
  readonly onNote?: ((line: string) => void) | undefined
}

/** ms between two looks at jobs of which nothing is heard: an event may be lost, and so may be all that Redis held */
const betweenLooks = 3_000
/** looks between two at whether anybody listens at all */
const looksForWorkers = 10

/**
 * An executor whose jobs are carried out by whoever runs `overdamped worker`, on this machine or others, by way of a queue in Redis (BullMQ).
 * The same job asked for again, by this process or another, finds what is there of it: it waits, goes on, or is done. A job that Redis
 * has lost is put there again. While Redis is away jobs wait.
 *
 *     const executor = await openQueue({ address: redisAddress(undefined, process.env) })
 *
 * @throws E_QUEUE when a package is missing, or Redis can't be reached within some seconds
 *
 * Cost: a few milliseconds a job, and its bytes twice in the memory of Redis.
 */
export async function openQueue(options: QueueOptions): Promise<Executor> {
  const { address, atATime = 256, onNote = () => {} } = options
  const packages = await loadQueuePackages()
  const client = await connect(packages, address, onNote)
  const queue = new packages.Queue(queueName, { connection: client, prefix })
  const events = new packages.QueueEvents(queueName, { connection: client, prefix })
  const bells = createBells()
  // Of their connections `client` tells; without a listener an error would end the process.
  queue.on('error', () => {})
  events.on('error', () => {})
  events.on('completed', ({ jobId }) => bells.ring(jobId))
  events.on('failed', ({ jobId }) => bells.ring(jobId))
  events.on('progress', ({ jobId, data }) => bells.tell(jobId, data as unknown as Told))
  const looking = lookNowAndThen(queue, bells, (line) => onNote(`${nameOf(address)}: ${line}`))
  const exchange = createExchange(client, queue, address)
  return executorOf(
    atATime,
    async (kind, input, hooks) => (await inTime(follow(exchange, bells, kind, input, hooks), hooks.signal)) as never,
    async () => {
      clearInterval(looking)
      await soon([events.close(), queue.close()])
      disconnect(client)
      bells.ring()
    },
    true,
  )
}

function lookNowAndThen(queue: Queue, bells: Bells, say: (line: string) => void): NodeJS.Timeout {
  let looks = 0
  return setInterval(async () => {
    bells.ring()
    if (bells.listeners === 0 || looks++ % looksForWorkers !== 0) return
    const workers = await queue.getWorkersCount().catch(() => null)
    if (workers === 0) say(`no worker listens to its queue ${queueName}. Start some there: overdamped worker`)
  }, betweenLooks)
}

/** Leaves a job and waits for its reply. */
async function follow<Input extends JobInput>(
  exchange: Exchange,
  bells: Bells,
  kind: JobKind<Input, unknown>,
  asked: Input,
  hooks: JobHooks,
): Promise<unknown> {
  const input = kind.writes === 'run' ? fitting(asked) : asked
  const { directory } = input
  const order = await packOrder(kind, input)
  const { name } = order
  await exchange.leave(kind.name, order, input)
  for (;;) {
    // Before the look: what happens after it is heard.
    const bell = bells.listen(name, hooks)
    try {
      const found = await exchange.look(name)
      if (typeof found === 'object') {
        await deliver(found.reply, directory, hooks)
        await exchange.forget(name, found.name)
        return outputOf(found.reply)
      }
      if (hooks.signal.aborted) {
        if (found !== 'under way' || (await exchange.takeBack(name))) throw new StoppedError()
      } else if (found !== 'under way') {
        // Somebody else who asked for the same job may have stopped it.
        if (found === 'nothing')
          hooks.onNote(`${kind.name} ${input.index + 1} is not in the queue any more; it is put there again`)
        await exchange.leave(kind.name, order, input)
      }
      await bell.rung
    } finally {
      bell.leave()
    }
  }
}

/**
 * The job whose run can take its place: what would be in the way in the end is said before anything is computed, and an unfinished run
 * there is one of the bits that it began with.
 */
function fitting<Input extends JobInput>(input: Input): Input {
  const { directory, scenario, backend } = input
  if (directory === undefined || inspectDirectory(directory, true, scenario) !== 'unfinished') return input
  return { ...input, backend: backendToResume(directory, backend).backend }
}

async function deliver({ notes, files }: Reply, directory: string | undefined, { onNote }: JobHooks): Promise<void> {
  for (const line of notes) onNote(line)
  if (directory !== undefined && Object.keys(files).length > 0) await placeProduct(directory, files)
}

function outputOf({ end }: Reply): unknown {
  if ('output' in end) return end.output
  throw errorOf(end.failure)
}
