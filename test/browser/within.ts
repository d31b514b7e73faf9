import { expect } from 'vitest'

/** What is expected of a page sooner or later: a busy machine may take a minute. */
export const within = <T>(value: () => Promise<T>) => expect.poll(value, { timeout: 60_000 })
