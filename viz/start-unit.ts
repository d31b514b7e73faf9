import type { RunRecord } from './run-record.js'

/**
 * The unit that the page starts with: an end of the strongest coupling at the least noisy knot, else the middle one.
 * @returns a unit number, 0 or more
 */
export function startUnit({ parameters, trajectories, scenario: { lattice } }: RunRecord): number {
  const couplings = parameters?.terms.find(({ name }) => name === 'bilinear')
  if (parameters && couplings && couplings.columns > 0) {
    const { columns, values } = couplings
    const last = (parameters.knots.length - 1) * columns
    let strongest = 0
    for (let edge = 1; edge < columns; edge++)
      if (Math.abs(values[last + edge] as number) > Math.abs(values[last + strongest] as number)) strongest = edge
    return parameters.edges[2 * strongest] as number
  }
  if (lattice) return Math.floor(lattice[0] / 2) * lattice[1] + Math.floor(lattice[1] / 2)
  return Math.floor(((trajectories?.units ?? 1) - 1) / 2)
}
