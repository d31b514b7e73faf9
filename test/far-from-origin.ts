import { expect } from 'vitest'
import type { Backend } from '../src/backend/backend.js'
import { judge } from './random-traps.js'

/** Random harmonic schedules, those of the seeds 1 … `count`: every backend agrees with the continuum or says why not. */
export async function expectContinuum(backends: readonly Backend[], count: number): Promise<void> {
  const refused: { widths: number; why: string }[] = []
  for (let seed = 1; seed <= count; seed++)
    for (const backend of backends) {
      const judged = await judge(backend, seed)
      const where = `${backend.name}, seed ${seed}, ${judged.widths} widths`
      if ('refused' in judged) {
        refused.push({ widths: judged.widths, why: judged.refused })
        continue
      }
      // Of 1,000 schedules 6,000: beyond 5.5 once in 4,000 such tests.
      for (const [name, z] of Object.entries(judged.z)) expect(z, `${where}: ${name}`).toBeLessThan(5.5)
      expect(judged.heat, `${where}: heats all alike`).toBeGreaterThan(0)
    }
  for (const { why } of refused) expect(why).toContain('E_PRECISION')
  // The promise of docs/backends.md: nothing is refused up to 1,000 thermal widths.
  expect(refused.filter(({ widths }) => widths <= 1000)).toEqual([])
  expect(refused.length).toBeLessThan(count / 10)
}
