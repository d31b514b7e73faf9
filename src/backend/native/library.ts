import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder, hashOf, keepLibrary, keptLibrary, openCache } from './cache.js'
import { type Compiler, compile, compilerCommands, compilerOf, flagsOf, processor, thisMachine } from './compiler.js'

/** What a library is made of, and where it is kept. */
export interface LibraryOptions {
  /** folder of the kernels' sources, which has addon.c */
  readonly sources: string
  /** folder of Node-API's headers */
  readonly include: string
  /** where libraries are kept; the user's cache folder when absent */
  readonly cache?: string | undefined
  /** compilers to try; what CC names, or cc, gcc and clang, when absent */
  readonly compilers?: readonly Compiler['command'][] | undefined
  /** flags that name the processor; this one when absent */
  readonly machine?: readonly string[] | undefined
  /** hears, once for each compilation, that there is one */
  readonly onNote?: ((line: string) => void) | undefined
}

/**
 * The path of the kernels as a library for this processor, compiled where it is not yet kept.
 *
 * @throws Error with the reason when there is no compiler, none that compiles them, or no safe place to keep them
 *
 * Cost: seconds once; then some ms, for the compiler to say what it is, and for the checksums.
 */
export async function kernelLibrary(options: LibraryOptions): Promise<string> {
  if (process.getuid === undefined) throw new Error('they are compiled on Linux, macOS and their kin only')
  const { sources, include, cache = cacheFolder(), compilers = compilerCommands(), machine = thisMachine } = options
  openCache(cache)
  const texts = readdirSync(sources)
    .sort()
    .flatMap((name) => [name, readFileSync(join(sources, name))])
  let failure = `there is no C compiler (${compilers.map((command) => command.join(' ')).join(', ')})`
  let hasFailed = false
  for (const command of compilers) {
    const compiler = compilerOf(command)
    if (compiler === null) continue
    // Where the headers lie makes no other library.
    const name = hashOf(...texts, ...command, ...flagsOf(compiler, machine), compiler.version, processor())
    const kept = keptLibrary(cache, name, (what) => options.onNote?.(`${what}; it is made again`))
    if (kept !== null) return kept
    try {
      return await keepLibrary(cache, name, (path) => {
        options.onNote?.(`compiling the kernels for this processor, once, with ${command.join(' ')} (kept in ${cache})`)
        return compile(compiler, [...flagsOf(compiler, machine), `-I${include}`], join(sources, 'addon.c'), path)
      })
    } catch (cause) {
      if (!hasFailed) failure = (cause as Error).message
      hasFailed = true
    }
  }
  throw new Error(failure)
}
