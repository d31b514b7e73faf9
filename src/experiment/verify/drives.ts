import { createReference } from '../../backend/reference.js'
import { gaussianStart } from '../../physics/dynamics/ensemble.js'
import { defaultIntegrator } from '../../physics/dynamics/integrators.js'
import { withOwnStart } from '../../physics/dynamics/own-start.js'
import { createWorkAndHeat } from '../../physics/dynamics/work-and-heat.js'
import { loadFormulas } from '../../physics/formula/mathjs.js'
import { withActiveUnits } from '../../physics/network/active.js'
import { createNetwork, type Network, type NetworkOptions } from '../../physics/network/network.js'
import { type Check, identityCheck, statisticalCheck } from '../../physics/observe/check.js'
import { meanOf } from '../../physics/observe/estimate.js'
import { createPotential, type Potential, type PotentialOptions } from '../../physics/potential/potential.js'
import { constantProtocol } from '../../physics/protocol/protocol.js'
import { activeDisplacement, activeInTrap } from '../../physics/truth/active-particle.js'
import { driftDiffusionOf, eulerMaruyamaProcess } from '../../physics/truth/drift-diffusion.js'
import { linearSystemOf } from '../../physics/truth/linear-system.js'
import { reflectingSteps } from '../../physics/truth/reflecting-steps.js'
import { steadyCovariance, steadyExchange } from '../../physics/truth/steady-state.js'
import { washboardTransport } from '../../physics/truth/washboard.js'
import { firstLawOf } from '../checks/exchange-checks.js'
import { bath, type Claim, column, estimateCheck, gaussianChecks, simulated, type Topic, type Trial } from './claim.js'

const runs = 10_000

/** A system at fixed parameters, and the steps it takes. */
interface Steady {
  readonly potential: Potential
  readonly theta: Float64Array
  readonly dt: number
  readonly steps: number
}

/** A potential with formulas in it, which are loaded first. */
async function made(network: Network, options: PotentialOptions): Promise<Potential> {
  await loadFormulas()
  return createPotential(network, options, bath.kT)
}

const visible = (options: NetworkOptions['visible']) => createNetwork({ visible: options })

/**
 * Runs it, on the trial's backend or, where that has no kernels for it, on the reference; from points, from a Gaussian of one variance, or
 * settled beforehand for a while. Work and heat, displacements and states are those of the `steps` after that.
 */
async function run(
  trial: Trial,
  { potential, theta, dt, steps }: Steady,
  { settle = 0, mean = 0, variance = 0 }: { settle?: number; mean?: number; variance?: number },
) {
  const { network } = potential
  const refused = trial.backend.refusal({ potential, rule: null, integrator: defaultIntegrator })
  const on = refused === null ? trial : { ...trial, backend: createReference() }
  const trajectories = runs * trial.effort
  const start = withOwnStart(gaussianStart(trial.seed, mean, variance), trial.seed, network)
  const workAndHeat = createWorkAndHeat(trajectories)
  const simulation = { potential, trajectories, workAndHeat: null, start }
  const settled =
    settle === 0
      ? null
      : await simulated(on, { ...simulation, protocol: constantProtocol(theta, settle * dt, dt), seed: trial.seed + 1 })
  const { units } = network
  const ensemble = await simulated(on, {
    ...simulation,
    protocol: constantProtocol(theta, steps * dt, dt),
    workAndHeat,
    start:
      settled === null
        ? start
        : (x, first, batch) => {
            for (let b = 0; b < batch; b++)
              for (let i = 0; i < units; i++) x[i * batch + b] = settled.final.points[(first + b) * units + i]!
          },
  })
  return { ...ensemble, workAndHeat, roundoff: on.backend.roundoff }
}

/** Work per unit of time, and that ΔU = W - Q on every trajectory. */
function workRows(name: string, found: Awaited<ReturnType<typeof run>>, { dt, steps }: Steady, truth: number): Check[] {
  const { work } = found.workAndHeat
  const law = firstLawOf(found.workAndHeat, steps, found.final.units, 1)
  return [
    estimateCheck(`${name}: work per time`, meanOf(work.map((w) => w / (steps * dt))), truth),
    { ...law, name: `${name}, ${law.name}` },
  ]
}

/** Two units in a trap that shear turns in circles; covariance and power of the scheme's own steps, and their limits. */
const shear: Claim = {
  name: 'shear in a trap',
  async check(trial) {
    const [k, rate] = [1.5, 2]
    const potential = await made(visible({ units: 2 }), {
      onsite: ['stiffness'],
      force: [{ name: 'shear', x: 'y', y: '0' }],
    })
    const system: Steady = { potential, theta: Float64Array.of(k, k, rate), dt: 0.05, steps: 40 }
    const linear = linearSystemOf(potential, system.theta, bath)!
    const law = steadyCovariance(linear, system.dt)
    const found = await run(trial, system, { settle: 120, variance: bath.kT / k })
    const [x, y] = [column(found.final, 0), column(found.final, 1)]
    const n = x.length
    const covariance = x.reduce((sum, value, b) => sum + value * y[b]!, 0) / n
    const error = Math.sqrt((law.get(0, 0) * law.get(1, 1) + law.get(0, 1) ** 2) / n)
    const limit = steadyCovariance(linear)
    return [
      ...gaussianChecks('shear, along', x, { mean: 0, variance: law.get(0, 0) }),
      ...gaussianChecks('shear, across', y, { mean: 0, variance: law.get(1, 1) }),
      statisticalCheck('shear: covariance', covariance, law.get(0, 1), error),
      ...workRows('shear', found, system, steadyExchange(linear, system.dt).work),
      // ⟨xy⟩ = s kT/2k², ⟨x²⟩ = kT/k + s²kT/2k³, and the power s⟨yẋ⟩ = μs²kT/2k.
      identityCheck('shear: ⟨xy⟩ as h → 0', limit.get(0, 1), (rate * bath.kT) / (2 * k ** 2), 1e-9),
      identityCheck('shear: ⟨x²⟩ as h → 0', limit.get(0, 0), bath.kT / k + (rate ** 2 * bath.kT) / (2 * k ** 3), 1e-9),
      identityCheck(
        'shear: power as h → 0',
        steadyExchange(linear).work,
        (bath.mobility * rate ** 2 * bath.kT) / (2 * k),
        1e-9,
      ),
    ]
  },
}

const active = { strength: 1.8, time: 0.6 }

/** An active particle in a trap: variance and power of the scheme's own steps, and their limits; nothing of it where it counts as bath. */
const activeTrap: Claim = {
  name: 'active particle in a trap',
  async check(trial) {
    const k = 1.2
    const network = withActiveUnits(visible({ units: 1 }), active.time)
    const theta = Float64Array.of(k, active.strength)
    const steady = async (counts: 'work' | 'bath'): Promise<Steady> => {
      const potential = await made(network, { onsite: ['stiffness'], active: { counts } })
      return { potential, theta, dt: 0.05, steps: 40 }
    }
    const system = await steady('work')
    const linear = linearSystemOf(system.potential, theta, bath)!
    const found = await run(trial, system, { settle: 120, variance: bath.kT / k })
    const law = steadyCovariance(linear, system.dt).get(0, 0)
    const limit = activeInTrap(k, active, bath)
    const silent = await run({ ...trial, seed: trial.seed + 2 }, await steady('bath'), { settle: 120 })
    const exchanged = (values: Float64Array) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
    return [
      ...gaussianChecks('active particle in a trap', column(found.final, 0), { mean: 0, variance: law }),
      ...workRows('active particle', found, system, steadyExchange(linear, system.dt).work),
      identityCheck('active particle: ⟨x²⟩ as h → 0', steadyCovariance(linear).get(0, 0), limit.variance, 1e-9),
      identityCheck('active particle: power as h → 0', steadyExchange(linear).work, limit.power, 1e-9),
      identityCheck('active particle, counted as bath: work', exchanged(silent.workAndHeat.work), 0, 0),
    ]
  },
}

/** A free active particle: its displacements are Gaussian, of the scheme's own variance. */
const activeFree: Claim = {
  name: 'free active particle',
  async check(trial) {
    const network = withActiveUnits(visible({ units: 1 }), active.time)
    const potential = await made(network, { onsite: [], active: {} })
    const system: Steady = { potential, theta: Float64Array.of(active.strength), dt: 0.05, steps: 60 }
    const { final } = await run(trial, system, {})
    const variance = activeDisplacement(active, bath, system.dt, system.steps)
    return gaussianChecks('free active particle', column(final, 0), { mean: 0, variance })
  },
}

const box = { lower: -1, upper: 2 }

/** Between walls: the first mode decays as e^(-μkTπ²t/L²), whatever the step; under a force the law of the steps, and e^(Fx/kT) as h → 0. */
const walls: Claim = {
  name: 'reflecting walls',
  async check(trial) {
    const network = visible({ units: 1, walls: [box.lower, box.upper] })
    const width = box.upper - box.lower
    const free: Steady = {
      potential: await made(network, { onsite: [] }),
      theta: new Float64Array(0),
      dt: 0.1,
      steps: 6,
    }
    const from = box.lower + width / 5
    const cosine = (power: number, x: number) => Math.cos((power * Math.PI * (x - box.lower)) / width)
    const decayed = (power: number) =>
      cosine(power, from) * Math.exp(-bath.mobility * bath.kT * ((power * Math.PI) / width) ** 2 * free.dt * free.steps)
    const early = column((await run(trial, free, { mean: from })).final, 0)
    const late = column(
      (await run({ ...trial, seed: trial.seed + 2 }, { ...free, steps: 60 }, { mean: from })).final,
      0,
    )
    const n = early.length
    const force = 1.2
    const pressed: Steady = {
      potential: await made(network, { onsite: ['bias'] }),
      theta: Float64Array.of(force),
      dt: 0.05,
      steps: 100,
    }
    const held = column((await run({ ...trial, seed: trial.seed + 4 }, pressed, { variance: 1 })).final, 0)
    const law = (h: number) => reflectingSteps(force, bath, box, h, 400)
    const [own, coarse, fine] = [law(pressed.dt), law(0.02), law(0.01)]
    // e^(Fx/kT): ⟨x⟩ = upper - kT/F + L/(e^(FL/kT) - 1).
    const exact = box.upper - bath.kT / force + width / Math.expm1((force * width) / bath.kT)
    return [
      statisticalCheck(
        'box: first mode on its way',
        meanOf(early.map((x) => cosine(1, x))).value,
        decayed(1),
        Math.sqrt(((1 + decayed(2)) / 2 - decayed(1) ** 2) / n),
      ),
      statisticalCheck('box: ⟨x⟩ at rest', meanOf(late).value, (box.lower + box.upper) / 2, width / Math.sqrt(12 * n)),
      statisticalCheck(
        'box: ⟨(x - middle)²⟩ at rest',
        meanOf(late.map((x) => (x - (box.lower + box.upper) / 2) ** 2)).value,
        width ** 2 / 12,
        width ** 2 / Math.sqrt(180 * n),
      ),
      statisticalCheck('pressed to a wall: ⟨x⟩', meanOf(held).value, own.mean, Math.sqrt(own.variance / n)),
      // What is left of first order in h is some (μhF²/kT)², 1e-3 of kT/F.
      identityCheck('pressed to a wall: ⟨x⟩ as h → 0', 2 * fine.mean - coarse.mean, exact, 1e-3),
    ]
  },
}

/** Drift and diffusion of a tilted washboard by quadrature, of the process that the steps follow. */
const washboard: Claim = {
  name: 'tilted washboard',
  async check(trial) {
    const period = 3
    const potential = await made(visible({ units: 1, period }), {
      onsite: [{ name: 'corrugation', formula: `cos(2*pi*x/${period})` }],
      force: [{ name: 'tilt', formula: '1' }],
    })
    const system: Steady = { potential, theta: Float64Array.of(1, 1.5), dt: 0.01, steps: 1000 }
    const { theta, dt, steps } = system
    const unit = { potential, unit: 0, mobility: bath.mobility, kT: () => bath.kT, theta: () => theta, isSteady: true }
    const process = driftDiffusionOf(unit)
    const exact = washboardTransport(process, period)
    const own = washboardTransport(eulerMaruyamaProcess(process, dt), period)
    const { initial, final } = await run(trial, system, { settle: 300 })
    const from = column(initial, 0)
    const moved = column(final, 0).map((x, n) => x - from[n]!)
    const time = dt * steps
    const drift = moved.reduce((sum, value) => sum + value, 0) / moved.length / time
    return [
      statisticalCheck(
        'washboard: drift',
        drift,
        own.drift,
        Math.sqrt((2 * own.diffusion) / time / moved.length),
        (own.drift - exact.drift) ** 2 / exact.drift,
      ),
      // Over a finite time the variance grows from another place than 0: that is of the order of period²/12 over the whole.
      statisticalCheck(
        'washboard: diffusion',
        moved.reduce((sum, value) => sum + (value - drift * time) ** 2, 0) / moved.length / (2 * time),
        own.diffusion,
        own.diffusion * Math.sqrt(2 / moved.length),
        period ** 2 / 12 / (2 * time) + (own.diffusion - exact.diffusion) ** 2 / exact.diffusion,
      ),
    ]
  },
}

/** A free rotor under a torque: Gaussian, work f Δx, and ⟨e^(-W/kT)⟩ = 1 at any step, since its potential is the same all round. */
const rotor: Claim = {
  name: 'free rotor',
  async check(trial) {
    const torque = 0.6
    const network = visible({ units: 1, period: 2 * Math.PI })
    const potential = await made(network, { onsite: [], force: [{ name: 'torque', formula: '1' }] })
    const system: Steady = { potential, theta: Float64Array.of(torque), dt: 0.1, steps: 15 }
    const time = system.dt * system.steps
    const found = await run(trial, system, { mean: 1 })
    const mean = bath.mobility * torque * time
    const average = found.workAndHeat.work.map((w) => Math.exp(-w / bath.kT))
    return [
      ...gaussianChecks('free rotor', column(found.final, 0), {
        mean: 1 + mean,
        variance: 2 * bath.mobility * bath.kT * time,
      }),
      ...workRows('free rotor', found, system, bath.mobility * torque ** 2),
      estimateCheck('free rotor: ⟨e^(-W/kT)⟩', meanOf(average), 1),
    ]
  },
}

/** Forces without a potential, active ones, walls and angles. */
export const drives: Topic = {
  name: 'drives',
  truth:
    'Shear in a trap ⟨xy⟩ = s kT/2k², power μs²kT/2k; active force ⟨x²⟩ = kT/k + μσ²τ/k(1+μkτ), power μσ²/(1+μkτ); walls: modes e^(-μkT(nπ/L)²t), e^(Fx/kT); tilted washboard by Stratonovich; ⟨e^(-W/kT)⟩ = 1 of a rotor.',
  claims: [shear, activeTrap, activeFree, walls, washboard, rotor],
}
