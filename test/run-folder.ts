import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach } from 'vitest'

/** A maker of paths for run directories that do not exist yet; what was made there goes after each test of the file. */
export function runFolders(): () => string {
  const folders: string[] = []
  afterEach(() => {
    for (const made of folders.splice(0)) rmSync(made, { recursive: true, force: true })
  })
  return () => {
    const made = mkdtempSync(join(tmpdir(), 'overdamped-'))
    folders.push(made)
    return join(made, 'run')
  }
}
