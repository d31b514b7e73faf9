import { OverdampedError } from '../../errors.js'
import type { Scene, SceneAnswer, SceneQuestion, SceneQuestions } from './messages.js'
import { openScene } from './scene.js'

/** The end of a channel: a worker's own scope, or a port in a test. */
export interface SceneChannel {
  /** sends an answer */
  post(answer: SceneAnswer): void
  /** calls back for every question */
  listen(heard: (question: SceneQuestion) => void): void
}

/** Answers the questions of a scene's page, one after another in the order they come. */
export function serveScenes({ post, listen }: SceneChannel): void {
  let scene: Scene | null = null
  let last: Promise<void> = Promise.resolve()
  const answer = async ({ kind, ask }: SceneQuestion): Promise<SceneQuestions[keyof SceneQuestions]['answer']> => {
    if (kind === 'open') {
      scene = await openScene(ask.record)
      return scene.opened
    }
    if (scene === null) throw new Error('a scene is opened before it is asked for anything')
    if (kind === 'begin') return scene.begin(ask)
    if (kind === 'advance') return scene.advance(ask)
    if (kind === 'set') return scene.set(ask)
    if (scene.draw === undefined) throw new Error('nothing is sampled in this scene')
    return scene.draw(ask)
  }
  listen((question) => {
    const { id } = question
    last = last
      .then(() => answer(question))
      .then(
        (found) => post({ id, answer: found }),
        (error: unknown) => post({ id, error: wordsOf(error) }),
      )
  })
}

function wordsOf(error: unknown): string {
  if (error instanceof OverdampedError) return error.message
  return error instanceof Error ? error.message : String(error)
}
