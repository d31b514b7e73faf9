import { expect, test } from 'vitest'
import { hiddenEdgesFromLists } from '../../src/physics/network/hidden-edges.js'
import { createNetwork } from '../../src/physics/network/network.js'

/** Edges of a 3×4 lattice under as many hidden units. */
const edgesOfRadius = (range: number) =>
  createNetwork({
    visible: { lattice: [3, 4] },
    hidden: { units: 12 },
    couplings: { visible: { edges: [] }, hidden: { range } },
  }).hiddenEdges

test('a hidden unit above each site sees the square around it, cut off at the border', () => {
  const hiddenEdges = edgesOfRadius(1)
  const seenBy = (h: number) => [...hiddenEdges.visible.slice(hiddenEdges.start[h], hiddenEdges.start[h + 1])]
  expect(seenBy(0)).toEqual([0, 1, 4, 5])
  expect(seenBy(5)).toEqual([0, 1, 2, 4, 5, 6, 8, 9, 10])
  expect(seenBy(11)).toEqual([6, 7, 10, 11])
  const own = edgesOfRadius(0)
  expect([...own.visible]).toEqual([...own.hidden])
})

test.each([
  ['an unknown unit', [[0, 3]]],
  ['a negative unit', [[-1]]],
  ['a unit twice', [[], [1, 1]]],
  ['units out of order', [[1, 0]]],
])('a list with %s is refused', (_, lists) => {
  expect(() => hiddenEdgesFromLists(3, lists)).toThrow(/hidden unit \d: expected units.*E_INVALID_VALUE/)
})
