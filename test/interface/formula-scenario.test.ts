import { expect, test } from 'vitest'
import { decodeSafetensors } from '../../src/experiment/files/safetensors.js'
import { encodeParameters } from '../../src/experiment/record/parameters.js'
import { effectiveScenario, parseScenario } from '../../src/experiment/scenario/load.js'
import { createProblem } from '../../src/experiment/system/problem.js'
import { refusalOf } from '../refusal.js'

function scenario(onsite: string, parameters = '{ stiffness: 1 }'): string {
  return `name: trap
network: { visible: { lattice: [2, 3] } }
potential:
  onsite: ${onsite}
protocol: { duration: 1, parameters: ${parameters} }
initial: { kind: point, x: 0 }
`
}

const messageOf = (text: string) => refusalOf(async () => createProblem(await parseScenario(text, 'trap.yaml')))

test('a potential mixes built-in terms and formulas, on units and on edges', async () => {
  const text = scenario(
    '[stiffness, { name: sextic, formula: x^6/6, min: 0 }]\n  pair: [bilinear, { name: spring, formula: (x-y)^2/2 }]',
    '{ stiffness: 1, sextic: 2, bilinear: -0.1, spring: 3 }',
  )
  const { potential } = createProblem(await parseScenario(text, 'trap.yaml'))
  expect(potential.terms.map(({ name, size, lowerBound, harmonic }) => [name, size, lowerBound, harmonic])).toEqual([
    ['stiffness', 6, -Infinity, true],
    ['sextic', 6, 0, false],
    ['bilinear', 15, -Infinity, true],
    ['spring', 15, -Infinity, true],
  ])
  const again = await parseScenario(effectiveScenario(await parseScenario(text, 'trap.yaml')), 'again.yaml')
  expect(again.potential).toEqual((await parseScenario(text, 'trap.yaml')).potential)
})

test('parameters are recorded with the edges as the scenario names them', async () => {
  const text = `name: one-way
network: { visible: { units: 3 }, couplings: { visible: { edges: [[2, 0], [0, 1]] } } }
potential: { onsite: [stiffness], pair: [{ name: pull, formula: x*y^2 }] }
protocol: { duration: 1, parameters: { stiffness: 1, pull: [0.25, 0.5] } }
initial: { kind: point, x: 0 }
`
  const { potential, given } = createProblem(await parseScenario(text, 'one-way.yaml'))
  const { tensors } = decodeSafetensors(encodeParameters(potential, [0], [given!.theta]), 'parameters.safetensors')
  expect([...tensors.edges!.data]).toEqual([2, 0, 0, 1])
  expect([...tensors.pull!.data]).toEqual([0.25, 0.5])
})

test('of too many terms only their number is told: their formulas are not even read', async () => {
  const text = scenario(`[${Array.from({ length: 1000 }, (_, n) => `{ name: t${n}, formula: x^^2 }`).join(', ')}]`)
  const message = await messageOf(text)
  expect(message).toContain('trap.yaml:4:11 potential.onsite: expected at most 32 entries, got')
  expect(message.split('\n')).toHaveLength(1)
})

test('every formula that is wrong is told, a line each', async () => {
  const text = scenario('[{ name: a, formula: x^^2 }, { name: b, formula: z }]\n  pair: [{ name: c, formula: x+ }]')
  expect((await messageOf(text)).split('\n')).toHaveLength(3)
})

test.each([
  [
    'a formula that does not read, with the place in the file and in the formula',
    scenario('[stiffness, { name: wall, formula: x^^6 }]'),
    'trap.yaml:4:46 potential.onsite.1.formula: column 3 of the formula: expected a number, a name or "(" before "^". [E_INVALID_VALUE]',
  ],
  [
    'an unknown function',
    scenario('[{ name: wall, formula: "2*coss(x)" }]'),
    'potential.onsite.0.formula: column 3 of the formula: unknown name "coss". Did you mean "cos"? [E_INVALID_VALUE]',
  ],
  [
    'y where there is one unit',
    scenario('[{ name: wall, formula: x*y }]'),
    'potential.onsite.0.formula: column 3 of the formula: unknown name "y". Expected numbers, x, pi or e,',
  ],
  [
    'a corner',
    scenario('[stiffness]\n  pair: [{ name: rope, formula: "1 + abs(x-y)" }]'),
    'potential.pair.0.formula: column 5 of the formula: abs has a corner or a jump',
  ],
  [
    'a misspelt built-in term',
    scenario('[stifness]'),
    'trap.yaml:4:12 potential.onsite.0: expected stiffness, cubic, quartic, bias or state-bias, or a mapping, got "stifness". Did you mean "stiffness"? [E_INVALID_VALUE]',
  ],
  [
    'a misspelt key of a formula term',
    scenario('[{ name: wall, formla: x^6 }]'),
    'potential.onsite.0.formla: unknown key. Did you mean "formula"? [E_UNKNOWN_KEY]',
  ],
  [
    'a missing name',
    scenario('[{ formula: x^6 }]'),
    'potential.onsite.0.name: missing; expected text. [E_MISSING_KEY]',
  ],
  [
    'a number in place of a formula',
    scenario('[{ name: wall, formula: 3 }]'),
    'potential.onsite.0.formula: expected text, got 3. [E_INVALID_VALUE]',
  ],
  [
    'a name that parameters can not have',
    scenario('[{ name: Wall, formula: x^6 }]'),
    'potential.onsite.0.name: expected a lower-case letter, then lower-case letters, digits and "-", got "Wall".',
  ],
  [
    'the name of a built-in term',
    scenario('[{ name: pair-quartic, formula: x^6 }]'),
    'potential.onsite.0.name: "pair-quartic" is a built-in term; choose another name. [E_INVALID_VALUE]',
  ],
  [
    'a name twice',
    scenario('[{ name: wall, formula: x^6 }]\n  pair: [{ name: wall, formula: x*y }]'),
    'potential.pair.0.name: the term "wall" stands twice; remove or rename one. [E_INVALID_VALUE]',
  ],
  [
    'a built-in term twice',
    scenario('[stiffness, stiffness]'),
    'potential.onsite.1: the term "stiffness" stands twice',
  ],
  [
    'a parameter below its bound',
    scenario('[{ name: wall, formula: x^6, min: 0 }]', '{ wall: -1 }'),
    'protocol.parameters.wall: expected at least 0, got -1',
  ],
  [
    'a misspelt parameter of a formula term',
    scenario('[{ name: wall, formula: x^6 }]', '{ wal: 1 }'),
    'protocol.parameters.wal: unknown term; the potential has wall. Did you mean "wall"?',
  ],
])('%s is told with its place and how to mend it', async (_name, text, expected) => {
  expect(await messageOf(text)).toContain(expected)
})
