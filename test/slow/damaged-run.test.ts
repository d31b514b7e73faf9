import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { expectNoticed, filesRead } from '../damage.js'
import { damagedRuns } from '../damaged-runs.js'
import { fileFolder } from '../run-folder.js'

// As test/interface/damaged-run.test.ts, at many places and lengths.

const folder = fileFolder()
const { readings } = await damagedRuns(folder)

describe('what is damaged is named, and nothing is written, by', () => {
  test.each(readings)('$name', async (reading) => {
    const copy = join(folder, 'copy')
    const files = await filesRead(reading, copy)
    expect(files.length).toBeGreaterThan(0)
    for (const file of files) await expectNoticed(reading, file, copy, { places: 80, cuts: 25 })
  })
})
