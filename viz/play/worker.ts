import type { Answer, Question } from '../../src/play/messages.js'
import { serve } from '../../src/play/serve.js'

/** A worker's own scope, as far as it is used here. */
declare const self: {
  postMessage(answer: Answer, options: { readonly transfer: ArrayBuffer[] }): void
  addEventListener(kind: 'message', hear: (event: { readonly data: Question }) => void): void
}

// Within a page what comes are the page's questions: nobody else can ask any.
serve({
  post: (answer, transfer) => self.postMessage(answer, { transfer }),
  listen: (hear) => self.addEventListener('message', ({ data }) => hear(data)),
})
