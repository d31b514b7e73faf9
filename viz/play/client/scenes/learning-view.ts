import type { LearnedView, LearningFrame, LearningOpened, SceneDrawn } from '../../../../src/play/scenes/messages.js'
import { readNumber } from '../../../client/numbers.js'
import { formatCount, formatNumber } from '../../../format.js'
import { write } from '../play.js'
import { paintPlane } from './plane-view.js'
import { plotOn } from './plot.js'
import type { ScenePage, SceneView } from './scene.js'

/** Samples that are drawn, and at most how often, in ms. */
const drawn = { trajectories: 400, pause: 700 } as const
/** Losses on the chart: more are thinned out. */
const mostLosses = 1500

/** A landscape in the plane that forms. */
export function learningView(opened: LearningOpened, page: ScenePage): SceneView {
  const { settings } = page
  const plane = document.querySelector<HTMLCanvasElement>('canvas#plane')
  const chart = document.querySelector<HTMLCanvasElement>('canvas#losses')
  if (!plane || !chart) throw new Error('The page has lost a part of itself: write it again.')
  const data = opened.data.subarray(0, 2000)
  let latest: LearningFrame | undefined
  let samples: SceneDrawn | undefined
  let losses: [iteration: number, loss: number][] = []
  let [lastDrawn, drawnAt] = [-1, 0]
  const isOn = (name: string) => settings[name] === 1
  const look = () =>
    page.loop().wish('set', () => page.ask('set', { knot: isOn('follow') ? null : (settings.knot as number) }))
  const draw = (knot: number) => {
    if (!isOn('samples') || knot === lastDrawn || performance.now() - drawnAt < drawn.pause) return
    ;[lastDrawn, drawnAt] = [knot, performance.now()]
    page.loop().wish('draw', async () => {
      samples = await page.ask('draw', { trajectories: drawn.trajectories, seed: settings.seed as number })
      return undefined
    })
  }
  return {
    perFrame: 16,
    paceWords: (steps) => `${readNumber(steps, 2)} a frame`,
    readings: { knot: (value) => `t = ${readNumber(opened.knots[value] ?? Number.NaN, 2)}` },
    beginning: () => {
      look()
      return {}
    },
    advancing: () => ({}),
    set: (name) => {
      if (name === 'knot') {
        settings.follow = 0
        page.changed()
      }
      if (name === 'knot' || name === 'follow') look()
      if (name === 'samples' && latest) draw(latest.knot)
    },
    show: (frame) => {
      if (frame.kind !== 'learning') return
      if (frame.iteration === 0) {
        losses = []
        samples = undefined
        lastDrawn = -1
      }
      latest = frame
      for (let n = 0; n + 1 < frame.losses.length; n += 2)
        losses.push([frame.losses[n] as number, frame.losses[n + 1] as number])
      if (losses.length > mostLosses) losses = losses.filter((_, n) => n % 2 === 0)
      if (isOn('follow') && settings.knot !== frame.view.knot) {
        settings.knot = frame.view.knot
        page.changed()
      }
      // One more for the last knot, which is finished when all is done.
      draw(frame.done ? opened.knots.length : frame.knot)
    },
    paint: () => {
      if (!latest) return
      const { view } = latest
      paintPlane(plane, {
        ...{ view, extent: opened.extent, isExact: isOn('law'), hasArrows: isOn('arrows') },
        samples: isOn('samples') ? samples?.samples : undefined,
        data: isOn('data') ? data : undefined,
      })
      paintLosses(chart, losses, opened.iterations)
      write('residual', formatNumber(residualOf(view), 2))
      write('level', samples ? readNumber(samples.t, 2) : '–')
      const last = losses.at(-1)
      write('loss-words', last ? `${readNumber(last[1], 3)} after ${last[0]} iterations` : '–')
    },
    time: (frame) =>
      frame.kind === 'learning'
        ? `iteration ${formatCount(frame.iteration)}${opened.iterations > 0 ? ` of ${formatCount(opened.iterations)}` : ''} · knot ${frame.knot + 1} of ${opened.knots.length}`
        : '',
    ended: () => `All ${opened.knots.length} knots are learned.`,
  }
}

/** Root mean square of the residual force over places, each counted by the exact law there. */
function residualOf({ arrows, residual, exact, points }: LearnedView): number {
  let [sum, all] = [0, 0]
  const near = (k: number) => Math.round((k * (points - 1)) / (arrows - 1))
  for (let n = 0; n < arrows * arrows; n++) {
    const weight = Math.exp(-(exact[near(Math.floor(n / arrows)) * points + near(n % arrows)] as number))
    sum += (weight * ((residual[2 * n] as number) ** 2 + (residual[2 * n + 1] as number) ** 2)) / 2
    all += weight
  }
  return Math.sqrt(sum / all)
}

function paintLosses(canvas: HTMLCanvasElement, losses: readonly [number, number][], iterations: number): void {
  const most = Math.max(1, ...losses.map(([, loss]) => Math.min(loss, 1.5)))
  const last = Math.max(iterations, losses.at(-1)?.[0] ?? 1)
  const plot = plotOn(canvas, { x: [0, last], y: [0, most], margin: [28, 4, 8, 8] })
  if (!plot) return
  plot.line([0, last], [0, 0], 'line')
  plot.line([0, last], [1, 1], 'line', [3, 3])
  plot.text('1', 22, plot.up(1) + 4, 'right')
  plot.text('0', 22, plot.up(0) + 4, 'right')
  plot.line(
    losses.map(([at]) => at),
    losses.map(([, loss]) => Math.min(loss, most)),
    'run-0',
  )
}
