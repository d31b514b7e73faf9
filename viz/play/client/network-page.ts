import type { Opened, PlayFrame } from '../../../src/play/messages.js'
import type { NetworkRecord } from '../../../src/play/record.js'
import type { arriving } from '../../client/arriving.js'
import { themeChoice } from '../../client/theme-choice.js'
import { layoutOf, unitsOf } from '../layout.js'
import { addressOf } from './address.js'
import type { Ask } from './ask.js'
import { computing } from './computing.js'
import { controlsOf } from './controls.js'
import { drawingOf } from './drawing.js'
import { hook } from './hook.js'
import { nowhere, type Play, say } from './play.js'
import { runOf } from './run.js'
import { saves } from './saves.js'
import { fromHash, type Settings, toHash } from './settings.js'
import { transport } from './transport.js'
import { type Views, viewsOf } from './views.js'

/**
 * The page of a trained network: has the worker make it, and shows it.
 * @param parts the kernels, and the parameters of one knot after another
 * @param failed says what went wrong
 */
export async function networkPage(
  record: NetworkRecord,
  parts: ReturnType<typeof arriving>,
  ask: Ask,
  failed: (error: unknown) => void,
): Promise<void> {
  let recolour = () => {}
  themeChoice(() => recolour())
  const kernels = (await parts.next()).value?.buffer ?? new ArrayBuffer(0)
  const opened = await ask('open', { record, kernels }, [kernels])
  // Unpacked while the next arrives.
  const taken: Promise<unknown>[] = []
  for await (const data of parts) {
    const knot = ask('knot', { data }, [data.buffer])
    // It is said in the end.
    knot.catch(() => {})
    taken.push(knot)
  }
  await Promise.all(taken)
  hook(ask)
  recolour = show(record, opened, ask, failed)
}

/** Ties what is seen and set to the run, and starts it. @returns draws all again in the present colours */
function show(record: NetworkRecord, opened: Opened, ask: Ask, failed: (error: unknown) => void): () => void {
  const usual = usualOf(record)
  const classes = record.classes?.length ?? 0
  const address = addressOf(() => restore())
  const settings = fromHash(address.hash(), usual, classes)
  const nothing = {
    frame: undefined,
    chosen: nowhere,
    isPinned: false,
    lens: undefined,
    isDrawing: false,
    device: opened.device,
  }
  const play: Play = { settings, ...nothing }
  const layout = layoutOf(record)
  const views = viewsOf(record, layout, opened, play, ask, readiness(play))
  const changed = () => address.write(toHash(settings, usual))
  const nextSeed = () => {
    settings.seed = (settings.seed + 1) % Number.MAX_SAFE_INTEGER
    controls.show(settings)
    changed()
  }
  const events = {
    frame: (frame: PlayFrame) => {
      const isNew = frame.done && play.frame?.done !== true
      play.isDrawing &&= frame.done
      views.show(frame)
      if (isNew) say(doneWords(record, settings, frame, views))
    },
    playing: (playing: boolean) => showPlaying(playing),
    ended: () => {
      if (settings.repeat) nextSeed()
      return settings.repeat
    },
    failed,
  }
  const run = runOf({ ask, opened, range: record.range, settings, isStill, events })
  const start = () => {
    run.begin()
    if (!isStill()) run.play()
  }
  const next = () => {
    nextSeed()
    start()
  }
  const controls = controlsOf(settings, (what) => {
    changed()
    if (what === 'seed' || what === 'count') start()
    if (what === 'label' || what === 'kT') run.set()
  })
  const showPlaying = transport(run, opened.steps, { again: start, next })
  const restore = () => {
    const { known, ...others } = fromHash(address.hash(), usual, classes)
    Object.assign(settings, others)
    settings.known.set(known)
    showKnown()
    complete()
  }
  const complete = () => {
    controls.show(settings)
    start()
  }
  const showKnown = drawingOf({ record, layout, play, run, views, changed, complete })
  computing(ask, opened, play, { chosen: start, failed })
  saves(views.canvas, record, () => play.frame)
  showKnown()
  complete()
  return views.recolour
}

/** What a page begins with, where its address says nothing. */
function usualOf(record: NetworkRecord): Settings {
  const known = new Uint8Array(unitsOf(record))
  return { seed: record.seed, count: 1, label: record.classes ? 0 : null, kT: 1, pace: 0, repeat: true, known }
}

/** Whether the reader's system asks for as little motion as there can be: nothing plays before they ask for it. */
function isStill(): boolean {
  return matchMedia('(prefers-reduced-motion: reduce)').matches
}

/** For whoever measures: says on the page when the first picture that moved was drawn; with reduced motion the first one. */
function readiness(play: Play): () => void {
  return () => {
    if (document.documentElement.dataset.ready !== undefined || !play.frame) return
    if (play.frame.step > 0 || isStill()) document.documentElement.dataset.ready = String(Math.round(performance.now()))
  }
}

function doneWords(
  { classes }: NetworkRecord,
  { count, seed }: Settings,
  frame: PlayFrame,
  { account }: Views,
): string {
  const name = classes?.[frame.classes[0] ?? -1]
  const what = count > 1 ? `${count} samples` : `A sample${name === undefined ? '' : ` of class ${name}`}`
  return `${what} from seed ${seed}. ${account.words()}`
}
