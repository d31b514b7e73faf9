import { columnOf } from '../../../src/backend/gpu/columns.js'
import { openDevice } from '../../../src/backend/gpu/device.js'
import { normalFunctions } from '../../../src/backend/gpu/normals.js'
import { fillNormals } from '../../../src/physics/noise/gaussian.js'
import { keyOf } from '../../../src/physics/noise/philox.js'

declare function normals(...words: number[]): [number, number, number, number]
function normalsKernel(
  this: { thread: { x: number; y: number } },
  counter: number,
  step: number,
  stream: number,
  key0: number,
  key1: number,
): number[] {
  return normals(counter + this.thread.x, this.thread.y, step, stream, key0, key1)
}

/** The noise that the device draws. */
export const noise = {
  /** largest difference of the device's normals from the CPU's, relative to each, and the share that differs at all */
  normals: async (seed: number, step: number, first: number, units: number, count: number) => {
    const device = await openDevice(normalFunctions)
    const workspace = device.open()
    const kernel = workspace.kernel(normalsKernel, {
      width: count / 4,
      height: units,
      components: 4,
      takes: ['integer', 'integer', 'integer', 'integer', 'integer'],
    })
    const found = await workspace.read(await kernel(first / 4, step, 3, ...keyOf(seed)))
    workspace.release()
    await device.close()
    const expected = new Float64Array(units * count)
    fillNormals(seed, 3, step, units, first, count, expected)
    let relative = 0
    let different = 0
    for (let i = 0; i < units; i++)
      for (let b = 0; b < count; b++) {
        const value = expected[i * count + b]!
        const apart = Math.abs(found[i * count + columnOf(b)]! - value)
        if (apart !== 0) different++
        if (!(apart <= relative * Math.abs(value))) relative = apart / Math.abs(value)
      }
    return { relative, different: different / expected.length }
  },
}
