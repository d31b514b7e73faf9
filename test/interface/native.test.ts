import { execFile } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { hashOf, keptLibrary } from '../../src/backend/native/cache.js'
import { compilerOf, processor } from '../../src/backend/native/compiler.js'
import { kernelLibrary, type LibraryOptions } from '../../src/backend/native/library.js'
import { sameAsWasm } from '../../src/backend/node/native.js'
import { nativeLibrary } from '../native.js'
import { fileFolder } from '../run-folder.js'

const library = await nativeLibrary()
const folder = fileFolder()
let count = 0
const fresh = () => join(folder, `cache-${count++}`)

/** A compiler: a shell script that says its version, then does as `body` says with the path to write to in $out. */
function compiler(body: string): readonly [string, ...string[]] {
  const path = join(folder, `compiler-${count++}`)
  const script = ['#!/bin/sh', 'if [ "$1" = --version ]; then echo "shell 1"; exit; fi']
  const out = 'while [ $# -gt 0 ]; do if [ "$1" = -o ]; then out=$2; fi; shift; done'
  writeFileSync(path, [...script, out, body, ''].join('\n'), { mode: 0o700 })
  return [path]
}

describe.skipIf(library === null)('native kernels', () => {
  /** Takes the suite's library for what it compiled. */
  const copying = library === null ? (['none'] as const) : compiler(`cp '${library}' "$out"`)
  const ask = (options: Partial<LibraryOptions>) => sameAsWasm({ compilers: [copying], ...options })
  const full = library === null ? Promise.resolve('') : kept(fresh())
  /** Has a good library kept, which this process does not load: what is loaded must not change under it. */
  function kept(cache: string): Promise<string> {
    const [sources, include] = [resolve('kernels'), resolve('node_modules/node-api-headers/include')]
    return kernelLibrary({ sources, include, cache, compilers: [copying] })
  }
  /** Asks for the library in a cache, without loading it. */
  const again = (cache: string, onNote?: (line: string) => void) => {
    const [sources, include] = [resolve('kernels'), resolve('node_modules/node-api-headers/include')]
    return kernelLibrary({ sources, include, cache, compilers: [copying], onNote })
  }
  /** Flips a bit at a place of a file, from 0 to 1. */
  function flipBit(path: string, place: number): void {
    const bytes = readFileSync(path)
    bytes[Math.floor(place * bytes.length)]! ^= 1 << Math.floor(place * 8)
    writeFileSync(path, bytes)
  }
  /** A copy of that cache. */
  async function filled() {
    const path = await full
    const cache = fresh()
    cpSync(dirname(dirname(path)), cache, { recursive: true })
    const folderOf = join(cache, basename(dirname(path)))
    for (const made of [cache, folderOf]) chmodSync(made, 0o700)
    return { cache, kept: folderOf, path: join(folderOf, basename(path)) }
  }

  test('are compiled once, which is said, and kept for the user alone', async () => {
    const cache = fresh()
    const notes: string[] = []
    const onNote = (line: string) => notes.push(line)
    const path = await ask({ cache, onNote })
    expect(await ask({ cache, onNote })).toBe(path)
    expect(notes).toEqual([`compiling the kernels for this processor, once, with ${copying[0]} (kept in ${cache})`])
    expect(readdirSync(cache)).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)])
    // Another compiler, other flags: another library.
    await ask({ cache, compilers: [compiler(`cp '${library}' "$out"; :`)] })
    await ask({ cache, machine: ['-march=other'] })
    expect(readdirSync(cache)).toHaveLength(3)
    expect(processor()).toContain(process.arch)
  })

  test('that two processes begin to compile together are one library', async () => {
    const cache = fresh()
    const slow = compiler(`sleep .5; cp '${library}' "$out"`)
    const env = { ...process.env, CC: slow[0], XDG_CACHE_HOME: cache }
    const started = [1, 2].map(() => promisify(execFile)(process.execPath, ['dist/cli/main.js', 'backends'], { env }))
    for (const { stdout, stderr } of await Promise.all(started)) {
      expect(stdout).toMatch(/^native +float32, SIMD of \d+ lanes/)
      expect(stderr).toMatch(/^compiling the kernels/)
    }
    expect(readdirSync(join(cache, 'overdamped'))).toHaveLength(1)
  })

  const isRoot = process.getuid?.() === 0
  type Spoiled = [
    what: string,
    reason: RegExp,
    spoil: (path: string, kept: string, cache: string) => void,
    byRoot?: true,
  ]
  const spoiled: Spoiled[] = [
    ['may be written by others', /kernels\.node may be written by others/, (path) => chmodSync(path, 0o722)],
    [
      'has a checksum that others may write',
      /sha256 may be written/,
      (_, kept) => chmodSync(join(kept, 'kernels.sha256'), 0o620),
    ],
    ['lies in a folder that others may write to', /may be written by others/, (_, kept) => chmodSync(kept, 0o777)],
    [
      'lies in a cache that others may write to',
      /may be written by others/,
      (_path, _kept, cache) => chmodSync(cache, 0o770),
    ],
    ['is another user’s', /kernels\.node is another user's/, (path) => chownSync(path, 12345, 0), true],
    ['lies in another user’s folder', /is another user's/, (_, kept) => chownSync(kept, 12345, 0), true],
    ['lies in another user’s cache', /is another user's/, (_path, _kept, cache) => chownSync(cache, 12345, 0), true],
    [
      'is a link',
      /kernels\.node is no file/,
      (path) => {
        renameSync(path, `${path}.real`)
        symlinkSync(`${path}.real`, path)
      },
    ],
    [
      'lies behind a link',
      /is no folder/,
      (_path, _kept, cache) => {
        renameSync(cache, `${cache}-real`)
        symlinkSync(`${cache}-real`, cache)
      },
    ],
    [
      'has other bits',
      /other bits than WebAssembly \(the \w+ of force-matching\); they are in/,
      (path, kept) => {
        // What keeps a step of Adam finite, 1e-8, as 1/8.
        const bytes = readFileSync(path)
        const at = bytes.indexOf(Buffer.from(Float32Array.of(1e-8).buffer))
        expect(at).toBeGreaterThan(0)
        bytes.writeFloatLE(0.125, at)
        writeFileSync(path, bytes)
        writeFileSync(join(kept, 'kernels.sha256'), hashOf(bytes))
      },
    ],
  ]
  for (const [what, reason, spoil, byRoot] of spoiled)
    test.skipIf(byRoot && !isRoot)(`are refused when the library ${what}`, async () => {
      const { path, kept, cache } = await filled()
      spoil(path, kept, cache)
      await expect(ask({ cache })).rejects.toThrow(reason)
    })

  type Damaged = [what: string, said: RegExp, damage: (path: string, kept: string) => void]
  const damages: Damaged[] = [
    ['is truncated', /kernels\.node is damaged; it is made again/, (path) => truncateSync(path, 4096)],
    ['is empty', /kernels\.node is damaged/, (path) => truncateSync(path, 0)],
    ['has one bit flipped', /kernels\.node is damaged/, (path) => flipBit(path, 0.5)],
    ['has a damaged checksum', /kernels\.node is damaged/, (_, kept) => flipBit(join(kept, 'kernels.sha256'), 0.5)],
    ['has no checksum', /is damaged \(ENOENT\)/, (_, kept) => rmSync(join(kept, 'kernels.sha256'))],
    ['is gone', /is damaged \(ENOENT\)/, (path) => rmSync(path)],
  ]
  test.each(damages)('are made again, which is said, when the library %s', async (_what, said, damage) => {
    const { path, kept, cache } = await filled()
    const sound = readFileSync(path)
    damage(path, kept)
    const notes: string[] = []
    expect(await again(cache, (line) => notes.push(line))).toBe(path)
    expect(notes).toEqual([expect.stringMatching(said), expect.stringMatching(/^compiling the kernels/)])
    expect(hashOf(readFileSync(path))).toBe(hashOf(sound))
    // Nothing of it stays.
    expect(readdirSync(cache)).toEqual([basename(kept)])
  })

  test('are never taken for sound with one of 50 bits flipped, or cut at one of 50 lengths', async () => {
    const { path, kept, cache } = await filled()
    const sound = readFileSync(path)
    const checksum = readFileSync(join(kept, 'kernels.sha256'))
    const places = Array.from({ length: 50 }, (_, n) => (n * 0.618034) % 1)
    for (const place of places)
      for (const damage of [() => flipBit(path, place), () => truncateSync(path, Math.floor(place * sound.length))]) {
        mkdirSync(kept, { recursive: true, mode: 0o700 })
        writeFileSync(path, sound, { mode: 0o600 })
        writeFileSync(join(kept, 'kernels.sha256'), checksum, { mode: 0o600 })
        expect(keptLibrary(cache, basename(kept))).toBe(path)
        damage()
        const said: string[] = []
        expect(keptLibrary(cache, basename(kept), (what) => said.push(what))).toBe(null)
        expect(said).toEqual([`${path} is damaged`])
        expect(readdirSync(cache)).toEqual([])
      }
  })

  test('that are damaged end no process: the command says so and computes', async () => {
    const base = fresh()
    const env = { ...process.env, CC: copying[0], XDG_CACHE_HOME: base }
    const ran = () => promisify(execFile)(process.execPath, ['dist/cli/main.js', 'backends'], { env })
    await ran()
    const cache = join(base, 'overdamped')
    const [name] = readdirSync(cache)
    truncateSync(join(cache, name!, 'kernels.node'), 20_000)
    const { stdout, stderr } = await ran()
    expect(stderr).toContain('kernels.node is damaged; it is made again')
    expect(stdout).toMatch(/^native +float32/m)
  })

  test.skipIf(!isRoot)(
    'are not kept where another user made the folder first, also below a folder for all',
    async () => {
      for (const inBetween of [false, true]) {
        const above = fresh()
        mkdirSync(above)
        chmodSync(above, 0o1777)
        const cache = inBetween ? join(above, '.cache', 'overdamped') : join(above, 'overdamped')
        const theirs = inBetween ? dirname(cache) : cache
        mkdirSync(theirs, { mode: 0o755 })
        chownSync(theirs, 12345, 12345)
        await expect(again(cache)).rejects.toThrow(`${theirs} is another user's`)
      }
    },
  )

  test.skipIf(!isRoot)('are not kept below a folder that a group of others may write to', async () => {
    const above = fresh()
    mkdirSync(above)
    chownSync(above, 0, 12345)
    chmodSync(above, 0o775)
    await expect(again(join(above, 'overdamped'))).rejects.toThrow(`${above} may be written by others (of group 12345)`)
  })

  test('are a reason, and no crash, where nobody knows a home', async () => {
    const { HOME: _, XDG_CACHE_HOME: __, ...env } = process.env
    const options = isRoot ? { uid: 54321, gid: 54321 } : {}
    for (const home of [
      {},
      { HOME: '' },
      { HOME: 'relative' },
      { HOME: '/nonexistent' },
      { XDG_CACHE_HOME: 'relative' },
    ]) {
      const asked = ['dist/cli/main.js', 'backends']
      const { stdout } = await promisify(execFile)(process.execPath, asked, { env: { ...env, ...home }, ...options })
      expect(stdout).toMatch(/^native +\S/m)
      expect(stdout).toMatch(/^wasm +\S/m)
      if (!isRoot) break
    }
  })

  test('are not kept below a folder in which others could put another cache', async () => {
    const above = fresh()
    mkdirSync(above, { mode: 0o700 })
    chmodSync(above, 0o777)
    const below = { cache: join(above, 'overdamped') }
    await expect(ask(below)).rejects.toThrow(`${above} may be written by others`)
    chmodSync(above, 0o1777)
    expect(await ask(below)).toContain(above)
  })

  test.each([
    ['a folder that is read-only', '/proc/overdamped'],
    ['a file in the way', join(folder, 'file', 'overdamped')],
  ])('are not kept where there is %s', async (_what, cache) => {
    writeFileSync(join(folder, 'file'), '')
    await expect(ask({ cache })).rejects.toThrow(`no place to keep them: ${cache}`)
  })

  test('come from the next compiler when one fails, and the first failure is the reason when all do', async () => {
    const failing = compiler('echo "kernels.c:1: error: too old \x1b[31m" >&2; exit 1')
    const cache = fresh()
    expect(await ask({ cache, compilers: [['no-such-compiler'], failing, copying] })).toContain(cache)
    await expect(ask({ cache: fresh(), compilers: [failing, ['no-such-compiler']] })).rejects.toThrow(
      /compiler-\d+ does not compile the kernels \(kernels\.c:1: error: too old/,
    )
    await expect(ask({ cache: fresh(), compilers: [['no-such-compiler']] })).rejects.toThrow(
      'there is no C compiler (no-such-compiler)',
    )
    for (const option of ['-Ofast', '-ffast-math', '--fast-math', '-ffinite-math-only', '-mdaz-ftz'])
      expect(() => compilerOf(['gcc', option])).toThrow(`CC has the option ${option}`)
  })

  test.each([
    ['writes nothing', 'exit 0', /does not compile the kernels \(Error: .*kernels\.node: cannot open/],
    ['writes text', 'echo "int main;" > "$out"', /does not compile the kernels \(Error: .*kernels\.node: /],
    ['prints garbage and dies', 'head -c 9999 /dev/urandom >&2; kill -9 $$', /does not compile the kernels \(/],
    // The process that loads it dies of it.
    ['writes half a library', `head -c 20000 '${library}' > "$out"`, /does not compile the kernels \(/],
  ])('are refused when the compiler %s', async (_what, body, reason) => {
    await expect(ask({ cache: fresh(), compilers: [compiler(body)] })).rejects.toThrow(reason)
  })

  test('give way to WebAssembly under auto, which says why', async () => {
    const env = { ...process.env, CC: compiler('echo "error: not today" >&2; exit 1')[0] }
    const out = join(folder, 'run')
    const scenario = ['run', 'scenarios/ornstein-uhlenbeck.yaml', '--profile', 'quick', '--threads', '1', '--out', out]
    const { stderr } = await promisify(execFile)(process.execPath, ['dist/cli/main.js', ...scenario], { env })
    expect(stderr).toMatch(/^backend wasm: .*; not native: \S+ does not compile the kernels \(error: not today\)\)$/m)
    expect(JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8')).backend.name).toBe('wasm')
  })
})
