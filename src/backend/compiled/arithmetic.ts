import type { Arithmetic, Walk } from '../../learning/objectives/arithmetic.js'
import { eulerMaruyama } from '../../physics/dynamics/euler-maruyama.js'
import { leimkuhlerMatthews } from '../../physics/dynamics/leimkuhler-matthews.js'
import { mala } from '../../physics/dynamics/mala.js'
import { keyOf } from '../../physics/noise/philox.js'
import { stream } from '../../physics/noise/streams.js'
import { fillUniformStates } from '../../physics/noise/uniform.js'
import type { Potential } from '../../physics/potential/potential.js'
import type { Bath } from '../../physics/protocol/bath.js'
import { roundoff } from '../backend.js'
import { packBlock } from './blocks.js'
import { flipScale, refusedFlips, repeatedAttempts } from './flips.js'
import type { Arena } from './memory.js'
import type { ObjectiveJob, SumJob } from './objective-jobs.js'
import { kernelScratches, objectiveBytes } from './objective-programs.js'
import { groupsTogether, type Pool } from './programs.js'
import { shardsOf } from './shards.js'
import { flipsBy, stepLength, stepsBytes, writeSteps } from './stretches.js'
import { describeSystem, type System } from './system.js'

/** What an objective asks, by the kernels; the potential's terms must be known to them. The memory stays taken until the backend is closed. */
export function createKernelArithmetic(arena: Arena, pool: Pool, potential: Potential, bath: Bath): Arithmetic {
  const system = describeSystem(potential, bath.kT, arena)
  const room = createRoom(arena, pool, system, potential)
  const { jobOn, block, calling, put, run } = room
  return {
    roundoff: roundoff.float32,
    forceAndEnergy: (theta, x, batch, force, energy) =>
      calling(() => {
        const at = [force, energy].map((values) => (values === null ? 0 : arena.take(8 * values.length)))
        const job = { ...jobOn(x, batch), block: block(0, theta), force: at[0]!, energy: at[1]! }
        run({ ...job, program: 'evaluate', other: 0, otherEnergy: 0 }, batch)
        force?.set(arena.f64(at[0]!, force.length))
        energy?.set(arena.f64(at[1]!, energy.length))
      }),
    energies: (first, second, x, batch, outFirst, outSecond) =>
      calling(() => {
        const [energy, otherEnergy] = [arena.take(8 * batch), arena.take(8 * batch)]
        const landscapes = { block: block(0, first), other: block(1, second) }
        run({ ...jobOn(x, batch), ...landscapes, program: 'evaluate', force: 0, energy, otherEnergy }, batch)
        outFirst.set(arena.f64(energy, batch))
        outSecond.set(arena.f64(otherEnergy, batch))
      }),
    statistic: (theta, x, batch, out, weights) =>
      calling(() => {
        room.sum({ ...jobOn(x, batch), block: block(0, theta), residuals: 0, weights: put(weights) }, batch, out)
      }),
    directional: (theta, x, r, batch, out) =>
      calling(() => {
        room.sum({ ...jobOn(x, batch), block: block(0, theta), residuals: put(r), weights: 0 }, batch, out)
      }),
    normals: ({ seed, stream: of, step }, units, batch, out) =>
      calling(() => {
        const states = arena.take(8 * out.length)
        run({ ...jobOn(null, batch), program: 'normals', units, states, step, stream: of, key: keyOf(seed) }, batch)
        out.set(arena.f64(states, out.length))
      }),
    walk(theta, states, walk, heat) {
      const kind = kindOf(walk, system)
      if (kind === null) return null
      calling(() => {
        const { x, batch } = states
        const { from, steps, seed, tether } = walk
        const given = { ...jobOn(x, batch), ...lengthOf(walk), block: block(0, theta), heat: put(heat) }
        run(
          {
            ...given,
            program: 'walk',
            kind,
            ...{ from, to: from + steps, stream: walk.stream, key: keyOf(seed) },
            steps: kind === 'plain' ? room.record(walk, given.block) : 0,
            together: groupsTogether(pool.traits, system),
            anchors: put(tether?.anchors ?? null),
            k: tether?.k ?? 0,
            uniforms: kind === 'metropolis' ? put(uniformsOf(walk, batch)) : 0,
          },
          batch,
        )
        x.set(arena.f64(given.states, x.length))
        heat?.set(arena.f64(given.heat, batch))
      })
      // Units with states ask for no force: what is drawn with them counts as one.
      if (system.flips !== null) return { forces: system.hiddenRows > 0 ? 1 : 0, energies: 0 }
      return kind === 'metropolis' ? { forces: 2, energies: 2 } : { forces: 1, energies: 0 }
    },
    weigh(before, after, { x, batch }, step) {
      if (step.transition !== eulerMaruyama.transition || system.flips !== null) return null
      const rows = Array.from({ length: 4 }, () => new Float64Array(batch))
      calling(() => {
        const given = jobOn(x, batch)
        const out = arena.take(8 * 4 * batch)
        const landscapes = { block: block(0, before), after: block(1, after) }
        const key = { step: step.from, stream: step.stream, key: keyOf(step.seed) }
        run({ ...given, program: 'weigh', ...landscapes, ...lengthOf(step), ...key, out }, batch)
        x.set(arena.f64(given.states, x.length))
        for (const [n, row] of rows.entries()) row.set(arena.f64(out + 8 * n * batch, batch))
      })
      const [energy, moved, jumped, exponent] = rows as [Float64Array, Float64Array, Float64Array, Float64Array]
      return { energy, moved, jumped, exponent }
    },
  }
}

/** How the programs take a walk; null where they can't. */
function kindOf({ scheme, tether }: Walk, { flips, hiddenRows }: System): 'plain' | 'tethered' | 'metropolis' | null {
  if (flips !== null) return tether === null && refusedFlips(scheme, hiddenRows > 0) === null ? 'plain' : null
  if (tether !== null) return scheme === leimkuhlerMatthews ? 'tethered' : null
  if (scheme === mala) return 'metropolis'
  return scheme === eulerMaruyama || scheme === leimkuhlerMatthews ? 'plain' : null
}

/** Drift and kick of a step, and the bath's temperature. */
function lengthOf({ bath, dt, ...of }: Pick<Walk, 'bath' | 'dt'> & Partial<Pick<Walk, 'scheme'>>) {
  return { ...stepLength(bath, dt, of.scheme === leimkuhlerMatthews), kT: bath.kT }
}

/** Whether proposals are taken: numbers of the chains, [steps, batch], as noiseOfChains draws them. */
function uniformsOf({ seed, from, steps }: Walk, batch: number): Float64Array {
  const out = new Float64Array(steps * batch)
  for (let n = 0; n < steps; n++) {
    const own = out.subarray(n * batch, (n + 1) * batch)
    fillUniformStates({ seed, stream: stream.acceptance, step: from + n }, 1, 0, batch, own)
  }
  return out
}

/** A job of sums, before it has room for them. */
type Summed = Omit<SumJob, 'program' | 'sums' | 'sumBytes' | 'hidden' | 'hiddenBytes' | 'biasSums'>

/** Memory of one arithmetic, and how its jobs are put together. */
function createRoom(arena: Arena, pool: Pool, system: System, { network, size, terms, offsets }: Potential) {
  const { units, ordinary, hiddenEdges } = network
  const { groupBytes, blockBytes, sumBytes, hiddenRows } = system
  const hidden = hiddenRows === 0 ? 0 : network.hidden
  const hiddenBytes = 64 * hiddenRows
  const kernelScratch = kernelScratches * system.scratchBytes
  const scratchBytes = kernelScratch + objectiveBytes(groupBytes, hiddenBytes)
  const scratch = arena.take(pool.threads * scratchBytes)
  const blocks = [0, 1].map(() => arena.take(blockBytes))
  for (const address of blocks) arena.f32(address, blockBytes / 4).fill(0)
  const theta = arena.take(8 * size)
  // Biases of hidden units follow their couplings, in θ as in the sums.
  const hiddenFrom = offsets[terms.findIndex(({ kernel }) => kernel === 'bistable')] ?? 0
  const biasSums = hidden === 0 ? 0 : 4 * system.sumWords[hiddenFrom + hiddenEdges.count]!
  const put = (values: Float64Array | null) => {
    if (values === null) return 0
    const address = arena.take(8 * values.length)
    arena.f64(address, values.length).set(values)
    return address
  }
  const run = (job: ObjectiveJob, batch: number) => pool.runNow(job, shardsOf(batch))
  return {
    put,
    run,
    /** what is taken meanwhile is given back */
    calling(work: () => void) {
      const mark = arena.mark()
      try {
        work()
      } finally {
        arena.release(mark)
      }
    },
    /** the address of a block that holds θ */
    block(n: 0 | 1, values: Float64Array): number {
      arena.f64(theta, size).set(values)
      packBlock(arena, pool, system, theta, size, blocks[n]!)
      return blocks[n]!
    },
    jobOn: (x: Float64Array | null, batch: number) => ({
      ...{ system: system.address, units, moving: ordinary.length, groupBytes, batch, states: put(x), block: 0 },
      ...{ scratch, scratchBytes, kernelScratch },
    }),
    /** the record of steps of one length in one landscape (kernels/advance.ts) */
    record(walk: Walk, block: number): number {
      const { from, steps, seed, scheme } = walk
      const { drift, kick } = lengthOf(walk)
      const [blockOfStep, driftOfStep, kickOfStep] = [0, 0, 0].map(() => arena.take(4 * steps)) as [
        number,
        number,
        number,
      ]
      const record = arena.take(stepsBytes)
      arena.i32(blockOfStep, steps).fill(block)
      arena.f32(driftOfStep, steps).fill(system.flips === null ? drift : flipScale(walk.bath.kT))
      arena.f32(kickOfStep, steps).fill(kick)
      // Chains that run away are what learning makes of them.
      const { stream: drawnFrom, rates } = flipsBy(system, scheme)
      const attempts = rates.length === 0 ? 0 : repeatedAttempts(arena, rates, walk.dt, steps)
      writeSteps(arena, record, [blockOfStep, driftOfStep, kickOfStep], {
        ...{ first: from, coloured: scheme === leimkuhlerMatthews, seed, limit: Infinity },
        stream: system.flips === null ? walk.stream : drawnFrom,
        ...{ attempts, rates: rates.length, own: 0 },
      })
      return record
    },
    /** the sums of all shards, added in their order */
    sum(job: Summed, batch: number, out: Float64Array) {
      const shards = shardsOf(batch)
      const sums = arena.take(sumBytes * shards)
      run({ ...job, program: 'sum', sums, sumBytes, hidden, hiddenBytes, biasSums }, batch)
      const words = arena.f32(sums, (sumBytes / 4) * shards)
      for (let a = 0; a < out.length; a++) {
        let total = 0
        for (let at = system.sumWords[a]!; at < words.length; at += sumBytes / 4) total += words[at]!
        out[a] = total
      }
    },
  }
}
