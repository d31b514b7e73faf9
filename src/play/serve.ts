import type { Backend } from '../backend/backend.js'
import { createReference } from '../backend/reference.js'
import { createWasm } from '../backend/wasm/wasm.js'
import { invalidValue } from '../errors.js'
import { answering, type Port } from './answering.js'
import { type Computer, computerOf } from './computer.js'
import type { Answer, Opened, Question, Questions } from './messages.js'
import { type PlayNetwork, playNetwork } from './network.js'
import { unpack } from './packed.js'
import { createSession, type Session } from './session.js'

/**
 * Answers the questions of a page, in their order, on the kernels, or in float64 where they refuse its network.
 * @param openGraphics - see computerOf
 */
export function serve(port: Port<Question, Answer>, openGraphics?: () => Promise<Backend>): void {
  let session: Session | null = null
  let computer: Computer | null = null
  const answerTo = async ({ kind, ask }: Question): Promise<Questions[keyof Questions]['answer']> => {
    if (kind === 'open') {
      const opened = await open(ask)
      computer = computerOf(opened.network, opened.backend, openGraphics)
      session = createSession(opened.network, computer.backend, opened.backend)
      return opened.answer
    }
    if (session === null || computer === null) throw invalidValue('nothing is open yet; ask open first.', 'question')
    if (kind === 'compute') return computer.choose(ask.on)
    // Each kind has its own question: what is asked is what its answer takes.
    return (session[kind] as (ask: Question['ask']) => Promise<Questions[keyof Questions]['answer']>)(ask)
  }
  answering(port, answerTo)
}

/** The network of a record on a backend that can move it. */
export async function open({ record, kernels }: Questions['open']['ask']): Promise<{
  readonly network: PlayNetwork
  readonly backend: Backend
  readonly answer: Opened
}> {
  const network = playNetwork(record, await unpack(record.parameters))
  const wasm = await createWasm({ kernels })
  const { potential } = network.generation
  const isAble = wasm.refusal({ potential, rule: null, integrator: record.integrator }) === null
  const { visible, hidden, lattice } = potential.network
  const { dt, clock } = network.protocol
  const { data } = record.parameters
  const backend = isAble ? wasm : createReference()
  return {
    ...{ network, backend },
    answer: {
      ...{ visible, hidden, lattice, steps: dt.length, clock: Float64Array.from(clock) },
      device: backend.device,
      packedBytes: Math.floor((data.length * 3) / 4),
    },
  }
}
