// What runs in the page and, to compare, in Node. Everything that comes back is plain data.
import type { Backend } from '../../src/backend/backend.js'
import { breathe } from '../../src/backend/hooks.js'
import { createReference } from '../../src/backend/reference.js'
import { simulationOf } from '../../src/backend/simulation.js'
import { createWasm } from '../../src/backend/wasm/wasm.js'
import { createDescent } from '../../src/learning/rules/descent.js'
import { lowerBounds, startParameters, stepScale } from '../../src/learning/rules/parameter-scales.js'
import type { RuleName } from '../../src/learning/rules/rules.js'
import { gaussianStart } from '../../src/physics/dynamics/ensemble.js'
import { createWorkAndHeat } from '../../src/physics/dynamics/work-and-heat.js'
import { createNetwork } from '../../src/physics/network/network.js'
import { fillNormals } from '../../src/physics/noise/gaussian.js'
import { stream } from '../../src/physics/noise/streams.js'
import { formulaOnsite, formulaPair } from '../../src/physics/potential/formula-term.js'
import { bias, quartic, stiffness } from '../../src/physics/potential/onsite.js'
import { bilinear, pairQuartic } from '../../src/physics/potential/pair.js'
import { potentialOf } from '../../src/physics/potential/potential.js'
import type { TermOn } from '../../src/physics/potential/term.js'
import { createNoising } from '../../src/physics/protocol/noising.js'
import { constantProtocol } from '../../src/physics/protocol/protocol.js'

const network = createNetwork({ visible: { lattice: [4, 5] }, couplings: { visible: { range: 1 } } })
const { units, edges } = network
const bath = { kT: 0.7, mobility: 1.3 }

function normals(size: number, step: number): Float64Array {
  const out = new Float64Array(size)
  fillNormals(99, stream.dynamics, step, 1, 0, size, out)
  return out
}

async function simulated(backend: Backend, terms: readonly TermOn[], values: readonly number[]): Promise<number[]> {
  const potential = potentialOf(network, terms)
  const theta = new Float64Array(potential.size)
  values.forEach((value, term) => {
    theta.fill(value, potential.offsets[term], potential.offsets[term + 1])
  })
  const workAndHeat = createWorkAndHeat(100)
  const { final } = await backend.simulate(
    simulationOf({
      ...{ potential, bath, workAndHeat, trajectories: 100, batch: 64, seed: 2 ** 40 + 5 },
      protocol: constantProtocol(theta, 0.5, 0.005),
      start: gaussianStart(3, 0.1, 0.4),
    }),
  )
  return [...final.points, ...workAndHeat.work, ...workAndHeat.heat]
}

/** x^6/6 and (x-y)^2/2 for each edge: + × / and whole powers alone. */
export async function formulas(): Promise<number[]> {
  const sextic = await formulaOnsite({ name: 'sextic', formula: 'x^6/6', min: 0 })
  const spring = await formulaPair({ name: 'spring', formula: '(x-y)^2/2', min: 0 })
  return simulated(createReference(), [stiffness, sextic, spring], [1, 0.5, 0.2])
}

/** A cosine, which is that of the JavaScript engine. */
export async function cosine(): Promise<number[]> {
  const ripple = await formulaOnsite({ name: 'ripple', formula: 'cos(2*x)' })
  return simulated(createReference(), [stiffness, ripple], [1, 0.3])
}

/** Built-in terms, which every backend knows. */
export async function builtIn(backend: Backend): Promise<number[]> {
  return simulated(backend, [stiffness, quartic, bias, bilinear, pairQuartic], [1, 0.3, 0.2, 0.1, 0.05])
}

/** Twenty steps of training: losses and parameters. */
export async function trained(backend: Backend, rule: RuleName): Promise<number[]> {
  const potential = potentialOf(network, [stiffness, bias, bilinear])
  const noising = createNoising({ stiffness: 1, duration: 3, tMin: 0.1, slices: 3, spacing: 'geometric' }, bath)
  const points = (count: number, step: number) => ({
    points: normals(count * units, step).map((x) => 0.5 + 0.3 * x),
    count,
    units,
  })
  const task = {
    potential,
    noising,
    drive: 'reverse',
    seed: 7,
    rule,
    train: points(90, 1),
    heldOut: points(30, 2),
  } as const
  const learner = backend.learner(task)
  const state = createDescent(startParameters(potential, noising, 7))
  const t = noising.knots[1]!
  const descent = learner.descend(state, lowerBounds(potential, noising, t), stepScale(potential, noising, t))
  const losses: number[] = []
  for (let step = 0; step < 20; step++) {
    losses.push(await descent.step(t, 70, step, { rate: 0.02, beta1: 0.9, beta2: 0.99, average: step >= 10 }))
    await breathe()
  }
  descent.sync()
  return [...losses, await learner.loss(state.theta, t, 'heldOut', 0), ...state.theta, ...state.average]
}

/** All of it, as a page does it. */
export async function answers(kernels: string) {
  const wasm = await createWasm({ kernels: await fetch(kernels).then((response) => response.arrayBuffer()) })
  const reference = createReference()
  return {
    couplings: edges.count,
    formulas: await formulas(),
    cosine: await cosine(),
    reference: {
      builtIn: await builtIn(reference),
      forceMatching: await trained(reference, 'force-matching'),
      nudged: await trained(reference, 'nudged-force-matching'),
    },
    wasm: {
      builtIn: await builtIn(wasm),
      forceMatching: await trained(wasm, 'force-matching'),
      nudged: await trained(wasm, 'nudged-force-matching'),
    },
    turns: await turnsWhileWorking(),
  }
}

/** How often another task had its turn during ten pieces of 6 ms of work with a breath after each. */
async function turnsWhileWorking(): Promise<number> {
  let turns = 0
  const { port1, port2 } = new MessageChannel()
  port1.addEventListener('message', () => {
    turns++
    port2.postMessage(null)
  })
  port1.start()
  port2.postMessage(null)
  for (let piece = 0; piece < 10; piece++) {
    const until = performance.now() + 6
    while (performance.now() < until);
    await breathe()
  }
  port1.close()
  return turns
}
