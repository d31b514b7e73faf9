import { OverdampedError } from '../../errors.js'
import { type Manifest, readManifest } from './manifest.js'
import { refuseFormerDigits } from './resume.js'

/**
 * The manifest of a finished run that has learned.
 *
 * @param use - what a simulation has no network for, as in "to sample from"
 * @throws E_RUN_DIRECTORY for a plain simulation, a run that is not finished, or one whose data are gone
 */
export function trainedManifest(directory: string, use: string): Manifest {
  const manifest = readManifest(directory)
  if (manifest.data === null || manifest.exitReason !== 'finished')
    throw new OverdampedError(
      'E_RUN_DIRECTORY',
      manifest.data === null
        ? `a plain simulation has no trained network ${use}.`
        : 'the run is not finished; continue it with --resume first.',
      directory,
    )
  refuseFormerDigits(directory, manifest)
  return manifest
}
