import { invalidValue } from '../../errors.js'
import { answering, type Port } from '../answering.js'
import type { Scene, SceneAnswer, SceneQuestion, SceneQuestions } from './messages.js'
import { openScene } from './scene.js'

/** Answers the questions of a scene's page, in their order. */
export function serveScenes(port: Port<SceneQuestion, SceneAnswer>): void {
  let scene: Scene | null = null
  answering(port, async ({ kind, ask }): Promise<SceneQuestions[keyof SceneQuestions]['answer']> => {
    if (kind === 'open') {
      scene = await openScene(ask.record)
      return scene.opened
    }
    if (scene === null) throw invalidValue('nothing is open yet; ask open first.', 'question')
    if (kind === 'begin') return scene.begin(ask)
    if (kind === 'advance') return scene.advance(ask)
    if (kind === 'set') return scene.set(ask)
    if (scene.draw === undefined) throw invalidValue('nothing is sampled in this scene.', 'question')
    return scene.draw(ask)
  })
}
