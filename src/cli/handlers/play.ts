import { existsSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { writePlayPage } from '../../../viz/play/page.js'
import { writeScenePage } from '../../../viz/play/scenes/page.js'
import { packageVersion } from '../../backend/node/package-root.js'
import { usageError } from '../../errors.js'
import { writeAtomic } from '../../experiment/files/atomic.js'
import { inWords } from '../../experiment/files/shell.js'
import { playedRun } from '../../experiment/play/network-record.js'
import { sceneOf } from '../../experiment/play/scene.js'
import { files, isOfRun } from '../../experiment/record/directory.js'
import { loadScenario } from '../../experiment/scenario/load.js'

/** A page where no other name is given, beside what a run wrote or here. */
const pageName = 'play.html'

/** Options of `overdamped play`. */
export interface PlayArguments {
  'run-or-scenario': string
  out: string | undefined
  bits: number
  unpacked: string | undefined
  gpu: boolean
  profile: string | undefined
  set: string[]
  seed: number | undefined
}

/** Does what `overdamped play` asks. */
export async function handle(args: PlayArguments): Promise<void> {
  if (args.out !== undefined) requireName('--out', args.out, '.html')
  console.log(await (isRun(args['run-or-scenario']) ? playRun(args) : playScenario(args)))
}

/** Whether a run is meant: a directory, or a path of none that ends like no scenario file. */
function isRun(given: string): boolean {
  return statSync(given, { throwIfNoEntry: false })?.isDirectory() ?? (/[\\/]/.test(given) && !/\.ya?ml$/.test(given))
}

/** What is written has the ending of its kind, and takes the place of nothing that a run wrote. @throws E_USAGE */
function requireName(option: string, path: string, ending: string): void {
  if (!path.endsWith(ending)) throw usageError(`expected a name that ends in ${ending}.`, `${option} ${path}`)
  const name = basename(path)
  if (name !== pageName && isOfRun(name) && existsSync(join(dirname(path), files.manifest)))
    throw usageError('what a run wrote stays as it is. Give another name.', `${option} ${path}`)
}

/** Writes the page of a trained run. @returns its path */
async function playRun({ 'run-or-scenario': run, out, bits, unpacked, gpu, profile, set, seed }: PlayArguments) {
  if (unpacked !== undefined) requireName('--unpacked', unpacked, '.safetensors')
  if (profile !== undefined || set.length > 0 || seed !== undefined)
    throw usageError('a run is as it was run. Expected --profile, --set and --seed with a scenario only.', run)
  const command = inWords([
    ...['npx', 'overdamped', 'play', run, '--bits', String(bits)],
    ...(unpacked === undefined ? [] : ['--unpacked', unpacked]),
    ...(gpu ? ['--gpu'] : []),
  ])
  const { record, parameters } = await playedRun(run, { bits, command })
  if (unpacked !== undefined) writeAtomic(unpacked, parameters)
  const page = out ?? join(run, pageName)
  writePlayPage(record, page, { graphics: gpu })
  return page
}

/** Writes the page of a scenario that nothing has run. @returns its path */
async function playScenario({ 'run-or-scenario': given, out, unpacked, gpu, profile, set, seed }: PlayArguments) {
  // First: who meant a run that is not there is told that.
  const scenario = await loadScenario(given, { profile, set, seed })
  if (unpacked !== undefined)
    throw usageError('a scenario has no parameters that were learned. Give the directory of a run.', '--unpacked')
  if (gpu) throw usageError('scenes are computed by the processor alone. Give the directory of a run.', '--gpu')
  const command = inWords([
    ...['npx', 'overdamped', 'play', given],
    ...(profile === undefined ? [] : ['--profile', profile]),
    ...set.flatMap((change) => ['--set', change]),
    ...(seed === undefined ? [] : ['--seed', String(seed)]),
  ])
  const title = profile === undefined ? scenario.name : `${scenario.name} (${profile})`
  const record = sceneOf(scenario, { title, about: scenario.about ?? '', command, version: packageVersion() })
  const page = out ?? pageName
  writeScenePage(record, page)
  return page
}
