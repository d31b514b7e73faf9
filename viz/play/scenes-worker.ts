/// <reference lib="dom" />
import { serveScenes } from '../../src/play/scenes/serve.js'

// As viz/play/worker.ts, with scenes in the place of a trained network.
serveScenes({
  post: (answer, transfer) => self.postMessage(answer, { transfer }),
  listen: (hear) => self.addEventListener('message', ({ data }) => hear(data)),
})
