import type { Answer, Questions } from '../../../src/play/messages.js'

/** Asks the worker, which answers one question after the other. @throws Error with the worker's words where it cannot answer */
export type Ask<Asked extends Exchange<Asked> = Questions> = <Kind extends keyof Asked>(
  kind: Kind,
  ask: Asked[Kind]['ask'],
  transfer?: Transferable[],
) => Promise<Asked[Kind]['answer']>

/** Questions of some kinds, with their answers. */
type Exchange<Asked> = { [Kind in keyof Asked]: { ask: unknown; answer: unknown } }

interface Waiting {
  done: (answer: never) => void
  fail: (error: Error) => void
}

/**
 * Starts a worker of the text that the page holds.
 * @param failed told when the worker itself is at its end, after which nothing is answered
 */
export function connect<Asked extends Exchange<Asked> = Questions>(
  text: string,
  failed: (error: Error) => void,
): Ask<Asked> {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/javascript' }))
  const worker = new Worker(address)
  const waiting = new Map<number, Waiting>()
  let asked = 0
  worker.addEventListener('message', ({ data }: MessageEvent<Answer>) => {
    // Not before: the browser reads the text after this task.
    URL.revokeObjectURL(address)
    const question = waiting.get(data.id)
    waiting.delete(data.id)
    if ('error' in data) question?.fail(new Error(data.error))
    else question?.done(data.answer as never)
  })
  const end = (words: string) => {
    const error = new Error(words)
    for (const { fail } of waiting.values()) fail(error)
    waiting.clear()
    failed(error)
  }
  worker.addEventListener('error', (event) => {
    event.preventDefault()
    end(event.message || 'The browser did not start the worker that computes. A newer one may.')
  })
  worker.addEventListener('messageerror', () => end('A message of the worker could not be read.'))
  return (kind, ask, transfer = []) =>
    new Promise<never>((done, fail) => {
      const id = asked++
      waiting.set(id, { done, fail })
      worker.postMessage({ id, kind, ask }, transfer)
    })
}
