import { write } from './play.js'

/** Frames and the steps between them, counted over a second of a run. */
export interface Rate {
  frame: (step: number) => void
}

/** Says on the page how fast it is here. */
export function rateOf(): Rate {
  let [begin, frames, steps, last] = [performance.now(), 0, 0, 0]
  return {
    frame: (step) => {
      frames++
      steps += Math.max(0, step - last)
      last = step
      const seconds = (performance.now() - begin) / 1000
      if (seconds < 1) return
      if (frames > 1)
        write('rate', `${Math.round(frames / seconds)} frames and ${Math.round(steps / seconds)} steps a second here.`)
      ;[begin, frames, steps] = [performance.now(), 0, 0]
    },
  }
}
