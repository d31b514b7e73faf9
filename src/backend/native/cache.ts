import { createHash, randomBytes } from 'node:crypto'
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { homedir, userInfo } from 'node:os'
import { dirname, isAbsolute, join } from 'node:path'

/** The folder of this user's libraries: overdamped in the user's cache folder. */
export function cacheFolder(): string {
  const { XDG_CACHE_HOME: given } = process.env
  // The specification: a path that is not absolute counts as none. Nor does a home: the cache would be wherever one stands.
  const home = isAbsolute(homedir()) ? homedir() : userInfo().homedir
  const base = given?.startsWith('/')
    ? given
    : join(home, ...(process.platform === 'darwin' ? ['Library', 'Caches'] : ['.cache']))
  return join(base, 'overdamped')
}

/** A library and its checksum, in a folder of their own: that comes by one rename, so both are there or neither is. */
const names = { library: 'kernels.node', checksum: 'kernels.sha256', proof: 'kernels.proof' } as const

/** SHA-256 in hexadecimal. */
export function hashOf(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(`${part.length}\0`).update(part)
  return hash.digest('hex')
}

/**
 * Makes the folder of libraries where it is missing, for this user alone.
 *
 * @throws Error when there can be none, or others could write to it
 */
export function openCache(folder: string): void {
  try {
    makeFolder(folder)
    requireOwn(folder, 'folder')
    for (let path = dirname(realpathSync(folder)); ; path = dirname(path)) {
      requireSafeWay(path)
      if (path === dirname(path)) return
    }
  } catch (cause) {
    throw isSystem(cause) ? new Error(`there is no place to keep them: ${folder}: ${cause.code}`) : cause
  }
}

/**
 * The path of a library that is kept under a name; null when there is none. One that is damaged is taken away.
 *
 * @param onDamage - hears what was taken away
 * @throws Error when somebody else could have written it: loading it could do anything
 */
export function keptLibrary(folder: string, name: string, onDamage: (what: string) => void = () => {}): string | null {
  const kept = join(folder, name)
  const damage = damageOf(kept)
  if (damage === null) return join(kept, names.library)
  if (damage !== '') {
    onDamage(damage)
    takeAway(kept)
  }
  return null
}

/**
 * What is damaged in the folder of a library, as whoever loaded it could end with it; '' when there is no such folder, null when it
 * is sound.
 *
 * @throws Error when somebody else could have written it
 */
function damageOf(kept: string): string | null {
  if (lstatSync(kept, { throwIfNoEntry: false }) === undefined) return ''
  const [library, checksum] = [join(kept, names.library), join(kept, names.checksum)]
  try {
    requireOwn(kept, 'folder')
    requireOwn(library, 'file')
    requireOwn(checksum, 'file')
    return hashOf(readFileSync(library)) === readFileSync(checksum, 'utf8') ? null : `${library} is damaged`
  } catch (cause) {
    if (isSystem(cause)) return `${kept} is damaged (${cause.code})`
    throw new Error(`${(cause as Error).message}; remove ${kept} to have it made again`)
  }
}

/** Removes a damaged library, but for a sound one that another process has put in its place meanwhile. */
function takeAway(kept: string): void {
  const aside = `${kept}.${process.pid}-${randomBytes(4).toString('hex')}`
  try {
    renameSync(kept, aside)
    if (damageOf(aside) === null) renameSync(aside, kept)
  } catch (cause) {
    // Another process took it away, or has put another there again.
    if (!isSystem(cause)) throw cause
  } finally {
    rmSync(aside, { recursive: true, force: true })
  }
}

/**
 * Keeps the library that `make` writes to the path it is given, and returns its path. Of processes that do this at the same time one is
 * the first, whose library all take.
 */
export async function keepLibrary(
  folder: string,
  name: string,
  make: (path: string) => Promise<void>,
): Promise<string> {
  const temporary = mkdtempSync(join(folder, `${name}.`))
  try {
    const library = join(temporary, names.library)
    await make(library)
    writeFileSync(join(temporary, names.checksum), hashOf(readFileSync(library)), { mode: 0o600 })
    try {
      renameSync(temporary, join(folder, name))
    } catch (cause) {
      if (!(isSystem(cause) && ['ENOTEMPTY', 'EEXIST'].includes(cause.code))) throw cause
    }
  } finally {
    rmSync(temporary, { recursive: true, force: true })
  }
  const kept = keptLibrary(folder, name)
  if (kept === null) throw new Error(`${join(folder, name)} is gone as soon as it was made`)
  return kept
}

/** Whether a library has this proof beside it that it was tried. */
export function hasProof(library: string, proof: string): boolean {
  const path = join(dirname(library), names.proof)
  try {
    requireOwn(path, 'file')
    return readFileSync(path, 'utf8') === proof
  } catch {
    return false
  }
}

/** Puts a proof beside a library that saves the next start the trial; where it can't, that is tried again. */
export function writeProof(library: string, proof: string): void {
  try {
    writeFileSync(join(dirname(library), names.proof), proof, { mode: 0o600 })
  } catch {}
}

/** Makes a folder with those above it. (Node's own way never ends where a system has no files to make, as in /proc.) */
function makeFolder(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) return
  if (dirname(path) !== path) makeFolder(dirname(path))
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (cause) {
    // Another process may have been faster.
    if (!(isSystem(cause) && cause.code === 'EEXIST')) throw cause
  }
}

const isSystem = (cause: unknown): cause is Error & { code: string } => cause instanceof Error && 'code' in cause
const ownUser = () => process.getuid?.()

/** @throws Error for what is no such file of this user's own, or may be written by others */
function requireOwn(path: string, kind: 'file' | 'folder'): void {
  // Of the name itself: a link could be led elsewhere.
  const found = lstatSync(path)
  if (!(kind === 'file' ? found.isFile() : found.isDirectory())) throw new Error(`${path} is no ${kind}`)
  if (found.uid !== ownUser()) throw new Error(`${path} is another user's`)
  if ((found.mode & 0o022) !== 0) throw new Error(`${path} may be written by others`)
}

/** @throws Error for a folder above in which somebody else could put another in the place of the user's */
function requireSafeWay(path: string): void {
  const { uid, gid, mode } = lstatSync(path)
  if (uid !== 0 && uid !== ownUser()) throw new Error(`${path} is another user's`)
  if ((mode & 0o1000) !== 0) return
  if ((mode & 0o002) !== 0) throw new Error(`${path} may be written by others`)
  // Many systems give each user a group, and let it write to all that is the user's.
  const isOwnGroup = gid === 0 || gid === process.getgid?.()
  if ((mode & 0o020) !== 0 && !isOwnGroup) throw new Error(`${path} may be written by others (of group ${gid})`)
}
