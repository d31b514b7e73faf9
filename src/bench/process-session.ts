import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import type { NotRun, Session } from './contender.js'
import type { BenchFolder } from './folder.js'
import { trainingTask } from './training.js'

/** A program of bench/peers, and what to say of it. */
export interface Program {
  readonly command: string
  readonly args: string[]
  readonly env: NodeJS.ProcessEnv
  /** appended to what the program says of itself */
  readonly flags: string
  /** whether it knows the command `train` */
  readonly trains: boolean
  /** whether it knows the command `peak` */
  readonly peaks: boolean
}

/** A session with a program of bench/peers (their commands: bench/peers/peer.py). */
export async function processSession(program: Program, folder: BenchFolder): Promise<Session | NotRun> {
  try {
    const peer = await startLinePeer(program)
    return {
      description: `${peer.hello}${program.flags}`,
      load: (workload) => peer.ask(`load ${folder.workloadFile(workload)}`),
      run: async (steps) => Number(await peer.ask(`run ${steps}`)),
      async state(steps, noise) {
        const path = folder.file('state.bin')
        await peer.ask(`state ${steps} ${noise ? 'noise' : 'still'} ${path}`)
        const bytes = readFileSync(path)
        return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength))
      },
      ...(program.trains && { train: async (iterations: number) => Number(await peer.ask(trainCommand(iterations))) }),
      ...(program.peaks && {
        peak: async (fused: boolean) => Number(await peer.ask(`peak ${fused ? 'fused' : 'unfused'}`)),
      }),
      close: peer.close,
    }
  } catch (error) {
    return { notRun: `${program.command} stopped: ${(error as Error).message}` }
  }
}

/** `train ITERATIONS BATCH m s trap scale rate beta1 beta2` */
function trainCommand(iterations: number): string {
  const { batch, m, s, trap, scale, rate, adam } = trainingTask
  return ['train', iterations, batch, m, s, trap, scale, rate, adam.beta1, adam.beta2].join(' ')
}

/** A child process that answers each line on its stdin with a line on its stdout. */
interface LinePeer {
  /** the line it wrote when it was ready */
  readonly hello: string
  ask(line: string): Promise<string>
  close(): Promise<void>
}

/** So many characters of stderr are kept to explain a child that died. */
const keptErrors = 2000

/** Starts a child and waits for its first line. @throws Error with the end of its stderr when it dies, here or while asked */
export async function startLinePeer({
  command,
  args,
  env,
}: Pick<Program, 'command' | 'args' | 'env'>): Promise<LinePeer> {
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
