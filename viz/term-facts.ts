import { own } from './read-values.js'

/** How the report names a term of the potential. */
export interface TermFacts {
  title: string
  symbol: string
  about: string
}

const known: Record<string, TermFacts> = {
  stiffness: { title: 'Stiffness', symbol: 'k', about: 'k x²/2: how strongly a unit is held at 0' },
  cubic: { title: 'Cubic', symbol: 'c', about: 'c x³/3: how far the well leans' },
  quartic: { title: 'Quartic', symbol: 'a', about: 'a x⁴/4: how steep the walls are' },
  bias: { title: 'Bias force', symbol: 'f', about: '−f x: where a unit is pushed' },
  'label-coupling': {
    title: 'Label coupling',
    symbol: 'L',
    about: '−L x s: what a label unit at +1 pulls up, and one at −1 down',
  },
  bilinear: {
    title: 'Couplings',
    symbol: 'J',
    about: 'J x y: two units with negative J like the same sign, with positive J opposite ones',
  },
  'pair-quartic': {
    title: 'Quartic couplings',
    symbol: 'G',
    about: 'G x² y²: two units that shun large values together',
  },
}

/** What is known about a term; one of the user's own goes by its name. */
export function termFacts(name: string): TermFacts {
  const label = /^label-coupling (\d+)$/.exec(name)
  if (label) return { ...(known['label-coupling'] as TermFacts), title: `Coupling of label ${label[1]}` }
  return own(known, name) ?? { title: name, symbol: 'θ', about: 'a term of the scenario: its coefficient' }
}
