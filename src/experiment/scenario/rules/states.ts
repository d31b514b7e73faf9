import { listed } from '../../../errors.js'
import type { Block } from '../../../physics/network/blocks.js'
import { isShared } from '../../../physics/network/described.js'
import { defaultHidden } from '../../../physics/network/hidden-kind.js'
import { stateNumber } from '../../../physics/network/unit-states.js'
import type { Keys } from '../keys.js'
import { toldBlocks } from '../network.js'
import type { Say } from '../parts.js'
import { mostUnits } from './memory.js'

/** What is said of units that only some of them have. */
export function sayKinds({ network }: Keys, say: Say): void {
  for (const role of ['visible', 'hidden'] as const) {
    const units = network[role]
    if (units === undefined) continue
    const single = ['states', 'rate', 'clamped', 'walls', 'period'] as const
    const said: { readonly [Key in (typeof single)[number]]?: unknown } = units
    const beside = units.blocks === undefined ? undefined : single.find((key) => said[key] !== undefined)
    if (beside !== undefined) say(['network', role, beside], 'each of the blocks says it for its units; remove it')
    const listed = units.blocks ?? [units]
    listed.forEach((block, n) => {
      const path = units.blocks === undefined ? ['network', role] : ['network', role, 'blocks', n]
      if (block.rate !== undefined && block.states === undefined)
        say([...path, 'rate'], 'continuous units are not redrawn; remove it, or give states')
      if (
        units.blocks !== undefined &&
        block.states !== undefined &&
        'mobility' in block &&
        block.mobility !== undefined
      )
        say([...path, 'mobility'], 'units with states have a rate in place of a mobility')
    })
  }
  const { hidden } = network
  if (hidden === undefined) return
  if (!isShared(hidden)) {
    for (const key of ['rate', 'clamped'] as const)
      if (hidden[key] !== undefined) say(['network', 'hidden', key], 'needs states, or blocks')
    return
  }
  if (hidden.kind !== defaultHidden.kind)
    say(['network', 'hidden', 'kind'], 'hidden units with states or blocks have the terms of visible ones; remove it')
  for (const key of ['well', 'temperature', 'mobility'] as const)
    if (hidden[key] !== undefined)
      say(['network', 'hidden', key], 'hidden units with states or blocks have the terms of visible ones; remove it')
}

/** Kinds that learn beside units of a clamped block. */
const learnBesideHeld: readonly string[] = ['displacement', 'fixed-time']
/** Objectives whose networks have units with states. */
const learnStates: readonly string[] = ['energy-discrepancy', 'tap', 'contrastive-divergence', 'jarzynski']

/** What units with states can do: be simulated or learn by an objective that knows them, and start in one of their states. */
export function sayStates({ network, initial, protocol, potential, objective }: Keys, say: Say): void {
  const blocks = toldBlocks(network)
  const isSpecial = (block: Block) => block.states !== null || block.change.kind === 'clamped'
  const shared = network.hidden !== undefined && isShared(network.hidden)
  if (!shared && !blocks.some(isSpecial)) return
  const where = ['network', blocks.some((block) => block.role === 'visible' && isSpecial(block)) ? 'visible' : 'hidden']
  // Its continuous units may be held, and no state is asked for.
  const onlyHeld = !shared && blocks.every(({ states }) => states === null)
  const able = onlyHeld ? [...learnStates, ...learnBesideHeld] : learnStates
  if (protocol === undefined && !able.includes(objective?.kind ?? '')) {
    const what = onlyHeld
      ? 'units of a clamped block'
      : 'units with states, and hidden ones with the terms of visible ones,'
    say(
      where,
      `${what} are simulated, or learned by objective.kind ${listed(able)}; expected protocol, a plain simulation, or one of these`,
    )
  }
  if (objective !== undefined && !learnBesideHeld.includes(objective.kind))
    for (const role of ['visible', 'hidden'] as const)
      if (blocks.some((block) => block.role === role && block.change.kind === 'clamped'))
        say(
          ['network', role],
          `objective.kind ${objective.kind} learns the law of units that are free; leave clamped away`,
        )
  if (network.label !== undefined)
    say(['network', 'label'], 'label units stand beside continuous units; use a clamped block of two states')
  // Hidden units that follow at once take ±1 for numbers; nothing simulates the two together.
  if (!shared && network.hidden !== undefined && where[1] === 'visible' && objective === undefined)
    say(
      ['network', 'hidden'],
      'visible units with states need hidden ones that have their terms; expected hidden.states or hidden.blocks',
    )
  if (potential.features !== undefined)
    say(['potential', 'features'], 'functions of the whole state are of continuous units; remove it')
  if (initial?.kind !== 'point') return
  // So many are refused for their number (see sayMemory).
  if (blocks.reduce((sum, { units }) => sum + units, 0) > mostUnits) return
  const states = blocks.flatMap((block) => new Array<Block['states']>(block.units).fill(block.states))
  const at = (unit: number) => (typeof initial.x === 'number' ? initial.x : initial.x[unit]!)
  const wrong = states.findIndex((own, unit) => own !== null && stateNumber(own, at(unit)) < 0)
  if (wrong >= 0 && (typeof initial.x === 'number' || initial.x.length === states.length))
    say(
      ['initial', 'x'],
      `unit ${wrong} has the states ${rangeOf(states[wrong]!)}, got ${at(wrong)}; kind: gaussian starts it in any`,
    )
}

function rangeOf(states: readonly number[]): string {
  return states.length <= 3 ? states.join(', ') : `0 … ${states.length - 1}`
}
