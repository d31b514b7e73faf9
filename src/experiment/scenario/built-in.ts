import { existsSync, readdirSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { packageRoot } from '../../backend/node/package-root.js'
import { didYouMean } from '../../errors.js'
import { isTree } from './overrides.js'

const ending = '.yaml'

/** The folder of the scenarios that ship with the package. */
export function builtInFolder(): string {
  return join(packageRoot(), 'scenarios')
}

/** Names of the scenarios that ship with the package, in order: `run double-well` works anywhere. */
export function builtInNames(): string[] {
  const names = readdirSync(builtInFolder()).filter((name) => name.endsWith(ending))
  return names.map((name) => name.slice(0, -ending.length)).sort()
}

/** The file that a user means: one of this path, and where there is none the built-in scenario of this name. */
export function scenarioFile(given: string): string {
  if (!isName(given) || isFile(given)) return given
  const builtIn = join(builtInFolder(), given + ending)
  return existsSync(builtIn) ? builtIn : given
}

function isName(text: string): boolean {
  return /^[a-z0-9-]{1,60}$/.test(text)
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true
}

/** What to say where there is neither file nor built-in scenario. */
export function builtInHint(given: string): string {
  const name = basename(given).replace(/\.(ya?ml|json)$/, '')
  // Of two letters every name of three is near.
  const near = didYouMean(name.slice(0, 60), name.length < 3 ? [] : builtInNames()).replace(
    ' Did you mean "',
    ' Did you mean the built-in "',
  )
  const none = name === given ? 'Nor is a built-in scenario called so.' : ''
  return `${none}${near} "overdamped list" shows the built-in ones; each is run by its name from anywhere.`.trimStart()
}

/**
 * Paths of what lies beside the built-in scenarios, which they name from the folder of the package: absolute, where the current directory is
 * another. Changes `tree` in place.
 *
 * @param file - that the tree was read from; of other files all paths stay as they are
 */
export function locateBuiltInData(tree: unknown, file: string): void {
  const root = packageRoot()
  if (dirname(resolve(file)) !== builtInFolder() || process.cwd() === root) return
  const isBeside = (value: unknown): value is string =>
    typeof value === 'string' && /^scenarios\/[\w.-]+$/.test(value) && existsSync(join(root, value))
  const walk = (node: unknown): void => {
    if (!isTree(node) && !Array.isArray(node)) return
    const entries = node as Record<string, unknown>
    for (const [key, value] of Object.entries(entries))
      if (isBeside(value)) entries[key] = join(root, value)
      else walk(value)
  }
  walk(tree)
}
