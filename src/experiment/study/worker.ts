import { parentPort, workerData } from 'node:worker_threads'
import { OverdampedError } from '../../errors.js'
import { defineScenario } from '../scenario/load.js'
import { createStudyProblem } from './problem.js'
import { type RepetitionInput, type RepetitionMessage, repetition } from './repeat.js'

// A thread that runs one repetition of a study and says what it found. Validated again, the scenario brings its formulas along.
const { scenario, seed } = workerData as RepetitionInput
const say = (message: RepetitionMessage) => parentPort!.postMessage(message)
try {
  const recorded = await repetition(createStudyProblem(await defineScenario(scenario)), seed, async (share) =>
    say({ share }),
  )
  say({ recorded })
} catch (error) {
  if (!(error instanceof OverdampedError)) throw error
  const { code, text, where, exitCode } = error
  say({ refusal: { code, text, where, exitCode } })
}
