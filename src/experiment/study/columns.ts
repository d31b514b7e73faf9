import type { StudyProblem } from './problem.js'

/** A column of data as people know it: values x of its unit are mean + deviation·x, or numbers of categories. */
export type DataColumn = { readonly name: string } & (
  | { readonly mean: number; readonly deviation: number }
  | { readonly categories: readonly string[] }
)

/** The columns of a table that is learned from, or of a law of few units with states; null for images and densities in digits. */
export function dataColumns({ table, law, scenario: { data } }: StudyProblem): readonly DataColumn[] | null {
  if (table !== null) return table.units.map(({ states: _, ...column }) => column)
  if (law === null || data?.source !== 'known-law') return null
  return law.states.map((values, unit) => ({
    name: `x${unit + 1}`,
    ...(values === null ? { mean: 0, deviation: 1 } : { categories: values.map(String) }),
  }))
}
