import type { SceneFrame, SceneOpened } from '../../../../src/play/scenes/messages.js'
import type { SceneRecord } from '../../../../src/play/scenes/record.js'
import { all } from '../../../client/block.js'
import { themeChoice } from '../../../client/theme-choice.js'
import { addressOf } from '../address.js'
import { say, write } from '../play.js'
import { transport } from '../transport.js'
import { contrastView } from './contrast-view.js'
import { learningView } from './learning-view.js'
import { loopOf } from './loop.js'
import { bind, fromHash, type Numbers, toHash } from './numbers.js'
import { oscillatorsView } from './oscillators-view.js'
import { particleView } from './particle-view.js'
import type { AskScene, ScenePage, SceneView } from './scene.js'

/** The page of a scene: has the worker make it, and shows it. @param failed says what went wrong */
export async function scenePage(record: SceneRecord, ask: AskScene, failed: (error: unknown) => void): Promise<void> {
  let recolour = () => {}
  themeChoice(() => recolour())
  const opened = await ask('open', { record })
  recolour = show(record, opened, ask, failed)
}

/** Ties what is seen and set to the scene, and starts it. @returns draws all again in the present colours */
function show(record: SceneRecord, opened: SceneOpened, ask: AskScene, failed: (error: unknown) => void): () => void {
  const usual = usualOf(record, opened)
  const address = addressOf(() => {
    Object.assign(settings, fromHash(address.hash(), usual))
    page.changed()
    page.begin()
  })
  const settings = fromHash(address.hash(), usual)
  let latest: SceneFrame | undefined
  let request = 0
  const paint = () => {
    request = 0
    view.paint()
    if (!latest) return
    write('time-is', view.time(latest))
    if (stepOf(latest) > 0 || isStill())
      document.documentElement.dataset.ready ??= String(Math.round(performance.now()))
  }
  const page: ScenePage = {
    ...{ ask, settings },
    changed: () => {
      controls.show()
      address.write(toHash(settings, usual))
    },
    begin: () => {
      loop.wish('begin', () => ask('begin', { seed: settings.seed as number, ...view.beginning() }))
      if (!isStill()) loop.play()
    },
    loop: () => loop,
    again: () => {
      if (request === 0) request = requestAnimationFrame(paint)
    },
  }
  const view = viewOf(record, opened, page)
  const steps = () => view.perFrame * 2 ** (settings.pace ?? 0)
  const loop = loopOf({
    advance: (count) => ask('advance', { steps: count, ...view.advancing(count) }),
    perFrame: steps,
    isStill,
    shown: (frame) => {
      const isNew = frame.done && latest?.done !== true
      latest = frame
      view.show(frame)
      page.again()
      if (isNew) say(view.ended(frame))
    },
    playing: (playing) => showPlaying(playing),
    failed,
  })
  const readings = { ...view.readings, pace: () => view.paceWords(steps()) }
  const controls = bind(settings, readings, (name) => {
    address.write(toHash(settings, usual))
    if (name === 'seed' || name === 'count') page.begin()
    else view.set(name)
    page.again()
  })
  const next = () => {
    settings.seed = ((settings.seed as number) + 1) % Number.MAX_SAFE_INTEGER
    page.changed()
    page.begin()
  }
  const showPlaying = transport(loop, 0, { again: page.begin, next })
  for (const canvas of all<HTMLCanvasElement>('canvas')) new ResizeObserver(page.again).observe(canvas)
  page.changed()
  page.begin()
  return page.again
}

/** Whether the reader's system asks for as little motion as there can be: nothing plays before they ask for it. */
function isStill(): boolean {
  return matchMedia('(prefers-reduced-motion: reduce)').matches
}

function stepOf(frame: SceneFrame): number {
  return frame.kind === 'simulation' ? frame.step : frame.iteration
}

/** What a page begins with, where its address says nothing. */
function usualOf({ seed }: SceneRecord, opened: SceneOpened): Numbers {
  const common = { seed, pace: 0 }
  if (opened.kind === 'contrast') return common
  if (opened.kind === 'learning') return { ...common, law: 0, arrows: 1, samples: 1, data: 0, knot: 0, follow: 1 }
  const count = opened.units === 1 ? Math.min(400, opened.trajectories) : 1
  return opened.units === 1
    ? { ...common, count, kT: 1, stiffness: 0, position: 0, equilibrium: 0 }
    : { ...common, count, kT: 1 }
}

function viewOf(record: SceneRecord, opened: SceneOpened, page: ScenePage): SceneView {
  if (opened.kind === 'learning') return learningView(opened, page)
  if (opened.kind === 'contrast') return contrastView(opened, page)
  if (record.kind !== 'simulation') throw new Error('The page and its worker do not agree: write it again.')
  return opened.units === 1 ? particleView(record, opened, page) : oscillatorsView(record, opened, page)
}
