import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { loadMnist } from '../../src/experiment/files/mnist.js'
import { playedRun } from '../../src/experiment/play/network-record.js'
import { run } from '../../src/experiment/run/run.js'
import { loadScenario } from '../../src/experiment/scenario/load.js'
import { digitMetrics } from '../../src/learning/evaluation/digits.js'
import { defaultPacking, packings } from '../../src/play/packings.js'
import { writePlayPage } from '../../viz/play/page.js'
import { browserPath, launch, openFile } from '../browser/open-page.js'

const folder = mkdtempSync(join(tmpdir(), 'overdamped-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Samples that the page draws. */
const count = 500

test.skipIf(browserPath === undefined)(
  'samples that the page draws with the default number of bits, and more, have the metrics of the run within their standard errors (skipped without Chromium)',
  async () => {
    const directory = join(folder, 'mnist-01')
    const scenario = await loadScenario('scenarios/mnist-01.yaml', { profile: 'quick' })
    const result = await run(scenario, { directory })
    const { train, heldOut, every } = loadMnist([0, 1], scenario.data as { size: number; crop: number })
    const browser = await launch()
    for (const bits of packings.filter((bits) => bits >= defaultPacking)) {
      const file = join(folder, `play-${bits}.html`)
      writePlayPage((await playedRun(directory, { bits, command: 'overdamped play' })).record, file)
      const { page, complaints } = await openFile(browser, file, { width: 800 })
      const { samples } = await page.evaluate<{ samples: number[] }>(
        `overdamped.draw({ trajectories: ${count}, seed: 99, label: 'each' }).then(({ samples }) => ({ samples: [...samples] }))`,
      )
      expect(complaints).toEqual([])
      await page.close()
      const points = { points: Float64Array.from(samples), count, units: 144 }
      const { metrics } = digitMetrics({ samples: points, train, heldOut, every: every(), digits: [0, 1], seed: 1 })
      const compared = ['oneNearestNeighbour', 'bridge', 'other', 'nearestTraining'].map((name) => {
        const [here, there] = [metrics[name]!, result.metrics![name]!]
        const error = Math.hypot(here.standardError, there.standardError)
        console.log(
          `${bits} bits: ${name} ${here.value} ± ${here.standardError}, run ${there.value} ± ${there.standardError}`,
        )
        return { name, z: Math.abs(here.value - there.value) / error }
      })
      expect(compared.filter(({ z }) => !(z < 4))).toEqual([])
    }
    await browser.close()
  },
  900_000,
)
