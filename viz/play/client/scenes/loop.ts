import type { SceneFrame } from '../../../../src/play/scenes/messages.js'
import { complain } from '../play.js'

/** What moves a scene. */
export interface Loop {
  play: () => void
  pause: () => void
  isPlaying: () => boolean
  /** one frame's worth of steps */
  step: () => void
  /** something is to be asked in its turn, before the scene goes on; of the same name only the last */
  wish: (name: string, act: () => Promise<SceneFrame | undefined>) => void
}

/** What a loop is made of. */
export interface LoopParts {
  /** goes on by so many steps */
  advance: (steps: number) => Promise<SceneFrame>
  /** steps of a frame of the screen, at the pace that is set; may be less than one */
  perFrame: () => number
  /** whether as little is to move as there can be */
  isStill: () => boolean
  shown: (frame: SceneFrame) => void
  /** playing, pausing */
  playing: (playing: boolean) => void
  failed: (error: unknown) => void
}

/** With reduced motion a second goes by between two pictures. */
const still = { frames: 60, milliseconds: 1000 }

/** Asks one thing after another: what is wished, and else, while it plays, the next steps. */
export function loopOf({ advance, perFrame, isStill, shown, playing: told, failed }: LoopParts): Loop {
  const wishes = new Map<string, () => Promise<SceneFrame | undefined>>()
  let [isPlaying, isUnderWay, owed] = [false, false, 0]
  const setPlaying = (value: boolean) => {
    if (isPlaying !== value) told(value)
    isPlaying = value
  }
  const due = async () => {
    if (isStill()) await new Promise((done) => setTimeout(done, still.milliseconds))
    // Frames of the screen stop in a tab that is not seen: so does the scene.
    await new Promise((done) => requestAnimationFrame(done))
    owed += perFrame() * (isStill() ? still.frames : 1)
    const whole = Math.floor(owed)
    owed -= whole
    return whole
  }
  const next = async (): Promise<boolean> => {
    const [wished] = wishes
    if (wished) {
      wishes.delete(wished[0])
      const frame = await wished[1]()
      if (frame) shown(frame)
      return true
    }
    if (!isPlaying) return false
    const steps = await due()
    if (steps === 0 || !isPlaying) return true
    const frame = await advance(steps)
    shown(frame)
    if (frame.done) setPlaying(false)
    return true
  }
  const goOn = async () => {
    if (isUnderWay) return
    isUnderWay = true
    complain()
    try {
      while (await next());
    } catch (error) {
      setPlaying(false)
      failed(error)
    } finally {
      isUnderWay = false
    }
  }
  const wish: Loop['wish'] = (name, act) => {
    wishes.set(name, act)
    void goOn()
  }
  return {
    wish,
    isPlaying: () => isPlaying,
    play: () => {
      setPlaying(true)
      void goOn()
    },
    pause: () => setPlaying(false),
    step: () => {
      setPlaying(false)
      wish('step', () => advance(Math.max(1, Math.round(perFrame()))))
    },
  }
}
