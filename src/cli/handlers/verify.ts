import { openBackend } from '../../backend/node/open.js'
import { packageVersion } from '../../backend/node/package-root.js'
import { exitCode, listed, usageError } from '../../errors.js'
import type { Topic } from '../../experiment/verify/claim.js'
import { topicNames } from '../../experiment/verify/topic-names.js'
import { needs, topics, type VerifiedCheck, verify } from '../../experiment/verify/verify.js'

/** Options of `overdamped verify`. */
export interface VerifyArguments {
  seed: number
  backend: 'auto' | 'reference' | 'wasm' | 'native'
  threads: number | undefined
  thorough: boolean
  only: string[] | undefined
  json: boolean
  quiet: boolean
}

/** Does what `overdamped verify` asks. */
export async function handle({
  seed,
  backend: name,
  threads,
  thorough,
  only,
  json,
  quiet,
}: VerifyArguments): Promise<void> {
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw usageError(`expected a whole number from 0, got ${seed}.`, '--seed')
  const chosen = topicsNamed(only)
  const onNote = (line: string) => {
    if (!quiet) console.error(line)
  }
  const { backend } = await openBackend({ backend: name, threads }, [needs], { onNote })
  const terminal = process.stderr.isTTY && !quiet
  const clear = () => terminal && process.stderr.write('\r\x1b[2K')
  const began = performance.now()
  try {
    const checks: VerifiedCheck[] = []
    for (const topic of chosen) {
      const rows = await verify({
        backend,
        seed,
        thorough,
        topics: [topic],
        onClaim: (of, claim) => {
          clear()
          if (terminal) process.stderr.write(`${of}: ${claim}`.slice(0, (process.stderr.columns ?? 80) - 1))
        },
      })
      clear()
      checks.push(...rows)
      if (!json) console.log(`${table(topic, rows)}\n`)
    }
    const passed = checks.filter(({ pass }) => pass).length
    const seconds = ((performance.now() - began) / 1000).toFixed(1)
    if (json) console.log(JSON.stringify({ version: packageVersion(), seed, backend: backend.name, checks }, null, 2))
    else console.log(`${passed} passed, ${checks.length - passed} failed in ${seconds} s on ${backend.name}`)
    if (passed < checks.length) process.exitCode = exitCode.failed
  } finally {
    clear()
    await backend.close()
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
