import { dirname, resolve } from 'node:path'

/** Of a directory that this process owns: says that it still does, or throws. */
export interface Guard {
  requireOwned(): void
  /** the same, by what was found within the last second, which costs next to nothing */
  requireOwnedLately(): void
}

/**
 * What must be asked before anything is written to a directory, by its path. It is known here, and not handed to everyone who
 * writes, because it is no choice of theirs: what a process owns holds for all of it.
 */
const guards = new Map<string, Set<Guard>>()

/** From now on whatever is written to a directory asks `guard` before. @returns what ends that */
export function guardWrites(directory: string, guard: Guard): () => void {
  const path = resolve(directory)
  const all = guards.get(path) ?? new Set()
  guards.set(path, all.add(guard))
  return () => {
    all.delete(guard)
    if (all.size === 0) guards.delete(path)
  }
}

/** Asks before a file is replaced, renamed or removed. @throws what a guard of its folder throws; nothing where there is none */
export function requireOwner(path: string): void {
  for (const guard of guardsOf(path)) guard.requireOwned()
}

/** Asks before a line is appended, which happens often. @throws as `requireOwner` does */
export function requireRecentOwner(path: string): void {
  for (const guard of guardsOf(path)) guard.requireOwnedLately()
}

const guardsOf = (path: string) => guards.get(resolve(dirname(path))) ?? []
