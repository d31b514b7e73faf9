import type { Port } from '../../src/play/answering.js'

/** A worker's own scope, as far as it is used here. */
declare const self: {
  postMessage(answer: unknown, options: { readonly transfer: ArrayBuffer[] }): void
  addEventListener(kind: 'message', hear: (event: { readonly data: never }) => void): void
}

/** The worker's end of its conversation with the page. What comes are the page's questions: within a page nobody else can ask any. */
export function portToPage<Question, Answer>(): Port<Question, Answer> {
  return {
    post: (answer, transfer) => self.postMessage(answer, { transfer }),
    listen: (hear) => self.addEventListener('message', ({ data }) => hear(data)),
  }
}
