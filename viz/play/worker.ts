/// <reference lib="dom" />
import { serve } from '../../src/play/serve.js'

// Within a page this is a worker: what comes are the page's questions, and nobody else can ask any.
serve({
  post: (answer, transfer) => self.postMessage(answer, { transfer }),
  listen: (hear) => self.addEventListener('message', ({ data }) => hear(data)),
})
