import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { disturb, faultAt, undisturbed, works } from '../every-write.js'
import { fileFolder } from '../run-folder.js'

// A disk that fails at any call, one after the other.

const root = fileFolder()

describe.each(works)('$name', (work) => {
  test('ends in a named error wherever the disk fails or is full from then on, and goes on to the same end', async () => {
    const { contents } = await undisturbed(work, join(root, `${work.name}-whole`))
    let at = 1
    for (; await disturb(work, { at, fault: faultAt(at) }, join(root, work.name), contents); at++) {
      if (at % 3 === 0) await disturb(work, { at, fault: 'half', lasting: true }, join(root, work.name), contents)
    }
    expect(at).toBeGreaterThan(50)
  }, 1_200_000)
})
