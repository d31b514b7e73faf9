import { expect, test } from 'vitest'
import { openBackend } from '../../src/backend/node/open.js'
import { needs, verify } from '../../src/experiment/verify/verify.js'
import { kolmogorovSmirnov } from '../../src/physics/observe/kolmogorov-smirnov.js'

// More seeds for a longer look: VERIFY_SEEDS=20.
const seeds = Number(process.env.VERIFY_SEEDS ?? 3)

test.each(['wasm', 'reference'] as const)(
  'on %s the z-scores of all truths are standard normal, every identity holds and every control is rejected',
  async (name) => {
    const { backend } = await openBackend({ backend: name, threads: 1 }, [needs])
    const z: number[] = []
    try {
      for (let seed = 1; seed <= seeds; seed++) {
        const rows = await verify({ backend, seed })
        expect(rows.length).toBeGreaterThan(40)
        for (const row of rows) {
          // The rows that `overdamped verify` shows.
          if (seed === 1) expect(row, row.name).toMatchObject({ pass: true })
          if (row.kind === 'identity') expect(row, row.name).toMatchObject({ pass: true })
          else if (row.control) expect(Math.abs(row.z!), `${row.name}, seed ${seed}`).toBeGreaterThan(8)
          else z.push(row.z!)
        }
      }
    } finally {
      await backend.close()
    }
    const worst = z.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
    const beyond = z.filter((value) => Math.abs(value) > 3).length / z.length
    const mean = z.reduce((sum, value) => sum + value, 0) / z.length
    const square = z.reduce((sum, value) => sum + value ** 2, 0) / z.length
    const { pValue } = kolmogorovSmirnov(Float64Array.from(z))
    console.log(
      `${name}: ${z.length} z-scores of ${seeds} seeds: mean ${mean.toFixed(3)}, mean square ${square.toFixed(3)}, ` +
        `largest ${worst.toFixed(2)}, beyond 3 ${(100 * beyond).toFixed(2)} %, Kolmogorov–Smirnov p = ${pValue.toFixed(3)}`,
    )
    expect(worst).toBeLessThan(5)
    expect(beyond).toBeLessThanOrEqual(0.008)
    expect(pValue).toBeGreaterThan(0.001)
    expect(Math.abs(square - 1)).toBeLessThan(4 * Math.sqrt(2 / z.length))
  },
)
