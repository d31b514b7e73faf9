import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import ndarray from 'ndarray'
import { beforeAll, expect, test } from 'vitest'
import { createReference } from '../../src/backend/reference.js'
import { handle } from '../../src/cli/handlers/play.js'
import { decodeNpy, encodeNpy } from '../../src/experiment/files/npy.js'
import { decodeNpz } from '../../src/experiment/files/npz.js'
import { playedRun } from '../../src/experiment/play/network-record.js'
import { run } from '../../src/experiment/run/run.js'
import { loadScenario, parseScenario } from '../../src/experiment/scenario/load.js'
import { fromBase64, toBase64 } from '../../src/play/base64.js'
import type { Answer, PlayFrame, Question, Questions } from '../../src/play/messages.js'
import type { NetworkRecord } from '../../src/play/record.js'
import { open, serve } from '../../src/play/serve.js'
import { createSession } from '../../src/play/session.js'
import { halfOf } from '../../viz/play/client/examples.js'
import { fileFolder } from '../run-folder.js'
import { trap } from '../small-scenarios.js'

const folder = fileFolder()
const kernels = () => new Uint8Array(readFileSync('dist/wasm/kernels.wasm')).buffer
const seed = 23
const options = { bits: 16, command: 'a test' }

/** Two classes of a 2×3 lattice with hidden units and a label, learned in a moment. */
const small = (hidden: string, more = '') => `name: small
data: { source: gaussian-mixture, means: [[1, 1, -1, 1, -1, 1], [-1, 1, 1, -1, 1, 1]], width: 0.3, samples: 200 }
network: { visible: { lattice: [2, 3] }, hidden: { units: 5, ${hidden} }, label: { couplings: [visible, hidden] } }
potential: { onsite: [stiffness, bias], pair: [bilinear] }
noising: { slices: 5 }
learning: { iterations: 30, optimizer: { kind: adam, rate: 0.05 }, ${more} }
sampling: { trajectories: 20 }
observe: [work, heat]
checks: []
`

/** Trains one, and reads it as a page does. */
async function trained(name: string, hidden: string, more?: string) {
  const directory = join(folder, name)
  await run(await parseScenario(small(hidden, more), 'small.yaml'), { directory, threads: 1 })
  return { directory, ...(await playedRun(directory, options)) }
}

/** What `overdamped sample RUN --parameters FILE --seed S --backend B` draws. */
async function sampled(directory: string, parameters: string, set: string[], backend: 'wasm' | 'reference') {
  const out = join(folder, `sampled-${++count}`)
  const scenario = await loadScenario(join(directory, 'scenario.yaml'), { seed, set })
  await run(scenario, { directory: out, threads: 1, backend, parametersFrom: parameters })
  const array = (name: string) => decodeNpy(readFileSync(join(out, name)), name).data
  const exchanged = decodeNpz(readFileSync(join(out, 'thermodynamics.npz')), 'thermodynamics.npz')
  const { work, heat } = { work: exchanged.work!.data, heat: exchanged.heat!.data }
  return { x: array('samples.npy'), clean: array('samples-denoised.npy'), work, heat }
}
let count = 0

const bits = (values: ArrayLike<number>) => [...Float32Array.from(values)]

let first: Awaited<ReturnType<typeof trained>>
let parameters: string
beforeAll(async () => {
  first = await trained('first', 'kind: bistable')
  parameters = join(folder, 'unpacked.safetensors')
  writeFileSync(parameters, first.parameters)
}, 60_000)

test.each([
  ['bistable', '', 'wasm'],
  ['quartic', '', 'reference'],
  ['explicit', '', 'reference'],
  ['glauber', '', 'reference'],
  // Learned for the other drive: twins of the hidden units. (The command line opens a backend that has the rule too.)
  ['bistable', 'rule: contrastive-divergence', 'reference'],
] as const)(
  'begin and advance are the run of the CLI, bit for bit, with %s hidden units %s on %s',
  async (kind, more, on) => {
    const { directory, record, parameters } = await trained(`${kind}${more.length}`, `kind: ${kind}`, more)
    const { network, backend } = await open({ record, kernels: kernels() })
    const isTwin = record.learnedFor !== record.drive
    expect([backend.name, isTwin]).toEqual(isTwin ? ['wasm', more !== ''] : [on, false])
    const play = createSession(network, isTwin ? createReference() : backend)
    await play.begin({ trajectories: 20, seed, label: 1 })
    await play.advance({ steps: 7 })
    const end = await play.advance({ steps: network.protocol.dt.length })
    const file = join(folder, `${kind}${more.length}.safetensors`)
    writeFileSync(file, parameters)
    const { x, clean, work, heat } = await sampled(directory, file, ['sampling.label=1'], on)
    expect(end.done).toBe(true)
    expect(bits(end.x)).toEqual(bits(x))
    expect(bits(end.clean)).toEqual(bits(clean))
    expect([...end.work]).toEqual([...work])
    expect([...end.heat]).toEqual([...heat])
    const drawn = await play.draw({ trajectories: 20, seed, label: 1 })
    expect(bits(drawn.samples)).toEqual(bits(clean))
    expect([...drawn.work]).toEqual([...work])
  },
)

test('completions are those of --inpaint, bit for bit', async () => {
  const { directory, record } = first
  const { network, backend } = await open({ record, kernels: kernels() })
  const image = Float32Array.of(0.9, -0.2, 0.3, 1.1, 0.4, -0.7)
  const file = join(folder, 'image.npy')
  writeFileSync(file, encodeNpy(ndarray(image, [1, 6])))
  const inpaint = ['known=left-half', `of=${file}`, 'completions=20'].map((key) => `sampling.inpaint.${key}`)
  const cli = await sampled(directory, parameters, ['sampling.label=0', ...inpaint], 'wasm')
  // The left half of three columns are two of them.
  const known = image.map((y, unit) => (unit % 3 < 2 ? y : Number.NaN))
  const drawn = await createSession(network, backend).draw({ trajectories: 20, seed, label: 0, known })
  expect(bits(drawn.samples)).toEqual(bits(cli.clean))
  expect([...drawn.work]).toEqual([...cli.work])
})

/** Both ends of a conversation in one process. */
function conversation() {
  const answers: Answer[] = []
  let ask = (_: Question) => {}
  serve({
    post: (answer, transfer) => void answers.push(structuredClone(answer, { transfer })),
    listen: (hear) => {
      ask = hear
    },
  })
  let id = 0
  return async <Kind extends keyof Questions>(kind: Kind, question: Questions[Kind]['ask']) => {
    ask({ id: id++, kind, ask: question } as Question)
    while (answers.length < id) await new Promise((resolve) => setTimeout(resolve, 1))
    const answer = answers[id - 1]!
    if ('error' in answer) throw new Error(answer.error)
    return answer.answer as Questions[Kind]['answer']
  }
}

test('a port answers in order, transfers its arrays, and says what is wrong with a question', async () => {
  const ask = conversation()
  await expect(ask('begin', { trajectories: 1, seed })).rejects.toThrow('ask open first')
  const opened = await ask('open', { record: first.record, kernels: kernels() })
  expect(opened).toMatchObject({ visible: 6, hidden: 5, lattice: [2, 3] })
  expect(opened.clock).toHaveLength(opened.steps + 1)
  await expect(ask('advance', { steps: 1 })).rejects.toThrow('ask begin first')
  const begun = await ask('begin', { trajectories: 3, seed })
  expect([...begun.classes]).toEqual([0, 1, 0])
  const refused: [Promise<unknown>, string][] = [[ask('noise', { to: 5 }), 'expected a step from 0 to 0']]
  for (const [answer, words] of refused) await expect(answer).rejects.toThrow(words)
  await expect(ask('set', { kT: 0 })).rejects.toThrow('expected more than 0')
  await expect(ask('set', { label: 2 })).rejects.toThrow('expected a class from 0 to 1')
  await expect(ask('clamp', { known: new Float32Array(5) })).rejects.toThrow('expected 6 values')
  await expect(ask('clamp', { known: new Float32Array(6) })).rejects.toThrow('expected known and unknown units')
  await expect(ask('lens', { unit: 6, trajectory: 0 })).rejects.toThrow('unit: expected 0 … 5')
  await expect(ask('lens', { unit: 0, trajectory: 3 })).rejects.toThrow('trajectory: expected 0 … 2')
  await expect(ask('begin', { trajectories: 0, seed })).rejects.toThrow('at least 1')
  await expect(ask('draw', { trajectories: 1, seed: Number.NaN })).rejects.toThrow('0 or more, got NaN')
  await expect(ask('draw', { trajectories: 1, seed, label: 'one' as 'each' })).rejects.toThrow('0 to 1, got one')
  const rows = Float32Array.of(1, Number.NaN, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1)
  await expect(ask('draw', { trajectories: 2, seed, known: rows })).rejects.toThrow('the same units known')
  // What was refused has changed nothing.
  const unharmed = await ask('advance', { steps: opened.steps })
  await ask('begin', { trajectories: 3, seed })
  expect(await ask('advance', { steps: opened.steps })).toEqual(unharmed)
})

test('a hand that changes nothing leaves the run as it is, and another seed gives another run', async () => {
  const { network, backend } = await open({ record: first.record, kernels: kernels() })
  const play = createSession(network, backend)
  const steps = network.protocol.dt.length
  const end = async (of: number, hand: () => Promise<PlayFrame | undefined>) => {
    await play.begin({ trajectories: 2, seed: of, label: 1 })
    await play.advance({ steps: 9 })
    await hand()
    return [...(await play.advance({ steps })).x]
  }
  const alone = await end(1, async () => undefined)
  expect(await end(1, () => play.set({ kT: 1, label: 1 }))).toEqual(alone)
  expect(await end(1, () => play.clamp({ known: new Float32Array(6).fill(Number.NaN) }))).toEqual(alone)
  expect(await end(1, () => play.noise({ to: 9 }))).toEqual(alone)
  expect(await end(2, async () => undefined)).not.toEqual(alone)
  expect(await end(1, () => play.set({ label: 0 }))).not.toEqual(alone)
})

test('what has no network to play is refused with what to do', async () => {
  const plain = join(folder, 'plain')
  await run(await parseScenario(trap('plain', 'trajectories: 10'), 'plain.yaml'), { directory: plain, threads: 1 })
  await expect(playedRun(plain, options)).rejects.toThrow(
    /plain simulation has no trained network to play.*E_RUN_DIRECTORY/,
  )
  const unfinished = join(folder, 'unfinished')
  const controller = new AbortController()
  const stopped = run(await parseScenario(small('kind: bistable'), 'small.yaml'), {
    ...{ directory: unfinished, threads: 1, signal: controller.signal },
    onProgress: () => controller.abort(),
  })
  await expect(stopped).rejects.toThrow()
  await expect(playedRun(unfinished, options)).rejects.toThrow(
    /not finished; continue it with --resume.*E_RUN_DIRECTORY/,
  )
  await expect(playedRun(first.directory, { ...options, bits: 7 })).rejects.toThrow('expected 16, 12, 8, 6 bits')
  const formula = join(folder, 'formula')
  const text = small('kind: bistable').replace('[stiffness, bias]', '[stiffness, { name: well, formula: x^6, min: 0 }]')
  await run(await parseScenario(text, 'small.yaml'), { directory: formula, threads: 1 })
  await expect(playedRun(formula, options)).rejects.toThrow('a page computes no formulas, as in the term "well"')
})

test('neither a page nor its parameters take the place of what a run wrote', async () => {
  const given = { ...{ 'run-or-scenario': first.directory, bits: 16, gpu: false, out: undefined, unpacked: undefined } }
  const asked = { ...given, profile: undefined, set: [], seed: undefined }
  const its = ['parameters.safetensors', 'scenario.yaml'].map((name) => join(first.directory, name))
  const before = its.map((file) => readFileSync(file))
  await expect(handle({ ...asked, unpacked: its[0] })).rejects.toThrow('what a run wrote stays as it is')
  await expect(handle({ ...asked, out: its[1] })).rejects.toThrow('expected a name that ends in .html')
  const report = join(first.directory, 'report.html')
  await expect(handle({ ...asked, out: report })).rejects.toThrow('what a run wrote stays as it is')
  expect(its.map((file) => readFileSync(file))).toEqual(before)
})

test('a half of an image is known where units fill no lattice', () => {
  const data = toBase64(new Uint8Array(Float32Array.of(0, 0, 0, 0, 0, 1, 0, 1, 0, 1).buffer))
  const five: NetworkRecord = {
    ...{ ...first.record, network: { visible: { units: 5 } }, range: [0, 1] },
    examples: { count: 2, data, classes: [1, 0] },
  }
  const { known, label } = halfOf(five, 1, 'left', [2, 3])
  expect([[...known], label]).toEqual([[255, 1, 0, 1, 255], 0])
})

test('a record brings held-out states along, and the range of the data', () => {
  const { examples, range, classes } = first.record
  expect([examples.count, examples.classes.length, classes]).toEqual([40, 40, [0, 1]])
  const states = new Float32Array(fromBase64(examples.data).slice().buffer)
  expect(states).toHaveLength(40 * 6)
  // The means of the two classes tell the first unit's sign.
  for (const [n, label] of examples.classes.entries()) expect(Math.sign(states[6 * n]!)).toBe(label === 0 ? 1 : -1)
  expect(Math.max(...states.map(Math.abs))).toBeLessThanOrEqual(Math.max(-range[0], range[1]))
})

test('the record is plain data: a page that reads it as JSON has the same network', async () => {
  const again = JSON.parse(JSON.stringify(first.record)) as NetworkRecord
  const ends = await Promise.all(
    [first.record, again].map(async (record) => {
      const { network, backend } = await open({ record, kernels: kernels() })
      const { samples } = await createSession(network, backend).draw({ trajectories: 2, seed })
      return [...samples]
    }),
  )
  expect(ends[0]).toEqual(ends[1])
})
