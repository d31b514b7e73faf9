import { exitCode } from '../../errors.js'
import { parseShard } from '../../experiment/executor/shard.js'
import { requireRunnable } from '../../experiment/run/runnable.js'
import { effectiveScenario, isStandardInput, loadScenario } from '../../experiment/scenario/load.js'
import { commandLine } from './command-line.js'
import type { JobArguments } from './executor.js'
import { inOutputDirectory } from './output-directory.js'
import { performRun, performShard, type RunArguments } from './perform.js'

/** Options of `overdamped run`. */
export interface RunCommandArguments extends RunArguments, JobArguments {
  scenario: string
  profile: string | undefined
  set: string[]
  shard: string | undefined
  'dry-run': boolean
}

/** Does what `overdamped run` asks. */
export async function handle(args: RunCommandArguments): Promise<void> {
  const { profile, set, seed } = args
  const scenario = await loadScenario(args.scenario, { profile, set, seed })
  if (args['dry-run']) {
    const runnable = requireRunnable(scenario)
    console.error(runnable.size)
    console.log(effectiveScenario(runnable.scenario).trimEnd())
    process.exitCode = exitCode.done
    return
  }
  const name = profile === undefined ? scenario.name : `${scenario.name}-${profile}`
  const shard = args.shard === undefined ? null : parseShard(args.shard)
  // All shards write to one directory, whether there is anything or not.
  const place = shard === null ? args : { ...args, resume: true }
  process.exitCode = await inOutputDirectory(place, name, (out) => {
    const command = commandLine(args, out)
    const provenance = { profile: profile ?? null, command, parentRun: null }
    if (shard !== null) return performShard(scenario, shard, out, args, provenance)
    return performRun(scenario, out, args, provenance, isStandardInput(args.scenario) ? command : undefined)
  })
}
