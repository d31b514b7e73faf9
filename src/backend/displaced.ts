import { divergenceLimit } from '../physics/dynamics/divergence.js'
import type { Observer } from '../physics/dynamics/observer.js'
import { hasStates } from '../physics/network/unit-states.js'
import { meanOf } from '../physics/observe/estimate.js'
import { type DisplacedPotential, displacedPotential, onsiteParameters } from '../physics/potential/displaced.js'
import { forceAndEnergy, type Potential } from '../physics/potential/potential.js'
import type { Protocol } from '../physics/protocol/protocol.js'
import type { Backend, Simulation } from './backend.js'
import { refuseImprecise } from './hooks.js'
import type { SimulationHooks } from './resume.js'
import { energySizes, watchRounding } from './rounding.js'

/** Initial states that the origin is chosen by, at most. */
const looked = 8
/** Forces evaluated in search of the resting point, at most. */
const searched = 50
/** What runs this many times farther from its origin than it starts, rests or drifts has diverged, from where divergenceLimit is less. */
const muchFarther = 1000
/** Where an energy is rounded by more than this, in units of kT, a unit is far enough from 0 for an origin of its own. */
const negligible = 2 ** -14
/** Nor may what rounding leaves of a coordinate exceed this share of a thermal kick: a free particle has no energy to tell. */
const resolved = 2 ** -7

/**
 * A backend's `simulate` for states that may be far from 0: it runs on displacements from an origin where that spares digits
 * (see displacedPotential), and watches whether the digits of its arithmetic suffice (see watchRounding). Near 0 nothing
 * changes, not a bit.
 *
 * @param roundoff - unit roundoff of its arithmetic
 */
export function displacing(roundoff: number, simulate: Backend['simulate']): Backend['simulate'] {
  return async (simulation, hooks = {}) => {
    const moved = displaced(simulation, roundoff)
    const remembering = retold(hooks)
    const { watch, account } = watchRounding(moved.simulation, roundoff, remembering)
    const observers = [...moved.simulation.observers, watch]
    const ensemble = await simulate({ ...moved.simulation, observers }, remembering)
    account()
    for (const { points, units } of [ensemble.initial, ensemble.final])
      if (moved.origin !== null) for (let n = 0; n < points.length; n++) points[n]! += moved.origin[n % units]!
    moved.settle()
    return ensemble
  }
}

/** Hooks that are told again of the imprecision that was found before a simulation goes on. */
function retold(hooks: SimulationHooks): SimulationHooks {
  const { keeper, onImprecise = refuseImprecise } = hooks
  if (keeper === undefined) return hooks
  const before = keeper.found?.told ?? []
  if (!Array.isArray(before) || before.some((why) => typeof why !== 'string'))
    throw keeper.unfit('is the state of another simulation')
  const told: string[] = [...before]
  for (const why of told) onImprecise(why)
  return {
    ...hooks,
    onImprecise(why) {
      told.push(why)
      onImprecise(why)
    },
    keeper: { ...keeper, keep: (state) => keeper.keep({ ...state, told }) },
  }
}

/** A simulation on displacements, and what brings its energies back; the given one where it stands near 0. */
function displaced(simulation: Simulation, roundoff: number) {
  // States are names or ±1, and are counted from nowhere else.
  if (hasStates(simulation.potential.network)) return { simulation, origin: null, settle() {} }
  const { mean, rest, reach, isFar } = restOf(simulation, roundoff)
  const origin = rest.map((x, i) => (isFar(i) ? x : 0))
  const seen = origin.some((x) => x !== 0) ? displacedPotential(simulation.potential, origin) : null
  const distances = [mean, rest].map((x) => farthestOf(x.map((value, i) => value - (seen === null ? 0 : origin[i]!))))
  const limit = limitFor([...distances, reach])
  if (seen === null) return { simulation: { ...simulation, limit }, origin: null, settle() {} }
  const { start, workAndHeat, observers } = simulation
  const { protocol, change } = displacedProtocol(simulation.protocol, simulation.potential.size, seen)
  return {
    simulation: {
      ...simulation,
      limit,
      potential: seen.potential,
      protocol,
      start(x, first, batch) {
        start(x, first, batch)
        for (let n = 0; n < x.length; n++) x[n]! -= origin[Math.floor(n / batch)]!
      },
      observers: observers.map((observer) => fromOrigin(observer, origin, change)),
    } satisfies Simulation,
    origin,
    /** The constants of the landscapes between which energies were measured: what all trajectories have in common. */
    settle() {
      for (const values of workAndHeat === null ? [] : [workAndHeat.work, workAndHeat.energyChange])
        for (let n = 0; n < values.length; n++) values[n]! += change()
    },
  }
}

/** A protocol of displacements; `change` is how much the constant of the last landscape is above that of the first. */
function displacedProtocol(protocol: Protocol, size: number, seen: DisplacedPotential) {
  const theta = new Float64Array(size)
  const moved = new Float64Array(seen.potential.size)
  let [first, last] = [0, 0]
  let asked = Number.NaN
  return {
    protocol: {
      ...protocol,
      parameters(step, out) {
        const changed = protocol.parameters(step, theta)
        // A run that goes on asks for a step whose landscape is that of the step before, which nobody asked for.
        if (changed || step < 0 || step !== asked + 1) last = seen.parameters(theta, moved)
        asked = step
        if (step < 0) first = last
        out.set(moved)
        return changed
      },
    } satisfies Protocol,
    change: () => last - first,
  }
}

/** Shows an observer where the units are, and work with the constants of the landscapes so far. */
function fromOrigin(observer: Observer, origin: Float64Array, change: () => number): Observer {
  return {
    trajectories: observer.trajectories,
    wants: (index) => observer.wants(index),
    ...(observer.memory === undefined ? {} : { memory: observer.memory }),
    see(frame) {
      const { batch, work } = frame
      observer.see({
        ...frame,
        x: frame.x.map((y, n) => y + origin[Math.floor(n / batch)]!),
        ...(work === undefined ? {} : { work: work.map((w) => w + change()) }),
      })
    },
  }
}

/**
 * Where the units begin, in the mean, and where they rest half-way through the protocol, [units] both; how far a steady force takes
 * them in all the time (0 where that is known to be near); and which of them are far from 0: their energy there is so large that
 * rounding it would show.
 */
function restOf(simulation: Simulation, roundoff: number) {
  const { potential, protocol, bath, start, trajectories, span } = simulation
  const { units, visible } = potential.network
  const theta = new Float64Array(potential.size)
  // The origin of all shards is that of the ensemble.
  const batch = Math.min(looked, span?.of ?? trajectories)
  const states = new Float64Array(units * batch)
  start(states, 0, batch)
  const mean = Float64Array.from({ length: units }, (_, i) => meanOf(states.subarray(i * batch, (i + 1) * batch)).value)
  const middle = protocol.dt.length >> 1
  protocol.parameters(middle, theta)
  // Of several baths the coldest has the shortest kicks.
  const coldest = potential.network.temperature
    ?.filter((own) => own > 0)
    .reduce((least, own) => Math.min(least, own), 1)
  const kT = (protocol.kT?.[middle] ?? bath.kT) * (coldest ?? 1)
  const dt = bath.mobility * protocol.dt[middle]!
  const kick = Math.sqrt(2 * kT * dt)
  const isCoarse = (x: number) => Math.abs(x) * roundoff > kick * resolved
  // What forces would cost is for systems that may be far out: most are near 0, as their own terms show; formulas do not show it.
  // Without a bath there is no thermal width to compare with.
  const time = bath.mobility * protocol.dt.reduce((sum, step) => sum + step, 0)
  const most = ((negligible / 16) * kT) / roundoff
  const isKnown = potential.terms.every(({ degree, hiddenStates }) => (degree ?? 5) <= 4 || hiddenStates !== undefined)
  const mayBeFarOut = !isKnown || unitsMayBeFar(potential, theta, mean, time, most) || mean.some(isCoarse)
  if (kT === 0 || !mayBeFarOut) return { mean, rest: mean, reach: 0, isFar: () => false }
  const energyOf = (x: Float64Array) => energySizes(potential, theta, { x, batch: 1 })
  const nearby = uncoupledRest(simulation, theta, mean, dt)
  const isFarAt = (sizes: readonly Float64Array[], most: number) => (i: number) =>
    i < visible && (isCoarse(mean[i]!) || sizes.some((size) => size[i]! * roundoff > most * kT))
  const sizes = [mean, nearby].map(energyOf)
  const mayBeFar = isFarAt(sizes, negligible / 16)
  const found = nearby.some((_, i) => mayBeFar(i)) ? restingPoint(simulation, theta, nearby, dt, kick) : nearby
  // Where a soft trap would rest is no place to count from, if its force does not get there in the time there is.
  const reach = time * farthestOf(forcesIn(simulation, theta).forceAt(mean))
  const rest = found.map((x, i) => (Math.abs(x - mean[i]!) <= reach ? x : mean[i]!))
  return { mean, rest, reach, isFar: isFarAt([sizes[0]!, energyOf(rest)], negligible) }
}

/**
 * Whether the on-site energy of a unit may exceed `most` where it begins, or where it would rest by itself: |f|r + |k|r² + |c|r³ +
 * |a|r⁴ at the larger r of |mean| and |f|/k, without a stiffness ∛(|f|/a), without either where it drifts to. Cost: O(units).
 *
 * @param time - of the protocol times mobility
 */
function unitsMayBeFar(
  potential: Potential,
  theta: Float64Array,
  mean: Float64Array,
  time: number,
  most: number,
): boolean {
  const [f, k, c, a] = [1, 2, 3, 4].map((degree) => onsiteParameters(potential, degree, theta))
  return mean.some((x, i) => {
    const [ki, ci, ai, fi] = [k, c, a, f].map((values) => Math.abs(values?.[i] ?? 0)) as [
      number,
      number,
      number,
      number,
    ]
    const rest = ki > 0 ? fi / ki : ai > 0 ? Math.cbrt(fi / ai) : fi * time
    const r = Math.max(Math.abs(x), rest)
    return (fi + (ki + (ci + ai * r) * r) * r) * r > most
  })
}

/** What counts as diverged where states are so far from their origin. */
function limitFor(distances: readonly number[]): number {
  return Math.max(divergenceLimit, ...distances.filter(Number.isFinite).map((distance) => muchFarther * distance))
}

function farthestOf(x: Float64Array): number {
  return x.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
}

/** Where each unit would rest by itself, from its force and how that changes over a small step along it. */
function uncoupledRest(simulation: Simulation, theta: Float64Array, x0: Float64Array, step: number): Float64Array {
  const { forceAt, along } = forcesIn(simulation, theta)
  const force = forceAt(x0)
  const next = along(x0, step, force)
  const nextForce = forceAt(next)
  return x0.map((x, i) => {
    const curvature = (force[i]! - nextForce[i]!) / (next[i]! - x)
    return curvature > 0 ? x + force[i]! / curvature : next[i]!
  })
}

/**
 * The resting point of a landscape that lies downhill from x, found by steps along the force whose length follows the
 * curvature met on the way (Barzilai and Borwein, IMA J. Numer. Anal. 8, 141 (1988)); to a few kicks, or as far as it came.
 */
function restingPoint(simulation: Simulation, theta: Float64Array, x0: Float64Array, first: number, kick: number) {
  const { forceAt, along } = forcesIn(simulation, theta)
  let x = x0
  let force = forceAt(x)
  let length = first
  for (let n = 0; n < searched; n++) {
    const next = along(x, length, force)
    if (!next.every(Number.isFinite)) return x0
    const nextForce = forceAt(next)
    const [moved, bent] = [next.map((value, i) => value - x[i]!), nextForce.map((value, i) => force[i]! - value)]
    const curvature = dot(moved, bent)
    ;[x, force] = [next, nextForce]
    if (n > 0 && farthestOf(moved) < kick) break
    length = curvature > 0 ? dot(moved, moved) / curvature : 2 * length
  }
  return x
}

/** Forces of a landscape at a state, and steps along them of the units that move; [units] all. */
function forcesIn({ potential }: Simulation, theta: Float64Array) {
  const { mobility } = potential.network
  return {
    forceAt(x: Float64Array) {
      const force = new Float64Array(x.length)
      forceAndEnergy(potential, theta, x, 1, force, null)
      return force
    },
    along: (x: Float64Array, step: number, force: Float64Array) =>
      x.map((value, i) => (mobility?.[i] === 0 ? value : value + step * force[i]!)),
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, n) => sum + value * b[n]!, 0)
}
