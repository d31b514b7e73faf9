/** How far a run has come. */
export interface Progress {
  readonly phase: 'train' | 'sample' | 'measure'
  /** work done and to do in this phase, in any one unit */
  readonly done: number
  readonly total: number
  /** training: the slice's noise time, its latest loss and learning rate */
  readonly t?: number
  readonly loss?: number
  readonly rate?: number
}

/** What a caller may pass into a run: to watch it, and to stop it. */
export interface Hooks {
  readonly onProgress?: ((progress: Progress) => void) | undefined
  /** a line that says how the run is done, such as which backend was taken and why */
  readonly onNote?: ((line: string) => void) | undefined
  /** aborting stops the run at the next iteration, with a checkpoint */
  readonly signal?: AbortSignal | undefined
}

/** Lets the event loop turn, so that signals, timers and progress displays get their chance. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
