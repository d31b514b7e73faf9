import { arrays, type States } from '../../physics/network/states.js'
import { drawNormals } from '../../physics/noise/gaussian.js'
import { stream } from '../../physics/noise/streams.js'
import type { DrawKey } from '../../physics/noise/uniform.js'
import { type Arithmetic, keyedNormals } from './arithmetic.js'
import type { Initialiser } from './initialiser.js'
import type { Objective, Phase } from './objective.js'
import type { TetheredRun } from './tether.js'

type Normals = Pick<Arithmetic, 'normals'>

/** A level of noise t: where its states stand between the data and pure noise, and the noise that leads to the next one. */
export interface NoiseLevel {
  /** x_t = signal·x_0 + noise·ε */
  readonly signal: number
  readonly noise: number
  /** sqrt(1-s²): y = decay·x_t */
  readonly decay: number
  /** x_(t+1) = y + spread·ε */
  readonly spread: number
}

/**
 * The levels of s_1, s_2, …, from the data on: x_(t+1) = sqrt(1-s²) x_t + s·width·ε, whose last law tends to N(0, width²).
 *
 * @param s - of each level, below 1
 */
export function noiseLevels(s: readonly number[], width: number): NoiseLevel[] {
  let kept = 1
  return s.map((value) => {
    const level = {
      signal: Math.sqrt(kept),
      noise: width * Math.sqrt(1 - kept),
      decay: Math.sqrt(1 - value * value),
      spread: value * width,
    }
    kept *= 1 - value * value
    return level
  })
}

/** The share of the data's variance that is left after all levels, Π(1-s²). */
export function signalLeft(s: readonly number[]): number {
  return s.reduce((kept, value) => kept * (1 - value * value), 1)
}

/**
 * Noises data to a level: y, and the noised state a = x_(t+1) that its recovery starts from; both [units, batch], which hold until
 * the next are drawn.
 */
function createLevelNoise({ signal, noise, decay, spread }: NoiseLevel, { normals }: Normals, seed: number) {
  let [y, a] = arrays(2, 0)
  return ({ x, batch }: States, step: number) => {
    const draw = (number: number, out: Float64Array) =>
      normals({ seed, stream: stream.diffusion, step: number }, x.length / batch, batch, out)
    if (y.length !== x.length) [y, a] = arrays(2, x.length)
    draw(2 * step, y)
    draw(2 * step + 1, a)
    for (let n = 0; n < x.length; n++) {
      y[n] = decay * (signal * x[n]! + noise * y[n]!)
      a[n] = y[n]! + spread * a[n]!
    }
    return { y: { x: y, batch }, anchors: { x: a, batch } }
  }
}

/** How the states of one level are recovered. */
interface Recovery {
  /** the noise that states are recovered from */
  readonly level: NoiseLevel
  /** the tethered run that recovers them */
  readonly run: TetheredRun
  /** draws that the noise of a run takes: its steps and one */
  readonly draws: number
  /** where chains start; at the noised state when null */
  readonly initialiser: Initialiser | null
}

/** What the objective of one level is made of. */
export interface RecoveryOptions extends Recovery {
  /** of the noise */
  readonly seed: number
  /** iterations of all levels before this one, so that no two share their noise */
  readonly before: number
  /** the data of an iteration */
  readonly data: (iteration: number) => Phase
  /** draws the noise of the data, whose numbers are everyone's; the reference when absent */
  readonly arithmetic?: Normals | undefined
}

/**
 * Recovery likelihood of one level: the energy of y is learned so that the network, tethered to a noised state x_(t+1),
 * recovers it. The gradient is ⟨φ(y)⟩_data - ⟨φ(y')⟩, y' the end of a run that starts at x_(t+1), or at the initialiser's
 * proposal. A tether makes the law nearly Gaussian, so a short run is enough. Local.
 *
 * Cost of an iteration: one run of each state.
 * Source: Gao, Song, Poole, Wu & Kingma, ICLR (2021), arXiv:2012.08125; Zhu, Xie, Wu & Gao, ICLR (2024),
 * arXiv:2309.05153, for the initialiser.
 */
export function recoveryObjective(options: RecoveryOptions): Objective {
  const { level, run, draws, initialiser, seed, before, data, arithmetic = keyedNormals } = options
  const noised = createLevelNoise(level, arithmetic, seed)
  let last: { anchors: States; chains: States } | null = null
  return {
    name: initialiser === null ? 'short-run' : 'cooperative',
    locality: 'local',
    memory: initialiser?.memory ?? {},
    phases(theta, iteration) {
      const count = before + iteration
      const positive = data(iteration)
      const { y, anchors } = noised(positive, count)
      const chains = startChains(initialiser, anchors, { seed, stream: stream.initialiser, step: count })
      run(theta, chains, anchors.x, { seed, stream: stream.dynamics, step: count * draws })
      last = { anchors, chains }
      return [
        { ...positive, ...y, weights: null },
        { ...chains, name: 'recovered', scale: -1, weights: null },
      ]
    },
    follow() {
      if (last !== null) initialiser?.learn(last.anchors, last.chains)
    },
  }
}

/** Chains at the initialiser's proposals, or at their anchors where there is none. */
export function startChains(initialiser: Initialiser | null, anchors: States, key: DrawKey): States {
  return initialiser?.propose(anchors, key) ?? { x: anchors.x.slice(), batch: anchors.batch }
}

/** A level that has learned its energy. */
export interface LearnedLevel extends Recovery {
  readonly theta: Float64Array
}

/**
 * Ancestral samples: x ~ N(0, width²), then from the noisiest level to the data's y from the network tethered to x, and
 * x' = y/sqrt(1-s²).
 *
 * @param levels - from the data on
 * @returns x [units, batch]
 * Cost: one run of each level.
 */
export function ancestralSamples(
  levels: readonly LearnedLevel[],
  { units, batch, width }: { readonly units: number; readonly batch: number; readonly width: number },
  seed: number,
): States {
  let x = drawNormals({ seed, stream: stream.initial, step: 0 }, units, batch).map((normal) => width * normal)
  let step = 0
  for (const { level, theta, run, draws, initialiser } of [...levels].reverse()) {
    // An initialiser takes a draw of its own before those of the run.
    const chains = startChains(initialiser, { x, batch }, { seed, stream: stream.ancestral, step })
    if (initialiser !== null) step++
    run(theta, chains, x, { seed, stream: stream.ancestral, step })
    step += draws
    x = chains.x.map((y) => y / level.decay)
  }
  return { x, batch }
}
