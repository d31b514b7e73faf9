import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { createReference } from '../../src/backend/reference.js'
import { simulationOf } from '../../src/backend/simulation.js'
import { handle } from '../../src/cli/handlers/play.js'
import { OverdampedError } from '../../src/errors.js'
import { sceneOf } from '../../src/experiment/play/scene.js'
import { simulationProtocol } from '../../src/experiment/sampling/simulation.js'
import { loadScenario } from '../../src/experiment/scenario/load.js'
import { createProblem } from '../../src/experiment/system/problem.js'
import { initialStates } from '../../src/experiment/system/start.js'
import { startOfLearning } from '../../src/experiment/system/system.js'
import { trainingTask } from '../../src/experiment/training/task.js'
import { createTrainingState, train } from '../../src/learning/training/train.js'
import { gaussianStart } from '../../src/physics/dynamics/ensemble.js'
import { withOwnStart } from '../../src/physics/dynamics/own-start.js'
import { createWorkAndHeat } from '../../src/physics/dynamics/work-and-heat.js'
import { generationProtocol } from '../../src/physics/protocol/generation-protocol.js'
import type { ContrastFrame, LearningFrame, SimulationFrame } from '../../src/play/scenes/messages.js'
import type { SceneRecord } from '../../src/play/scenes/record.js'
import { openScene } from '../../src/play/scenes/scene.js'
import { fileFolder } from '../run-folder.js'

const origin = { title: 'test', about: '', command: '', version: '' }

/** The record of a built-in scenario as a page reads it: as JSON. */
async function recordOf(name: string, set: string[] = []): Promise<SceneRecord> {
  const scenario = await loadScenario(name, { profile: 'quick', set })
  return JSON.parse(JSON.stringify(sceneOf(scenario, origin))) as SceneRecord
}

/** The first trajectories of the scenario's own run on the reference. */
async function ownRun(name: string, set: string[], trajectories: number) {
  const scenario = await loadScenario(name, { profile: 'quick', set })
  const problem = createProblem(scenario)
  const protocol = simulationProtocol(problem)
  const workAndHeat = createWorkAndHeat(trajectories)
  const { seed } = scenario
  const { final } = await createReference().simulate(
    simulationOf({
      ...{ potential: problem.potential, bath: problem.bath, protocol, seed, trajectories, workAndHeat },
      integrator: scenario.sampling.integrator,
      start: withOwnStart(initialStates(problem.given!.start, seed), seed, problem.potential.network),
    }),
  )
  return { final, workAndHeat, steps: protocol.dt.length, kT: problem.bath.kT }
}

const simulations: [name: string, set: string[]][] = [
  ['double-well', ['protocol.duration=2']],
  ['moving-double-well', ['protocol.duration=1']],
  ['coupled-oscillators', ['protocol.duration=1']],
  ['double-well-chain', ['protocol.duration=1', 'observe=[work]', 'checks=[]']],
  ['gyrator', ['protocol.duration=1']],
  ['ising', ['protocol.duration=20']],
  ['custom-potential', ['protocol.duration=1']],
]

test.each(simulations)('%s in a page is the run of the reference, to the bit', async (name, set) => {
  const own = await ownRun(name, set, 12)
  const scene = await openScene(await recordOf(name, set))
  await scene.begin({ seed: (await loadScenario(name)).seed, trajectories: 12 })
  // In pieces, as frames come.
  await scene.advance({ steps: 7 })
  const frame = (await scene.advance({ steps: own.steps - 7 })) as SimulationFrame
  expect(frame.step).toBe(own.steps)
  expect(frame.x).toEqual(Float32Array.from(own.final.points))
  expect(frame.work).toEqual(own.workAndHeat.work.map((w) => w / own.kT))
  expect(frame.heat).toEqual(own.workAndHeat.heat.map((q) => q / own.kT))
  expect(frame.firstLaw).toBeLessThan(1e-9)
})

test('learning in a page is the training of a run on the reference, to the bit, however it is stopped', async () => {
  const name = 'gaussian-mixture-2d'
  const set = ['noising.slices=2', 'learning.iterations=20', 'learning.oracle=false']
  const scenario = await loadScenario(name, { profile: 'quick', set })
  const problem = createProblem(scenario)
  const state = createTrainingState(startOfLearning(problem))
  const knots = await train(trainingTask(problem, problem.data!), scenario.learning, state)
  const scene = await openScene(await recordOf(name, set))
  let frame = (await scene.begin({ seed: scenario.seed })) as LearningFrame
  let iterations = 0
  while (!frame.done) {
    frame = (await scene.advance({ steps: 13 })) as LearningFrame
    iterations += frame.losses.length / 2
  }
  expect(iterations).toBe(state.step)
  expect(scene.opened).toMatchObject({ iterations: state.step })
  const { samples, t } = await scene.draw!({ trajectories: 50, seed: 3 })
  expect(t).toBe(problem.noising.knots.at(-1))
  const { potential, bath, noising } = problem
  const { final } = await createReference().simulate(
    simulationOf({
      ...{ potential, bath, trajectories: 50, seed: 3 },
      protocol: generationProtocol(noising, knots, scenario.sampling),
      start: gaussianStart(3, 0, bath.kT / noising.stiffness),
    }),
  )
  expect(samples).toEqual(Float32Array.from(final.points))
})

test('chains without weights leave two wells at equal weights, or run away; walkers that carry them find three quarters', async () => {
  const scene = await openScene(await recordOf('contrastive-divergence'))
  let frame = (await scene.begin({ seed: 1 })) as ContrastFrame
  while (!frame.done) frame = (await scene.advance({ steps: 50 })) as ContrastFrame
  const [short, persistent, jarzynski] = frame.arms
  expect(Math.abs(short!.weight - 0.5)).toBeLessThan(0.05)
  expect(persistent!.weight).toBeGreaterThan(0.95)
  // Of 4,000 data a quarter is known to ±.007, and 2,000 walkers know their half to ±.011.
  expect(Math.abs(jarzynski!.weight - 0.75)).toBeLessThan(0.05)
  const last = jarzynski!.exactLogPartitionRatio
  // The wells' weights alone: (1 + e^w)/2.
  expect(last).toBeCloseTo(Math.log((1 + jarzynski!.weight / (1 - jarzynski!.weight)) / 2), 6)
  expect(Math.abs(jarzynski!.logPartitionRatio! - last)).toBeLessThan(0.1)
  expect(jarzynski!.weights.reduce((sum, w) => sum + w, 0)).toBeCloseTo(1, 4)
})

test('the command writes the page of a scenario, and nothing where there is none', async () => {
  const folder = fileFolder()
  const said = vi.spyOn(console, 'log').mockImplementation(() => undefined)
  const given = { bits: 16, unpacked: undefined, gpu: false, profile: 'quick', set: [], seed: 5 }
  const [page, none] = ['page.html', 'none.html'].map((name) => join(folder, name)) as [string, string]
  await handle({ ...given, 'run-or-scenario': 'double-well', out: page })
  expect(said).toHaveBeenCalledWith(page)
  said.mockRestore()
  const text = readFileSync(page, 'utf8')
  expect(text).toContain('"seed":5')
  expect(text).toContain('npx overdamped play double-well --profile quick --seed 5')
  await expect(handle({ ...given, 'run-or-scenario': 'nce', out: none })).rejects.toThrow('objective.kind')
  const unpacked = join(folder, 'parameters.safetensors')
  await expect(handle({ ...given, 'run-or-scenario': 'double-well', out: none, unpacked })).rejects.toThrow(
    '--unpacked',
  )
  await expect(handle({ ...given, 'run-or-scenario': folder, out: none })).rejects.toThrow('with a scenario only')
  expect(readdirSync(folder)).toEqual(['page.html'])
})

test.each([
  ['mnist-01', 'data.source'],
  ['hidden-dynamics', 'network.hidden'],
  ['active-trap', 'bath.active'],
  ['nce', 'objective.kind'],
])('%s has no scene, and is told what has', async (name, where) => {
  const scenario = await loadScenario(name, { profile: 'quick' })
  const refuse = () => sceneOf(scenario, origin)
  expect(refuse).toThrow(OverdampedError)
  expect(refuse).toThrow(/Scenes are of plain simulations/)
  expect(refuse).toThrow(where)
})
