import { describe, expect, test } from 'vitest'
import { fillNormals } from '../../src/physics/noise/gaussian.js'
import { type Row, verdictOf } from '../soak/verdict.js'

const [cycles, length] = [120, 30]
const noise = new Float64Array(cycles)
fillNormals(1, 0, 0, 1, 0, cycles, noise)

/** An hour of cycles, whose memory fills up within minutes and then scatters by 1 %. */
const hour = (change: (cycle: number) => Partial<Row> = () => ({})) =>
  Array.from({ length: cycles }, (_, n): Row => {
    const held = 30e6 * (1 - 0.3 * Math.exp(-n / 5) + 0.01 * noise[n]!)
    const memory = { held, heapUsed: held, external: 0, arrayBuffers: 0, rss: 7 * held, anonymous: 0, virtual: 0 }
    const counted = { threads: 11, descriptors: 20, resources: 0, listeners: 7, contexts: 2, leftFiles: 0 }
    return { seconds: length * (n + 1), cycle: n + 1, ...memory, ...counted, mappings: 0, ...change(n) }
  })
const grown = (share: number, scatter = 0.01) =>
  hour((n) => ({ held: 30e6 * (1 + (share * n) / cycles + scatter * noise[n]!) }))

describe('an hour of cycles', () => {
  test('is flat where memory fills up and scatters, and nothing else changes', () => {
    expect(verdictOf(hour()).word).toBe('flat')
  })

  // Between the middles of the windows lie 4/6 of the hour.
  test.each([
    [0.05, 0.01, 'flat'],
    [0.12, 0.01, 'GROWS'],
    [0.12, 0.05, 'unclear'],
  ])('that grows by %d and scatters by %d is %s', (share, scatter, word) => {
    const { lines } = verdictOf(grown(share, scatter))
    expect(lines.find((line) => line.includes('held:'))).toMatch(new RegExp(`^${word} `))
  })

  test.each(['threads', 'descriptors', 'resources', 'listeners', 'leftFiles'] as const)(
    'grows with one of the %s that is left at its end',
    (name) => {
      const rows = hour((n) => (n < cycles - 1 ? {} : { [name]: hour()[0]![name] + 1 }))
      expect(verdictOf(rows).word).toBe('GROWS')
    },
  )

  test('is unclear where there are hardly any', () => {
    expect(verdictOf(hour().slice(0, 2)).word).toBe('unclear')
    expect(verdictOf([]).word).toBe('unclear')
  })
})
