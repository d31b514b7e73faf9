import { expect, test } from 'vitest'
import { parseScenario } from '../../src/experiment/scenario/load.js'
import { prepareStudy } from '../../src/experiment/study/studies.js'
import { refusalOf } from '../refusal.js'

const start = 'name: apart\nnetwork: { visible: { units: 1 } }\n'
const data = 'data: { source: density, name: two-modes, samples: 10 }\n'
const harmonic = 'potential: { onsite: [stiffness] }\n'
const wells =
  'potential: { onsite: [], features: { base: { formula: x^2/2 }, wells: { centres: [[-1], [1]], width: 0.3 } } }\n'

const messageOf = (text: string) => refusalOf(async () => prepareStudy(await parseScenario(text, 'apart.yaml')))

const kinds = ['diffclf', 'boltznce', 'nce']

test.each(kinds)('%s without data is refused with an example', async (kind) => {
  expect(await messageOf(`${start}${harmonic}objective: { kind: ${kind} }\n`)).toMatch(
    /data: missing; this objective learns from data, for example .*E_/,
  )
})

test.each(['diffclf', 'boltznce'])('%s on data whose noised law is unknown is refused', async (kind) => {
  const checkerboard = data.replace('two-modes', 'checkerboard')
  expect(await messageOf(`${start}${checkerboard}${harmonic}objective: { kind: ${kind} }\n`)).toMatch(
    /data\.name: .*use a mixture of Gaussians/,
  )
})

test.each(['diffclf', 'boltznce'])('%s with energies that are not linear is refused', async (kind) => {
  expect(await messageOf(`${start}${data}${wells}objective: { kind: ${kind} }\n`)).toMatch(
    /potential\.features\.wells: .*use radial, polynomial or fourier/,
  )
})

test('noise contrast needs a start with a normaliser, from which noise is drawn', async () => {
  const flat = '{ onsite: [stiffness] }\nobjective: { kind: nce }\n'
  expect(await messageOf(`${start}${data}potential: ${flat}`)).toMatch(
    /objective\.start: the normaliser .* is not known/,
  )
})

test('knots out of order are refused where they are', async () => {
  expect(await messageOf(`${start}${data}${harmonic}objective: { kind: boltznce, knots: [0.1, 0.5, 0.4] }\n`)).toMatch(
    /apart\.yaml:\d+:\d+ objective\.knots\.2: expected more than 0\.5, the knot before; got 0\.4/,
  )
})

test('data of other units than the network’s are refused', async () => {
  const plane = data.replace('two-modes', 'eight-gaussians')
  expect(await messageOf(`${start}${plane}${harmonic}objective: { kind: diffclf }\n`)).toMatch(
    /data: its states have 2 units, network\.visible has 1/,
  )
})

test('no candidate times to be wrong about are refused', async () => {
  expect(await messageOf(`${start}${data}${harmonic}objective: { kind: boltznce, wrong: 0 }\n`)).toMatch(
    /objective\.wrong: expected/,
  )
})

test('a learned law of noised data needs a potential that is linear in parameters and has some', async () => {
  const learned = 'objective: { kind: moment-matching, laws: [exact, learned] }\n'
  expect(await messageOf(`${start}${data}${wells}${learned}`)).toMatch(/potential: .*linear in its parameters.*"wells"/)
  const fixed = 'potential: { onsite: [], features: { base: { formula: x^2/2 } } }\n'
  expect(await messageOf(`${start}${data}${fixed}${learned}`)).toMatch(
    /potential: it has no parameters.*laws: \[exact\]/,
  )
  expect(await messageOf(`${start}${data}${harmonic}${learned}`)).toBe('valid')
  expect(await messageOf(`${start}${data}${wells}objective: { kind: moment-matching }\n`)).toBe('valid')
})
