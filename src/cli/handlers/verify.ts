import { writeVerifyPage } from '../../../viz/verify-page.js'
import { openBackend } from '../../backend/node/open.js'
import { packageVersion } from '../../backend/node/package-root.js'
import { exitCode, listed, OverdampedError, usageError } from '../../errors.js'
import { namesIn } from '../../experiment/files/folder.js'
import { claimed } from '../../experiment/record/claim.js'
import { readJson, runDirectoryError, writeSealed } from '../../experiment/record/directory.js'
import { dropStates, hasStates, openStages } from '../../experiment/record/stages.js'
import { isStateFile } from '../../experiment/record/state-file.js'
import type { Topic } from '../../experiment/verify/claim.js'
import { topicNames } from '../../experiment/verify/topic-names.js'
import { type DoneClaim, needs, topics, type VerifiedCheck, verify } from '../../experiment/verify/verify.js'
import { type RunArguments, secondsBetween, stoppable } from './perform.js'
import { createProgress } from './progress.js'

/** Options of `overdamped verify`. */
export interface VerifyArguments
  extends Pick<RunArguments, 'threads' | 'json' | 'quiet' | 'resume' | 'max-time' | 'checkpoint-interval'> {
  seed: number
  backend: 'auto' | 'reference' | 'wasm' | 'native'
  thorough: boolean
  only: string[] | undefined
  out: string | undefined
}

/** verify.json, and what --json prints. */
interface VerifyDocument {
  readonly version: string
  readonly seed: number
  readonly backend: string
  readonly thorough: boolean
  readonly topics: readonly string[]
  readonly checks: readonly VerifiedCheck[]
}

const [results, lock, report] = ['verify.json', 'verify.lock', 'report.html']

/** Does what `overdamped verify` asks. */
export async function handle(args: VerifyArguments): Promise<void> {
  const { seed, out, resume } = args
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw usageError(`expected a whole number from 0, got ${seed}.`, '--seed')
  if (resume && out === undefined) throw usageError('nothing is kept without --out DIR.', '--resume')
  const chosen = topicsNamed(args.only)
  const progress = createProgress(args.quiet)
  const work = (signal: AbortSignal) =>
    out === undefined
      ? verified(args, chosen, signal)
      : claimed(
          out,
          lock,
          () => {
            requireOurs(out, resume)
            return verified(args, chosen, signal)
          },
          { owns: isOurs, onNote: progress.note, signal },
        )
  const again = `the same command and --resume${out === undefined ? ' --out DIR' : ''}`
  process.exitCode = await stoppable(work, progress, args, () =>
    out !== undefined && hasStates(out)
      ? `Stopped. Continue with ${again}`
      : `Stopped; nothing was kept. Start again, with ${again} to have it kept`,
  )
}

const isOurs = (name: string) => name === results || name === report || isStateFile(name)

/** @throws E_OUTPUT_NOT_EMPTY for a directory of something else, or where nothing is to be continued */
function requireOurs(directory: string, resume: boolean): void {
  const names = namesIn(directory).filter((name) => !name.startsWith(lock))
  // A page alone may be the user's own.
  const goesOn = resume && names.every(isOurs) && names.some((name) => name !== report)
  if (names.length === 0 || goesOn) return
  throw new OverdampedError(
    'E_OUTPUT_NOT_EMPTY',
    'the directory is not empty. Name another with --out, or continue there with --resume.',
    directory,
  )
}

/** What was found in a directory before; null where it is not finished. @throws E_RUN_DIRECTORY for the answer to another question */
function finishedIn(directory: string | undefined, asked: Omit<VerifyDocument, 'checks'>): VerifyDocument | null {
  if (directory === undefined || !namesIn(directory).includes(results)) return null
  const { checks, ...found } = readJson(directory, results) as VerifyDocument
  if (JSON.stringify(found) === JSON.stringify(asked) && Array.isArray(checks)) return { ...found, checks }
  throw runDirectoryError(
    directory,
    'it holds what another version, seed, backend or choice of topics gave. Name another directory with --out.',
  )
}

/** Verifies, prints, and writes verify.json and its page where there is a directory for them. @returns the exit code */
async function verified(args: VerifyArguments, chosen: readonly Topic[], signal: AbortSignal): Promise<number> {
  const { seed, backend: name, threads, thorough, json, quiet, out } = args
  const onNote = (line: string) => {
    if (!quiet) console.error(line)
  }
  const { backend } = await openBackend({ backend: name, threads }, [needs], { onNote })
  const began = performance.now()
  const asked = {
    ...{ version: packageVersion(), seed, backend: backend.name, thorough },
    topics: chosen.map((topic) => topic.name),
  }
  const display = displayOf(json, quiet)
  try {
    const found = finishedIn(out, asked)
    for (const topic of found === null ? [] : chosen) display.topic(topic, ofTopic(found!, topic))
    const stages =
      out === undefined ? null : openStages(out, { of: JSON.stringify(asked), interval: secondsBetween(args), onNote })
    const keeper = stages?.keeper<readonly DoneClaim[]>('verify')
    const options = { backend, seed, thorough, topics: chosen, signal, keeper }
    const checks = found?.checks ?? (await verify({ ...options, onClaim: display.claim, onTopic: display.topic }))
    if (out !== undefined) {
      writeSealed(out, results, { ...asked, checks } satisfies VerifyDocument)
      dropStates(out)
      onNote(writeVerifyPage(out, { ...asked, topics: chosen, checks }))
    }
    const passed = checks.filter(({ pass }) => pass).length
    const seconds = ((performance.now() - began) / 1000).toFixed(1)
    if (json) console.log(JSON.stringify({ ...asked, checks }, null, 2))
    else console.log(`${passed} passed, ${checks.length - passed} failed in ${seconds} s on ${backend.name}`)
    return passed < checks.length ? exitCode.failed : exitCode.done
  } finally {
    display.clear()
    await backend.close()
  }
}

function ofTopic({ checks }: VerifyDocument, { name }: Topic): VerifiedCheck[] {
  return checks.filter(({ topic }) => topic === name)
}

/** Shows the claim under way on a terminal, and the tables of the topics that are done. */
function displayOf(json: boolean, quiet: boolean) {
  const terminal = process.stderr.isTTY && !quiet
  const clear = () => terminal && process.stderr.write('\r\x1b[2K')
  return {
    clear,
    claim(topic: string, claim: string) {
      clear()
      if (terminal) process.stderr.write(`${topic}: ${claim}`.slice(0, (process.stderr.columns || 80) - 1))
    },
    topic(topic: Topic, rows: readonly VerifiedCheck[]) {
      clear()
      if (!json) console.log(`${table(topic, rows)}\n`)
    },
  }
}

/** The topics named by --only, in the order in which they run. */
function topicsNamed(only: string[] | undefined): readonly Topic[] {
  if (only === undefined) return topics
  const names = only.flatMap((text) => text.split(',')).map((name) => name.trim())
  const unknown = names.find((name) => !topics.some((topic) => topic.name === name))
  if (unknown !== undefined)
    throw usageError(`no topic is called "${unknown}"; expected ${listed(topicNames)}.`, '--only')
  return topics.filter(({ name }) => names.includes(name))
}

/** A topic's rows under its truth: tolerances of identities are marked with ≤. */
function table({ name, truth }: Topic, checks: readonly VerifiedCheck[]): string {
  const rows = [
    ['', 'value', 'truth', 'error', 'z', ''],
    ...checks.map((check) => [
      check.name,
      number(check.value),
      number(check.truth),
      check.standardError === null ? `≤ ${number(check.tolerance)}` : `± ${number(check.standardError)}`,
      check.z === null ? '' : check.z.toFixed(2),
      check.pass === true ? (check.control ? 'rejected' : 'ok') : check.control ? 'NOT REJECTED' : 'FAILED',
    ]),
  ]
  const widths = rows[0]!.map((_, place) => Math.max(...rows.map((row) => row[place]!.length)))
  const lines = rows.map((row) =>
    row
      .map((cell, place) => (place === 0 || place === 5 ? cell.padEnd(widths[place]!) : cell.padStart(widths[place]!)))
      .join('   ')
      .trimEnd(),
  )
  return [`${name}: ${truth}`, ...lines.map((line) => `  ${line}`)].join('\n')
}

/** Five significant digits, or an exponent for what is very small. */
function number(value: number): string {
  if (value !== 0 && Math.abs(value) < 1e-3) return value.toExponential(1)
  return String(Number(value.toPrecision(5)))
}
