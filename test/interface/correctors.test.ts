import { expect, test } from 'vitest'
import { parseScenario } from '../../src/experiment/scenario/load.js'
import { refusalOf } from '../refusal.js'

const mixtures = '[{ means: [[-1], [1]], width: 0.5 }, { means: [[0]], width: 0.8 }]'
const correctors = (keys: string, potential = '{ onsite: [stiffness] }') => `name: refused
network: { visible: { units: 1 } }
potential: ${potential}
objective: { kind: feynman-kac, ${keys} }
`

const messageOf = (text: string) => refusalOf(() => parseScenario(text, 'refused.yaml'))

test.each([
  ['compositions: [{ kind: anneal, beta: -1 }]', 'no normaliser; expected β > 0, got -1'],
  ['compositions: [{ kind: anneal, beta: 3, noise: 0.5 }]', 'ζ > 0.816; expected at least 1, got 0.5'],
  ['compositions: [{ kind: product, noise: 0.7 }]', 'ζ > 0.707; expected at least 1, got 0.7'],
  ['compositions: [{ kind: anneal, beta: 3, control: 0.9 }]', 'a control is below the bound, ζ ≤ 0.816; got 0.9'],
  ['compositions: [{ kind: anneal, beta: 0.5, control: 0.1 }]', 'remove control'],
  ['compositions: [{ kind: geometric, share: 3 }]', 'expected b from 0 to 1, got 3'],
  ['compositions: [{ kind: product }], networks: [{ stiffness: 1 }]', 'expected either mixtures or networks'],
  ['compositions: [{ kind: product }], start: { stiffness: 1 }', 'learns nothing and starts from noise; remove start'],
])('feynman-kac refuses %s and says what mends it', async (keys, message) => {
  expect(await messageOf(correctors(`mixtures: ${mixtures}, ${keys}`))).toContain(message)
})

test('feynman-kac takes powers, products and averages inside their bounds', async () => {
  const all =
    '[{ kind: anneal, beta: 3, noise: 0.9, control: 0.5 }, { kind: product }, { kind: geometric, share: 0.4 }]'
  expect(await messageOf(correctors(`mixtures: ${mixtures}, compositions: ${all}`))).toBe('valid')
})

test('networks whose noised laws are no networks are sent to mixtures or line-integral', async () => {
  const keys = 'networks: [{ quartic: 1 }], compositions: [{ kind: anneal, beta: 2 }]'
  expect(await messageOf(correctors(keys, '{ onsite: [stiffness, quartic] }'))).toContain(
    'objective.kind line-integral',
  )
})

test('a product of one law is refused', async () => {
  const keys = 'networks: [{ stiffness: 1 }], compositions: [{ kind: product }]'
  expect(await messageOf(correctors(keys))).toContain('give a second one, or anneal the first')
})
