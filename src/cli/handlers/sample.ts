import { basename, dirname, join } from 'node:path'
import { invalidValue, OverdampedError } from '../../errors.js'
import { files, readBytes } from '../../experiment/record/directory.js'
import { readManifest } from '../../experiment/record/manifest.js'
import { refuseFormerDigits } from '../../experiment/record/resume.js'
import { loadScenario } from '../../experiment/scenario/load.js'
import { performRun, type RunArguments } from './perform.js'

/** Options of `overdamped sample`. */
export interface SampleArguments extends RunArguments {
  run: string
  trajectories: number | undefined
  clamp: string | undefined
  set: string[] | undefined
}

/** Does what `overdamped sample` asks. */
export async function handle(args: SampleArguments): Promise<void> {
  const manifest = readManifest(args.run)
  if (manifest.data === null || manifest.exitReason !== 'finished')
    throw new OverdampedError(
      'E_RUN_DIRECTORY',
      manifest.data === null
        ? 'a plain simulation has no trained network to sample from.'
        : 'the run is not finished; continue it with --resume first.',
      args.run,
    )
  refuseFormerDigits(args.run, manifest)
  const seed = args.seed ?? manifest.seed + 1
  const changes = (args.set ?? []).map(ofSampling)
  const set = [
    ...changes,
    ...(args.trajectories === undefined ? [] : [`sampling.trajectories=${args.trajectories}`]),
    ...(args.clamp === undefined ? [] : [`sampling.${clamped(args.clamp)}`]),
  ]
  // It was read by nobody since the run wrote it.
  readBytes(args.run, files.scenario)
  const scenario = await loadScenario(join(args.run, files.scenario), { seed, set })
  const out = args.out ?? join(dirname(args.run), `${basename(args.run)}-samples-seed${seed}`)
  process.exitCode = await performRun(scenario, out, args, {
    profile: manifest.scenario.profile,
    command: [
      'npx overdamped sample',
      args.run,
      `--seed ${seed}`,
      ...(args.trajectories === undefined ? [] : [`--trajectories ${args.trajectories}`]),
      ...changes.map((change) => `--set ${change}`),
      ...(args.clamp === undefined ? [] : [`--clamp ${args.clamp}`]),
    ].join(' '),
    parentRun: args.run,
  })
}

/** A change that a trained network can follow. @throws E_INVALID_VALUE for one of what was learned */
function ofSampling(change: string): string {
  if (/^(sampling|observe|checks)\b(?!\.drive)/.test(change)) return change
  throw invalidValue(
    'the network is trained; only sampling (but for its drive), observe and checks can change. Run the scenario again for the rest.',
    `--set ${change}`,
  )
}

/** What is clamped. @throws E_INVALID_VALUE for anything but label=CLASS */
function clamped(text: string): string {
  if (/^label=\d+$/.test(text)) return text
  throw invalidValue('expected label=CLASS, for example --clamp label=1.', `--clamp ${text}`)
}
