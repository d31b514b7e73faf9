/** Both ends of a conversation: a worker's own scope, or a port of a channel. */
export interface Port<Question, Answer> {
  /** sends an answer, whose arrays are transferred */
  post(answer: Answer, transfer: ArrayBuffer[]): void
  /** calls for every question that comes */
  listen(hear: (question: Question) => void): void
}

/** Answers questions one after another in their order; what can't be answered is said in the words of the error. */
export function answering<Question extends { readonly id: number }, Found extends object>(
  port: Port<
    Question,
    { readonly id: number; readonly answer: Found } | { readonly id: number; readonly error: string }
  >,
  answerTo: (question: Question) => Promise<Found>,
): void {
  let last: Promise<void> = Promise.resolve()
  port.listen((question) => {
    last = last.then(async () => {
      const { id } = question
      try {
        const answer = await answerTo(question)
        port.post({ id, answer }, buffersOf(answer))
      } catch (error) {
        port.post({ id, error: error instanceof Error ? error.message : String(error) }, [])
      }
    })
  })
}

/** The memory of all arrays of an answer, once each. */
function buffersOf(answer: object): ArrayBuffer[] {
  const arrays = Object.values(answer).filter((value) => ArrayBuffer.isView(value))
  return [...new Set(arrays.map(({ buffer }) => buffer as ArrayBuffer))]
}
