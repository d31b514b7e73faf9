import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { contenders } from '../../src/bench/contenders.js'
import type { BenchDocument } from '../../src/bench/document.js'
import { createBenchFolder } from '../../src/bench/folder.js'
import { sections } from '../../src/bench/sections.js'

const main = join(process.cwd(), 'dist', 'cli', 'main.js')
const folder = createBenchFolder()
const out = mkdtempSync(join(tmpdir(), 'overdamped-bench-out-'))
const all = contenders(folder)
afterAll(() => {
  folder.remove()
  rmSync(out, { recursive: true })
})

const overdamped = (...args: string[]) => spawnSync(process.execPath, [main, 'bench', ...args], { encoding: 'utf8' })

// Nothing timed is asserted: that would test the machine.
test('a smoke run has a figure or a reason for every contender in every part', () => {
  const { status, stdout, stderr } = overdamped('--quick', '--json', '--quiet', '--out', out)
  expect(stderr).toBe('')
  expect(status).toBe(0)
  const document = JSON.parse(stdout) as BenchDocument
  expect(JSON.parse(readFileSync(join(out, 'results.json'), 'utf8'))).toEqual({
    ...document,
    sha256: expect.any(String),
  })
  expect(readFileSync(join(out, 'results.svg'), 'utf8')).toMatch(/^<svg .*<\/svg>\n$/s)

  expect(document).toMatchObject({ format: 'overdamped-bench', version: 1, options: { quick: true, sections } })
  expect(document.machine.cores).toBeGreaterThan(0)
  const present = document.contenders.filter((contender) => 'description' in contender).map(({ name }) => name)
  const absent = document.contenders.filter((contender) => 'notRun' in contender).map(({ name }) => name)
  expect([...present, ...absent].sort()).toEqual(all.map(({ name }) => name).sort())
  expect(document.rates.map(({ workload }) => workload.couplings)).toEqual([1728, 5760, 10296])
  for (const { results } of document.rates) {
    expect(results.map(({ contender }) => contender)).toEqual(present)
    for (const result of results) {
      if ('notRun' in result) throw new Error(`${result.contender}: ${result.notRun}`)
      expect(result.rate.min).toBeGreaterThan(0)
      expect(result.rate.median).toBeLessThanOrEqual(result.rate.max)
      expect(Object.keys(result.timesOf).length).toBe(present.length - 1)
    }
  }
  expect(document.formulas?.rates.map(({ workload }) => workload.name)).toEqual(['washboard', 'rotors'])
  expect(document.flips?.rates.map(({ workload }) => workload.name)).toEqual(['Ising lattice', 'Boltzmann machine'])
  for (const { results } of document.flips!.rates) for (const result of results) expect(result).toHaveProperty('rate')
  expect(document.training?.results.length).toBeGreaterThan(0)
  for (const { results } of document.objectives!) {
    expect(results.length).toBeGreaterThan(1)
    for (const result of results) expect(result).toHaveProperty('timesReference')
  }
  expect(document.scaling.map(({ over }) => over)).toEqual(['units', 'units', 'batch', 'batch', 'couplings', 'steps'])
  for (const { over, series } of document.scaling)
    for (const { points, exponent, line } of series) {
      expect(points.length).toBe(2)
      expect(over === 'couplings' ? line?.slope : exponent).toBeTypeOf('number')
    }
  for (const footprint of document.footprint) expect(footprint).toHaveProperty('simulation.peakMB')

  const text = overdamped('--from', join(out, 'results.json')).stdout
  const table = overdamped('--from', join(out, 'results.json'), '--markdown').stdout
  for (const name of present) {
    expect(text).toContain(`\n${name}`)
    expect(table).toContain(`\n| ${name} |`)
  }
  for (const name of absent) expect(text).toContain(`${name}: not run: `)
})
