import type { ContrastArm, ContrastFrame, ContrastOpened } from '../../../../src/play/scenes/messages.js'
import { readNumber } from '../../../client/numbers.js'
import { formatCount, formatNumber } from '../../../format.js'
import { surfaceOf } from '../canvas.js'
import { write } from '../play.js'
import { floor, histogram, plotIn, plotOn } from './plot.js'
import type { ScenePage, SceneView } from './scene.js'

/** Colours and words of the ways, in their order. */
const tones = ['run-1', 'run-2', 'run-0'] as const
const names = ['contrastive divergence, from the data', 'persistent chains', 'walkers that carry e^(−W/kT)'] as const
const bars = 60

/** Three ways of learning the weights of two wells. */
export function contrastView(opened: ContrastOpened, _page: ScenePage): SceneView {
  const wells = document.querySelector<HTMLCanvasElement>('canvas#wells')
  const chart = document.querySelector<HTMLCanvasElement>('canvas#shares')
  if (!wells || !chart) throw new Error('The page has lost a part of itself: write it again.')
  let latest: ContrastFrame | undefined
  let history: { at: number; shares: number[] }[] = []
  return {
    perFrame: 0.25,
    paceWords: (steps) => `${readNumber(steps, 2)} a frame`,
    readings: {},
    beginning: () => ({}),
    advancing: () => ({}),
    set: () => {},
    show: (frame) => {
      if (frame.kind !== 'contrast') return
      if (frame.iteration === 0) history = []
      latest = frame
      history.push({ at: frame.iteration, shares: frame.arms.map(({ weight }) => weight) })
    },
    paint: () => {
      if (!latest) return
      paintWells(wells, opened, latest.arms)
      paintShares(chart, opened, history)
      opened.arms.forEach((name, n) => {
        write(name, `${formatNumber(100 * (latest?.arms[n]?.weight ?? 0), 3)} %`)
      })
      write('truth', `${formatNumber(100 * opened.weight, 3)} %`)
      const weighted = latest.arms.find(({ logPartitionRatio }) => logPartitionRatio !== null)
      write('effective', weighted ? `${formatNumber(100 * weighted.effectiveShare, 3)} %` : '–')
      write('ratio', formatNumber(weighted?.logPartitionRatio ?? undefined, 3))
      write('exact-ratio', formatNumber(weighted?.exactLogPartitionRatio, 3))
    },
    time: (frame) =>
      frame.kind === 'contrast' ? `iteration ${formatCount(frame.iteration)} of ${formatCount(opened.iterations)}` : '',
    ended: ({ kind, ...frame }) => {
      if (kind !== 'contrast') return ''
      const { arms } = frame as ContrastFrame
      const said = arms.map(({ weight }, n) => `${names[n]} ${formatNumber(100 * weight, 3)} %`)
      return `Shares of the right well: ${said.join(', ')}; of the data ${formatNumber(100 * opened.weight, 3)} %.`
    },
  }
}

/** Each way on a line of its own: the law of the data, its walkers, its law. */
function paintWells(canvas: HTMLCanvasElement, { at, truth }: ContrastOpened, arms: readonly ContrastArm[]): void {
  const surface = surfaceOf(canvas)
  if (!surface) return
  const { context, width, height } = surface
  const range = [at[0] as number, at.at(-1) as number] as const
  const most = 1.35 * Math.max(...truth)
  const part = height / arms.length
  arms.forEach(({ density, x, weights }, n) => {
    context.save()
    context.translate(0, n * part)
    const plot = plotIn({ context, width, height: part }, { x: range, y: [0, most], margin: [8, 8, 22, 18] })
    const { edges, heights } = histogram(x, range, bars, weights)
    context.globalAlpha = 0.35
    plot.bars(
      edges,
      heights.map((value) => Math.min(value, most)),
      tones[n] as string,
    )
    context.globalAlpha = 1
    plot.line(at, truth, 'muted', [5, 4])
    plot.line(at, density, tones[n] as string)
    plot.text(names[n] as string, 8, 14, 'left', 'ink')
    floor(plot, range)
    context.restore()
  })
}

function paintShares(
  canvas: HTMLCanvasElement,
  { weight, iterations, arms }: ContrastOpened,
  history: readonly { at: number; shares: number[] }[],
): void {
  const plot = plotOn(canvas, { x: [0, iterations], y: [0, 1], margin: [44, 4, 8, 8] })
  if (!plot) return
  for (const share of [0, 0.5, 1]) plot.text(`${100 * share} %`, 40, plot.up(share) + 4, 'right')
  plot.line([0, iterations], [weight, weight], 'muted', [5, 4])
  arms.forEach((_, n) => {
    plot.line(
      history.map(({ at }) => at),
      history.map(({ shares }) => shares[n] as number),
      tones[n] as string,
    )
  })
}
