/** A plain simulation of a 2×3 lattice under hidden units. */
export function simulation({ hidden = '{ units: 2 }', couplings = '{}', parameters = '' } = {}): string {
  return `name: trap
network: { visible: { lattice: [2, 3] }, hidden: ${hidden}, couplings: ${couplings} }
potential: { onsite: [stiffness] }
protocol: { duration: 1, parameters: { stiffness: 1, ${parameters || 'hidden-coupling: 0.5, hidden-bias: [0, t]'} } }
initial: { kind: point, x: 0 }
`
}

/** A scenario that learns two Gaussian clouds with four hidden units. */
export function learning(more: string): string {
  return `name: learner
data: { source: gaussian-mixture, means: [[1, 1], [-1, -1]], width: 0.3 }
network: { visible: { units: 2 }, hidden: { units: 4 } }
potential: { onsite: [stiffness] }
learning: ${more}
`
}

/** The simulation with hidden units of a kind that has states of its own. */
export const moving = (kind: string, observe = '[work, heat]') =>
  `${simulation({ hidden: `{ units: 2, kind: ${kind}, mobility: 3 }` }).replace('duration: 1', 'duration: 0.2')}observe: ${observe}
sampling: { trajectories: 20 }
checks: [first-law]
`
