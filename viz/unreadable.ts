import { OverdampedError } from '../src/errors.js'

/**
 * The error for a file of a run that cannot be read.
 * @param where path of the file, with the line when there is one
 * @param why what was found, without a full stop
 */
export function unreadable(where: string, why: string): OverdampedError {
  return new OverdampedError(
    'E_FORMAT',
    `${why}. The file is damaged or was cut short; run the scenario again, or copy the whole run directory again`,
    where,
  )
}
