import type { SceneAnswer, SceneQuestion } from '../../src/play/scenes/messages.js'
import { serveScenes } from '../../src/play/scenes/serve.js'

/** A worker's own scope, as far as it is used here. */
declare const self: {
  postMessage(answer: SceneAnswer, options: { readonly transfer: ArrayBuffer[] }): void
  addEventListener(kind: 'message', hear: (event: { readonly data: SceneQuestion }) => void): void
}

// As viz/play/worker.ts, with scenes in the place of a trained network.
serveScenes({
  post: (answer, transfer) => self.postMessage(answer, { transfer }),
  listen: (hear) => self.addEventListener('message', ({ data }) => hear(data)),
})
