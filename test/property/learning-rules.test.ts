import { describe, expect, test } from 'vitest'
import { deviceOf } from '../../src/learning/rules/device.js'
import { auditLocality } from '../../src/learning/rules/locality.js'
import { createNoiser } from '../../src/learning/rules/noised-batch.js'
import type { Rule } from '../../src/learning/rules/rule.js'
import { type RuleName, rulesFor } from '../../src/learning/rules/rules.js'
import { createNetwork } from '../../src/physics/network/network.js'
import { bistable } from '../../src/physics/potential/hidden.js'
import { bias, cubic, quartic, stiffness } from '../../src/physics/potential/onsite.js'
import { bilinear, pairQuartic } from '../../src/physics/potential/pair.js'
import { type Potential, potentialOf } from '../../src/physics/potential/potential.js'
import { createNoising, type DriveKind } from '../../src/physics/protocol/noising.js'
import { everyTerm, lattice, normals } from '../systems.js'

// Every local rule, whatever its equation.

const bath = { kT: 0.8, mobility: 1.2 }
const noising = createNoising({ stiffness: 1.5, duration: 2, tMin: 0.02, slices: 10, spacing: 'geometric' }, bath)
const [units, count] = [6, 24]
const batchFor = (drive: DriveKind) =>
  createNoiser({ points: normals(units * count, 72), count, units }, noising, drive, 4, {
    path: { dt: 0.05, steps: 3 },
  }).minibatch(0.3, count, 0)

const visible = everyTerm(lattice(2, 3, 'all'))
const hiddenPotential = potentialOf(
  createNetwork({
    visible: { units },
    hidden: { units: 4 },
    couplings: { visible: { range: 'all' } },
  }),
  [stiffness, cubic, quartic, bias, bilinear, pairQuartic, bistable(bath.kT)],
)
const withHidden = {
  potential: hiddenPotential,
  theta: Float64Array.from(normals(hiddenPotential.size, 71), (value, a) =>
    hiddenPotential.lowerBound[a] === 0 ? Math.abs(0.3 * value) : 0.5 * value,
  ),
}

/** The rules that can train a potential, each with the first drive that it trains. */
function trainers(potential: Potential): [RuleName, Rule, DriveKind][] {
  const every = (['reverse', 'quasi-static'] as const).flatMap((drive) =>
    rulesFor(potential, drive)
      .filter(({ refusal }) => refusal === null)
      .map(({ name, rule }): [RuleName, Rule, DriveKind] => [name, rule, drive]),
  )
  return every.filter(([name], n) => every.findIndex(([other]) => other === name) === n)
}

/** Gradient where the learner's electronics believes the parameters to be `belief`. */
function updateBelieving(
  [, rule, drive]: [RuleName, Rule, DriveKind],
  { potential, theta }: { potential: Potential; theta: Float64Array },
  belief: Float64Array,
): Float64Array {
  const out = new Float64Array(potential.size)
  rule.gradient(deviceOf(potential, theta, bath, belief), batchFor(drive), out)
  return out
}

test('all five rules train visible units, three of them hidden ones', () => {
  expect(trainers(visible.potential).map(([name]) => name)).toEqual([
    'force-matching',
    'implicit-score-matching',
    'nudged-force-matching',
    'reverse-path',
    'contrastive-divergence',
  ])
  expect(trainers(withHidden.potential).map(([name]) => name)).toEqual([
    'force-matching',
    'nudged-force-matching',
    'contrastive-divergence',
  ])
  const refusals = (potential: Potential, drive: DriveKind) =>
    Object.fromEntries(rulesFor(potential, drive).map(({ name, refusal }) => [name, refusal]))
  expect(refusals(visible.potential, 'quasi-static')).toMatchObject({
    'force-matching': null,
    'reverse-path': 'it trains the drive reverse, not quasi-static',
  })
  expect(refusals(withHidden.potential, 'reverse')).toMatchObject({
    'implicit-score-matching': 'it trains terms that are linear in their parameters, and "hidden" is not',
    'contrastive-divergence': 'it trains the drive quasi-static, not reverse',
  })
})

describe.each(trainers(visible.potential))('%s', (...trainer) => {
  test('reads no parameter of visible units: with belief of NaN the update has the same bits', () => {
    const known = updateBelieving(trainer, visible, visible.theta)
    expect(known.every((part) => Number.isFinite(part) && part !== 0)).toBe(true)
    expect(updateBelieving(trainer, visible, new Float64Array(known.length).fill(Number.NaN))).toEqual(known)
  })

  test('teaches every visible term locally', () => {
    const [, rule, drive] = trainer
    const rows = auditLocality(rule, visible.potential, visible.theta, bath, batchFor(drive))
    expect(rows.map(({ group }) => group)).toEqual(visible.potential.groups.map(({ name }) => name))
    for (const row of rows) expect(row).toEqual({ rule: rule.name, group: row.group, local: true, reads: [] })
  })
})

describe.each(trainers(withHidden.potential))('%s, with hidden units', (...trainer) => {
  const [, rule, drive] = trainer

  test('reads their couplings only if it says that it is not local', () => {
    const known = updateBelieving(trainer, withHidden, withHidden.theta)
    const elsewhere = updateBelieving(trainer, withHidden, new Float64Array(known.length).fill(Number.NaN))
    if (rule.hidden === 'local') expect(elsewhere).toEqual(known)
    else {
      expect(rule.hidden).toMatch(/^not local: /)
      const { offset } = withHidden.potential.groups.find(({ name }) => name === 'hidden-coupling')!
      expect(elsewhere.subarray(0, offset)).toEqual(known.subarray(0, offset))
      for (const part of elsewhere.subarray(offset)) expect(part).toBeNaN()
    }
  })

  test('is found to be as local as it says', () => {
    for (const { group, local, reads } of auditLocality(
      rule,
      withHidden.potential,
      withHidden.theta,
      bath,
      batchFor(drive),
    )) {
      if (group.startsWith('hidden') && rule.hidden !== 'local')
        expect(reads).toEqual(['positions', 'forces', 'parameters'])
      else expect([group, local]).toEqual([group, true])
    }
  })
})

test('the audit finds a rule that reads positions, forces and responses of others', () => {
  const { potential, theta } = withHidden
  const nosy = (read: (device: ReturnType<typeof deviceOf>, x: Float64Array) => number): Rule => ({
    ...rulesFor(potential, 'reverse')[0]!.rule,
    gradient(device, { x }, gradient) {
      gradient.fill(read(device, x))
      return null
    },
  })
  const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0)
  const found = (rule: Rule) => auditLocality(rule, potential, theta, bath, batchFor('reverse'))[0]!.reads
  expect(found(nosy((_, x) => sum(x)))).toEqual(['positions'])
  const forces = nosy((device, x) => {
    const out = new Float64Array(x.length)
    device.force(x, count, out)
    return sum(out)
  })
  expect(found(forces)).toEqual(['forces'])
  const responses = nosy((device, x) => {
    const out = new Float64Array(potential.size)
    device.statistic(x, count, out)
    return sum(out.subarray(potential.groups.find(({ name }) => name === 'hidden-coupling')!.offset))
  })
  expect(found(responses)).toEqual(['responses'])
})
