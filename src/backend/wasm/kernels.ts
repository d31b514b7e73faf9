import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../package-root.js'

/** What the compiled kernels export (kernels/index.ts says what each does); every argument is a number, addresses in bytes. */
export interface Kernels {
  normals(out: number, units: number, group: number, step: number, stream: number, key0: number, key1: number): void
  forces(system: number, block: number, x: number, scratch: number, force: number): void
  energies(system: number, block: number, x: number, scratch: number, energy: number): void
  advance(
    system: number,
    steps: number,
    from: number,
    to: number,
    group: number,
    groups: number,
    lanes: number,
    x: number,
    scratch: number,
    record: number,
  ): number
  noise(system: number, noise: number, group: number, x: number, target: number, scratch: number): void
  residuals(
    system: number,
    block: number,
    lanes: number,
    x: number,
    target: number,
    scratch: number,
    force: number,
    field: number,
  ): number
  directional(
    system: number,
    block: number,
    x: number,
    r: number,
    groups: number,
    p: number,
    q: number,
    s: number,
    d: number,
    out: number,
  ): void
  nudged(
    system: number,
    block: number,
    plus: number,
    minus: number,
    x: number,
    r: number,
    groups: number,
    p: number,
    q: number,
    s: number,
    d: number,
    out: number,
  ): void
  pack(theta: number, first: number, second: number, from: number, to: number, block: number): void
  descend(descent: number, from: number, to: number): void
}

/** Compiles the kernels that ship in dist/. @throws Error when this engine lacks SIMD or shared memory */
export function compileKernels(): WebAssembly.Module {
  const bytes = readFileSync(join(packageRoot(), 'dist', 'wasm', 'kernels.wasm'))
  if (!WebAssembly.validate(bytes)) throw new Error('this engine runs no WebAssembly SIMD')
  return new WebAssembly.Module(bytes)
}

/** The kernels over a memory; each thread has an instance of its own. */
export function instantiateKernels(module: WebAssembly.Module, memory: WebAssembly.Memory): Kernels {
  const abort = () => {
    throw new Error('a kernel aborted')
  }
  return new WebAssembly.Instance(module, { env: { memory, abort } }).exports as unknown as Kernels
}
