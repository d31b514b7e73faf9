import type { Backend } from '../backend/backend.js'
import { invalidValue } from '../errors.js'
import { derivedSeed } from '../physics/noise/derived-seed.js'
import { fillNormals } from '../physics/noise/gaussian.js'
import { stream } from '../physics/noise/streams.js'
import { noiseWidth, signal } from '../physics/protocol/noising.js'
import { drawn } from './draw.js'
import { frameOf } from './frame.js'
import { completionOf, type Leg, legOf } from './legs.js'
import { lensOn } from './lens.js'
import type { Questions } from './messages.js'
import { generatingAt, type PlayNetwork } from './network.js'
import { noise } from './noising.js'
import { beginning, byHand, classesOf, type Present, putClasses } from './present.js'

/** Answers everything but what opens a network and is asked of the page's computer; one question at a time. */
export type Session = {
  readonly [Kind in Exclude<keyof Questions, 'open' | 'knot' | 'compute'>]: (
    ask: Questions[Kind]['ask'],
  ) => Promise<Questions[Kind]['answer']>
}

/**
 * The interactive ensemble of a network. `begin` and `advance` alone are a run of the same seed bit for bit; what else is asked lays a hand
 * on the present states, from which another simulation goes on with noise of its own.
 */
export function createSession(network: PlayNetwork, backend: Backend, completes: Backend = backend): Session {
  let now: Present | null = null
  let leg: Leg | null = null
  const present = (): Present => {
    if (now === null) throw invalidValue('nothing runs yet; ask begin first.', 'question')
    return now
  }
  const frame = () => frameOf(network, present())
  /** the present states, with nothing under way that would move them */
  const held = async () => {
    await leg?.end()
    leg = null
    return present()
  }
  return {
    async begin(ask) {
      requireBegin(network, ask)
      await leg?.end()
      leg = null
      now = beginning(network, ask)
      return frame()
    },
    async advance({ steps }) {
      const ensemble = present()
      if (!ensemble.done) {
        leg ??= legOf(network, ensemble.known === null ? backend : completes, ensemble)
        await leg.reach(Math.min(ensemble.step + steps, network.protocol.dt.length))
      }
      return frame()
    },
    async noise({ to }) {
      const { step } = present()
      if (!(Number.isInteger(to) && to >= 0 && to <= step))
        throw invalidValue(`expected a step from 0 to ${step}, which is the present one, got ${to}.`, 'to')
      if (to < step) noise(network, await held(), to)
      return frame()
    },
    async set(ask) {
      await setTo(network, present, held, ask)
      return frame()
    },
    async clamp({ known }) {
      if (known.length !== network.learned.network.visible)
        throw invalidValue(`expected ${network.learned.network.visible} values, got ${known.length}.`, 'known')
      const asked = known.every(Number.isNaN) ? null : known.slice()
      const { potential, x, classes } = present()
      // Refused before anything is changed.
      if (asked !== null) completionOf(network, potential, network.record.bath, asked, x.count, 0, classes)
      if (asked !== null || present().known !== null) putKnown(network, await held(), asked)
      return frame()
    },
    lens: async ({ unit, trajectory }) => lensOn(network, present(), unit, trajectory),
    async draw(ask) {
      requireBegin(network, ask)
      return drawn(network, ask.known === undefined ? backend : completes, ask)
    },
  }
}

/** @throws E_INVALID_VALUE for trajectories, a seed or a class that there can't be: consoles ask for anything */
function requireBegin(
  { classes }: PlayNetwork,
  { trajectories, seed, label = 'each' }: Questions['begin']['ask'],
): void {
  if (!(Number.isInteger(trajectories) && trajectories >= 1))
    throw invalidValue(`expected a whole number, at least 1, got ${trajectories}.`, 'trajectories')
  if (!(Number.isSafeInteger(seed) && seed >= 0))
    throw invalidValue(`expected a whole number, 0 or more, got ${seed}.`, 'seed')
  if (label !== 'each' && classes > 0 && !(Number.isInteger(label) && label >= 0 && label < classes))
    throw invalidValue(`expected a class from 0 to ${classes - 1}, got ${label}.`, 'label')
}

/** Another temperature, another class: what is as it was is no intervention. */
async function setTo(
  network: PlayNetwork,
  present: () => Present,
  held: () => Promise<Present>,
  { kT, label }: Questions['set']['ask'],
): Promise<void> {
  const { x, kT: before, classes } = present()
  if (kT !== undefined && !(kT > 0 && Number.isFinite(kT))) throw invalidValue(`expected more than 0, got ${kT}.`, 'kT')
  requireBegin(network, { trajectories: x.count, seed: 0, label })
  const asked = label === undefined ? classes : classesOf(network, { trajectories: x.count, label })
  const isNew = (kT !== undefined && kT !== before) || asked.some((of, n) => of !== classes[n])
  if (!isNew) return
  const now = await held()
  byHand(network, now, () => {
    now.kT = kT ?? before
    now.potential = generatingAt(network, now.kT)
    now.classes = asked
    now.x = { ...x, points: now.x.points.slice() }
    putClasses(network, now.x, asked)
  })
}

/** Pixels at m y + s ε from now on; null frees them. */
function putKnown({ noising, protocol, ...network }: PlayNetwork, now: Present, known: Float32Array | null): void {
  const whole = { noising, protocol, ...network }
  byHand(whole, now, () => {
    now.known = known
    if (known === null) return
    now.untouched = false
    now.done = false
    const t = protocol.clock[now.step]!
    const [m, s] = [signal(noising, t), noiseWidth(noising, t)]
    const { count, units } = now.x
    const epsilon = new Float64Array(known.length * count)
    const seed = derivedSeed(now.seed, stream.stretches, now.interventions)
    fillNormals(seed, stream.givenNoise, 0, known.length, 0, count, epsilon)
    const points = now.x.points.slice()
    for (const [i, y] of known.entries())
      if (!Number.isNaN(y)) for (let n = 0; n < count; n++) points[n * units + i] = m * y + s * epsilon[i * count + n]!
    now.x = { points, count, units }
  })
}
