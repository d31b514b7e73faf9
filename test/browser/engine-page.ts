// What runs in the page and, to compare, in Node. Everything that comes back is plain data.
import type { Backend } from '../../src/backend/backend.js'
import { breathe } from '../../src/backend/hooks.js'
import { createReference } from '../../src/backend/reference.js'
import { simulationOf } from '../../src/backend/simulation.js'
import { createWasm } from '../../src/backend/wasm/wasm.js'
import { startParameters } from '../../src/learning/rules/parameter-scales.js'
import type { RuleName } from '../../src/learning/rules/rules.js'
import { createTrainingState, train } from '../../src/learning/training/train.js'
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

/** Training of two knots, 21 steps on the noisier one and 7 on the other: losses of the steps and of the knots, and parameters. */
export async function trained(backend: Backend, rule: RuleName): Promise<number[]> {
  const potential = potentialOf(network, [stiffness, bias, bilinear])
  const noising = createNoising({ stiffness: 1, duration: 0.5, tMin: 0.1, slices: 1, spacing: 'geometric' }, bath)
  const points = (count: number, step: number) => ({
    points: normals(count * units, step).map((x) => 0.5 + 0.3 * x),
    count,
    units,
  })
  const seen = points(90, 1)
  const losses: number[] = []
  const state = createTrainingState(startParameters(potential, noising, 7))
  await train(
    { potential, noising, drive: 'reverse', seed: 7, data: { train: seen, heldOut: points(30, 2) } },
    {
      ...{ rule, iterations: 7, batch: 70, average: true, oracle: false },
      optimizer: { rate: 0.02, finalRate: 0.1, beta1: 0.9, beta2: 0.99 },
    },
    state,
    backend,
    {
      onProgress: ({ loss }) => losses.push(loss!),
      record: (line) => line.kind === 'slice' && losses.push(line.trainingLoss, line.heldOutLoss),
    },
  )
  return [...losses, ...state.finished.flatMap((theta) => [...theta])]
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
