import { exitCode, OverdampedError } from '../../errors.js'
import { requireRunnable } from '../../experiment/run/runnable.js'
import { scenarioFile } from '../../experiment/scenario/built-in.js'
import { isStandardInput, loadScenario } from '../../experiment/scenario/load.js'
import { reportError } from './report-error.js'

/** Options of `overdamped validate`. */
export interface ValidateArguments {
  scenarios: string[]
  profile: string | undefined
  set: string[]
}

/** Does what `overdamped validate` asks. */
export async function handle({ scenarios, profile, set }: ValidateArguments): Promise<void> {
  for (const given of scenarios) {
    const file = isStandardInput(given) ? '<stdin>' : given
    try {
      requireRunnable(await loadScenario(given, { profile, set }))
      console.log(`${file}: valid`)
    } catch (error) {
      process.exitCode = Math.max(Number(process.exitCode ?? exitCode.done), reportError(inFile(file, error)))
    }
  }
}

/** The error with the file that it is of, where it names a key alone. */
function inFile(file: string, error: unknown): unknown {
  if (!(error instanceof OverdampedError) || error.where.startsWith(scenarioFile(file))) return error
  const { code, text, where, exitCode, excerpts } = error
  return Object.assign(new OverdampedError(code, text, `${file} ${where}`.trim(), exitCode), { excerpts })
}
