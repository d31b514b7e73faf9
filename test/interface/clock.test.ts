import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { run } from '../../src/experiment/run/run.js'
import { loadScenario } from '../../src/experiment/scenario/load.js'
import { command } from '../command.js'
import { fileFolder, runFolders } from '../run-folder.js'

const folder = runFolders()
const kept = fileFolder()

/** Two units, of which Gaussian data of variance .25 and mean 0 are learned exactly enough. */
const gaussian = `name: gaussian
data: { source: gaussian-mixture, means: [[0, 0]], width: 0.5, samples: 20000 }
network: { visible: { units: 2 } }
potential: { onsite: [stiffness, bias], pair: [bilinear] }
noising: { duration: 3, tMin: 0.01, slices: 40 }
learning: { rule: least-squares }
sampling: { trajectories: 4000, batch: 1000, drive: reverse, denoise: false }
observe: [work, heat, entropy-production]
checks: [first-law]
`
/** ∫ g ds of both units from s = 3 to .01, and (∫ √g ds)²: quadrature of g = v (1 - 1/v)², v = 1 - .75 e^(-2s). */
const [reverse, square] = [2 * 0.296719, 2 * 0.234676]

/** Runs it with changes. */
async function bill(...set: string[]) {
  const results = await run(await gaussianWith(...set), { directory: folder(), backend: 'reference' })
  const { entropyProduction, heat } = results.thermodynamics
  return { ...results.bill!, entropy: entropyProduction!, heat: heat!, metrics: results.metrics }
}

function gaussianWith(...set: string[]) {
  const file = join(kept, 'gaussian.yaml')
  writeFileSync(file, gaussian)
  return loadScenario(file, { set })
}

/** (a - b)/s.e. of means. */
const z = (a: { mean: number; standardError: number }, b: number, error = 0) =>
  (a.mean - b) / Math.hypot(a.standardError, error)

test('a Gaussian: entropy production by heat and by the mean velocity are those of the closed form, of each clock, and heats differ by as much', async () => {
  const own = await bill()
  const optimal = await bill('sampling.clock=optimal', 'sampling.duration=2.5')
  const slow = await bill('sampling.clock=uniform', 'sampling.duration=9')
  const optimum = square / 2.5
  for (const [found, truth] of [
    [own, reverse],
    [optimal, optimum],
    [slow, (reverse * 2.99) / 9],
  ] as const) {
    expect(Math.abs(z(found.entropy, truth))).toBeLessThan(4)
    // By 128 trajectories, and a law that was learned from 20,000 states.
    expect(Math.abs(found.current!.value / truth - 1)).toBeLessThan(4 * 0.04)
    expect(Math.abs(found.ofData! / truth - 1)).toBeLessThan(0.06)
    expect(found.metrics.frechetDistance!.value).toBeLessThan(0.01)
  }
  expect(optimal.optimum / optimum).toBeCloseTo(1, 1)
  expect(optimal.duration).toBeCloseTo(2.5, 9)
  expect(optimal.knots.at(-1)!.elapsed).toBeCloseTo(2.5, 9)
  expect(own.heat.mean - optimal.heat.mean).toBeGreaterThan(0.3)
  const error = Math.hypot(own.heat.standardError, optimal.heat.standardError)
  expect(Math.abs(own.heat.mean - optimal.heat.mean - (reverse - optimum)) / error).toBeLessThan(4)
  // Both end in the same states, whose entropy is what the heat pays for at least.
  expect(
    Math.abs(
      z({ mean: own.leastHeat!.value, ...own.leastHeat! }, optimal.leastHeat!.value, optimal.leastHeat!.standardError),
    ),
  ).toBeLessThan(4)
  expect(optimal.heat.mean).toBeGreaterThan(optimal.leastHeat!.value)
}, 60_000)

test.each(['reverse', 'quasi-static'])(
  'a run that learned the %s drive is drawn again by a clock, without learning',
  async (drive) => {
    const [parent, child] = [folder(), folder()]
    await run(await gaussianWith(`sampling.drive=${drive}`, 'sampling.trajectories=200'), { directory: parent })
    const drawn = await command('sample', parent, '--clock', 'optimal', '--duration', '8', '--out', child)
    expect(drawn.status).toBe(0)
    const { bill: found, learning } = JSON.parse(readFileSync(join(child, 'results.json'), 'utf8'))
    expect(learning).toBeUndefined()
    expect(found.duration).toBeCloseTo(8, 9)
    expect(Math.abs(found.current.value / found.optimum - 1)).toBeLessThan(0.3)
    expect(found.optimum / (square / 8)).toBeCloseTo(1, 0)
    expect(readFileSync(join(child, 'scenario.yaml'), 'utf8')).toMatch(/clock: optimal/)
    expect(JSON.parse(readFileSync(join(child, 'manifest.json'), 'utf8')).command).toMatch(
      /--clock optimal --duration 8/,
    )
  },
  60_000,
)

test('what is drawn by a clock has the same bits whatever the batch', async () => {
  const draw = async (batch: number) => {
    const directory = folder()
    const set = ['sampling.clock=optimal', 'sampling.trajectories=300', `sampling.batch=${batch}`]
    const { bill: found } = await run(await gaussianWith(...set), { directory, backend: 'reference' })
    return [found, readFileSync(join(directory, 'samples.npy')).toString('base64')]
  }
  expect(await draw(300)).toEqual(await draw(64))
}, 60_000)

test.each([
  [['sampling.duration=4'], /sampling\.duration: .*add sampling\.clock/],
  [['sampling.clock=uniform', 'sampling.slowest=0.5'], /sampling\.slowest: it is of the optimal clock/],
  [['sampling.clock=optimal', 'sampling.slowest=1'], /sampling\.slowest: expected less than the speed 1/],
  [
    ['sampling.clock=optimal', 'sampling.drive=quasi-static', 'sampling.slowdown=4'],
    /sampling\.slowdown: .*sampling\.duration/,
  ],
  [['sampling.clock=optimal', 'observe=[error-budget]'], /sampling\.clock: .*error-budget/],
])('a clock with what does not go with it is refused: %j', async (set, says) => {
  await expect(gaussianWith(...set)).rejects.toThrow(says)
})

test('a network that can’t be driven at another speed says why', async () => {
  const onsite = ['potential.onsite=[bias]', 'sampling.clock=uniform']
  await expect(run(await gaussianWith(...onsite), { directory: folder() })).rejects.toThrow(/add stiffness/)
  const moving = [
    'network.hidden.units=2',
    'network.hidden.kind=explicit',
    'observe=[work]',
    'learning.rule=nudged-force-matching',
    'sampling.clock=uniform',
  ]
  await expect(run(await gaussianWith(...moving), { directory: folder() })).rejects.toThrow(/follow at once/)
})
