import { readFileSync } from 'node:fs'
import type { NotRun, Session } from './contender.js'
import type { BenchFolder } from './folder.js'
import { startLinePeer } from './lines.js'
import { trainingTask } from './training-task.js'

/** A program of bench/peers, and what to say of it. */
export interface Program {
  readonly command: string
  readonly args: string[]
  readonly env: NodeJS.ProcessEnv
  /** appended to what the program says of itself */
  readonly flags: string
  /** whether it knows the command `train` */
  readonly trains: boolean
}

/** A session with a program of bench/peers (their commands: bench/peers/peer.py). */
export async function processSession(program: Program, folder: BenchFolder): Promise<Session | NotRun> {
  try {
    const peer = await startLinePeer(program.command, program.args, program.env)
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
