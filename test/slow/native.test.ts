import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { loadAddon } from '../../src/backend/native/addon.js'
import { compilerOf, processor } from '../../src/backend/native/compiler.js'
import { sameAsWasm } from '../../src/backend/node/native.js'
import { nativeLibrary } from '../native.js'
import { fileFolder } from '../run-folder.js'

// Every compilation takes seconds; the everyday suite has one, for this machine, which is held to WebAssembly's bits as these are.

const library = await nativeLibrary()
const folder = fileFolder()

describe.skipIf(library === null)('native kernels', () => {
  const has = (flag: string) => new RegExp(`\\b${flag}\\b`).test(processor())
  test.skipIf(process.arch !== 'x64').each([
    ['x86-64', 4, true],
    ['x86-64-v3', 8, has('avx2')],
  ] as const)('for %s, with vectors of %d lanes, have the same bits', async (name, lanes, runsHere) => {
    if (!runsHere) return
    const cache = join(folder, name)
    expect(loadAddon(await sameAsWasm({ cache, machine: [`-march=${name}`] })).lanes).toBe(lanes)
  })

  const clang = compilerOf(['clang'])
  if (clang === null && process.env.REQUIRE_PEERS) throw new Error('no clang, and REQUIRE_PEERS is set')
  test.skipIf(clang === null)('by clang have the bits of those by gcc', async () => {
    // Both are held to WebAssembly’s.
    expect(await sameAsWasm({ cache: join(folder, 'clang'), compilers: [['clang']] })).not.toBe(library)
  })
})
