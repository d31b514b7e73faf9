/** The whole film takes this long. */
const seconds = 5
/** With reduced motion asked for, a film that the reader starts moves in this many stills, a second each. */
const stills = 8

/** Whether the reader's system asks for as little motion as there can be. */
function reducedMotion(): boolean {
  return matchMedia('(prefers-reduced-motion: reduce)').matches
}

/** What a film is played with. */
export interface FilmControls {
  /** what is looked at: the film plays once when it comes into view */
  screen: HTMLElement
  slider: HTMLInputElement
  button: HTMLButtonElement
  /** called with the frame to be shown */
  show: (frame: number) => void
}

/**
 * Makes slider and button play a film of as many frames as the slider has. It plays once when it first comes into view, unless the
 * reader's system asks for reduced motion; the slider or the button stop it.
 * @returns a function that shows the present frame again
 */
export function playable({ screen, slider, button, show }: FilmControls): () => void {
  const again = () => show(slider.valueAsNumber)
  const player = makePlayer(Number(slider.max), button, (frame) => {
    slider.value = String(frame)
    again()
  })
  slider.addEventListener('input', () => {
    player.stop()
    again()
  })
  button.addEventListener('click', () => (player.playing() ? player.stop() : player.start(slider.valueAsNumber)))
  again()
  if (!reducedMotion()) {
    const seen = new IntersectionObserver(
      (entries) => {
        if (!entries.some(({ isIntersecting }) => isIntersecting)) return
        seen.disconnect()
        player.start(0)
      },
      { threshold: 0.5 },
    )
    seen.observe(screen)
  }
  return again
}

function makePlayer(last: number, button: HTMLButtonElement, show: (frame: number) => void) {
  let request = 0
  const stop = () => {
    cancelAnimationFrame(request)
    request = 0
    button.textContent = 'Play'
  }
  const start = (from: number) => {
    stop()
    const first = from >= last ? 0 : from
    const begun = performance.now()
    button.textContent = 'Pause'
    const step = (now: number) => {
      const still = reducedMotion()
      const share = (now - begun) / 1000 / (still ? stills : seconds)
      const gone = still ? Math.floor(share * stills) / stills : share
      const frame = Math.min(last, Math.round(first + Math.max(0, gone) * last))
      show(frame)
      if (frame >= last) stop()
      else request = requestAnimationFrame(step)
    }
    request = requestAnimationFrame(step)
  }
  return { start, stop, playing: () => request !== 0 }
}
