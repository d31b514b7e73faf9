import { statSync } from 'node:fs'
import { defineScenario, effectiveScenario } from '../scenario/load.js'
import { filesBesideData, filesOfData } from '../scenario/paths.js'
import type { Scenario } from '../scenario/schema.js'
import { createProblem, type Problem } from './problem.js'

/** What the last job of this thread was of: those of a run follow one another, and to read its data takes as long as a small slice. */
let last: { readonly key: string; readonly problem: Problem } | null = null

/**
 * The problem of a scenario that came from elsewhere at a seed; that of the job before where it is the same, and so are the files that it
 * names, by size and time.
 *
 * @throws as `defineScenario` and `createProblem` do
 */
export async function problemOfJob(scenario: Scenario, seed: number): Promise<Problem> {
  const files = [...filesOfData(scenario), ...filesBesideData(scenario)].map((path) => {
    const found = statSync(path, { throwIfNoEntry: false })
    return [path, found?.size, found?.mtimeMs, found?.ino]
  })
  const key = JSON.stringify([seed, effectiveScenario(scenario), files])
  // Validated again, the scenario brings its formulas along.
  if (last?.key !== key) last = { key, problem: createProblem(await defineScenario({ ...scenario, seed })) }
  return last.problem
}
