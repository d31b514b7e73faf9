import { readFileSync } from 'node:fs'
import { arch, cpus, release, totalmem, type } from 'node:os'

/** What the figures were measured on. */
export interface Machine {
  readonly cpu: string
  readonly cores: number
  /** instruction sets that matter here, widest last; none where the system does not say */
  readonly simd: readonly string[]
  readonly memoryGB: number
  readonly system: string
  readonly node: string
}

const simdFlags = ['sse4_2', 'fma', 'avx2', 'avx512f', 'asimd']

/** The machine that this runs on. */
export function describeMachine(): Machine {
  const processors = cpus()
  return {
    cpu: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    simd: simdFlags.filter((flag) => cpuFlags().includes(flag)),
    memoryGB: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()} ${arch()}`,
    node: process.version,
  }
}

/** Flags of the first processor, on Linux. */
function cpuFlags(): string[] {
  try {
    return /^(?:flags|Features)\s*:\s*(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1]?.split(' ') ?? []
  } catch {
    return []
  }
}
