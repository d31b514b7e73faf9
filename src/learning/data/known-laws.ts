import { twoModeTable } from './discrete-law.js'
import type { KnownLaw } from './law.js'
import { ringLaw } from './ring-law.js'

/** Laws of units with states by the names that scenarios use. */
export const knownLaws = {
  'two-mode-table': twoModeTable,
  ring: ringLaw,
} as const satisfies Record<string, () => KnownLaw>
