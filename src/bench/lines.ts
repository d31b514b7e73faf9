import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

/** A child process that answers each line on its stdin with a line on its stdout. */
export interface LinePeer {
  /** the line it wrote when it was ready */
  readonly hello: string
  ask(line: string): Promise<string>
  close(): Promise<void>
}

/** So many characters of stderr are kept to explain a child that died. */
const keptErrors = 2000

/** Starts a child and waits for its first line. @throws Error with the end of its stderr when it dies, here or while asked */
export async function startLinePeer(command: string, args: string[], env: NodeJS.ProcessEnv): Promise<LinePeer> {
  const child = spawn(command, args, { env, stdio: ['pipe', 'pipe', 'pipe'] })
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-keptErrors)
  })
  const ended = new Promise<never>((_, reject) => {
    child.once('error', reject)
    child.once('close', (code) => reject(new Error(errors.trim().split('\n').at(-1) || `exited with ${code}`)))
  })
  ended.catch(() => {})
  // A child that has died is noticed by `ended`; what could not be written to it does not matter.
  child.stdin.on('error', () => {})
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const next = async () => {
    const line = await Promise.race([lines.next(), ended])
    return line.done === true ? ended : line.value
  }
  const hello = await next()
  return {
    hello,
    ask(line) {
      child.stdin.write(`${line}\n`)
      return next()
    },
    async close() {
      child.stdin.end()
      await ended.catch(() => {})
    },
  }
}
