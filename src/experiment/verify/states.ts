import { createReference } from '../../backend/reference.js'
import { redrawing, type Turn } from '../../physics/dynamics/heat-bath.js'
import { withOwnStart } from '../../physics/dynamics/own-start.js'
import { createNetwork } from '../../physics/network/network.js'
import { columnsOf, copyState } from '../../physics/network/states.js'
import { stream } from '../../physics/noise/streams.js'
import { fillUniformStates } from '../../physics/noise/uniform.js'
import { type Check, controlCheck, identityCheck, statisticalCheck } from '../../physics/observe/check.js'
import { meanOf } from '../../physics/observe/estimate.js'
import { bias, stiffness } from '../../physics/potential/onsite.js'
import { bilinear } from '../../physics/potential/pair.js'
import { pairTable } from '../../physics/potential/pair-table.js'
import { type Potential, potentialOf, statistic } from '../../physics/potential/potential.js'
import { stateBias } from '../../physics/potential/state-bias.js'
import { type DiscreteUnits, discreteUnits } from '../../physics/potential/state-energies.js'
import { stateForce } from '../../physics/potential/state-force.js'
import { constantProtocol } from '../../physics/protocol/protocol.js'
import { annealedPartition } from '../../physics/truth/annealed-partition.js'
import { isingTorus, onsagerEnergy } from '../../physics/truth/ising-torus.js'
import { meanStatistics } from '../../physics/truth/mean-statistics.js'
import { logPartition } from '../../physics/truth/partition.js'
import { bath, type Claim, estimateCheck, simulated, type Topic, type Trial } from './claim.js'

/** Final states of flips on the reference, which alone redraws units, [units, batch]. */
async function settled(
  trial: Trial,
  potential: Potential,
  theta: Float64Array,
  run: { duration: number; dt: number; trajectories: number },
) {
  const { network } = potential
  const { final } = await simulated(
    { ...trial, backend: createReference() },
    {
      potential,
      protocol: constantProtocol(theta, run.duration, run.dt),
      integrator: 'exact-ou',
      start: withOwnStart((x) => x.fill(0.5), trial.seed, network),
      trajectories: run.trajectories * trial.effort,
    },
  )
  return columnsOf(final)
}

/** Every statistic φ_a of each state, [states] for each parameter. */
function statisticsOf(potential: Potential, theta: Float64Array, { x, batch }: { x: Float64Array; batch: number }) {
  const values = Array.from(theta, () => new Float64Array(batch))
  const [state, one] = [new Float64Array(potential.network.units), new Float64Array(potential.size)]
  for (let b = 0; b < batch; b++) {
    statistic(potential, theta, copyState({ x, batch }, b, state), 1, one)
    for (const [a, row] of values.entries()) row[b] = one[a]!
  }
  return values
}

const [rows, columns] = [8, 8]

/** Spins on a torus beside Kaufman's sum, which on a large one is Onsager's. */
const ising: Claim = {
  name: 'Ising torus',
  async check(trial) {
    const K = 0.36
    const network = createNetwork({
      visible: { lattice: [rows, columns], states: 'two' },
      couplings: { visible: { range: 'nearest', periodic: true } },
    })
    const potential = potentialOf(network, [bilinear])
    const theta = new Float64Array(potential.size).fill(-K * bath.kT)
    const states = await settled(trial, potential, theta, { duration: 30, dt: 0.5, trajectories: 500 })
    const bonds = new Float64Array(states.batch)
    for (const row of statisticsOf(potential, theta, states)) for (const [b, value] of row.entries()) bonds[b]! += value
    const truth = isingTorus(rows, columns, K)
    const per = potential.size
    const error = Math.sqrt(truth.variance / states.batch) / per
    const name = `Ising, ${rows} × ${columns} torus: ⟨ss′⟩ of neighbours`
    const sites = 64 ** 2
    return [
      statisticalCheck(name, meanOf(bonds).value / per, truth.bonds / per, error),
      // Central differences of log Z: h²/6 times its third derivative, and rounding 1e-16·log Z/h, are both below 1e-6 a site.
      identityCheck(
        'Kaufman’s 64 × 64 torus: Onsager’s energy',
        -isingTorus(64, 64, K).bonds / sites,
        onsagerEnergy(K),
        1e-6,
      ),
    ]
  },
}

/** Two oscillators, a unit of three categories and a spin. */
function mixedNetwork() {
  const network = createNetwork({
    visible: { blocks: [{ units: 2 }, { units: 1, states: 3 }, { units: 1, states: 'two', rate: 2 }] },
  })
  const potential = potentialOf(network, [stiffness, bias, stateBias, bilinear, pairTable, stateForce])
  const theta = Float64Array.from({ length: potential.size }, (_, a) => (a < 2 ? 1.5 + a : 0.6 * Math.sin(1 + 2.3 * a)))
  return { potential, theta }
}

/** Every statistic of a mixed network, and log Z by annealing, beside enumeration. */
const mixed: Claim = {
  name: 'mixed network',
  async check(trial) {
    const { potential, theta } = mixedNetwork()
    const states = await settled(trial, potential, theta, { duration: 30, dt: 0.5, trajectories: 3000 })
    const means = meanStatistics(potential, theta, bath)!
    const measured = statisticsOf(potential, theta, states).map(meanOf)
    const rowsOf = ['stiffness', 'state-bias', 'bilinear', 'pair-table', 'state-force'].map((name): Check => {
      const { offset } = potential.groups.find((group) => group.name === name)!
      return estimateCheck(`mixed network: mean statistic of ${name} 0`, measured[offset]!, means[offset]!)
    })
    const options = { seed: trial.seed, walkers: 1000 * trial.effort, steps: 40 }
    const annealed = annealedPartition(potential, theta, bath, options)
    return [
      ...rowsOf,
      estimateCheck('mixed network: log Z by annealing', annealed, logPartition(potential, theta, bath)!),
    ]
  },
}

/** Two spins of J = kT, tried half of the time: in turn they have ⟨ss′⟩ = tanh 1, at once they must not. */
const atOnce: Claim = {
  name: 'spins in turn and at once',
  async check({ seed, effort }) {
    const potential = potentialOf(createNetwork({ visible: { units: 2, states: 'two' } }), [bilinear])
    const units = discreteUnits(potential, Float64Array.of(-bath.kT))!
    const batch = 4000 * effort
    const products = (move: (x: Float64Array, turn: Turn) => void) => {
      const x = new Float64Array(2 * batch).fill(1)
      const uniform = new Float64Array(2 * batch)
      for (let step = 0; step < 40; step++) {
        fillUniformStates({ seed, stream: stream.hidden, step }, 2, 0, batch, uniform)
        move(x, { kT: bath.kT, x, batch, uniform, attempted: () => 0.5, heat: null })
      }
      return meanOf(x.subarray(0, batch).map((s, b) => s * x[batch + b]!))
    }
    const redraw = redrawing(units)
    return [
      estimateCheck(
        'two spins in turn: ⟨ss′⟩',
        products((_, turn) => redraw(turn)),
        Math.tanh(1),
      ),
      controlCheck('two spins at once: ⟨ss′⟩', products(together(units)), Math.tanh(1)),
    ]
  },
}

/** Redraws all units given where the others were before, as none of them may be. */
function together({ classes, ...units }: DiscreteUnits): (x: Float64Array, turn: Turn) => void {
  const alone = classes
    .flatMap((members) => [...members])
    .map((unit) => ({
      unit,
      redraw: redrawing({ ...units, classes: [Int32Array.of(unit)] }),
    }))
  return (x, turn) => {
    const before = x.slice()
    for (const { unit, redraw } of alone) {
      const [from, to] = [unit * turn.batch, (unit + 1) * turn.batch]
      const own = before.slice()
      redraw({ ...turn, x: own, uniform: turn.uniform.subarray(from, to) })
      x.set(own.subarray(from, to), from)
    }
  }
}

/** Units with states: Ising's model, and a network of all kinds. */
export const states: Topic = {
  name: 'states',
  truth:
    'Spins on a torus by Kaufman, on the plane by Onsager; joint states of a mixed network enumerated, its oscillators integrated out.',
  claims: [ising, mixed, atOnce],
}
