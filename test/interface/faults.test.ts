import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { disturb, faultAt, undisturbed, works } from '../every-write.js'
import { fileFolder } from '../run-folder.js'

// A disk that fails at any call: here at some of them, in test/slow/faults.test.ts at all.

const root = fileFolder()
/** No multiple of the number of kinds of trouble, so that all come. */
const every = { training: 49, simulation: 19, study: 23, sweep: 49 } as Record<string, number>

/** Two calls of each name that follow one another half-way, such as the renames of a checkpoint to the one before it and of the next. */
function amongAll(calls: readonly string[]): number[] {
  return [...new Set(calls)].flatMap((name) => {
    const all = calls.flatMap((call, n) => (call === name ? [n + 1] : []))
    const half = Math.floor((all.length - 1) / 2)
    return all.slice(half, half + 2)
  })
}

describe.each(works)('$name', (work) => {
  test('ends in a named error where the disk fails, and goes on to the same end', async () => {
    const { calls, contents } = await undisturbed(work, join(root, `${work.name}-whole`))
    expect(calls.length).toBeGreaterThan(50)
    const some = new Set(amongAll(calls))
    for (let at = 1; at <= calls.length; at += every[work.name]!) some.add(at)
    let met = 0
    for (const at of some) if (await disturb(work, { at, fault: faultAt(at) }, join(root, work.name), contents)) met++
    expect(met).toBeGreaterThan(some.size / 2)
    for (const at of [2, Math.floor(calls.length / 2)])
      await disturb(work, { at, fault: 'half', lasting: true }, join(root, work.name), contents)
  }, 120_000)
})
