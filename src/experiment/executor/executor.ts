import { setMaxListeners } from 'node:events'
import type { Progress } from '../../backend/hooks.js'
import type { BackendRequest } from '../../backend/node/open.js'
import { StoppedError } from '../../errors.js'
import type { Scenario } from '../scenario/schema.js'

/** What a job is given: plain data (what structured clone takes), so that it can go to another thread, process or machine. */
export interface JobInput {
  /** complete, defaults filled in */
  readonly scenario: Scenario
  /** seed of the job, in the place of the scenario's */
  readonly seed: number
  /** its place among the jobs of its kind; other jobs of one map have others */
  readonly index: number
  /** of which run it is: what its output depends on besides what stands here, such as data, by hashes (see identityOf) */
  readonly of?: string | undefined
  /** where it writes; whatever carries it out where the caller's disk is not puts a place of its own here, and brings back what is made there */
  readonly directory?: string
  /** threads that it computes on; whatever carries it out elsewhere puts its own number here. Never changes an output. */
  readonly threads?: number | undefined
  /** what computes it: this one, or one with the same bits where this is not to be had */
  readonly backend?: BackendRequest['backend']
  /** seconds between two states that it keeps, at least, where it keeps any; never changes an output */
  readonly interval?: number | undefined
}

/** How a job tells what it does, and hears that it is to stop. */
export interface JobHooks {
  /** a share of it, from 0 to 1, is done; `detail` is for displays */
  onProgress(share: number, detail?: Progress): void
  /** a line for whoever watches */
  onNote(line: string): void
  /** when this aborts, the job ends in a StoppedError as soon as it can */
  readonly signal: AbortSignal
}

/** A kind of independent work. Its name stands for it where only data can go. */
export interface JobKind<Input extends JobInput, Output> {
  /** what it is called in an order; one name for one kind */
  readonly name: string
  /**
   * What it writes to `input.directory`. One that writes nothing may be ended anywhere, without a word. Of those that keep states, to go on
   * from, or whose product is a run directory, an executor asks by `signal`, and waits.
   */
  readonly writes: 'nothing' | 'states' | 'run'
  /** A pure function of its input, which is not changed; its output is plain data. @throws StoppedError when `signal` aborted */
  run(input: Input, hooks: JobHooks): Promise<Output>
  /** the output of a job that failed, or could not be carried out, where that does not end the others; when absent it does */
  readonly failed?: ((error: unknown) => Output) | undefined
}

/** What makes each job as it is begun, where a list of all would take much memory. */
export interface JobsOnDemand<Input extends JobInput> {
  /** how many there are */
  readonly length: number
  /** the job at a place, from 0 */
  at(place: number): Promise<Input>
}

/** The jobs, all of them made. */
export function allJobs<Input extends JobInput>(jobs: readonly Input[] | JobsOnDemand<Input>): Promise<Input[]> {
  return Promise.all(Array.from({ length: jobs.length }, async (_, place) => (await jobs.at(place))!))
}

/** What a caller hears of the jobs of a map, each by its place in the list, and how it stops them. */
export interface MapHooks<Output> {
  /** is told the place of a job that begins */
  readonly onStart?: ((place: number) => void) | undefined
  /** what the job says, then 1 at its end */
  readonly onProgress?: ((place: number, share: number, detail?: Progress) => void) | undefined
  /** is told what a job remarks, by its place */
  readonly onNote?: ((place: number, line: string) => void) | undefined
  /** is told the output of a job as soon as it is there, by its place; places come as they are done */
  readonly onResult?: ((place: number, output: Output) => void) | undefined
  /** stops the jobs; the map is then rejected with StoppedError */
  readonly signal?: AbortSignal | undefined
}

/** What carries out independent jobs. Where, in which order and how many at a time never changes an output. */
export interface Executor {
  /** jobs that it has in hand at once, at most */
  readonly atATime: number
  /** jobs run on other machines, which share neither the caller's disk nor its cores; false when absent */
  readonly isRemote?: boolean | undefined
  /** outputs are kept, so that none is computed again (see keptIn); false when absent */
  readonly keeps?: boolean | undefined
  /**
   * Carries out the jobs.
   *
   * @returns the outputs in the order of the jobs
   * @throws what the first job to fail threw, when the others have ended, unless its kind has an output for that; StoppedError when `signal` aborted before all were
   *   done; E_BACKEND naming the job when whatever carried it died
   */
  map<Input extends JobInput, Output>(
    kind: JobKind<Input, Output>,
    jobs: readonly Input[] | JobsOnDemand<Input>,
    hooks?: MapHooks<Output>,
  ): Promise<Output[]>
  /** Gives back what it holds. Jobs in hand fail. */
  close(): Promise<void>
}

/** Carries out one job, somewhere, and settles when nothing of it goes on; rejects soon after `hooks.signal` aborted. */
export type Perform = <Input extends JobInput, Output>(
  kind: JobKind<Input, Output>,
  input: Input,
  hooks: JobHooks,
) => Promise<Output>

/** An executor by how it carries out one job: order, hooks, failure and abort are the same for all. */
export function executorOf(
  atATime: number,
  perform: Perform,
  close: () => Promise<void> = async () => {},
  isRemote = false,
): Executor {
  return {
    atATime,
    isRemote,
    close,
    async map<Input extends JobInput, Output>(
      kind: JobKind<Input, Output>,
      jobs: readonly Input[] | JobsOnDemand<Input>,
      { signal, onStart, onProgress, onNote, onResult }: MapHooks<Output> = {},
    ) {
      const own = new AbortController()
      // One listens for each job that is in hand.
      setMaxListeners(0, own.signal)
      const stop = () => own.abort()
      // (AbortSignal.any would leave something of each map at the signal, for as long as that lives.)
      signal?.addEventListener('abort', stop)
      if (signal?.aborted) stop()
      const failures: unknown[] = []
      /** Does something that ends all when it fails. */
      const attempt = async (work: () => unknown) => {
        try {
          await work()
        } catch (error) {
          failures.push(error)
          stop()
        }
      }
      const outputs: Output[] = []
      let next = 0
      let done = 0
      const one = async (place: number) => {
        onStart?.(place)
        outputs[place] = await perform(kind, (await jobs.at(place))!, {
          onProgress: (share, detail) => void attempt(() => onProgress?.(place, share, detail)),
          onNote: (line) => void attempt(() => onNote?.(place, line)),
          signal: own.signal,
        }).catch((error) => failedOutput(kind, error))
        done++
        onProgress?.(place, 1)
        onResult?.(place, outputs[place])
      }
      const workThrough = async () => {
        while (next < jobs.length && !own.signal.aborted) {
          const place = next++
          await attempt(() => one(place))
        }
      }
      await Promise.all(Array.from({ length: Math.min(atATime, jobs.length) }, workThrough))
      signal?.removeEventListener('abort', stop)
      if (failures.length > 0) throw failures[0]
      if (done < jobs.length) throw new StoppedError()
      return outputs
    },
  }
}

/** The output of a job that failed. @throws the error, where its kind has none for it, or it was stopped */
function failedOutput<Output>({ failed }: Pick<JobKind<never, Output>, 'failed'>, error: unknown): Output {
  if (failed === undefined || error instanceof StoppedError) throw error
  return failed(error)
}

/** One job after the other, in the calling thread. */
export const callingThread: Executor = executorOf(1, (kind, input, hooks) => kind.run(input, hooks))
