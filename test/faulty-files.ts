import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

/** What befalls a call: it is refused with a code of the system, or does half of what it should and then finds the disk full. */
export const faults = ['ENOSPC', 'EIO', 'EROFS', 'EDQUOT', 'half'] as const
type Fault = (typeof faults)[number]

/** Calls that change what is on a disk. */
const mutating = [
  ...(['openSync', 'writeFileSync', 'writeSync', 'appendFileSync', 'fsyncSync', 'fdatasyncSync'] as const),
  ...(['renameSync', 'mkdirSync', 'rmSync', 'rmdirSync', 'copyFileSync', 'linkSync', 'symlinkSync'] as const),
  ...(['unlinkSync', 'truncateSync', 'ftruncateSync', 'mkdtempSync'] as const),
]
const writing = ['writeFileSync', 'writeSync', 'appendFileSync']
const takingRoom = [...writing, 'openSync', 'mkdirSync', 'fsyncSync', 'fdatasyncSync']

/** Names of the calls so far, and of those that failed. */
export interface Watched {
  readonly calls: string[]
  readonly failed: string[]
}

/** Which call fails: number `at`, and with `lasting` whatever takes room after it, as on a disk that stays full. */
export interface Trouble {
  readonly at: number
  readonly fault: Fault
  readonly lasting?: boolean
}

/** Does work while the calls of node:fs that change a disk are counted, and some fail. */
export async function withFault<T>(
  work: () => Promise<T>,
  { at, fault, lasting = false }: Trouble = { at: Infinity, fault: 'ENOSPC' },
): Promise<{ watched: Watched; outcome: { result: T } | { error: unknown } }> {
  const watched: Watched = { calls: [], failed: [] }
  const calls = fs as unknown as Record<string, (...args: unknown[]) => unknown>
  const real = Object.fromEntries(mutating.map((name) => [name, calls[name]!]))
  let inside = false
  for (const name of mutating)
    calls[name] = (...args) => {
      const reads = name === 'openSync' && (args[1] === undefined || args[1] === 'r')
      // Node's own call one another.
      if (inside || reads) return real[name]!(...args)
      const count = watched.calls.push(name)
      const fails = count === at || (lasting && count > at && takingRoom.includes(name))
      inside = true
      try {
        if (!fails) return real[name]!(...args)
        watched.failed.push(name)
        if (fault === 'half' && writing.includes(name)) real[name]!(args[0], half(args[1]), ...args.slice(2))
      } finally {
        inside = false
      }
      throw systemError(fault === 'half' ? 'ENOSPC' : fault, name.replace(/(File)?Sync$/, ''), args[0])
    }
  syncBuiltinESMExports()
  try {
    return { watched, outcome: { result: await work() } }
  } catch (error) {
    return { watched, outcome: { error } }
  } finally {
    Object.assign(fs, real)
    syncBuiltinESMExports()
  }
}

function half(data: unknown): unknown {
  if (typeof data === 'string') return data.slice(0, data.length / 2)
  return (data as Uint8Array).subarray(0, (data as Uint8Array).length / 2)
}

function systemError(code: string, syscall: string, path: unknown): Error {
  const where = typeof path === 'string' ? { path } : {}
  return Object.assign(new Error(`${code}: made to fail, ${syscall}`), { code, errno: -1, syscall, ...where })
}
