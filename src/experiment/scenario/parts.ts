import { z } from 'zod'

/** A number above 0. */
export const positive = z.number().positive()
/** A whole number above 0. */
export const count = z.int().positive()
/** Values of parameters by term: one for all of a term's, or a list. */
export const values = z.record(z.string(), z.union([z.number(), z.array(z.number())]))

/** One of the names in a record of the engine, in its order. */
export function nameIn<Names extends object>(record: Names) {
  return z.enum(Object.keys(record) as (keyof Names & string)[])
}

/** Reports what is wrong at the path of a key. */
export type Say = (path: (string | number)[], message: string) => void
