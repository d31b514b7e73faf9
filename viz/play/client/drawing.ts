import type { NetworkRecord } from '../../../src/play/record.js'
import type { Arrangement } from '../../arrangement.js'
import { all } from '../../client/block.js'
import { readNumber } from '../../client/numbers.js'
import { type Half, halfOf } from './examples.js'
import { countKnown, levelOf } from './known.js'
import { pen, type Tool } from './pen.js'
import { nowhere, type Play, say, write } from './play.js'
import type { Run } from './run.js'
import type { Views } from './views.js'

/** What drawing needs of the page. */
export interface Drawing {
  record: NetworkRecord
  layout: Arrangement
  play: Play
  run: Run
  views: Views
  /** told after a setting was changed here */
  changed: () => void
  /** from noise to a sample, with what is known */
  complete: () => void
}

/** Makes units known: by drawing on them, and by halves of held-out examples. @returns shows how many are known */
export function drawingOf(parts: Drawing): () => void {
  const { record, play, run, views, changed, complete } = parts
  const { settings } = play
  const show = () => {
    const count = countKnown(settings.known)
    write(
      'known',
      count === 0 ? 'No unit is known: all are free.' : `${count} of ${settings.known.length} units are known.`,
    )
    const clear = document.getElementById('clear')
    if (clear) clear.hidden = count === 0
    views.again()
  }
  const know = (known: ArrayLike<number>) => {
    settings.known.set(known)
    show()
    changed()
  }
  onLattice(parts, show)
  document.getElementById('clear')?.addEventListener('click', () => {
    know(new Uint8Array(settings.known.length))
    run.clamp()
    say('All units are free.')
  })
  const { count, classes } = record.examples
  let [example, half] = [0, undefined as Half | undefined]
  const complement = () => {
    if (half === undefined) return
    const found = halfOf(record, example, half, parts.layout.lattice)
    if (found.label !== undefined && settings.label !== null) settings.label = found.label
    know(found.known)
    complete()
    for (const button of all<HTMLButtonElement>('[data-half]'))
      button.ariaPressed = String(button.dataset.half === half)
    const name = record.classes?.[classes[example] ?? -1]
    say(`The ${half} half of a held-out image${name === undefined ? '' : ` of class ${name}`} is known.`)
  }
  for (const button of all<HTMLButtonElement>('[data-half]'))
    button.addEventListener('click', () => {
      half = button.dataset.half as Half
      complement()
    })
  document.getElementById('other')?.addEventListener('click', () => {
    example = (example + 1) % Math.max(1, count)
    half ??= 'left'
    complement()
  })
  return show
}

/** Drawing and looking on the lattice itself. */
function onLattice({ record, layout, play, run, views, changed, complete }: Drawing, show: () => void): void {
  const canvas = document.querySelector<HTMLCanvasElement>('canvas#lattice')
  if (!canvas) return
  const { settings } = play
  const tool = () => (document.querySelector<HTMLInputElement>('input[name=tool]:checked')?.value ?? 'look') as Tool
  const level = (of: Tool) =>
    of === 'free' ? 0 : levelOf(of === 'ink' ? record.range[1] : record.range[0], record.range)
  for (const input of all<HTMLInputElement>('input[name=tool]'))
    input.addEventListener('change', () => {
      canvas.dataset.tool = tool()
      views.again()
    })
  let drawn = false
  pen(canvas, layout, settings.known.length, {
    tool,
    placeAt: views.lattice.placeAt,
    chosen: () => play.chosen,
    choose: (place, byKey) => {
      play.chosen = place
      play.isPinned = byKey
      views.again()
      if (byKey)
        say(
          `${views.unitWords()}, x = ${readNumber(play.frame?.clean[place.trajectory * settings.known.length + place.unit] ?? Number.NaN, 3)}`,
        )
    },
    pin: () => {
      play.isPinned = true
    },
    leave: () => {
      if (play.isPinned) return
      play.chosen = nowhere
      play.lens = undefined
      views.again()
    },
    draw: (unit, how) => {
      if (settings.known[unit] === level(how)) return
      settings.known[unit] = level(how)
      drawn = true
      show()
      if (!play.frame?.done) run.clamp()
    },
    stroke: (isUnder) => {
      play.isDrawing = true
      if (isUnder || !drawn) return
      drawn = false
      changed()
      say(`${countKnown(settings.known)} units are known.`)
      // At the end of the protocol nothing moves any more: the network begins anew, with what is known.
      if (play.frame?.done) complete()
    },
    toggle: () => (run.isPlaying() ? run.pause() : run.play()),
  })
}
