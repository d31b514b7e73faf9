// An observer of your own: the mean squared displacement, with three numbers a trajectory however long the run.
import {
  constantProtocol,
  createNetwork,
  gaussianStart,
  meanOf,
  type Observer,
  potentialOf,
  simulate,
  stiffness,
  zScore,
} from 'overdamped'

/** (x(n) - x(0))² of the first unit, after each of some numbers of steps: [lags][trajectories]. */
function observeDisplacements(trajectories: number, lags: readonly number[]) {
  const start = new Float64Array(trajectories)
  const squares = lags.map(() => new Float64Array(trajectories))
  const observer: Observer = {
    trajectories,
    wants: (index) => index === -1 || lags.includes(index + 1), // index 0 is the first step, -1 the start
    see({ index, first, batch, x }) {
      // x is [units, batch], and its first row the first unit. It is reused, so numbers are copied.
      const row = x.subarray(0, Math.min(batch, trajectories - first))
      if (index === -1) start.set(row, first)
      else
        squares[lags.indexOf(index + 1)]?.set(
          row.map((at, b) => (at - (start[first + b] ?? 0)) ** 2),
          first,
        )
    },
  }
  return { observer, squares }
}

const [k, kT, dt, lags] = [1.5, 0.8, 0.05, [1, 10, 60]]
const variance = kT / k / (1 - (k * dt) / 2) // stationary under Euler–Maruyama
const { observer, squares } = observeDisplacements(6000, lags)
await simulate({
  potential: potentialOf(createNetwork({ visible: { units: 1 } }), [stiffness]),
  protocol: constantProtocol(Float64Array.of(k), 60 * dt, dt),
  bath: { kT, mobility: 1 },
  start: gaussianStart(1, 0, variance),
  trajectories: 6000,
  observers: [observer],
})
squares.forEach((ofLag, n) => {
  const found = meanOf(ofLag)
  const truth = 2 * variance * (1 - (1 - k * dt) ** (lags[n] ?? 0))
  console.log(`after ${lags[n]} steps ⟨Δx²⟩ = ${found.value} ± ${found.standardError}, exactly ${truth}`)
  if (Math.abs(zScore(found, truth)) > 4) throw new Error('more than 4 standard errors off')
})
