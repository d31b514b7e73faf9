import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { defineScenario } from '../../src/experiment/scenario/load.js'
import { scenarioJsonSchema } from '../../src/experiment/scenario/schema.js'
import { buildSystem } from '../../src/experiment/system/system.js'
import { densities } from '../../src/learning/data/densities.js'
import { proposals, quadratures } from '../../src/learning/objectives/line-integral.js'
import { covariances } from '../../src/learning/objectives/moment-matching.js'
import { moves } from '../../src/learning/objectives/moves.js'
import { createRule, ruleNames, settingOwners, trainedDrive } from '../../src/learning/rules/rules.js'
import { integrators } from '../../src/physics/dynamics/integrators.js'
import { generatingHidden, hiddenKinds, learnedHidden } from '../../src/physics/network/hidden-kind.js'
import { createNetwork } from '../../src/physics/network/network.js'
import { exampleOf, onsiteTerms, pairTerms, stateTerms } from '../../src/physics/potential/built-in.js'
import { createPotential } from '../../src/physics/potential/potential.js'
import { defaultBath } from '../../src/physics/protocol/bath.js'
import { generationClock, interpolations } from '../../src/physics/protocol/generation-protocol.js'
import { createNoising, driveKinds, spacings } from '../../src/physics/protocol/noising.js'

interface SchemaNode {
  readonly properties?: Readonly<Record<string, SchemaNode>>
  readonly items?: SchemaNode
  readonly anyOf?: readonly SchemaNode[]
  readonly oneOf?: readonly SchemaNode[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
}

/** The node at a dotted path; `kind=name` or `source=name` chooses among alternatives, `[]` stands for the entries of a list. */
function nodeAt(path: string): SchemaNode {
  return path.split('.').reduce<SchemaNode>((node, step) => {
    const [key, name] = step.split('=') as [string, string | undefined]
    if (name !== undefined) return node.oneOf!.find(({ properties }) => properties![key]!.const === name)!
    return step === '[]' ? node.items! : node.properties![key]!
  }, scenarioJsonSchema())
}

/** What may stand there: of alternatives, the one that is a list of names. */
function namesAt(path: string): unknown {
  const node = nodeAt(path)
  return node.enum ?? node.anyOf!.find((branch) => branch.enum !== undefined)!.enum
}

test.each([
  ['sampling.integrator', Object.keys(integrators)],
  ['sampling.drive', driveKinds],
  ['sampling.interpolation', interpolations],
  ['noising.spacing', spacings],
  ['network.hidden.kind', Object.keys(hiddenKinds)],
  ['potential.onsite.[]', Object.keys(onsiteTerms)],
  ['potential.pair.[]', Object.keys(pairTerms)],
  ['learning.rule', [...ruleNames, 'least-squares']],
  ['learning.compare.[]', ruleNames],
  ['data.source=density.name', Object.keys(densities)],
  ['objective.kind=contrastive-divergence.kernel', [...Object.keys(moves), 'gibbs']],
  ['objective.kind=line-integral.rules.[]', Object.keys(quadratures)],
  ['objective.kind=line-integral.proposals.[]', proposals],
  ['objective.kind=moment-matching.arms.[]', covariances],
])('%s is one of what the engine has', (path, names) => {
  expect(namesAt(path)).toEqual(names)
})

test('sections have the settings that the engine reads', () => {
  expect(Object.keys(nodeAt('potential.features').properties!)).toEqual(['base', ...Object.keys(stateTerms)])
  expect(Object.keys(nodeAt('learning').properties!)).toEqual(expect.arrayContaining(Object.keys(settingOwners)))
})

test('every object knows the name that it is listed under', () => {
  for (const [name, { name: own }] of Object.entries(integrators)) expect(own).toBe(name)
  for (const rule of ruleNames) expect(createRule({ rule }).name).toBe(rule)
  for (const [name, term] of Object.entries(onsiteTerms)) expect(exampleOf(term).name).toBe(name)
})

test('a rule trains the drive of generation where it finds its force, else its own', () => {
  expect(ruleNames.map((name) => driveKinds.map((drive) => trainedDrive(name, drive)))).toEqual([
    ['reverse', 'quasi-static'],
    ['reverse', 'quasi-static'],
    ['reverse', 'quasi-static'],
    ['quasi-static', 'quasi-static'],
    ['reverse', 'reverse'],
  ])
})

const simulation = {
  name: 'defaults',
  network: { visible: { units: 3 }, hidden: { units: 2 } },
  potential: {},
  initial: { kind: 'point', x: 0 },
  protocol: { duration: 1, parameters: {} },
} as const

test('a scenario and the engine mean the same where nothing is said', async () => {
  const scenario = await defineScenario(simulation)
  expect(scenario.bath).toEqual(defaultBath)
  const { potential, noising } = buildSystem(scenario)
  const network = createNetwork({ visible: { units: 3 }, hidden: { units: 2 } })
  expect(noising).toEqual(createNoising())
  expect(potential.network).toEqual(network)
  expect(potential.groups).toEqual(createPotential(network, {}, defaultBath.kT).groups)
  expect(generationClock(noising, scenario.sampling)).toEqual(generationClock(noising, {}))
})

test('so of hidden units, their wells and labels', async () => {
  const hidden = { units: 2, kind: 'explicit', well: {} } as const
  const { network } = await defineScenario({
    ...simulation,
    network: { ...simulation.network, hidden },
    observe: ['work'],
  })
  expect(learnedHidden(network.hidden!)).toEqual(learnedHidden({ kind: 'explicit' }))
  expect(generatingHidden(network.hidden!, [1, 1])).toEqual(generatingHidden({ kind: 'explicit' }, [1, 1]))
  expect(learnedHidden((await defineScenario(simulation)).network.hidden!)).toEqual(learnedHidden({}))
  const described = { visible: { units: 1 }, hidden: { units: 2 }, label: {} }
  const labelled = await defineScenario({
    name: 'labelled',
    network: described,
    potential: {},
    data: { source: 'gaussian-mixture', means: [[-1], [1]], width: 1 },
    learning: {},
  })
  expect(buildSystem(labelled).potential.network).toEqual(createNetwork(described, 1))
})

test('physics and learning know no experiment', () => {
  const files = ['physics', 'learning'].flatMap((floor) =>
    readdirSync(join('src', floor), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join('src', floor, name)),
  )
  expect(files.length).toBeGreaterThan(100)
  expect(files.filter((file) => /(from |import\()'[^']*\/experiment\//.test(readFileSync(file, 'utf8')))).toEqual([])
})
