import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { OverdampedError } from '../src/errors.js'

/** The text that a page carries inside itself. */
export interface Assets {
  /** A classic script with uPlot in it. */
  script: string
  /** uPlot's style sheet and the report's. */
  style: string
}

/** What a live page carries inside itself besides. */
export interface PlayAssets extends Assets {
  /** The script of its worker. */
  worker: string
}

/** How the package asks to be cited: what CITATION.cff says. */
export interface Citation {
  title: string
  authors: { name: string }[]
  version: string
  license: string
}

/**
 * Reads dist/viz/client.js and dist/viz/style.css, which the build makes.
 * @throws OverdampedError E_FILE when they have not been built
 */
export function assets(): Assets {
  return { script: inlined(read('viz/client.js')), style: read('viz/style.css') }
}

/**
 * Reads what the build makes of viz/play.
 * @param worker which of the workers
 * @param graphics whether it has gpu.js with it, under the name by which it looks for it
 * @throws OverdampedError E_FILE when they have not been built
 */
export function playAssets(worker: string, graphics: boolean): PlayAssets {
  // The last line exports it, which a classic script can't.
  const gpujs = graphics ? read('shared/gpujs.js').replace(/\nexport[^\n]*\n$/, '') : 'var gpujs'
  return {
    script: inlined(read('viz/play.js')),
    style: read('viz/play.css'),
    worker: ascii(`${gpujs}\n${read(`viz/${worker}.js`)}`),
  }
}

/** Reads the kernels, as base64. @throws OverdampedError E_FILE when they have not been built */
export function kernels(): string {
  return read('wasm/kernels.wasm', 'base64')
}

/** A script with all that is not ASCII as \\u escapes: a page whose text is ASCII is held at a byte a letter. */
function ascii(script: string): string {
  return script.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** A script element ends at the first `</script`, wherever it stands. */
function inlined(script: string): string {
  return script.replaceAll('</script', '<\\/script')
}

/**
 * Reads dist/viz/citation.json, which the build makes of CITATION.cff.
 * @throws OverdampedError E_FILE when it has not been built
 */
export function citation(): Citation {
  return JSON.parse(read('viz/citation.json')) as Citation
}

function read(name: string, encoding: 'utf8' | 'base64' = 'utf8'): string {
  const path = join(packageRoot(dirname(fileURLToPath(import.meta.url))), 'dist', name)
  if (!existsSync(path))
    throw new OverdampedError('E_FILE', 'the page needs this file of the build; run "npm run build"', path)
  return readFileSync(path, encoding)
}

/** This module runs from viz/ under test and from dist/ when installed: the package's own package.json is above both. */
function packageRoot(folder: string): string {
  const manifest = join(folder, 'package.json')
  if (existsSync(manifest) && (JSON.parse(readFileSync(manifest, 'utf8')) as { name?: string }).name === 'overdamped')
    return folder
  const parent = dirname(folder)
  if (parent === folder)
    throw new OverdampedError('E_FILE', 'cannot find the package that holds the report; install overdamped again')
  return packageRoot(parent)
}
