import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { disturb, faultAt, undisturbed, works } from '../every-write.js'
import { fileFolder } from '../run-folder.js'

// A disk that fails at any call: here at some of them, in test/slow/faults.test.ts at all.

const root = fileFolder()
/** No multiple of the number of kinds of trouble, so that all come. */
const every = { training: 29, simulation: 9, study: 13, sweep: 29 } as Record<string, number>

describe.each(works)('$name', (work) => {
  test('ends in a named error where the disk fails, and goes on to the same end', async () => {
    const { calls, contents } = await undisturbed(work, join(root, `${work.name}-whole`))
    expect(calls).toBeGreaterThan(50)
    for (let at = 1; at <= calls; at += every[work.name]!)
      await disturb(work, { at, fault: faultAt(at) }, join(root, work.name), contents)
    for (const at of [2, Math.floor(calls / 2), calls - 8])
      await disturb(work, { at, fault: 'half', lasting: true }, join(root, work.name), contents)
  }, 120_000)
})
