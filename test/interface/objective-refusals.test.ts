import { expect, test } from 'vitest'
import { requireRunnable } from '../../src/experiment/run/runnable.js'
import { parseScenario } from '../../src/experiment/scenario/load.js'

const wells = `
name: small
data: { source: gaussian-mixture, means: [[-5], [5]], width: 1, weights: [1, 3], samples: 1000 }
network: { visible: { units: 1 } }
potential: { onsite: [], features: { wells: { centres: [[-5], [5]] } } }
objective: { kind: jarzynski, control: true }
`
const network = 'network: { visible: { units: 1 } }'
/** A ramp of three visible units from uncoupled ones. */
const ramped = (hidden: string, kernel: string) =>
  `{ name: a, network: { visible: { units: 3 }, hidden: ${hidden} }, potential: { onsite: [stiffness] }, objective: { kind: jarzynski, kernels: [${kernel}], start: { stiffness: 1 }, ramp: { to: { hidden-coupling: 1 } } } }`
test.each<[string, (text: string) => string, string]>([
  ['no data', (text) => text.replace(/data:.*/, ''), 'data: expected either data, to learn from, or objective.ramp'],
  [
    'data and a ramp',
    (text) => text.replace('control: true', 'ramp: { to: { wells: 1 } }'),
    'objective.ramp: a ramp is a given protocol and learns nothing; remove ramp or data',
  ],
  [
    'the interpolant without a ramp',
    (text) => text.replace('control: true', 'kernels: [interpolant]'),
    'objective.kernels: the interpolant’s velocity is known for objective.ramp',
  ],
  ['learning beside it', (text) => `${text}learning: {}`, 'learning: an objective has its own; remove learning'],
  ['checks beside it', (text) => `${text}checks: [first-law]`, 'checks: an objective brings its own checks'],
  [
    'label units',
    (text) => text.replace(network, 'network: { visible: { units: 1 }, label: {} }'),
    'network.label: objectives here learn from states without classes',
  ],
  [
    'moving hidden units',
    (text) => text.replace(network, 'network: { visible: { units: 1 }, hidden: { units: 1, kind: glauber } }'),
    'network.hidden.kind: objectives see the visible units alone, and glauber units move beside them; use bistable',
  ],
  [
    'how trajectories are drawn',
    (text) => `${text}sampling: { trajectories: 50 }`,
    'sampling: an objective draws and watches its own states; remove sampling',
  ],
  [
    'digits',
    (text) => text.replace(/data:.*/, 'data: { source: mnist }'),
    'data.source: expected density, gaussian-mixture, boltzmann',
  ],
  [
    'features without it',
    (text) => text.replace(/objective:.*/, 'learning: {}'),
    'potential.features: functions of the whole',
  ],
  [
    'an unknown term',
    (text) => text.replace('control: true', 'start: { well: 1 }'),
    'objective.start.well: unknown term; the potential has wells. Did you mean "wells"?',
  ],
  ['a frozen unknown', (text) => text.replace('control: true', 'frozen: [bias]'), 'objective.frozen.0: unknown term'],
  [
    'too many values',
    (text) => text.replace('control: true', 'start: { wells: [1, 2] }'),
    'objective.start.wells: expected one value or a list of 1, got 2 entries',
  ],
  [
    'two units for one well',
    (text) => text.replace('centres: [[-5], [5]]', 'centres: [[-5, 0], [5, 0]]'),
    'potential.features.wells.centres: expected 1 coordinates',
  ],
  [
    'data of other units',
    (text) => text.replace(/data:.*/, 'data: { source: density, name: checkerboard }'),
    'its states have 2 units, network.visible has 1',
  ],
  [
    'features for three units',
    (text) =>
      text
        .replace(network, 'network: { visible: { units: 3 } }')
        .replace('means: [[-5], [5]]', 'means: [[0, 0, 0]]')
        .replace('weights: [1, 3], ', ''),
    'potential.features: functions of the whole state are for one or two units',
  ],
  [
    'a target without a normaliser',
    () =>
      `{ name: a, ${network}, potential: { onsite: [stiffness] }, objective: { kind: jarzynski, start: { stiffness: 1 }, ramp: { to: { stiffness: -1 } } } }`,
    'objective.ramp.to: the normaliser of this potential is not known',
  ],
  [
    'walkers without a start',
    () =>
      '{ name: a, network: { visible: { units: 3 } }, potential: { onsite: [stiffness, quartic], pair: [bilinear] }, data: { source: boltzmann, parameters: { stiffness: 1, bilinear: 0.1 } }, objective: { kind: jarzynski, start: { stiffness: 1 } } }',
    'data.parameters: the normaliser of this potential is not known',
  ],
  [
    'Gibbs with quartic terms',
    () =>
      `{ name: a, ${network}, potential: { onsite: [stiffness, quartic] }, objective: { kind: jarzynski, kernels: [gibbs], start: { stiffness: 1 }, ramp: { to: { quartic: 1 } } } }`,
    'objective.kernels: gibbs draws each unit from its law given all others, which is known for stiffness, bias and bilinear with bistable hidden units; the potential has quartic too. Use langevin or mala.',
  ],
  [
    'Gibbs with features',
    (text) => text.replace('control: true', 'kernels: [gibbs]'),
    'the potential has wells too. Use langevin or mala.',
  ],
  [
    'Gibbs with hidden oscillators in wells',
    () => ramped('{ units: 2, kind: quartic }', 'gibbs'),
    'the potential has quartic hidden units too. Use langevin or mala.',
  ],
  [
    'more hidden units than are enumerated',
    () => ramped('{ units: 13 }', 'mala'),
    'objective.start: the normaliser of this potential is not known. Expected a harmonic one (stiffness, bias, bilinear) that confines every unit, with up to 12 two-state hidden units',
  ],
  [
    'more walkers than fit',
    () =>
      '{ name: a, network: { visible: { units: 900 } }, potential: { onsite: [stiffness] }, objective: { kind: jarzynski, start: { stiffness: 1 }, ramp: { to: { stiffness: 2 } }, walkers: 1000000 } }',
    'objective.walkers: 1000000 walkers of 900 units; expected at most 20,000,000 coordinates',
  ],
  [
    'a large network',
    () =>
      '{ name: a, network: { visible: { lattice: [50, 50] } }, potential: { onsite: [stiffness] }, objective: { kind: jarzynski, ramp: { to: { stiffness: 2 } } } }',
    'network.visible.lattice: 2500 units; objectives are for at most 1000',
  ],
])('refused before it runs: %s', async (_, change, message) => {
  await expect(async () => requireRunnable(await parseScenario(change(wells), 'small.yaml'))).rejects.toThrow(message)
})
