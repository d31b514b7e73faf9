import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { StoppedError } from '../../src/errors.js'
import { decodeNpy } from '../../src/experiment/files/npy.js'
import { decodeParameters } from '../../src/experiment/record/parameters.js'
import { run } from '../../src/experiment/run/run.js'
import { requireRunnable } from '../../src/experiment/run/runnable.js'
import { onDevice } from '../../src/experiment/sampling/device.js'
import { parseScenario } from '../../src/experiment/scenario/load.js'
import { createProblem } from '../../src/experiment/system/problem.js'
import { command } from '../command.js'
import { runFolders } from '../run-folder.js'

const folder = runFolders()

/** Two oscillators with four hidden ones, and a piece of hardware. */
const small = (hardware = '', more = '') => `
name: small
seed: 11
data: { source: gaussian-mixture, means: [[1, 1], [-1, -1]], width: 0.4, samples: 400 }
network: { visible: { units: 2 }, hidden: { units: 4 } }
potential: { onsite: [stiffness, quartic, bias], pair: [bilinear] }
noising: { duration: 3, tMin: 0.05, slices: 4 }
learning: { rule: nudged-force-matching, iterations: 15, batch: 32, average: true }
sampling: { trajectories: 60 }
observe: [work, heat]
checks: [first-law]
${hardware === '' ? '' : `hardware: ${hardware}`}
${more}`

/** Every size of the section at 0. */
const zeros = `{ force: { noise: 0, offset: 0, drift: 0 }, update: { noise: 0, offset: 0, drift: 0, delay: 0 },
  disorder: { stiffness: 0, couplings: 0, drift: 0 }, dead: 0, missing: 0, bath: { mismatch: 0, gradient: 0 }, crosstalk: 0, readout: 0 }`

/** Each imperfection by itself, at a size that shows. */
const imperfections = [
  '{ force: { noise: 2 } }',
  '{ force: { offset: 2 } }',
  '{ force: { drift: 2, driftTime: 5 } }',
  '{ storage: { bits: 3 } }',
  '{ storage: { bits: 3, rounding: stochastic } }',
  '{ update: { bits: 6 } }',
  '{ update: { bits: 6, rounding: stochastic } }',
  '{ update: { noise: 1 } }',
  '{ update: { offset: 1 } }',
  '{ update: { drift: 1 } }',
  '{ update: { delay: 4 } }',
  '{ disorder: { stiffness: 0.3 } }',
  '{ disorder: { couplings: 0.3 } }',
  '{ disorder: { drift: 0.3, driftTime: 5 } }',
  '{ dead: 0.4 }',
  '{ missing: 0.4 }',
  '{ bath: { mismatch: 0.3 } }',
  '{ bath: { gradient: 0.5 } }',
  '{ protocol: { slew: 2 } }',
  '{ protocol: { range: 2 } }',
  '{ crosstalk: 0.1 }',
  '{ readout: 0.1 }',
]
const all = `{ force: { noise: 1, offset: 0.2, drift: 0.2, driftTime: 5 }, storage: { bits: 8, rounding: stochastic },
  update: { bits: 12, rounding: stochastic, noise: 0.1, drift: 0.1, delay: 3 }, disorder: { couplings: 0.1, drift: 0.05, driftTime: 7 },
  missing: 0.1, bath: { mismatch: 0.1, gradient: 0.1 }, protocol: { slew: 50 }, crosstalk: 0.02, readout: 0.01 }`

const bytes = (directory: string) =>
  ['parameters.safetensors', 'samples.npy'].map((name) => readFileSync(join(directory, name)).toString('base64'))

async function finished(text: string, options = {}): Promise<{ directory: string; bytes: string[] }> {
  const directory = folder()
  await run(await parseScenario(text, 'small.yaml'), { directory, backend: 'reference', ...options })
  return { directory, bytes: bytes(directory) }
}

test('every imperfection at size 0 is the ideal run, to the last bit', async () => {
  const ideal = await finished(small())
  expect((await finished(small(zeros))).bytes).toEqual(ideal.bytes)
  expect((await finished(small('{ training: model }'))).bytes).toEqual(ideal.bytes)
}, 60_000)

test('every imperfection changes what is learned or what is drawn, and the first law holds', async () => {
  const ideal = await finished(small())
  for (const hardware of imperfections) {
    const { bytes: own, directory } = await finished(small(hardware))
    expect(own, hardware).not.toEqual(ideal.bytes)
    const { checks } = JSON.parse(readFileSync(join(directory, 'results.json'), 'utf8'))
    expect(
      checks.every(({ pass }: { pass: boolean }) => pass),
      hardware,
    ).toBe(true)
  }
}, 120_000)

test('all of them together: stopped and resumed a run has the same bits, whatever the size of its batches', async () => {
  const whole = await finished(small(all))
  const directory = folder()
  const scenario = await parseScenario(small(all), 'small.yaml')
  for (const at of [17, 70]) {
    const stop = new AbortController()
    const onProgress = ({ phase, done }: { phase: string; done: number }) => {
      if (phase === 'train' && done === at) stop.abort()
    }
    const options = { directory, backend: 'reference', resume: true, signal: stop.signal, onProgress } as const
    await expect(run(scenario, options)).rejects.toThrow(StoppedError)
  }
  await run(scenario, { directory, backend: 'reference', resume: true })
  expect(bytes(directory)).toEqual(whole.bytes)
  const other = await finished(small(all).replace('trajectories: 60', 'trajectories: 60, batch: 7'))
  expect(other.bytes).toEqual(whole.bytes)
}, 120_000)

test('samples that are read with an error have it and nothing else', async () => {
  const still = '  denoise: false'
  const text = (hardware: string) => small(hardware).replace('trajectories: 60 }', `trajectories: 2000,${still} }`)
  const samples = (directory: string) => decodeNpy(readFileSync(join(directory, 'samples.npy')), 'samples.npy').data
  const [ideal, read] = [await finished(text('')), await finished(text('{ training: model, readout: 0.2 }'))]
  const errors = Float64Array.from(samples(read.directory), (x, n) => Number(x) - Number(samples(ideal.directory)[n]))
  const square = errors.reduce((sum, e) => sum + e * e, 0) / errors.length
  expect(Math.abs(square - 0.04)).toBeLessThan(4 * 0.04 * Math.sqrt(2 / errors.length))
  expect(read.bytes[0]).toBe(ideal.bytes[0])
}, 60_000)

test('a bath that is warmer, and one with a gradient, are those of the device; the data are noised as before', async () => {
  const { bath, noising, potential, model } = createProblem(
    await parseScenario(small('{ training: model, bath: { mismatch: 0.2, gradient: 0.5 } }'), 'a.yaml'),
  )
  expect([bath.kT, noising.bath.kT]).toEqual([1.2, 1])
  expect(potential.network.temperature).toEqual(Float64Array.from([0.75, 1.25]))
  expect(model!.network.temperature).toBeNull()
})

describe('disorder of three tenths in every parameter of six oscillators, force matching', () => {
  const text = (training: string) => `
name: fabrication
seed: 12
data: { source: gaussian-mixture, means: [[0, 0, 0, 0, 0, 0]], width: 0.5, samples: 4000 }
network: { visible: { units: 6 } }
potential: { onsite: [stiffness], pair: [bilinear] }
noising: { duration: 3, tMin: 0.05, slices: 5 }
learning: { rule: force-matching, iterations: 150, batch: 128, average: true }
sampling: { trajectories: 10 }
hardware: { training: ${training}, disorder: { stiffness: 0.3, couplings: 0.3 } }`
  /** Largest error of a stiffness over what the closed form asks: 2kT/v - k0, v = m² v0 + 1 - m². */
  const errorOf = async (training: string) => {
    const { directory } = await finished(text(training))
    const problem = createProblem(await parseScenario(text(training), 'a.yaml'))
    const file = join(directory, 'parameters.safetensors')
    const stored = decodeParameters(readFileSync(file), problem.potential, problem.noising.knots, file)
    let most = 0
    onDevice(problem, stored).forEach((theta, n) => {
      const m2 = Math.exp(-2 * problem.noising.knots[n]!)
      const wanted = 2 / (m2 * 0.25 + 1 - m2) - 1
      for (const k of theta.subarray(0, 6)) most = Math.max(most, Math.abs(k - wanted) / wanted)
    })
    return most
  }

  test('in the loop the device has the stiffness that is needed; a model put on it has not', async () => {
    expect(await errorOf('in-loop')).toBeLessThan(0.1)
    expect(await errorOf('model')).toBeGreaterThan(0.2)
  }, 60_000)
})

test.each([
  [
    small()
      .replace(/^learning:.*$/m, '')
      .replace(/^data:.*$/m, 'hardware: { dead: 0.1 }')
      .replace(
        /^noising:.*$/m,
        'initial: { kind: point, x: 0 }\nprotocol: { duration: 1, parameters: { stiffness: 1, quartic: 0, bias: 0, bilinear: 0, hidden-coupling: 0, hidden-bias: 0 } }',
      ),
    /hardware: a device is one that learns from data and generates/,
  ],
  [
    small('{ dead: 0.1 }').replace('trajectories: 60', 'trajectories: 60, noised: { width: 0.5 }'),
    /sampling\.noised: samples given images are drawn on an ideal device/,
  ],
  [
    small('{ dead: 0.1 }').replace('trajectories: 60', 'trajectories: 60, clock: optimal'),
    /sampling\.clock: a clock drives by other/,
  ],
  [
    small('{ dead: 0.1 }').replace('batch: 32', 'batch: 32, centre: true'),
    /learning\.centre: centred, a network learns other/,
  ],
  [
    small('{ dead: 0.1 }').replace('batch: 32', 'batch: 32, refine: {}'),
    /learning\.refine: refinement reads an ideal device/,
  ],
  [
    small('{ dead: 0.1 }').replace('nudged-force-matching', 'contrastive-divergence'),
    /sampling\.drive: a device generates by the parameters that it learned; expected quasi-static/,
  ],
  [
    small('{ dead: 0.1 }').replace(', hidden: { units: 4 }', '').replace('stiffness, quartic', 'quartic'),
    /hardware\.dead: a dead unit is left with the trap/,
  ],
  [small('{ storage: { bits: 1 } }'), /storage\.bits/],
  [small('{ dead: 1.5 }'), /hardware\.dead/],
  [small('{ deadd: 0.5 }'), /Did you mean "dead"/],
])('what is no hardware is refused', async (text, message) => {
  await expect(parseScenario(text, 'a.yaml').then(requireRunnable)).rejects.toThrow(message)
})

test('other samples are of the same device, whether the scenario numbers it or not', async () => {
  const text = small('{ disorder: { couplings: 0.5 } }')
  const all = dirname(folder())
  const at = (name: string) => join(all, name)
  const done = async (...words: string[]) => expect((await command(...words, '--quiet')).status).toBe(0)
  writeFileSync(at('worn.yaml'), text)
  writeFileSync(at('numbered.yaml'), text.replace('disorder', 'device: 11, disorder'))
  for (const name of ['worn', 'numbered']) {
    await done('run', at(`${name}.yaml`), '--out', at(name))
    await done('sample', at(name), '--seed', '6', '--out', at(`${name}-6`))
  }
  expect(readFileSync(join(at('worn-6'), 'scenario.yaml'), 'utf8')).toContain('device: 11')
  expect(readFileSync(join(at('worn-6'), 'samples.npy'))).toEqual(readFileSync(join(at('numbered-6'), 'samples.npy')))
  const both = await command('sample', at('worn'), '--trajectories', '5', '--set', 'sampling.trajectories=6')
  expect(both.stderr).toContain('--trajectories: --set sampling.trajectories says it too')
}, 60_000)

test('kernels do not learn on imperfect hardware, and auto takes the reference', async () => {
  const text = small('{ force: { noise: 1 } }')
  await expect(finished(text, { backend: 'wasm' })).rejects.toThrow(/wasm.*learn on an ideal device/)
  const { directory } = await finished(text, { backend: 'auto' })
  expect(JSON.parse(readFileSync(join(directory, 'results.json'), 'utf8')).backend).toBe('reference')
}, 60_000)
