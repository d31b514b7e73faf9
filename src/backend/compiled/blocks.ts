import type { Arena } from './memory.js'
import type { Pool } from './programs.js'
import type { System } from './system.js'

/**
 * Writes θ to a parameter block, and what its formulas make of the time alone.
 *
 * @param theta - address of the parameters, float64 [size]
 */
export function packBlock(arena: Arena, { kernels }: Pool, system: System, theta: number, size: number, block: number) {
  kernels.pack(theta, system.first, system.second, 0, size, block)
  for (const { formula, last, inputs } of system.clocks) {
    const t = arena.f64(theta, size)[last]!
    const words = arena.f32(block + 4 * inputs, formula.inputs.length)
    formula.inputs.forEach((input, n) => {
      words[n] = input(t)
    })
  }
}
