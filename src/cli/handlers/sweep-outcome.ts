import { exitCode, printable } from '../../errors.js'
import type { SweepDocument, SweepPoint } from '../../experiment/sweep/sweep-document.js'

/** Points that are named; sweep.json has all. */
const mostNamed = 20

/**
 * Names on stderr the points of a sweep that are not as they should be.
 *
 * @param wanting - which ones, and what to say behind their names; null for one that is well
 * @returns the exit code of the command: 1 where there are any
 */
export function tellWanting({ points }: SweepDocument, wanting: (point: SweepPoint) => string | null): number {
  const lines = points.flatMap((point) => {
    const why = wanting(point)
    return why === null ? [] : [`${point.name}: ${why}`]
  })
  for (const line of lines.slice(0, mostNamed)) console.error(printable(line))
  if (lines.length > mostNamed) console.error(`… and ${lines.length - mostNamed} more`)
  return lines.length === 0 ? exitCode.done : exitCode.failed
}

/** The checks that the run of a point did not pass, in words; null where it passed all. */
export function uncheckedIn({ failedChecks = [] }: SweepPoint): string | null {
  return failedChecks.length === 0 ? null : `failed ${failedChecks.join(', ')}`
}
