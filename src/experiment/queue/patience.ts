import { StoppedError } from '../../errors.js'

/** ms that jobs are given to stop, and connections to close. */
const patience = 15_000

/** A job that was told to stop, and of which nothing is heard because Redis or its worker is away, is not waited for. @throws StoppedError */
export async function inTime<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  let onAbort = () => {}
  const late = new Promise<never>((_, reject) => {
    onAbort = () => {
      timer = setTimeout(() => reject(new StoppedError()), patience)
    }
  })
  signal.addEventListener('abort', onAbort)
  if (signal.aborted) onAbort()
  // What comes of it later interests nobody.
  work.catch(() => {})
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', onAbort)
  }
}

/** Waits until all is done, or has failed, but not for long: where Redis is away a connection may never say that it is closed. */
export async function soon(work: readonly Promise<unknown>[]): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, patience)
  })
  await Promise.race([Promise.allSettled(work), late])
  clearTimeout(timer)
}
