import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach } from 'vitest'

/** A folder of a test file's own, which goes after all its tests. Called at the top of a file, or of a describe. */
export function fileFolder(): string {
  const made = newFolder()
  afterAll(() => remove(made))
  return made
}

/** A maker of paths for run directories that do not exist yet; what was made there goes after each test of the file. */
export function runFolders(): () => string {
  const folders: string[] = []
  afterEach(() => folders.splice(0).forEach(remove))
  return () => {
    const made = newFolder()
    folders.push(made)
    return join(made, 'run')
  }
}

const newFolder = () => mkdtempSync(join(tmpdir(), 'overdamped-'))
const remove = (folder: string) => rmSync(folder, { recursive: true, force: true })
