import { vi } from 'vitest'
import { overdamped } from '../src/cli/overdamped.js'

/**
 * Runs the command line from src/ in this process, for claims that need no process of their own: starting one takes as long
 * as everything that most of them do. Interrupts, threads and the built package are for a spawned dist/cli/main.js.
 *
 * @returns the exit code, and what was printed
 */
export async function command(...args: string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  const out: string[] = []
  const err: string[] = []
  const into = (lines: string[]) => (text: unknown) => {
    lines.push(`${text}\n`)
  }
  const spies = [
    vi.spyOn(console, 'log').mockImplementation(into(out)),
    vi.spyOn(console, 'error').mockImplementation(into(err)),
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      err.push(String(text))
      return true
    }),
  ]
  process.exitCode = undefined
  try {
    await overdamped(args)
    return { status: Number(process.exitCode ?? 0), stdout: out.join(''), stderr: err.join('') }
  } finally {
    process.exitCode = undefined
    for (const spy of spies) spy.mockRestore()
  }
}

/** The same in a working directory of its own. */
export async function commandIn(folder: string, ...args: string[]): ReturnType<typeof command> {
  const home = process.cwd()
  process.chdir(folder)
  try {
    return await command(...args)
  } finally {
    process.chdir(home)
  }
}
