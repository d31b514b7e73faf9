import type { PlayFrame } from '../../../src/play/messages.js'
import { readNumber } from '../../client/numbers.js'
import { colour, fontFamily } from '../../client/theme.js'
import { formatEstimate, formatNumber } from '../../format.js'
import { surfaceOf } from './canvas.js'

/** The means of one frame, in kT. */
interface Point {
  /** steps that were made so far, forwards or back */
  at: number
  values: readonly (number | null)[]
}

/** More points than these are halved: nobody sees more. */
const mostPoints = 1200
const lines = ['run-0', 'run-1', 'run-2', 'run-3'] as const
const places = ['work', 'heat', 'energy', 'entropy'] as const

/** What the account is of; the production of entropy is null where it is unknown. */
type Exchanged = Pick<PlayFrame, 'step' | 'work' | 'heat' | 'energyChange' | 'entropyProduction' | 'firstLaw'>

/** Work, heat, energy and entropy production: as figures, and as lines over the steps that were made. */
export interface Account {
  add: (frame: Exchanged) => void
  paint: () => void
  /** in words, for those who don't see it */
  words: () => string
}

/** The account of the page. */
export function accountOf(canvas: HTMLCanvasElement): Account {
  const outputs = places.map((id) => document.getElementById(id))
  const law = document.getElementById('first-law')
  let points: Point[] = []
  let latest: Exchanged | undefined
  const figures = () => {
    if (!latest) return []
    const { work, heat, energyChange, entropyProduction } = latest
    return [
      ...[work, heat, energyChange].map(estimated),
      entropyProduction === null ? 'unknown' : formatNumber(entropyProduction),
    ]
  }
  return {
    add: (frame) => {
      const moved = Math.abs(frame.step - (latest?.step ?? 0))
      if (frame.step === 0 && frame.heat.every((q) => q === 0)) points = []
      const at = (points.at(-1)?.at ?? -moved) + moved
      points.push({
        at,
        values: [mean(frame.work), mean(frame.heat), mean(frame.energyChange), frame.entropyProduction],
      })
      if (points.length > mostPoints) points = points.filter((_, n) => n % 2 === 0)
      latest = frame
    },
    paint: () => {
      figures().forEach((text, n) => {
        const output = outputs[n]
        if (output && output.textContent !== text) output.textContent = text
      })
      if (law && latest) law.textContent = `ΔU = W − Q to ${formatNumber(latest.firstLaw, 2)} kT.`
      draw(canvas, points)
    },
    words: () => {
      const [work, heat, energy, entropy] = figures()
      return `Work ${work}, heat ${heat}, energy change ${energy}, entropy production ${entropy}, in kT.`
    },
  }
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** The mean over trajectories with its standard error; of one trajectory its value. */
function estimated(values: Float64Array): string {
  const middle = mean(values)
  if (values.length === 1) return formatNumber(middle)
  const variance = values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1)
  return formatEstimate(middle, Math.sqrt(variance / values.length))
}

function draw(canvas: HTMLCanvasElement, points: readonly Point[]): void {
  const surface = surfaceOf(canvas)
  if (!surface) return
  const { context, width, height } = surface
  const all = points.flatMap(({ values }) => values.filter((value) => value !== null))
  const [low, high] = [Math.min(0, ...all), Math.max(0, ...all)]
  const span = high - low || 1
  const last = points.at(-1)?.at || 1
  const y = (value: number) => 6 + (height - 12) * (1 - (value - low) / span)
  context.font = `11px ${fontFamily()}`
  context.fillStyle = colour('muted')
  context.strokeStyle = colour('line')
  context.lineWidth = 1
  context.beginPath()
  context.moveTo(0, y(0))
  context.lineTo(width, y(0))
  context.stroke()
  for (const [at, base] of [
    [high, 'top'],
    [low, 'bottom'],
  ] as const) {
    if (at === 0) continue
    context.textBaseline = base
    context.fillText(readNumber(at, 3), 0, base === 'top' ? 0 : height)
  }
  context.lineWidth = 2
  context.lineJoin = 'round'
  lines.forEach((tone, line) => {
    context.beginPath()
    let broken = true
    for (const { at, values } of points) {
      const value = values[line]
      if (value === null || value === undefined) {
        broken = true
        continue
      }
      const x = left + (width - left) * (at / last)
      if (broken) context.moveTo(x, y(value))
      else context.lineTo(x, y(value))
      broken = false
    }
    context.strokeStyle = colour(tone)
    context.stroke()
  })
}

/** Room for the two figures of the axis. */
const left = 44
