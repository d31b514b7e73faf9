import { expect, test } from 'vitest'
import { exactStates } from '../../src/learning/objectives/exact-states.js'
import { createNetwork } from '../../src/physics/network/network.js'
import { meanOf, zScore } from '../../src/physics/observe/estimate.js'
import { createPotential } from '../../src/physics/potential/potential.js'
import { chainLaw } from '../../src/physics/truth/chain-law.js'
import { hiddenMixture } from '../../src/physics/truth/hidden-mixture.js'
import { modelDensity } from '../../src/physics/truth/partition.js'

const bath = { kT: 0.7, mobility: 1 }
const network = (units: number) => createNetwork({ visible: { units } })

test('of a harmonic chain the transfer matrices have the log Z of its closed form, to 1e-10', () => {
  const potential = createPotential(network(3), { onsite: ['stiffness', 'bias'], pair: ['bilinear'] }, bath.kT)
  // Edges (0, 1), (0, 2), (1, 2): the second couples nothing.
  const theta = Float64Array.from([2, 3, 1.5, 0.4, -0.3, 0.9, -0.8, 0, 0.5])
  const exact = hiddenMixture(potential, theta, bath)!.logPartition
  expect(chainLaw(potential, theta, bath)!.logPartition).toBeCloseTo(exact, 10)
})

test('of two coupled wells they have the log Z of the quadrature over the plane, to 1e-9', () => {
  const potential = createPotential(
    network(2),
    { onsite: ['stiffness', 'quartic', 'bias'], pair: ['quartic'] },
    bath.kT,
  )
  const theta = Float64Array.from([-3, -2, 1, 1.2, 0.2, -0.1, 0.3])
  const exact = modelDensity(potential, theta, bath)!.logPartition
  expect(chainLaw(potential, theta, bath)!.logPartition).toBeCloseTo(exact, 9)
})

test('draws from a chain of wells have ⟨Σ x_i x_(i+1)⟩ = -kT ∂log Z/∂J within 4 s.e., and those of another coupling have not', () => {
  const potential = createPotential(network(4), { onsite: ['stiffness', 'quartic'], pair: ['bilinear'] }, bath.kT)
  const wells = [-1.5, -1.5, -1.5, -1.5, 1, 1, 1, 1]
  const theta = (J: number) => Float64Array.from([...wells, J, 0, 0, J, 0, J])
  const logZ = (J: number) => chainLaw(potential, theta(J), bath)!.logPartition
  const truth = (-bath.kT * (logZ(-0.5 + 1e-4) - logZ(-0.5 - 1e-4))) / 2e-4
  const batch = 20_000
  const z = (J: number) => {
    const { x } = exactStates(potential, theta(J), bath, batch, { seed: 3, stream: 6, step: 0 })
    const at = (i: number, b: number) => x[i * batch + b]!
    const sums = Float64Array.from({ length: batch }, (_, b) =>
      [0, 1, 2].reduce((sum, i) => sum + at(i, b) * at(i + 1, b), 0),
    )
    return Math.abs(zScore(meanOf(sums), truth))
  }
  expect(z(-0.5)).toBeLessThan(4)
  expect(z(-0.6)).toBeGreaterThan(8)
})

test('couplings beyond the next unit are no chain', () => {
  const potential = createPotential(network(3), { onsite: ['stiffness'], pair: ['bilinear'] }, bath.kT)
  expect(chainLaw(potential, Float64Array.from([2, 2, 2, 0.1, 0.1, 0.1]), bath)).toBeNull()
})
