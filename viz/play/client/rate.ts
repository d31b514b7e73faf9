import { write } from './play.js'

/** Frames and the steps between them, counted over a second of a run. */
export interface Rate {
  /** @param device what computed it: each is counted by itself */
  frame: (step: number, device: string) => void
}

/** Says on the page how fast it is here, and what computes. */
export function rateOf(): Rate {
  let [begin, frames, steps, last, by] = [performance.now(), 0, 0, 0, '']
  return {
    frame: (step, device) => {
      if (device !== by) [begin, frames, steps, last, by] = [performance.now(), 0, 0, step, device]
      frames++
      steps += Math.max(0, step - last)
      last = step
      const seconds = (performance.now() - begin) / 1000
      if (seconds < 1) return
      if (frames > 1)
        write(
          'rate',
          `${Math.round(frames / seconds)} frames and ${Math.round(steps / seconds)} steps a second here, by ${device}.`,
        )
      ;[begin, frames, steps] = [performance.now(), 0, 0]
    },
  }
}
