import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import ndarray from 'ndarray'
import { beforeAll, expect, test } from 'vitest'
import { decodeNpy, encodeNpy } from '../../src/experiment/files/npy.js'
import { readBytes } from '../../src/experiment/record/directory.js'
import { run } from '../../src/experiment/run/run.js'
import { defineScenario } from '../../src/experiment/scenario/load.js'
import type { ScenarioInput } from '../../src/experiment/scenario/schema.js'
import { fileFolder } from '../run-folder.js'

// Two overlapping Gaussians ±μ of unequal weights: which of them a datum is from, given one of its units or given it under noise, is
// known by Bayes' rule, and so is where its units are. A harmonic network with a label knows each; the label must find the class.
const mean = [0.9, -0.6]
const [width, share] = [0.6, 0.7]
const folder = fileFolder()
const directory = join(folder, 'run')
const count = 2000
const input = {
  name: 'two-modes',
  data: {
    source: 'gaussian-mixture',
    means: [mean.map((x) => -x), mean],
    weights: [1 - share, share],
    width,
    samples: 6000,
  },
  network: { visible: { units: 2 }, label: {} },
  potential: { onsite: ['stiffness'], pair: ['bilinear'] },
  noising: { duration: 4, tMin: 0.002, slices: 30 },
  learning: { rule: 'least-squares' },
  observe: ['work', 'heat'],
} satisfies ScenarioInput
beforeAll(async () => {
  await run(await defineScenario({ ...input, sampling: { trajectories: 100 } }), { directory, threads: 1 })
}, 60_000)

/** Samples given one image of a file, [count, 2], and the class of each. */
async function drawnGiven(name: string, image: readonly number[], sampling: NonNullable<ScenarioInput['sampling']>) {
  const file = join(folder, `${name}.npy`)
  writeFileSync(file, encodeNpy(ndarray(Float64Array.from(image), [1, 2])))
  const mask = join(folder, `${name}-mask.npy`)
  writeFileSync(mask, encodeNpy(ndarray(Uint8Array.from([1, 0]), [2])))
  const out = join(folder, name)
  const given = Object.fromEntries(
    Object.entries(sampling).map(([key, value]) => [
      key,
      { ...(value as object), of: file, completions: count, ...(key === 'inpaint' ? { known: mask } : {}) },
    ]),
  )
  const scenario = await defineScenario({ ...input, sampling: { trajectories: count, ...given } })
  const results = await run(scenario, { directory: out, parametersFrom: directory, threads: 1 })
  const read = (array: string) => Array.from(decodeNpy(readBytes(out, array), array).data as Float32Array)
  const points = read('samples-denoised.npy')
  return { results, points, ones: read('labels.npy').filter((c) => c === 1).length / count }
}

/** p(second mode) where it is `odds` times as likely as its share says. */
const posterior = (odds: number) => (share * odds) / (share * odds + 1 - share)
/** 4 standard errors: binomial, of the bias learned from 2,000 classes, and of the weights themselves among 6,000 data. */
const error = (p: number) =>
  4 * p * (1 - p) * Math.hypot(1 / Math.sqrt(count * p * (1 - p)), 1 / Math.sqrt(2000 * 0.1), 1 / Math.sqrt(6000 * 0.2))

test('given one unit, the class is drawn from its posterior and the other unit from the mixture that follows', async () => {
  const y = -0.2
  const { points, ones, results } = await drawnGiven('half', [y, Number.NaN], {
    inpaint: { known: '', sweeps: 6, steps: 24 },
  })
  const p = posterior(Math.exp((2 * y * mean[0]!) / width ** 2))
  expect(Math.abs(ones - p)).toBeLessThan(error(p))
  const unknown = points.filter((_, n) => n % 2 === 1)
  const average = unknown.reduce((sum, x) => sum + x / count, 0)
  const spread = Math.hypot(width, 2 * mean[1]! * Math.sqrt(p * (1 - p)))
  expect(Math.abs(average - (2 * p - 1) * mean[1]!)).toBeLessThan(
    2 * Math.abs(mean[1]!) * error(p) + (4 * spread) / Math.sqrt(count),
  )
  // Known units come back as they were given; of a file nobody knows the truth.
  expect(points.filter((_, n) => n % 2 === 0).every((x) => Math.abs(x - y) < 1e-6)).toBe(true)
  expect(Object.keys(results.metrics)).toEqual(['labelError'])
  expect(results.thermodynamics.heat!.mean).toBeGreaterThan(0)
}, 60_000)

test('given a noised state, the class is drawn from its posterior and the state from the mixture that follows', async () => {
  const z = [0.3, 0.5]
  const noise = 0.5
  const { points, ones } = await drawnGiven('noised', z, { noised: { width: noise } })
  const along = z[0]! * mean[0]! + z[1]! * mean[1]!
  const v = width ** 2 + noise ** 2
  const p = posterior(Math.exp((2 * along) / v))
  expect(Math.abs(ones - p)).toBeLessThan(error(p))
  for (const i of [0, 1]) {
    const average = points.filter((_, n) => n % 2 === i).reduce((sum, x) => sum + x / count, 0)
    // E[x|z, c] = μ_c + width²/v (z - μ_c)
    const gain = width ** 2 / v
    const truth = gain * z[i]! + (1 - gain) * (2 * p - 1) * mean[i]!
    expect(Math.abs(average - truth)).toBeLessThan(2 * Math.abs(mean[i]!) * error(p) + (4 * width) / Math.sqrt(count))
  }
}, 60_000)

test('a class that is chosen stays, whatever the given units say', async () => {
  const mask = join(folder, 'half-mask.npy')
  const scenario = await defineScenario({
    ...input,
    sampling: { trajectories: 64, label: 0, inpaint: { known: mask, completions: 4 } },
  })
  const out = join(folder, 'chosen')
  const { metrics } = await run(scenario, { directory: out, parametersFrom: directory, threads: 1 })
  expect(new Set(decodeNpy(readBytes(out, 'labels.npy'), 'labels').data)).toEqual(new Set([0]))
  expect(Object.keys(metrics).sort()).toEqual(['completionError', 'labelError', 'meanCompletionError', 'nearestError'])
}, 60_000)

test('what samples can not be drawn given is said with its place', async () => {
  const refused = async (sampling: object, also: object = {}) =>
    defineScenario({ ...input, ...also, sampling } as ScenarioInput).then((scenario) =>
      run(scenario, { directory: join(folder, 'refused'), parametersFrom: directory, threads: 1 }),
    )
  const inpaint = { known: join(folder, 'half-mask.npy'), completions: 4 }
  await expect(refused({ trajectories: 62, inpaint })).rejects.toThrow(
    'sampling.trajectories: expected images × completions',
  )
  await expect(refused({ trajectories: 64, inpaint: { ...inpaint, known: 'left-half' } })).rejects.toThrow(
    'needs network.visible.lattice',
  )
  await expect(refused({ trajectories: 64, inpaint: { ...inpaint, of: [99999] } })).rejects.toThrow(
    'numbered 0 to 2999',
  )
  await expect(refused({ trajectories: 64, inpaint: { ...inpaint, of: [1] } })).rejects.toThrow(
    '4 samples for each of 1 images are 4',
  )
  await expect(refused({ trajectories: 64, inpaint }, { checks: ['first-law'] })).rejects.toThrow('checks.0')
  await expect(refused({ trajectories: 64, inpaint }, { observe: ['trajectories'] })).rejects.toThrow('observe.0')
  await expect(refused({ trajectories: 64, noised: { width: 99, completions: 4 } })).rejects.toThrow(
    'sampling.noised.width',
  )
})
