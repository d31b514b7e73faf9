import type { Progress } from '../../backend/hooks.js'
import { OverdampedError, StoppedError } from '../../errors.js'
import type { JobHooks, JobInput, JobKind } from './executor.js'

/** What whoever carries out jobs elsewhere is told: a job, by the name of its kind, and later perhaps to stop it. */
export type JobOrder = { readonly kind: string; readonly input: JobInput } | 'stop'

/** What it says of its job: first that it has begun. The last two end it. */
export type JobMessage =
  | { readonly begun: true }
  | { readonly share: number; readonly detail: Progress | undefined }
  | { readonly note: string }
  | { readonly output: unknown }
  | { readonly failure: Failure }

/** An error as plain data, which forgets of what class it was. */
export type Failure =
  | ({ readonly is: 'refusal' } & Pick<
      OverdampedError,
      'code' | 'text' | 'where' | 'exitCode' | 'message' | 'excerpts'
    >)
  | ({ readonly is: 'stopped' } & Pick<StoppedError, 'directory' | 'kept'>)
  | {
      readonly is: 'error'
      readonly name: string
      readonly message: string
      readonly stack: string | undefined
      readonly properties: Readonly<Record<string, unknown>>
    }

/** Carries out what it is told, one job at a time, in another thread, process or machine. @returns what takes the orders */
export function serveJobs<Input extends JobInput>(
  kinds: readonly JobKind<Input, unknown>[],
  say: (message: JobMessage) => void,
): (order: JobOrder) => Promise<void> {
  let stop = new AbortController()
  return async (order) => {
    if (order === 'stop') return stop.abort()
    stop = new AbortController()
    say({ begun: true })
    try {
      const kind = kinds.find(({ name }) => name === order.kind)
      if (kind === undefined) throw new Error(`no kind of job is called "${order.kind}"`)
      const output = await kind.run(order.input as Input, {
        onProgress: (share, detail) => say({ share, detail }),
        onNote: (note) => say({ note }),
        signal: stop.signal,
      })
      say({ output })
    } catch (error) {
      say({ failure: failureOf(error) })
    }
  }
}

/** An error as plain data. */
export function failureOf(error: unknown): Failure {
  if (error instanceof StoppedError) return { is: 'stopped', directory: error.directory, kept: error.kept }
  if (!(error instanceof OverdampedError)) {
    const whole = error instanceof Error ? error : new Error(String(error))
    const { name, message, stack } = whole
    // What the system says of a file, such as its code.
    const properties = Object.fromEntries(Object.entries(whole).filter(([, value]) => isPlain(value)))
    return { is: 'error', name, message, stack, properties }
  }
  const { code, text, where, exitCode, message, excerpts } = error
  return { is: 'refusal', code, text, where, exitCode, message, excerpts }
}

function isPlain(value: unknown): boolean {
  return ['string', 'number', 'boolean'].includes(typeof value)
}

/** Hands on what is said of a job. @returns null as long as it goes on, then its output or the error that ended it */
export function heardOf(
  message: JobMessage,
  { onProgress, onNote }: JobHooks,
): { readonly output: unknown } | { readonly error: unknown } | null {
  if ('share' in message) onProgress(message.share, message.detail)
  else if ('note' in message) onNote(message.note)
  else if ('output' in message) return message
  else if ('failure' in message) return { error: errorOf(message.failure) }
  return null
}

/** The error that it was, of the same class where it is one of ours. */
export function errorOf(failure: Failure): unknown {
  if (failure.is === 'error') {
    const { name, message, stack, properties } = failure
    return Object.assign(new Error(message), { name, stack, ...properties })
  }
  if (failure.is === 'stopped') return new StoppedError(failure.directory, failure.kept)
  const { code, text, where, exitCode, message, excerpts } = failure
  // Whoever threw it may have put more findings behind the first.
  return Object.assign(new OverdampedError(code, text, where, exitCode), { message, excerpts })
}
