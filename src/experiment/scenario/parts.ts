import { z } from 'zod'

/** A number above 0. */
export const positive = z.number().positive()
/** A whole number above 0. */
export const count = z.int().positive()
/** How often something is done, one time after another: more than these would take years. */
export const times = count.max(100_000_000)
/** A path in the file system; Linux takes 4,096 bytes, and runs record theirs absolute. */
export const filePath = z.string().min(1).max(4096)
/** Values of parameters by term: one for all of a term's, or a list. */
export const values = z.record(z.string(), z.union([z.number(), z.array(z.number())]))

/** The names in a record of the engine, in its order. */
export function namesIn<Named extends object>(record: Named) {
  return Object.keys(record) as (keyof Named & string)[]
}

/** At least one of these names; when none are given those of `absent`. */
export function someOf<const Name extends string>(names: readonly Name[], absent = names) {
  return z
    .array(z.enum(names))
    .min(1)
    .default([...absent])
}

/** Names with what each means, as a description: `geometric: by equal ratios; linear: by equal steps`. */
export function inWords(meanings: Readonly<Record<string, string>>): string {
  return Object.entries(meanings)
    .map(([name, meaning]) => `${name}: ${meaning}`)
    .join('; ')
}

/** Reports what is wrong at the path of a key. */
export type Say = (path: (string | number)[], message: string) => void
