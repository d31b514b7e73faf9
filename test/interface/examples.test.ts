import { readdirSync, readFileSync } from 'node:fs'
import { beforeAll, expect, test, vi } from 'vitest'

/** What an example finds, beside what is exactly known. */
interface Example {
  readonly found: unknown
  readonly truth: unknown
}
interface Measured extends Example {
  readonly found: { readonly value: number; readonly standardError: number }
  readonly truth: number
}

const names = readdirSync('examples').filter((name) => name.endsWith('.mjs'))
const run = async <Kind extends Example>(name: string): Promise<Kind> => import(`../../examples/${name}.mjs`)

// They print what they find.
beforeAll(() => {
  vi.spyOn(console, 'log').mockImplementation(() => {})
})

/** Means over thousands of independent trajectories: within 4 standard errors, which are below 5 % of the truth. */
test.each(['term', 'move', 'observer'])('%s.mjs measures its exact truth within 4 s.e.', async (name) => {
  const { found, truth } = await run<Measured>(name)
  expect(found.standardError).toBeLessThan(0.05 * truth)
  expect(Math.abs(found.value - truth)).toBeLessThan(4 * found.standardError)
})

/** 4000 data: their variance is off by √(2/4000) = 2.2 %, of which σ_t² has a third and 2/σ_t² - 1 twice that; four of them. */
test('rule.mjs trains to the optimum of Gaussian data within 6 %', async () => {
  const { found, truth } = await run<Example & { found: number; truth: number }>('rule')
  expect(Math.abs(found / truth - 1)).toBeLessThan(0.06)
})

/** 1500 steps of a convex problem whose slowest direction relaxes within a few tens of them. */
test('objective.mjs ends at the exact parameters to 1e-6', async () => {
  const { found, truth } = await run<Example & { found: number[]; truth: number[] }>('objective')
  found.forEach((value, a) => {
    expect(Math.abs(value - truth[a]!)).toBeLessThan(1e-6)
  })
})

/** 6000 data: variances of uniform numbers are off by √(.8/6000) = 1.2 %, covariances by 1.3 % of a variance; four of them. */
test('data-law.mjs finds the harmonic network of the law within 5 % of its stiffness', async () => {
  const { found, truth } = await run<Example & { found: number[]; truth: number[] }>('data-law')
  expect(found).toHaveLength(3)
  found.forEach((value, a) => {
    expect(Math.abs(value - truth[a]!)).toBeLessThan(0.05 * truth[0]!)
  })
})

test('backend.mjs has the bits of the reference', async () => {
  const { found, truth } = await run<Example & { found: Float64Array; truth: Float64Array }>('backend')
  expect(found).toHaveLength(300)
  expect(found).toEqual(truth)
})

test('executor.mjs has the outputs of the calling thread', async () => {
  const { found, truth } = await run<Example & { found: object[][]; truth: object[][] }>('executor')
  expect(found.map((outputs) => outputs.length)).toEqual([3])
  expect(found).toEqual(truth)
  // Seeds differ: no output stands for another.
  expect(found[0]![0]).not.toEqual(found[0]![1])
})

test('examples are short, say how to run them, and know the public names only', () => {
  expect(names).toHaveLength(9)
  for (const name of names) {
    const text = readFileSync(`examples/${name}`, 'utf8')
    expect(text.trimEnd().split('\n').length, name).toBeLessThanOrEqual(50)
    expect(text).toContain(`node examples/${name}`)
    const imported = [...text.matchAll(/from '([^']+)'/g)].map(([, from]) => from!)
    expect(imported.filter((from) => !from.startsWith('node:'))).toEqual(['overdamped'])
  }
})
