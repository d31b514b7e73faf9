import type { Backend } from '../backend/backend.js'
import { createReference } from '../backend/reference.js'
import { createWasm } from '../backend/wasm/wasm.js'
import { invalidValue } from '../errors.js'
import { answering, type Port } from './answering.js'
import { fromBase64 } from './base64.js'
import { type Computer, computerOf } from './computer.js'
import type { Answer, Opened, Question, Questions } from './messages.js'
import { type PlayNetwork, playNetwork } from './network.js'
import { unpacking } from './packed.js'
import { createSession, type Session } from './session.js'

/**
 * Answers the questions of a page, in their order, on the kernels, or in float64 where they refuse its network.
 * @param openGraphics - see computerOf
 */
export function serve(port: Port<Question, Answer>, openGraphics?: () => Promise<Backend>): void {
  let now: (Playing & { session: Session; computer: Computer }) | null = null
  const answerTo = async ({ kind, ask }: Question): Promise<Questions[keyof Questions]['answer']> => {
    if (kind === 'open') {
      const opened = await open(ask)
      const computer = computerOf(opened.network, opened.backend, openGraphics)
      now = { ...opened, computer, session: createSession(opened.network, computer.backend, opened.backend) }
      return opened.answer
    }
    if (now === null) throw invalidValue('nothing is open yet; ask open first.', 'question')
    const { network, session, computer, take } = now
    if (kind === 'knot') return take(ask.data)
    const { length } = network.noising.knots
    if (network.knots.length < length)
      throw invalidValue(
        `its parameters are there at ${network.knots.length} knots, expected ${length}. Write the page again.`,
        'question',
      )
    if (kind === 'compute') return computer.choose(ask.on)
    // Each kind has its own question: what is asked is what its answer takes.
    return (session[kind] as (ask: Question['ask']) => Promise<Questions[keyof Questions]['answer']>)(ask)
  }
  answering(port, answerTo)
}

/** A network that is opened. */
interface Playing {
  readonly network: PlayNetwork
  readonly backend: Backend
  readonly answer: Opened
  /** adds the packed parameters of the next knot */
  take(data: Uint8Array<ArrayBuffer>): Promise<{ readonly knots: number }>
}

/** The network of a record, with the knots that it holds itself, on a backend that can move it. */
export async function open({ record, kernels }: Questions['open']['ask']): Promise<Playing> {
  const network = playNetwork(record)
  const unpack = unpacking(record.parameters)
  const take = async (data: Uint8Array<ArrayBuffer>) => {
    network.add(await unpack(data))
    return { knots: network.knots.length }
  }
  for (const data of record.parameters.data) await take(fromBase64(data))
  const wasm = await createWasm({ kernels })
  const { potential } = network.generation
  const isAble = wasm.refusal({ potential, rule: null, integrator: record.integrator }) === null
  const { visible, hidden, lattice } = potential.network
  const { dt, clock } = network.protocol
  const backend = isAble ? wasm : createReference()
  const device = backend.device
  const answer = { visible, hidden, lattice, steps: dt.length, clock: Float64Array.from(clock), device }
  return { network, backend, answer, take }
}
