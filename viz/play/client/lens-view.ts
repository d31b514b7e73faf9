import type { Lens } from '../../../src/play/messages.js'
import { readNumber } from '../../client/numbers.js'
import { colour, fontFamily } from '../../client/theme.js'
import { surfaceOf } from './canvas.js'

/** Higher than this a potential is not drawn, in kT. */
const ceiling = 12

/** Draws the potential of the chosen unit now, and where the unit is in it. */
export function paintPotential(canvas: HTMLCanvasElement, lens: Lens | undefined): void {
  const surface = surfaceOf(canvas)
  if (!surface) return
  const { context, width, height } = surface
  if (!lens) return
  const { at, potential, x } = lens
  const [low, high] = [at[0] as number, at.at(-1) as number]
  const top = Math.min(ceiling, Math.max(1, ...potential))
  const base = height - 18
  const right = (value: number) => ((value - low) / (high - low)) * width
  const up = (value: number) => base - (Math.min(value, 1.1 * top) / top) * (base - 8)
  context.font = `11px ${fontFamily()}`
  context.fillStyle = colour('muted')
  context.strokeStyle = colour('line')
  context.lineWidth = 1
  for (const tick of [Math.ceil(low), 0, Math.floor(high)]) {
    context.beginPath()
    context.moveTo(right(tick), 0)
    context.lineTo(right(tick), base)
    context.stroke()
    context.textAlign = tick === Math.ceil(low) ? 'left' : tick === 0 ? 'center' : 'right'
    context.textBaseline = 'bottom'
    context.fillText(readNumber(tick), right(tick), height)
  }
  context.textAlign = 'left'
  context.textBaseline = 'top'
  context.fillText(`${readNumber(top, 2)} kT`, 4, 2)
  context.beginPath()
  for (let n = 0; n < at.length; n++) context.lineTo(right(at[n] as number), up(potential[n] as number))
  context.strokeStyle = colour('accent')
  context.lineWidth = 2
  context.lineJoin = 'round'
  context.stroke()
  const where = Math.min(high, Math.max(low, x))
  context.beginPath()
  context.arc(right(where), up(interpolated(lens, where)), 5, 0, 2 * Math.PI)
  context.fillStyle = colour('ink')
  context.fill()
  context.strokeStyle = colour('surface')
  context.stroke()
}

/** The potential between two of its points. */
function interpolated({ at, potential }: Lens, x: number): number {
  const step = ((at.at(-1) as number) - (at[0] as number)) / (at.length - 1)
  const place = Math.min(at.length - 2, Math.max(0, Math.floor((x - (at[0] as number)) / step)))
  const share = (x - (at[place] as number)) / step
  return (1 - share) * (potential[place] as number) + share * (potential[place + 1] as number)
}

/** What acts on a unit, in words. */
export function lensWords({ couplings, hidden, x }: Lens, knownTo: number): string {
  const sizes = [...couplings].filter((value) => !Number.isNaN(value)).map(Math.abs)
  const strongest =
    sizes.length > 0 ? ` The strongest of its ${sizes.length} couplings is ${readNumber(Math.max(...sizes), 3)}` : ''
  const unseen = hidden.length > 0 ? `${strongest ? ', and' : ' It has'} ${hidden.length} to hidden oscillators` : ''
  const said = strongest || unseen ? `${strongest}${unseen}.` : ''
  return `x = ${readNumber(x, 3)}${Number.isNaN(knownTo) ? '' : `, known to be ${readNumber(knownTo, 2)}`}.${said}`
}
