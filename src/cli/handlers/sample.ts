import { basename, dirname, join } from 'node:path'
import { invalidValue, usageError } from '../../errors.js'
import { inWords } from '../../experiment/files/shell.js'
import { files, readBytes } from '../../experiment/record/directory.js'
import { isByHand } from '../../experiment/record/parameters-from.js'
import { trainedManifest } from '../../experiment/record/trained.js'
import { halves } from '../../experiment/scenario/conditions.js'
import { loadScenario } from '../../experiment/scenario/load.js'
import { unitsOf } from '../../experiment/scenario/network.js'
import { imagesIn } from '../../experiment/system/conditions.js'
import { performRun, type RunArguments } from './perform.js'

/** Options of `overdamped sample`. */
export interface SampleArguments extends RunArguments {
  run: string
  trajectories: number | undefined
  clamp: string | undefined
  clock: string | undefined
  duration: number | undefined
  inpaint: string | undefined
  noised: number | undefined
  image: string | undefined
  completions: number | undefined
  parameters: string | undefined
  set: string[] | undefined
}

/** Does what `overdamped sample` asks. */
export async function handle(args: SampleArguments): Promise<void> {
  const manifest = trainedManifest(args.run, 'to sample from')
  const seed = args.seed ?? manifest.seed + 1
  const changes = (args.set ?? []).map(ofSampling)
  for (const name of ['trajectories', 'clock', 'duration', 'noised'] as const)
    if (args[name] !== undefined && changes.some((change) => change.startsWith(`sampling.${name}=`)))
      throw usageError(`--set sampling.${name} says it too. Give one of them.`, `--${name}`)
  const set = [
    ...(await givenImages(args)),
    ...(args.trajectories === undefined ? [] : [`sampling.trajectories=${args.trajectories}`]),
    ...(args.clamp === undefined ? [] : [`sampling.${clamped(args.clamp)}`]),
    // Where the run was slowed down, a clock is so in its own way.
    ...(args.clock === undefined ? [] : [`sampling.clock=${args.clock}`, 'sampling.slowdown=1']),
    ...(args.duration === undefined ? [] : [`sampling.duration=${args.duration}`]),
    ...changes,
  ]
  // It was read by nobody since the run wrote it.
  readBytes(args.run, files.scenario)
  const path = join(args.run, files.scenario)
  // The run of an objective is refused as such, not for an option that its scenario can't have.
  const trained = await loadScenario(path)
  const isStudy = trained.objective !== undefined
  // Another seed draws other samples from the same device.
  const { hardware } = trained
  const sameDevice = hardware === undefined || hardware.device !== undefined ? [] : [`hardware.device=${manifest.seed}`]
  const scenario = await loadScenario(path, { seed, set: isStudy ? [] : [...sameDevice, ...set] })
  const parametersFrom = isStudy ? args.run : (args.parameters ?? args.run)
  const out = args.out ?? join(dirname(args.run), `${basename(args.run)}-samples-seed${seed}`)
  process.exitCode = await performRun(scenario, out, args, {
    profile: manifest.scenario.profile,
    command: inWords([
      ...['npx', 'overdamped', 'sample', args.run, '--seed', String(seed)],
      ...(args.trajectories === undefined ? [] : ['--trajectories', String(args.trajectories)]),
      ...changes.flatMap((change) => ['--set', change]),
      ...(args.clamp === undefined ? [] : ['--clamp', args.clamp]),
      ...(['clock', 'duration', 'inpaint', 'noised', 'image', 'completions', 'parameters'] as const).flatMap((name) =>
        args[name] === undefined ? [] : [`--${name}`, String(args[name])],
      ),
    ]),
    // Of parameters that no run has learned, the run of their scenario.
    parentRun: isByHand(parametersFrom) ? args.run : parametersFrom,
    parametersFrom,
  })
}

/** A change that a trained network can follow. @throws E_INVALID_VALUE for one of what was learned */
function ofSampling(change: string): string {
  if (/^(sampling|record|observe|checks)\b(?!\.drive)/.test(change)) return change
  throw invalidValue(
    'the network is trained; only sampling (but for its drive), record, observe and checks can change. Run the scenario again for the rest.',
    `--set ${change}`,
  )
}

/** Held-out images that samples are drawn given, where none are named; completions of each. */
const [mostImages, manyCompletions] = [64, 16]

/**
 * The settings of samples that are drawn given images, of which nothing else is observed; none where they are not.
 *
 * @throws E_USAGE for images that nothing is to be done with
 */
async function givenImages({ run, inpaint, noised, image, completions: asked }: SampleArguments): Promise<string[]> {
  if (inpaint === undefined && noised === undefined) {
    if (image === undefined && asked === undefined) return []
    throw usageError(
      'it says nothing without --inpaint or --noised.',
      image === undefined ? '--completions' : '--image',
    )
  }
  const completions = asked ?? manyCompletions
  const at = inpaint === undefined ? 'sampling.noised' : 'sampling.inpaint'
  const numbers = image !== undefined && /^\d+(,\d+)*$/.test(image) ? image.split(',') : null
  const images = numbers?.length ?? (image === undefined ? mostImages : await countImages(run, image))
  return [
    'observe=[work, heat]',
    'checks=[]',
    ...(inpaint === undefined ? [`${at}.width=${noised}`] : [`${at}.known=${JSON.stringify(knownOf(inpaint))}`]),
    `${at}.completions=${completions}`,
    ...(image === undefined ? [] : [`${at}.of=${numbers === null ? JSON.stringify(image) : `[${image}]`}`]),
    `sampling.trajectories=${images * completions}`,
  ]
}

/** What --inpaint names: a half of a lattice or a .npy mask as it is, and units by number or column, separated by commas. */
function knownOf(text: string): string | (string | number)[] {
  if (halves.some((half) => half === text) || text.endsWith('.npy')) return text
  return text.split(',').map((unit) => (/^\d+$/.test(unit) ? Number(unit) : unit))
}

/** Images in a file, of as many units as the run's network has. */
async function countImages(run: string, file: string): Promise<number> {
  const { network } = await loadScenario(join(run, files.scenario))
  return imagesIn(file, unitsOf(network)).count
}

/** What is clamped. @throws E_INVALID_VALUE for anything but label=CLASS */
function clamped(text: string): string {
  if (/^label=./.test(text)) return text
  throw invalidValue('expected label=CLASS, for example --clamp label=1.', `--clamp ${text}`)
}
