/** What the reader has chosen, for every map of the page: a unit and a knot. */
export interface Choice {
  unit: number
  knot: number
}

/** The present choice, changing it, and hearing of changes. */
export interface ChoiceStore {
  now(): Choice
  change(part: Partial<Choice>): void
  follow(listener: () => void): void
}

/** Keeps one choice for the page: a unit picked on one map is picked on all. */
export function choiceStore(first: Choice): ChoiceStore {
  let choice = first
  const listeners: (() => void)[] = []
  return {
    now: () => choice,
    change(part) {
      choice = { ...choice, ...part }
      for (const listener of listeners) listener()
    },
    follow(listener) {
      listeners.push(listener)
    },
  }
}
