import { OverdampedError, StoppedError } from '../errors.js'

/** How far a run has come. */
export interface Progress {
  /** learning, refining, relaxing before a simulation, drawing samples, or measuring them */
  readonly phase: 'train' | 'refine' | 'relax' | 'sample' | 'measure'
  /** work done and to do in this phase, in any one unit */
  readonly done: number
  /** work of this phase in the unit of `done` */
  readonly total: number
  /** training: the slice's noise time, its latest loss and learning rate */
  readonly t?: number
  /** latest loss, where there is one */
  readonly loss?: number
  /** learning rate, where there is one */
  readonly rate?: number
}

/** What a caller may pass into whatever takes long: to watch it, and to stop it. The same everywhere; what has nothing to say says nothing. */
export interface Hooks {
  /** is told how far a run has come, as it goes */
  readonly onProgress?: ((progress: Progress) => void) | undefined
  /** a line that says how the run is done, such as which backend was taken and why */
  readonly onNote?: ((line: string) => void) | undefined
  /** rounding was found to spoil what is computed: why, as a sentence; without it such a run ends in E_PRECISION */
  readonly onImprecise?: ((why: string) => void) | undefined
  /** aborting ends it in a StoppedError at the next chance; a run has then written a checkpoint */
  readonly signal?: AbortSignal | undefined
}

/** Where something that takes long keeps how far it has come, so that it goes on there in another process. */
export interface Keeper<State> {
  /** as it was kept last; null where it begins */
  readonly found: State | null
  /**
   * Whether it is time to keep it: asked at every chance, it costs 0.1 µs.
   *
   * @param bytes - of the state, about, where that may be many
   */
  isDue(bytes?: number): boolean
  /** keeps it; the state is read at once and may change afterwards. @throws E_FILE where it can't be written */
  keep(state: State): void
  /** the error for a state that is not of this work */
  unfit(what: string): Error
}

/** What becomes of imprecision where nobody listens. @throws E_PRECISION */
export function refuseImprecise(why: string): never {
  throw new OverdampedError('E_PRECISION', `${why}. Use the backend reference, which is float64.`, 'backend', 1)
}

/** Work goes on so many ms before the event loop turns again: a display stays smooth, and a turn, 10 to 50 µs, costs no more than 1 %. */
const longestBreath = 5
/** when the event loop last turned for us */
let turned = 0

/**
 * Lets the event loop turn if it has not for 5 ms, in a browser as in Node: whoever awaits this between pieces of work of a
 * few ms leaves signals, timers, input and drawing their chance within 5 ms and a piece, and sees an abort by then. In
 * between it costs 0.2 µs.
 */
export async function breathe(): Promise<void> {
  if (performance.now() - turned < longestBreath) return
  // A message is a task of its own, and unlike a timer never delayed. The channel is new each time: Node hands over all that
  // waits in one before the loop goes on, and what is posted meanwhile with it.
  const { port1, port2 } = new MessageChannel()
  await new Promise<void>((resolve) => {
    port1.addEventListener('message', () => resolve())
    port1.start()
    port2.postMessage(null)
  })
  port1.close()
  turned = performance.now()
}

/**
 * Between two pieces of work: tells how far it has come and lets the event loop turn (see breathe).
 *
 * @throws StoppedError where the signal has aborted
 */
export async function betweenPieces({ onProgress, signal }: Hooks, progress: Progress): Promise<void> {
  onProgress?.(progress)
  await breathe()
  if (signal?.aborted === true) throw new StoppedError()
}

/** The results of work that goes on at once. @throws what the first to fail threw, when all have ended: nothing goes on behind an error */
export async function together<Work extends readonly unknown[] | []>(work: Work) {
  await Promise.allSettled(work)
  return Promise.all(work)
}
