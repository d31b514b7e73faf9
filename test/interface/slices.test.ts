import { mkdirSync } from 'node:fs'
import ndarray from 'ndarray'
import { expect, test } from 'vitest'
import { encodeNpy } from '../../src/experiment/files/npy.js'
import { run } from '../../src/experiment/run/run.js'
import { loadScenario } from '../../src/experiment/scenario/load.js'
import { readRun } from '../../viz/read-run.js'
import { renderReport } from '../../viz/report.js'
import { runFolders } from '../run-folder.js'
import { count, write, writeLearningRun } from './small-run.js'

const folder = runFolders()

const learningSection = (page: string) => /<section id="learning".*?<\/section>/s.exec(page)![0]

test('a run says how far each knot is from the best force, its moments and its variance in generation', async () => {
  const directory = folder()
  const set = [
    'noising.slices=5',
    'learning.iterations=20',
    'data.samples=400',
    'sampling.trajectories=300',
    'checks=[]',
  ]
  const scenario = await loadScenario('scenarios/gaussian-mixture-2d.yaml', { set: [...set, 'observe=[]'] })
  const { slices, learning } = await run(scenario, { directory, threads: 1 })
  expect(slices).toHaveLength(6)
  expect(slices![0]!.t).toBe(scenario.noising.duration)
  for (const { t, noiseWidth, heldOutLoss, posteriorLoss, moments, signalVariance } of slices!) {
    expect(noiseWidth).toBeCloseTo(Math.sqrt(1 - Math.exp(-2 * t)), 12)
    // The exact score of the mixture: no force is better, but for the scatter of paired states.
    expect(posteriorLoss!).toBeLessThan(1.02 * heldOutLoss)
    for (const bands of [moments, signalVariance!]) {
      expect(bands.map(({ from, to }) => [from, to])).toEqual([[1, 2]])
      expect(bands[0]!.standardError).toBeGreaterThan(0)
    }
  }
  // The held-out data are fewer than a knot may take: the same data as in training's losses, under other noise.
  const mean = slices!.reduce((sum, { heldOutLoss }) => sum + heldOutLoss, 0) / slices!.length
  expect(Math.abs(mean / learning!.heldOutLoss - 1)).toBeLessThan(0.2)

  const { diagnoses } = readRun(directory)
  expect(diagnoses.map(({ t }) => t)).toEqual(slices!.map(({ t }) => t).reverse())
  const section = learningSection(renderReport(readRun(directory)))
  for (const title of ['How far from the best force', 'Moments', 'Variance in generation'])
    expect(section).toContain(`<h3>${title}</h3>`)
})

test('runs of before, and slices that nobody can read, leave the charts out', () => {
  const directory = folder()
  mkdirSync(directory)
  writeLearningRun(directory)
  for (const slices of [undefined, 'none', [{ t: null }, 7], [{ t: 0.1 }]]) {
    write(directory, 'results.json', { metrics: {}, slices })
    const section = learningSection(renderReport(readRun(directory)))
    expect(section).toContain('Loss at each knot')
    expect(section).not.toContain('How far from the best force')
    expect(section).not.toContain('<h3>Moments</h3>')
  }
})

test('samples with classes stand in lines of their class', () => {
  const directory = folder()
  mkdirSync(directory)
  writeLearningRun(directory)
  const classes = Int32Array.from({ length: count }, (_, n) => [3, 8, 5][n % 3]!)
  write(directory, 'labels.npy', encodeNpy(ndarray(classes, [count])))
  const page = renderReport(readRun(directory))
  expect(page).toContain('<span>3</span><span>5</span><span>8</span>')
  expect(page).toContain('The first 16 of each class of 40, not picked.')
  write(directory, 'labels.npy', encodeNpy(ndarray(new Int32Array(count).fill(3), [count])))
  expect(renderReport(readRun(directory))).toContain('The first 40 of 40, not picked.')
  write(directory, 'labels.npy', encodeNpy(ndarray(new Int32Array(7), [7])))
  expect(() => readRun(directory)).toThrow(/labels\.npy.*7 labels of 40 samples/)
})
