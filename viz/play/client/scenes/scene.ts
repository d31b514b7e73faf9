import type { SceneAdvance, SceneBegin, SceneFrame, SceneQuestions } from '../../../../src/play/scenes/messages.js'
import type { Ask } from '../ask.js'
import type { Loop } from './loop.js'
import type { Numbers } from './numbers.js'

/** Asks the worker of a scene. */
export type AskScene = Ask<SceneQuestions>

/** What every scene's page hands to its parts. */
export interface ScenePage {
  ask: AskScene
  settings: Numbers
  /** after a setting was changed by code: shows it, and writes the link */
  changed: () => void
  /** from the start */
  begin: () => void
  loop: () => Loop
  /** draws in the next frame of the screen */
  again: () => void
}

/** What tells scenes apart on a page. */
export interface SceneView {
  /** steps of a frame of the screen at the usual pace */
  perFrame: number
  /** the pace in words */
  paceWords: (steps: number) => string
  /** words of sliders of its own, by their names */
  readings: Record<string, (value: number) => string>
  /** what a beginning needs beside the seed */
  beginning: () => Omit<SceneBegin, 'seed'>
  /** what so many steps need besides */
  advancing: (steps: number) => Omit<SceneAdvance, 'steps'>
  /** a setting of its own was changed by hand */
  set: (name: string) => void
  /** a new frame */
  show: (frame: SceneFrame) => void
  paint: () => void
  /** where it is in time */
  time: (frame: SceneFrame) => string
  /** what is said when it is at its end */
  ended: (frame: SceneFrame) => string
}
