import { join } from 'node:path'
import { expect, test } from 'vitest'
import { kinds } from '../kills/commands.js'
import { killKind } from '../kills/kill.js'
import { fileFolder } from '../run-folder.js'

// npm run kills kills a hundred times.

const folder = fileFolder()
const kills = 3

test.each(Object.keys(kinds))(
  '%s, killed at any moment and resumed, ends in the bytes of an undisturbed run and leaves nothing behind',
  async (kind) => {
    const options = { kind, kills, seed: 1, folder: join(folder, kind), main: 'dist/cli/main.js' }
    const report = await killKind(options)
    expect(report.faults).toEqual([])
    // Each was alive when it was hit: a process that had ended does not end by a signal.
    expect(report.kills).toBe(kills)
  },
)
