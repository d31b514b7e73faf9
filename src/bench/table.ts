import type { Spread } from './statistics.js'

/** A table of figures with a sentence above and remarks below. */
export interface Table {
  readonly caption: string
  readonly header: readonly string[]
  readonly rows: readonly (readonly string[])[]
  readonly notes?: readonly string[]
}

/** In the place of a figure that is not there. */
export const dash = '–'

/** The smallest to the largest of repeated figures. */
export function extent({ min, max }: Spread, format: (value: number) => string): string {
  return `${format(min)} to ${format(max)}`
}
