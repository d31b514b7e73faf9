import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import * as engine from '../../src/engine.js'
import * as index from '../../src/index.js'

const example = `
import { readFileSync } from 'node:fs'
import { bilinear, constantProtocol, createNetwork, createNoising, createReference, createTrainingState, createWasm, defaultBath, formulaOnsite,
  potentialOf, simulationOf, startParameters, stiffness, train } from 'overdamped/engine'
const network = createNetwork({ visible: { lattice: [3, 3] }, couplings: { visible: { range: 1 } } })
const kernels = readFileSync(new URL(import.meta.resolve('overdamped/kernels.wasm')))
const sextic = await formulaOnsite({ name: 'sextic', formula: 'x^6/6' })
for (const [backend, terms] of [[await createWasm({ kernels }), [stiffness, bilinear]], [createReference(), [stiffness, bilinear, sextic]]]) {
  const potential = potentialOf(network, terms)
  const protocol = constantProtocol(new Float64Array(potential.size).fill(0.1).fill(4, 0, 9), 5, 0.01)
  const { final } = await backend.simulate(simulationOf({ potential, protocol, trajectories: 64 }))
  console.log(backend.device, final.points.length, final.points.every((x) => Math.abs(x) < 10))
  const noising = createNoising({ stiffness: 1, duration: 1, tMin: 0.1, slices: 2, spacing: 'geometric' }, defaultBath)
  const state = createTrainingState(startParameters(potential, noising, 1))
  const losses = []
  await train(
    { potential, noising, drive: 'reverse', seed: 1, data: { train: final, heldOut: final } },
    { rule: 'force-matching', iterations: 40, batch: 64, average: true, oracle: false, optimizer: { rate: 0.05, finalRate: 0.1, beta1: 0.9, beta2: 0.99 } },
    state, backend, { record: ({ kind, heldOutLoss }) => kind === 'slice' && losses.push(heldOutLoss) },
  )
  // Without a step of training the last of them is .72.
  console.log(state.finished.length, losses.at(-1) < 0.6)
}
`

test('overdamped/engine simulates and trains in plain Node, kernels and formulas too', () => {
  // Inside the package, so that its own name resolves to dist/.
  const folder = mkdtempSync(join('dist', 'example-'))
  try {
    writeFileSync(join(folder, 'example.mjs'), example)
    const { stdout, stderr } = spawnSync(process.execPath, ['example.mjs'], { cwd: folder, encoding: 'utf8' })
    expect(stderr).toBe('')
    expect(stdout).toBe('float32, SIMD, 1 thread 576 true\n3 true\nfloat64, 1 thread 576 true\n3 true\n')
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('nothing that dist/engine.js imports is of Node', () => {
  const files = new Set<string>()
  const packages = new Set<string>()
  const follow = (file: string) => {
    if (files.has(file)) return
    files.add(file)
    for (const [, name] of readFileSync(file, 'utf8').matchAll(/(?:from|import)\s*\(?\s*["']([^"']+)["']/g))
      if (name!.startsWith('.')) follow(join(dirname(file), name!))
      else packages.add(name!)
  }
  follow(join('dist', 'engine.js'))
  expect([...packages].sort()).toEqual(['fastest-levenshtein', 'mathjs/number', 'ml-matrix'])
  expect([...files].some((file) => file.includes('mathjs-number'))).toBe(true)
})

test('what the engine exports, the library exports: the same things', () => {
  const all: Record<string, unknown> = { ...index }
  for (const [name, value] of Object.entries(engine)) expect(all[name]).toBe(value)
  expect(new Set(Object.values(engine)).size).toBe(Object.keys(engine).length)
})
