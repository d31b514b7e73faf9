import { readNumber } from '../../../client/numbers.js'
import { say } from '../play.js'
import type { Landscape } from './landscape-view.js'
import type { ScenePage } from './scene.js'

/** Stiffness of a trap that a hand makes, and how far a key moves and stiffens it. */
const usual = 4
const keySteps = { position: 0.1, stiffness: 0.5 } as const

/**
 * Lets a pointer, or keys, hold the trap of a landscape.
 * @param taken told when a hand has taken it
 */
export function holdTrap(canvas: HTMLCanvasElement, landscape: Landscape, page: ScenePage, taken: () => void): void {
  const { settings, loop } = page
  let isHeld = false
  const hold = (clientX: number) => {
    const place = landscape.placeAt(clientX)
    if (place === undefined) return
    if (settings.stiffness === 0) settings.stiffness = usual
    settings.position = Number(place.toFixed(3))
    page.changed()
    page.again()
  }
  canvas.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return
    isHeld = true
    canvas.setPointerCapture(event.pointerId)
    canvas.classList.add('holding')
    taken()
    hold(event.clientX)
  })
  canvas.addEventListener('pointermove', ({ clientX }) => {
    if (isHeld) hold(clientX)
  })
  for (const end of ['pointerup', 'pointercancel'] as const)
    canvas.addEventListener(end, () => {
      isHeld = false
      canvas.classList.remove('holding')
    })
  canvas.addEventListener('keydown', (event) => {
    const { key } = event
    if (key === ' ') {
      if (loop().isPlaying()) loop().pause()
      else loop().play()
    } else if (!moveBy(key, settings)) return
    else {
      taken()
      page.changed()
      page.again()
      say(`Trap at ${readNumber(settings.position ?? 0, 3)}, stiffness ${readNumber(settings.stiffness ?? 0)}.`)
    }
    event.preventDefault()
  })
}

/** Whether a key moves the trap, and moves it. */
function moveBy(key: string, settings: ScenePage['settings']): boolean {
  const along = { ArrowLeft: -1, ArrowRight: 1 }[key]
  const stiffer = { ArrowDown: -1, ArrowUp: 1 }[key]
  if (along === undefined && stiffer === undefined) return false
  const { position, stiffness } = keySteps
  if (along !== undefined) {
    if (settings.stiffness === 0) settings.stiffness = usual
    settings.position = Number(((settings.position ?? 0) + along * position).toFixed(3))
  } else settings.stiffness = Math.max(0, (settings.stiffness ?? 0) + (stiffer as number) * stiffness)
  return true
}
