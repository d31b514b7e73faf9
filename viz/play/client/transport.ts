import type { Run } from './run.js'

/** What moves; `seek` only where there is a slider of its time. */
export type Transported = Pick<Run, 'isPlaying' | 'play' | 'pause' | 'step'> & Partial<Pick<Run, 'seek'>>

/** What the buttons below the lattice do besides. */
export interface TransportEvents {
  /** from noise again, with the same seed or the next one */
  again: () => void
  next: () => void
}

/** Ties play, step, again, next and the slider of the protocol's time to the run. @returns shows whether it plays */
export function transport(run: Transported, steps: number, events: TransportEvents): (playing: boolean) => void {
  const on = (id: string, act: () => void) => document.getElementById(id)?.addEventListener('click', act)
  on('play', () => (run.isPlaying() ? run.pause() : run.play()))
  on('step', run.step)
  on('again', events.again)
  on('next', events.next)
  const time = document.querySelector<HTMLInputElement>('#time')
  if (time) {
    time.max = String(steps)
    time.addEventListener('input', () => {
      run.pause()
      run.seek?.(time.valueAsNumber)
    })
  }
  const button = document.getElementById('play')
  const [words, path] = [button?.querySelector('span'), button?.querySelector('path')]
  return (playing) => {
    if (words) words.textContent = playing ? 'Pause' : 'Play'
    path?.setAttribute('d', playing ? 'M4 2.5h3v11H4zM9.5 2.5h3v11h-3z' : 'M4 2.5v11l9.5-5.5z')
  }
}
