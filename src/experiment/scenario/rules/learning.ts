import { listed } from '../../../errors.js'
import { pathOptions } from '../../../learning/rules/reverse-path.js'
import { createRule, type RuleName, ruleNames, settingOwners, trainedDrive } from '../../../learning/rules/rules.js'
import type { Keys } from '../keys.js'
import type { Say } from '../parts.js'

const notLinear =
  'least squares needs a potential that is linear in its parameters, and with network.hidden it is not; use force-matching or nudged-force-matching without the oracle'

/** Rules that can train the network for the drive, with settings of their own. */
export function sayLearning(scenario: Keys, say: Say): void {
  const { learning, network } = scenario
  if (learning === undefined) return
  const hidden = network.hidden !== undefined
  if (hidden && learning.rule === 'least-squares') say(['learning', 'rule'], notLinear)
  saySettings(learning, say)
  if (learning.rule !== 'least-squares') sayRule(learning.rule, scenario, say)
  sayPath(learning, say)
  sayCompared(learning.compare, scenario, say)
  if (hidden && learning.oracle) say(['learning', 'oracle'], notLinear)
}

type Learning = NonNullable<Keys['learning']>

function saySettings(learning: Learning, say: Say): void {
  const { rule, compare } = learning
  for (const key of Object.keys(settingOwners) as (keyof typeof settingOwners)[]) {
    const owner = settingOwners[key]
    if (learning[key] !== undefined && rule !== owner && !compare.includes(owner))
      say(['learning', key], `belongs to the rule ${owner}, and this one is ${rule}; remove it`)
  }
}

/** A rule that finds the force of another drive only is of use where its network can be driven in reverse all the same. */
function sayRule(name: RuleName, { network, sampling: { drive }, potential: { onsite } }: Keys, say: Say): void {
  const able = ruleNames.filter((rule) => createRule({ rule }).hidden !== null)
  if (network.hidden !== undefined && !able.includes(name))
    say(['learning', 'rule'], `${name} can't train hidden units (network.hidden); use ${listed(able)}`)
  const trained = trainedDrive(name, drive)
  if (trained === drive) return
  if (drive !== 'reverse')
    say(
      ['learning', 'rule'],
      `${name} finds the force of the ${trained} drive only; use sampling.drive: ${trained}, or another rule`,
    )
  else if (!onsite.includes('stiffness'))
    say(
      ['learning', 'rule'],
      `${name} learns the ${trained} drive, and driving its network in reverse takes off stiffness: add stiffness to potential.onsite, or use sampling.drive: ${trained}`,
    )
}

function sayPath({ path }: Learning, say: Say): void {
  const { dt, steps } = pathOptions(path)
  if ((steps + 1) * dt > 1)
    say(
      ['learning', 'path', path?.steps === undefined ? 'dt' : 'steps'],
      `${steps} steps of ${dt} would begin before the data; expected (steps + 1)·dt of at most 1`,
    )
}

function sayCompared(compare: Learning['compare'], { network, sampling: { drive }, potential }: Keys, say: Say): void {
  if (compare.length > 0 && network.hidden !== undefined)
    say(
      ['learning', 'compare'],
      'rules are compared with least squares, which needs a potential without network.hidden; remove one of them',
    )
  const elsewhere = compare.find((name) => trainedDrive(name, drive) !== drive)
  if (elsewhere !== undefined && !potential.onsite.includes('stiffness'))
    say(
      ['learning', 'compare'],
      `${elsewhere} learns the other drive; losses of both compare only in a potential that holds the trap: add stiffness to potential.onsite`,
    )
  if (new Set(compare).size !== compare.length) say(['learning', 'compare'], 'each rule may stand once')
}
