import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createReference } from '../../src/backend/reference.js'
import { run } from '../../src/experiment/run/run.js'
import { loadScenario, parseScenario } from '../../src/experiment/scenario/load.js'
import { createProblem } from '../../src/experiment/system/problem.js'
import { pathOptions } from '../../src/learning/rules/reverse-path.js'
import { rulesFor } from '../../src/learning/rules/rules.js'
import { refusalOf } from '../refusal.js'
import { runFolders } from '../run-folder.js'

const folder = runFolders()

const scenario = (learning: string, { hidden = '', drive = 'reverse', onsite = 'stiffness' } = {}) => `name: rules
data: { source: gaussian-mixture, means: [[1, 1]], width: 0.5, samples: 100 }
network: { visible: { units: 2 }${hidden} }
potential: { onsite: [${onsite}], pair: [bilinear] }
learning: ${learning}
sampling: { drive: ${drive}, trajectories: 50 }
`
const messageOf = (text: string) => refusalOf(() => parseScenario(text, 'a.yaml'))
const hidden = ', hidden: { units: 2 }'

test.each([
  [
    'implicit score matching of hidden units',
    scenario('{ rule: implicit-score-matching }', { hidden }),
    "a.yaml:5:19 learning.rule: implicit-score-matching can't train hidden units (network.hidden); use force-matching, nudged-force-matching or contrastive-divergence",
  ],
  [
    'reverse paths of hidden units',
    scenario('{ rule: reverse-path }', { hidden }),
    "a.yaml:5:19 learning.rule: reverse-path can't train hidden units",
  ],
  [
    'contrastive divergence driven in reverse without the stiffness that the drive takes off',
    scenario('{ rule: contrastive-divergence }', { onsite: 'quartic' }),
    'learning.rule: contrastive-divergence learns the quasi-static drive, and driving its network in reverse takes off stiffness: add stiffness to potential.onsite',
  ],
  [
    'reverse paths for the quasi-static drive',
    scenario('{ rule: reverse-path }', { drive: 'quasi-static' }),
    'a.yaml:5:19 learning.rule: reverse-path finds the force of the reverse drive only; use sampling.drive: reverse',
  ],
  [
    'a nudge where nothing is nudged',
    scenario('{ nudge: 0.1 }'),
    'a.yaml:5:20 learning.nudge: belongs to the rule nudged-force-matching, and this one is force-matching; remove it',
  ],
  [
    'sides where nothing is nudged',
    scenario('{ rule: reverse-path, sides: one }'),
    'learning.sides: belongs to the rule nudged-force-matching, and this one is reverse-path',
  ],
  ['a contrast where none is taken', scenario('{ contrast: { time: 0.1 } }'), 'learning.contrast: belongs to the rule'],
  [
    'a path where none is walked',
    scenario('{ path: { steps: 3 } }'),
    'learning.path: belongs to the rule reverse-path',
  ],
  [
    'a path that begins before the data',
    scenario('{ rule: reverse-path, path: { dt: 0.1, steps: 10 } }'),
    'learning.path.steps: 10 steps of 0.1 would begin before the data; expected (steps + 1)·dt of at most 1',
  ],
  [
    'comparing rules on hidden units',
    scenario('{ compare: [force-matching] }', { hidden }),
    'learning.compare: rules are compared with least squares, which needs a potential without network.hidden',
  ],
  [
    'comparing drives without a trap to tell them apart',
    scenario('{ compare: [contrastive-divergence] }', { onsite: 'quartic' }),
    'learning.compare: contrastive-divergence learns the other drive',
  ],
  [
    'comparing a rule twice',
    scenario('{ compare: [force-matching, force-matching] }'),
    'learning.compare: each rule may stand once',
  ],
])('%s is refused with its place and how to mend it', async (_, text, message) => {
  expect(await messageOf(text)).toContain(message)
})

test('the scenario refuses a rule exactly where the rule itself does; what contrastive divergence learned is driven in reverse too', async () => {
  for (const drive of ['reverse', 'quasi-static'] as const)
    for (const units of ['', hidden]) {
      const { potential } = createProblem(await parseScenario(scenario('{}', { hidden: units }), 'a.yaml'))
      for (const { name, refusal } of rulesFor(potential, drive)) {
        const message = await messageOf(scenario(`{ rule: ${name} }`, { hidden: units, drive }))
        const allowed = refusal === null || name === 'contrastive-divergence'
        expect([name, drive, units, message === 'valid']).toEqual([name, drive, units, allowed])
      }
    }
})

test('a path is refused with the steps that the rule would take by default', async () => {
  const { steps } = pathOptions()
  expect(await messageOf(scenario('{ rule: reverse-path, path: { dt: 0.2 } }'))).toContain(
    `learning.path.dt: ${steps} steps of 0.2 would begin before the data`,
  )
})

test('settings of a compared rule are settings of the scenario', async () => {
  expect(await messageOf(scenario('{ compare: [reverse-path], path: { steps: 3 } }'))).toBe('valid')
})

test.each([
  ['rule-agreement', ['rule-agreement: reverse-path', 'rule-agreement: contrastive-divergence']],
  ['cd-bias', ['contrast-bias: stiffness at t = 2', 'contrast-bias: bilinear at t = 0.02']],
])('%s passes its checks', async (name, expected) => {
  const directory = folder()
  const set = ['sampling.trajectories=100', 'learning.iterations=60', 'noising.slices=2']
  const { checks, backend } = await run(await loadScenario(`scenarios/${name}.yaml`, { profile: 'quick', set }), {
    directory,
    threads: 1,
  })
  expect(checks.filter(({ pass }) => !pass)).toEqual([])
  expect(checks.map((check) => check.name)).toEqual(expect.arrayContaining(expected))
  if (name === 'cd-bias') expect(backend).toBe('reference')
  const losses = readFileSync(join(directory, 'metrics.jsonl'), 'utf8').trim().split('\n')
  // The loss of force matching is recorded whatever the rule, by the simulator: between 0 and 1 after learning.
  for (const line of losses) expect((JSON.parse(line) as { loss?: number }).loss ?? 0.5).toBeGreaterThan(0)
})

test('online, a path of n steps moves the parameters n times, each by its share of the rate', async () => {
  const text = (online: boolean) =>
    scenario(`{ rule: reverse-path, path: { steps: 4, online: ${online} }, iterations: 1, batch: 50 }`)
  const descend = async (online: boolean) => {
    const { potential, noising, data, scenario: made } = createProblem(await parseScenario(text(online), 'a.yaml'))
    const { rule, path } = made.learning!
    if (rule === 'least-squares') throw new Error('it is reverse-path')
    const learner = createReference().learner({ potential, noising, drive: 'reverse', seed: 1, ...data!, rule, path })
    const vector = () => new Float64Array(potential.size)
    const adam = { mean: vector(), square: vector(), steps: 0 }
    const state = { theta: vector().fill(1), average: vector(), averaged: 0, adam }
    const descent = learner.descend(state, vector().fill(-9), vector().fill(1))
    await descent.step(0.3, 50, 0, { rate: 0.01, beta1: 0, beta2: 0, average: false })
    return state
  }
  const [batch, online] = [await descend(false), await descend(true)]
  expect([batch.adam.steps, online.adam.steps]).toEqual([1, 4])
  // Without memory Adam moves by the rate, whatever the gradient: .01 at once, or four times .0025 here or there.
  for (const value of batch.theta) expect(Math.abs(value - 1)).toBeCloseTo(0.01, 6)
  for (const value of online.theta) expect(Math.abs(value - 1)).toBeLessThan(0.01 + 1e-6)
  for (const value of online.theta)
    expect(Math.round(Math.abs(value - 1) / 0.0025)).toBeCloseTo(Math.abs(value - 1) / 0.0025, 4)
})
