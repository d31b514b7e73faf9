import { overdamped } from '../../src/cli/overdamped.js'

/** What a command printed, and its exit code. */
interface Said {
  readonly status: number
  readonly text: string
}

/** Runs the command line in this process, as the process of a command would, and keeps what it prints. */
export async function commandLine(...args: string[]): Promise<Said> {
  const said: string[] = []
  const { log, error } = console
  const { write } = process.stderr
  const line = (text: unknown) => void said.push(String(text))
  Object.assign(console, { log: line, error: line })
  process.stderr.write = (text: unknown) => said.push(String(text)) > 0
  process.exitCode = undefined
  try {
    await overdamped(args)
    return { status: Number(process.exitCode ?? 0), text: said.join('\n') }
  } finally {
    process.exitCode = undefined
    process.stderr.write = write
    Object.assign(console, { log, error })
  }
}

/** The same for a command that must succeed. @throws Error with what it said instead */
export async function done(...args: string[]): Promise<string> {
  const { status, text } = await commandLine(...args)
  if (status !== 0) throw new Error(`exit code ${status} of ${args.join(' ')}: ${text}`)
  return text
}

/** The same for a command that must be refused. @throws Error when it is not, or with another code */
export async function refused(code: string, ...args: string[]): Promise<void> {
  const { status, text } = await commandLine(...args)
  if (status === 0 || !text.includes(`[${code}]`))
    throw new Error(`expected ${code} of ${args.join(' ')}, exit code ${status}: ${text}`)
}
