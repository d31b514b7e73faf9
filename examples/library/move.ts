// A move of your own: Metropolis steps, and every other one a jump to the mirror image, across a barrier that no local move crosses.
import {
  bias,
  constantProtocol,
  createNetwork,
  energyOfUnit,
  fractionOf,
  gaussianStart,
  type Integrator,
  integrators,
  potentialOf,
  quartic,
  simulate,
  stiffness,
  zScore,
} from 'overdamped'

/** Leaves e^(-U/kT) as it is: x → -x is its own reverse, and taken with probability min(1, e^(-(U(-x) - U(x))/kT)). */
const mirroring: Integrator = {
  ...integrators.mala,
  name: 'mirroring',
  start(batch) {
    const local = integrators.mala.start(batch)
    const [there, uniform] = [new Float64Array(batch.batch), new Float64Array(batch.batch)]
    return (input, next) => {
      if (input.step % 2 === 0) return local(input, next)
      const { step, kT, x, energy } = input
      const mirrored = x.map((value) => -value)
      batch.drive.evaluate(mirrored, batch.batch, null, there.fill(0))
      batch.uniforms(step, uniform)
      next.set(
        x.map((value, n) => {
          const b = n % batch.batch // x is [units, batch]
          const ratio = Math.exp(((energy[b] ?? 0) - (there[b] ?? 0)) / kT)
          return (uniform[b] ?? 0) < ratio ? -value : value
        }),
      )
    }
  },
}

// A barrier of 8 kT between wells at ±1, of which the right one is a little lower; all start in the left one.
const [theta, kT, trajectories] = [Float64Array.of(-10, 10, 0.1), 0.3, 4000]
const potential = potentialOf(createNetwork({ visible: { units: 1 } }), [stiffness, quartic, bias])
const { final } = await simulate({
  potential,
  protocol: constantProtocol(theta, 4, 0.02), // 200 moves; mala's are of length 0.02
  bath: { kT, mobility: 1 },
  start: gaussianStart(1, -1, 0),
  trajectories,
  integrator: mirroring,
})
const found = fractionOf(final.points.filter((x) => x > 0).length, trajectories)

const energy = energyOfUnit(potential, theta)
const grid = Array.from({ length: 2001 }, (_, n) => (n - 1000) / 400)
const mass = (of: readonly number[]) => of.reduce((sum, x) => sum + Math.exp(-energy(x) / kT), 0)
const truth = mass(grid.filter((x) => x > 0)) / mass(grid)
console.log(`in the right well: ${found.value} ± ${found.standardError}, by quadrature ${truth}`)
if (Math.abs(zScore(found, truth)) > 4) throw new Error('more than 4 standard errors off')
