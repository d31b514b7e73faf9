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
  if (readManifest(directory).data === null)
    throw new OverdampedError('E_RUN_DIRECTORY', `a plain simulation has no trained network ${use}.`, directory)
  return finishedManifest(directory)
}

/** The manifest of a finished run. @throws E_RUN_DIRECTORY for a run that is not finished, or one whose data are gone */
export function finishedManifest(directory: string): Manifest {
  const manifest = readManifest(directory)
  if (manifest.exitReason !== 'finished')
    throw new OverdampedError('E_RUN_DIRECTORY', 'the run is not finished; continue it with --resume first.', directory)
  refuseFormerDigits(directory, manifest)
  return manifest
}
