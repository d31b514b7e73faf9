import type { Opened, PlayFrame } from '../../../src/play/messages.js'
import type { NetworkRecord } from '../../../src/play/record.js'
import { type Arrangement, unitName } from '../../arrangement.js'
import { readNumber } from '../../client/numbers.js'
import { type Account, accountOf } from './account.js'
import type { Ask } from './ask.js'
import { hiddenView } from './hidden-view.js'
import { cleanValue, countKnown } from './known.js'
import { type LatticeView, latticeView } from './lattice-view.js'
import { lensWords, paintPotential } from './lens-view.js'
import { type Play, write } from './play.js'
import { rateOf } from './rate.js'

/** All that is drawn of the run. */
export interface Views {
  /** what the network is drawn on */
  canvas: HTMLCanvasElement
  lattice: LatticeView
  account: Account
  /** a new frame */
  show: (frame: PlayFrame) => void
  /** the same frame again, in the next frame of the screen */
  again: () => void
  recolour: () => void
  /** the chosen unit in words */
  unitWords: () => string
}

/** Between two looks at the chosen unit, in ms. */
const lensPause = 100

/**
 * Draws the run, at most once in each frame of the screen.
 * @param painted told after each time
 */
export function viewsOf(
  record: NetworkRecord,
  layout: Arrangement,
  { visible, steps, device }: Opened,
  play: Play,
  ask: Ask,
  painted: () => void,
): Views {
  const canvas = (id: string) => document.querySelector<HTMLCanvasElement>(`canvas#${id}`)
  const [place, chart, well] = [canvas('lattice'), canvas('account'), canvas('potential')]
  if (!place || !chart || !well) throw new Error('The page has lost a part of itself: write it again.')
  const lattice = latticeView(place, layout, visible, record.range)
  const account = accountOf(chart)
  const hidden = hiddenView(canvas('hidden-states'))
  const rate = rateOf()
  const unitWords = () => {
    const { unit, trajectory } = play.chosen
    return `${play.settings.count > 1 ? `network ${trajectory + 1}, ` : ''}${unitName(unit, layout)}`
  }
  let request = 0
  const paint = () => {
    request = 0
    const { frame, settings, isDrawing, chosen, lens } = play
    if (!frame) return
    lattice.paint({
      frame,
      known: settings.known,
      isDrawing,
      chosen: chosen.unit,
      lens: isLooking() ? lens : undefined,
    })
    account.paint()
    hidden.paint()
    showTime(frame, steps)
    paintPotential(well, lens)
    if (lens && chosen.unit >= 0) {
      write('lens-unit', unitWords())
      write('lens-words', lensWords(lens, cleanValue(settings.known[chosen.unit] ?? 0, record.range)))
    }
    painted()
  }
  const again = () => {
    if (request === 0) request = requestAnimationFrame(paint)
  }
  const look = lookOf(play, ask, again)
  for (const element of [place, chart, well, canvas('hidden-states')])
    if (element) new ResizeObserver(again).observe(element)
  return {
    canvas: place,
    lattice,
    account,
    again: () => {
      look()
      again()
    },
    show: (frame) => {
      play.frame = frame
      account.add(frame)
      hidden.add(frame.hidden)
      rate.frame(frame.step, countKnown(play.settings.known) > 0 ? device : play.device)
      look()
      again()
    },
    recolour: () => {
      lattice.recolour()
      again()
    },
    unitWords,
  }
}

/** Whether couplings are to be seen on the lattice: not while it is drawn on. */
function isLooking(): boolean {
  return document.querySelector('input[name=tool][value=look]:checked') !== null
}

/** Asks what acts on the chosen unit, now and then. */
function lookOf(play: Play, ask: Ask, seen: () => void): () => void {
  let [asking, last] = [false, Number.NEGATIVE_INFINITY]
  let asked = ''
  const look = async () => {
    const { unit, trajectory } = play.chosen
    const name = `${unit} ${trajectory}`
    if (unit < 0 || !play.frame || asking || (name === asked && performance.now() - last < lensPause)) return
    asking = true
    const lens = await ask('lens', { unit, trajectory: Math.min(trajectory, play.frame.work.length - 1) }).finally(
      () => {
        asking = false
      },
    )
    ;[asked, last] = [name, performance.now()]
    if (play.chosen.unit >= 0) play.lens = lens
    seen()
    // Another unit was chosen in between.
    if (play.chosen.unit !== unit || play.chosen.trajectory !== trajectory) await look()
  }
  return () => void look().catch(() => undefined)
}

/** Where the run is in the time of its protocol. */
function showTime({ step, clock }: PlayFrame, steps: number): void {
  const text = `t = ${readNumber(clock, 3)} · step ${step} of ${steps}`
  write('time-is', text)
  const slider = document.querySelector<HTMLInputElement>('#time')
  if (!slider) return
  // While the visitor drags it, it is where they are.
  if (!slider.matches(':active')) slider.value = String(step)
  slider.setAttribute('aria-valuetext', text)
  slider.style.setProperty('--share', `${(100 * slider.valueAsNumber) / steps}%`)
}
