import type { InitialStates } from '../../physics/dynamics/ensemble.js'
import { identityCheck } from '../../physics/observe/check.js'
import { meanOf } from '../../physics/observe/estimate.js'
import { missedCrossingShift } from '../../physics/observe/first-passage.js'
import { quartic, stiffness } from '../../physics/potential/onsite.js'
import { type Potential, potentialOf } from '../../physics/potential/potential.js'
import { constantProtocol } from '../../physics/protocol/protocol.js'
import { energyOfUnit, meanFirstPassage } from '../../physics/truth/escape.js'
import { type Claim, estimateCheck, simulated, type Topic, type Trial, unitsWith } from './claim.js'

const bath = { kT: 1, mobility: 1 }
const dt = 0.01
const runs = 2000

interface Passage {
  readonly potential: Potential
  readonly theta: Float64Array
  readonly from: number
  readonly to: number
  /** time simulated before those that have arrived are left out */
  readonly stretch: number
}

/** First-passage times of one unit, upwards: every run goes on until it has arrived. */
async function passageTimes(trial: Trial, passage: Passage, trajectories: number): Promise<Float64Array> {
  const { potential, theta, from, to, stretch } = passage
  const protocol = constantProtocol(theta, stretch, dt)
  const times: number[] = []
  let states = new Float64Array(trajectories).fill(from)
  for (let number = 0; states.length > 0; number++) {
    const arrived = new Int32Array(states.length).fill(-1)
    const before = states
    const start: InitialStates = (x, first, batch) => x.set(before.subarray(first, first + batch))
    const { final } = await simulated(trial, {
      potential,
      protocol,
      bath,
      seed: trial.seed + number,
      start,
      trajectories: states.length,
      observers: [
        {
          trajectories: states.length,
          wants: (index) => index >= 0,
          see({ index, first, batch, x }) {
            for (let b = 0; b < batch && first + b < arrived.length; b++)
              if (x[b]! >= to && arrived[first + b]! < 0) arrived[first + b] = index
          },
        },
      ],
    })
    for (const index of arrived) if (index >= 0) times.push(number * stretch + (index + 1) * dt)
    states = final.points.filter((_, n) => arrived[n]! < 0)
  }
  return Float64Array.from(times)
}

/**
 * The mean first-passage time of U = kx²/2 + ax⁴/4 as the steps have it, to first order in h: Euler–Maruyama then samples a diffusion
 * that in y = x + μhF/2 has the potential U + μh(U′)²/4 and the same bath. (For a trap: the rate -ln(1 - μhk)/h and the
 * variance (kT/k)/(1 - μhk/2).) Crossings missed within a step shift the target.
 * Source of the method: Shardlow, BIT Numer. Math. 46, 111 (2006), modified equations.
 */
export function passageOfSteps(
  { potential, theta, from, to }: Omit<Passage, 'stretch'>,
  k: number,
  a: number,
  h = dt,
): number {
  const energy = energyOfUnit(potential, theta)
  const slope = (x: number) => k * x + a * x ** 3
  const along = (x: number) => x - (bath.mobility * h * slope(x)) / 2
  const modified = (y: number) => energy(y) + (bath.mobility * h * slope(y) ** 2) / 4
  return meanFirstPassage(modified, bath, along(from), along(to) + missedCrossingShift(bath, h))
}

function passageClaim(name: string, k: number, a: number, from: number, to: number, stretch: number): Claim {
  return {
    name,
    async check(trial) {
      const potential = potentialOf(unitsWith(1), [stiffness, quartic])
      const passage = { potential, theta: Float64Array.of(k, a), from, to, stretch }
      const mean = meanOf(await passageTimes(trial, passage, runs * trial.effort))
      return [estimateCheck(`${name}, steps with their O(h)`, mean, passageOfSteps(passage, k, a))]
    },
  }
}

/** The double well's times by quadrature, as h → 0, to the digits in which they are known. */
const quadrature: Claim = {
  name: 'quadrature',
  async check() {
    const energy = (x: number) => -(x ** 2) + x ** 4 / 8
    return [
      identityCheck('double well as h → 0, minimum to minimum', meanFirstPassage(energy, bath, -2, 2), 20.517, 1e-3),
      identityCheck('double well as h → 0, minimum to top', meanFirstPassage(energy, bath, -2, 0), 9.213, 1e-3),
    ]
  },
}

/** Mean first-passage times. */
export const escapeTimes: Topic = {
  name: 'escape',
  truth:
    'Mean first passage (1/μkT)∫dy e^(U/kT)∫dz e^(-U/kT), in U + μh(U′)²/4 and to a target .5826√(2μkTh) further out: what steps make of it.',
  claims: [
    quadrature,
    passageClaim('double well, minimum to minimum', -2, 0.5, -2, 2, 40),
    passageClaim('double well, minimum to top', -2, 0.5, -2, 0, 20),
    passageClaim('trap, centre to 1.5', 1, 0, 0, 1.5, 8),
  ],
}
