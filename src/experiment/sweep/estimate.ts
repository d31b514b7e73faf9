import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Hooks, Progress } from '../../backend/hooks.js'
import type { BackendRequest } from '../../backend/node/open.js'
import { keepPools } from '../../backend/node/pools.js'
import { StoppedError } from '../../errors.js'
import { run } from '../run/run.js'
import type { Scenario } from '../scenario/schema.js'

/** How long a run takes, about. */
export interface Estimate {
  /** of one run; null where it has done no step while it was looked at */
  readonly seconds: number | null
  /** what they leave out, in words */
  readonly lacks: readonly string[]
}

/** ms that a phase is looked at, and whole runs that end sooner are repeated */
const look = 1_000
/** ms that a run is looked at when none of its steps ends sooner */
const longest = 4_000

/**
 * How long a run takes, by a look at each of its phases of about a second, in a temporary directory that is removed: what a phase has done
 * in its second half tells what all of it takes. Training is cut to an iteration for the look at sampling.
 *
 * @throws what a run throws that can't begin, or fails within that second
 *
 * Cost: about 3 s and twice the time until the first step; a run that is shorter is done a few times over.
 */
export async function estimateRun(
  scenario: Scenario,
  request: BackendRequest & Pick<Hooks, 'signal'>,
): Promise<Estimate> {
  const endPools = keepPools()
  try {
    let first = await watchedRun(scenario, request)
    // The first run of a process waits for its kernels, and for the compiler of the language.
    const begun = performance.now()
    while (first.isWhole && performance.now() - begun < look) first = await watchedRun(scenario, request)
    if (first.isWhole) return { seconds: first.seconds, lacks: [] }
    const end = 'metrics, checks and files at the end of a run'
    const { learning } = scenario
    const ofObjective = scenario.objective !== undefined
    if (first.phase !== 'train' || learning === undefined || ofObjective)
      return { seconds: known(first.seconds), lacks: ofObjective ? [] : [end] }
    const short = { ...scenario, learning: { ...learning, iterations: 1 } }
    const second = await watchedRun(short, request, 'sample')
    // One that ended within the look was all but training.
    const lacks = [...(learning.refine === undefined ? [] : ['refining']), ...(second.isWhole ? [] : [end])]
    return { seconds: known(first.seconds + second.seconds), lacks }
  } finally {
    await endPools()
  }
}

const known = (seconds: number) => (Number.isFinite(seconds) ? seconds : null)

/** What was seen of a run. */
interface Watched {
  /** it ended by itself, and took `seconds` */
  readonly isWhole: boolean
  /** the one that it was stopped in */
  readonly phase: Progress['phase'] | null
  /** of the phases that were seen, the last one carried on to its end; NaN where that is not known */
  readonly seconds: number
}

/** A run that is stopped once a phase, or a certain one, has been seen for long enough. */
async function watchedRun(
  scenario: Scenario,
  { signal, ...request }: BackendRequest & Pick<Hooks, 'signal'>,
  only?: Progress['phase'],
): Promise<Watched> {
  const directory = mkdtempSync(join(tmpdir(), 'overdamped-look-'))
  const stop = new AbortController()
  const abort = () => stop.abort()
  signal?.addEventListener('abort', abort)
  const timer = setTimeout(abort, longest)
  const begun = performance.now()
  let phase: Progress['phase'] | null = null
  let since = begun
  let seen: { readonly at: number; readonly share: number }[] = []
  const onProgress = ({ phase: now, done, total }: Progress) => {
    const at = performance.now()
    if (now !== phase) [phase, since, seen] = [now, at, []]
    seen.push({ at, share: done / total })
    if (at - since > look && (only === undefined || only === now) && done > 0) abort()
  }
  try {
    await run(scenario, { ...request, directory, signal: stop.signal, onProgress })
    return { isWhole: true, phase, seconds: (performance.now() - begun) / 1000 }
  } catch (error) {
    if (!(error instanceof StoppedError) || signal?.aborted) throw error
    const before = only === undefined ? since - begun : 0
    const isSeen = only === undefined || only === phase
    return { isWhole: false, phase, seconds: isSeen ? (before + whole(seen)) / 1000 : Number.NaN }
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', abort)
    rmSync(directory, { recursive: true, force: true })
  }
}

/** ms of a phase of which a part was seen, by the pace of its second half; NaN where nothing was. */
function whole(seen: readonly { readonly at: number; readonly share: number }[]): number {
  const [first, last] = [seen[0], seen.at(-1)]
  if (first === undefined || last === undefined || first.share === last.share) return Number.NaN
  const middle = seen.find(({ at }) => at >= (first.at + last.at) / 2) ?? first
  const from = middle.share < last.share ? middle : first
  return last.at - first.at + ((1 - last.share) * (last.at - from.at)) / (last.share - from.share)
}
