import { expect, test } from 'vitest'
import { parseScenario } from '../../src/experiment/scenario/load.js'
import { createProblem } from '../../src/experiment/system/problem.js'
import { refusalOf } from '../refusal.js'
import { learning, moving, simulation } from './hidden-scenarios.js'

const messageOf = (text: string) => refusalOf(async () => createProblem(await parseScenario(text, 'a.yaml')))

test('both rules of force matching learn with hidden units', async () => {
  for (const rule of ['force-matching', 'nudged-force-matching'])
    expect(await messageOf(learning(`{ rule: ${rule} }`))).toBe('valid')
})

test.each([
  [
    'the oracle',
    learning('{ oracle: true }'),
    'a.yaml:5:21 learning.oracle: least squares needs a potential that is linear in its parameters, and with network.hidden it is not',
  ],
  [
    'least squares',
    learning('{ rule: least-squares }'),
    'a.yaml:5:19 learning.rule: least squares needs a potential that is linear in its parameters',
  ],
  [
    'a nudge of 0',
    learning('{ rule: nudged-force-matching, nudge: 0 }'),
    'learning.nudge: expected more than 0, got 0.',
  ],
  [
    'an unknown kind',
    simulation({ hidden: '{ units: 2, kind: bistabel }' }),
    'network.hidden.kind: expected bistable, quartic, explicit or glauber, got "bistabel". Did you mean "bistable"? [E_INVALID_VALUE]',
  ],
  [
    'entropy production of hidden units that move',
    moving('glauber', '[work, entropy-production]'),
    'observe: entropy production needs the density of the full state, and with hidden units that move (glauber) it is not known',
  ],
  [
    'a mobility of units that follow at once',
    simulation({ hidden: '{ units: 2, mobility: 3 }' }),
    'network.hidden.mobility: a bistable unit follows the visible ones at once; remove it, or use kind: glauber',
  ],
  [
    'a mobility of 0',
    simulation({ hidden: '{ units: 2, kind: explicit, mobility: 0 }' }),
    'network.hidden.mobility: expected more than 0, got 0.',
  ],
  [
    'a well of two states',
    simulation({ hidden: '{ units: 2, well: { barrier: 4 } }' }),
    'network.hidden.well: a bistable unit has two states and no well; remove it, or use kind: quartic',
  ],
  [
    'a well without a barrier',
    simulation({ hidden: '{ units: 2, kind: quartic, well: { barrier: 0 } }' }),
    'network.hidden.well.barrier: expected at least 0.25, got 0',
  ],
  ['no hidden units', simulation({ hidden: '{ units: 0 }' }), 'network.hidden.units: expected more than 0, got 0.'],
  ['no number of them', simulation({ hidden: '{}' }), 'network.hidden.units: missing'],
  [
    'couplings to nobody',
    simulation({ couplings: '{ hidden: {} }' }).replace(/ hidden: {[^}]*},/, ''),
    'network.couplings.hidden: there are no hidden units; add network.hidden',
  ],
  [
    'a radius without a hidden unit above each site',
    simulation({ couplings: '{ hidden: { range: 1 } }' }),
    'network.couplings.hidden.range: a radius needs a lattice and one hidden unit above each of its sites',
  ],
  [
    'a missing bias',
    simulation({ parameters: 'hidden-coupling: 1' }),
    'protocol.parameters.hidden-bias: missing; expected a number, a formula in t, or a list of 2. [E_MISSING_KEY]',
  ],
  [
    'a list of couplings of the wrong length',
    simulation({ parameters: 'hidden-coupling: [1, 2], hidden-bias: 0' }),
    'protocol.parameters.hidden-coupling: expected one value or a list of 12, got 2 entries. [E_INVALID_VALUE]',
  ],
  [
    'a place, which a hidden unit does not have',
    simulation({ parameters: 'hidden-coupling: 1, hidden-bias: row' }),
    'protocol.parameters.hidden-bias: column 1 of the formula: unknown name "row"',
  ],
  [
    'a formula with the name of their couplings',
    simulation().replace('[stiffness]', '[stiffness, { name: hidden-coupling, formula: x^4 }]'),
    'potential.onsite.1.name: "hidden-coupling" is a built-in term; choose another name. [E_INVALID_VALUE]',
  ],
  [
    'a formula with the name of another tensor',
    simulation().replace('[stiffness]', '[stiffness, { name: edges, formula: x^4 }]'),
    'potential.onsite.1.name: "edges" is what else stands in parameters.safetensors; choose another name.',
  ],
  [
    'more couplings than memory holds',
    simulation({ hidden: '{ units: 700000 }' }),
    'network.hidden.units: 700000 hidden units with about 4200000 couplings; expected at most 1,000,000 units and 4,000,000 couplings',
  ],
  [
    'more states of them than memory holds',
    `${simulation({ hidden: '{ units: 100000 }', parameters: 'hidden-coupling: 0, hidden-bias: 0' })}sampling: { batch: 4000, trajectories: 4000 }\n`,
    'sampling.batch: trajectories that advance together and the rest take about 11.9 GiB; expected at most 4 GiB',
  ],
])('%s is refused with its place and how to mend it', async (_name, text, expected) => {
  expect(await messageOf(text)).toContain(expected)
})
