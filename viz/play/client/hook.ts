import type { Draw, Drawn } from '../../../src/play/messages.js'
import type { Ask } from './ask.js'

/** What the console of the browser can ask of the page, as `overdamped`. */
interface Hook {
  /** whole samples, or completions of what is known: `await overdamped.draw({ trajectories: 500, seed: 1 })` */
  draw: (draw: Draw) => Promise<Drawn>
}

/** Hangs the hook on the window. */
export function hook(ask: Ask): void {
  ;(window as unknown as { overdamped: Hook }).overdamped = { draw: (draw) => ask('draw', { ...draw }) }
}
