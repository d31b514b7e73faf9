import type { Opened, PlayFrame } from '../../../src/play/messages.js'
import type { Ask } from './ask.js'
import { cleanValues, countKnown } from './known.js'
import { complain } from './play.js'
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
interface RunEvents {
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

/** What is wished, until its turn comes. */
interface Wish {
  begin: boolean
  set: boolean
  clamp: boolean
  playing: boolean
  /** step of the protocol */
  target: number | undefined
}

/** What a run is made of. */
export interface RunParts {
  ask: Ask
  opened: Opened
  range: readonly [number, number]
  settings: Settings
  /** whether as little is to move as there can be */
  isStill: () => boolean
  events: RunEvents
}

/** Runs the network as it is wished: one question is under way at a time, and what was wished last counts. */
export function runOf(parts: RunParts): Run {
  const { opened, settings, isStill, events } = parts
  const wish: Wish = { begin: false, set: false, clamp: false, playing: false, target: undefined }
  let frame: PlayFrame | undefined
  let working = false
  const clock = pacer(opened.steps, settings, isStill)
  const pause = () => {
    if (wish.playing) events.playing(false)
    wish.playing = false
  }
  const answers = answersTo(parts, wish, clock, pause)
  const turn = async (): Promise<boolean> => {
    const next = frame === undefined || wish.begin ? await answers.begun() : await answers.moved(frame)
    if (next !== undefined && next !== frame) events.frame(next)
    frame = next ?? frame
    return next !== undefined
  }
  const work = async () => {
    if (working) return
    working = true
    // What went wrong before ended the work of before.
    complain()
    clock.start()
    try {
      while (await turn());
    } catch (error) {
      pause()
      events.failed(error as Error)
    }
    working = false
  }
  const wished = (change: Partial<Wish>) => {
    Object.assign(wish, change)
    void work()
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

/** The answers to what is wished, the most urgent first; undefined where nothing is. */
function answersTo({ ask, opened, range, settings, events }: RunParts, wish: Wish, clock: Pacer, pause: () => void) {
  const { steps } = opened
  const clamped = () => ask('clamp', { known: cleanValues(settings.known, range) })
  const label = () => (settings.label === null ? {} : { label: settings.label })
  const begun = async () => {
    const { seed, count, kT, known } = settings
    Object.assign(wish, { begin: false, set: false, clamp: false, target: undefined })
    let first = await ask('begin', { trajectories: count, seed, ...label() })
    if (kT !== 1) first = await ask('set', { kT })
    return countKnown(known) > 0 ? clamped() : first
  }
  /** Known units are renewed once more at the last step. */
  const isThere = ({ step, done }: PlayFrame, target: number) => step >= target && (done || target < steps)
  /** Towards a step of the protocol; with known units it goes from one of its knots to the next, which may be beyond. */
  const sought = async (now: PlayFrame, target: number) => {
    if (target < now.step) return ask('noise', { to: target })
    const there = await ask('advance', { steps: Math.min(Math.ceil(stride * steps), target - now.step) })
    if (wish.target === target && isThere(there, target)) wish.target = undefined
    return there
  }
  /** A sample is looked at, and then the next one comes. */
  const ended = async (now: PlayFrame) => {
    const isOver = () => wish.begin || !wish.playing || wish.clamp || wish.target !== undefined
    await clock.rest(secondsOfRest, isOver)
    if (isOver()) return now
    if (events.ended()) wish.begin = true
    else pause()
    return now
  }
  const moved = async (now: PlayFrame): Promise<PlayFrame | undefined> => {
    if (wish.set) {
      wish.set = false
      return ask('set', { kT: settings.kT, ...label() })
    }
    if (wish.clamp) {
      wish.clamp = false
      return clamped()
    }
    if (wish.target === now.step && isThere(now, now.step)) wish.target = undefined
    if (wish.target !== undefined) return sought(now, wish.target)
    if (!wish.playing) return undefined
    if (now.done) return ended(now)
    const due = await clock.due()
    return due === 0 || !wish.playing ? now : ask('advance', { steps: Math.min(due, steps - now.step) })
  }
  return { begun, moved }
}

/** The time that a run takes. */
interface Pacer {
  start: () => void
  /** how many steps are due since it was last asked, in the next frame of the screen */
  due: () => Promise<number>
  /** so many seconds, or until it is over */
  rest: (seconds: number, over: () => boolean) => Promise<void>
}

/** How many steps are due, by the time that has gone and the pace that is set. */
function pacer(steps: number, settings: Settings, isStill: () => boolean): Pacer {
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
      owed += (Math.min(100, now - last) / 1000) * (steps / secondsOfSample) * 2 ** settings.pace
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
