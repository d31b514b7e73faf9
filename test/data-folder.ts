import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { OverdampedError } from '../src/errors.js'
import { fileFolder } from './run-folder.js'

/**
 * A folder for files of data that a test file writes; it goes after all its tests.
 * @returns its path; `file`, which writes a file of its own there and returns its path; and `refusal`, the message without
 *   the folder of the refusal with exit code 2 that a loader throws, 'accepted' when it throws none
 */
export function dataFolder() {
  const folder = fileFolder()
  let files = 0
  return {
    folder,
    file(content: Uint8Array | string, name = 'file'): string {
      const path = join(folder, `${files++}-${name}`)
      writeFileSync(path, content)
      return path
    },
    refusal(load: () => unknown): string {
      try {
        load()
      } catch (error) {
        if (!(error instanceof OverdampedError)) throw error
        expect(error.exitCode).toBe(2)
        expect(error.message.startsWith(folder)).toBe(true)
        return error.message.replaceAll(`${folder}/`, '')
      }
      return 'accepted'
    },
  }
}

/** The keys of a scenario that learns in no time. */
export const soon = `noising: { slices: 3 }
learning: { iterations: 4, batch: 16 }
sampling: { trajectories: 20 }
observe: [work, heat]
potential: { onsite: [stiffness, bias], pair: [bilinear] }
`
