import type { Opened, PlayFrame } from '../../../src/play/messages.js'
import type { Ask } from './ask.js'
import { cleanValues, countKnown } from './known.js'
import type { Settings } from './settings.js'

/** What can be wished of the run; each comes about in its turn. */
export interface Run {
  /** from noise, with the settings as they are then */
  begin: () => void
  play: () => void
  pause: () => void
  isPlaying: () => boolean
  /** to a step of the protocol, forwards or back */
  seek: (step: number) => void
  /** one more step */
  step: () => void
  /** temperature and class, from now on */
  set: () => void
  /** what is known, from now on */
  clamp: () => void
}

/** Who is told what happens. */
export interface RunEvents {
  frame: (frame: PlayFrame) => void
  /** playing, pausing */
  playing: (playing: boolean) => void
  /** a sample is there, and was looked at for a while; returns whether it goes on with another */
  ended: () => boolean
  failed: (error: Error) => void
}

/** Seconds of a sample at the usual pace, and of looking at it. */
const secondsOfSample = 8
const secondsOfRest = 1.6
/** With reduced motion, a sample comes about in so many stills, so many seconds each. */
const stills = { count: 12, seconds: 0.7 }
/** Steps between two frames on the way to where the slider is: this share of the protocol. */
const stride = 1 / 24

/**
 * Runs the network as it is wished: one question is under way at a time, and what was wished last counts.
 * @param isStill whether as little is to move as there can be
 */
export function runOf(
  ask: Ask,
  opened: Opened,
  range: readonly [number, number],
  settings: () => Settings,
  isStill: () => boolean,
  events: RunEvents,
): Run {
  const wish = { begin: false, set: false, clamp: false, playing: false, target: undefined as number | undefined }
  let frame: PlayFrame | undefined
  let working = false
  const clock = pacer(opened.steps, settings, isStill)

  const clamped = () => ask('clamp', { known: cleanValues(settings().known, range) })
  const labelled = () => (settings().label === null ? {} : { label: settings().label as number | 'each' })
  const begun = async () => {
    const { seed, count, kT, known } = settings()
    Object.assign(wish, { set: false, clamp: false, target: undefined })
    let first = await ask('begin', { trajectories: count, seed, ...labelled() })
    if (kT !== 1) first = await ask('set', { kT })
    return countKnown(known) > 0 ? clamped() : first
  }
  const moved = async (now: PlayFrame): Promise<PlayFrame | undefined> => {
    if (wish.set) {
      wish.set = false
      return ask('set', { kT: settings().kT, ...labelled() })
    }
    if (wish.clamp) {
      wish.clamp = false
      return clamped()
    }
    if (wish.target === now.step) wish.target = undefined
    if (wish.target !== undefined) {
      if (wish.target < now.step) return ask('noise', { to: wish.target })
      const most = Math.max(1, Math.round(stride * opened.steps))
      return ask('advance', { steps: Math.min(most, wish.target - now.step) })
    }
    if (!wish.playing) return undefined
    if (!now.done) {
      const steps = await clock.due()
      return steps === 0 || !wish.playing ? now : ask('advance', { steps: Math.min(steps, opened.steps - now.step) })
    }
    await clock.rest(secondsOfRest, () => wish.begin || !wish.playing || wish.clamp || wish.target !== undefined)
    if (wish.begin || !wish.playing || wish.clamp || wish.target !== undefined) return now
    if (!events.ended()) pause()
    else wish.begin = true
    return now
  }
  const turn = async (): Promise<boolean> => {
    const isFirst = wish.begin || frame === undefined
    wish.begin = false
    const next = isFirst ? await begun() : await moved(frame as PlayFrame)
    if (next !== undefined && next !== frame) events.frame(next)
    frame = next ?? frame
    return next !== undefined
  }
  const work = async () => {
    if (working) return
    working = true
    clock.start()
    try {
      while (await turn());
    } catch (error) {
      pause()
      events.failed(error as Error)
    }
    working = false
  }
  const wished = (change: Partial<typeof wish>) => {
    Object.assign(wish, change)
    void work()
  }
  const pause = () => {
    if (wish.playing) events.playing(false)
    wish.playing = false
  }
  return {
    begin: () => wished({ begin: true }),
    play: () => {
      if (!wish.playing) events.playing(true)
      wished({ playing: true, target: undefined })
    },
    pause,
    isPlaying: () => wish.playing,
    seek: (step) => wished({ target: step }),
    step: () => {
      pause()
      wished({ target: Math.min(opened.steps, (frame?.step ?? 0) + 1) })
    },
    set: () => wished({ set: true }),
    clamp: () => wished({ clamp: true }),
  }
}

/** How many steps are due, by the time that has gone and the pace that is set. */
function pacer(steps: number, settings: () => Settings, isStill: () => boolean) {
  let [last, owed] = [0, 0]
  const frameOfScreen = () =>
    new Promise<void>((done) => {
      // Frames of the screen stop in a tab that is not seen: so does the run.
      requestAnimationFrame(() => done())
    })
  const rest = async (seconds: number, over: () => boolean) => {
    const begin = performance.now()
    while (performance.now() - begin < 1000 * seconds && !over()) await frameOfScreen()
  }
  return {
    rest,
    start: () => {
      last = performance.now()
      owed = 0
    },
    due: async () => {
      if (isStill()) {
        await rest(stills.seconds, () => false)
        return Math.ceil(steps / stills.count)
      }
      await frameOfScreen()
      const now = performance.now()
      // A page that was away does not make up for it.
      owed += (Math.min(100, now - last) / 1000) * (steps / secondsOfSample) * 2 ** settings().pace
      last = now
      const whole = Math.floor(owed)
      owed -= whole
      return whole
    },
  }
}

/** Seconds that a sample takes at a pace. */
export function secondsAt(pace: number): number {
  return secondsOfSample / 2 ** pace
}
