import { describe, expect, it } from 'vitest'
import { formatWithError } from '../../viz/format.js'
import { checks } from '../../viz/sections/checks.js'
import { freeEnergy } from '../../viz/sections/free-energy.js'
import { scatterPlot, shownCount } from '../../viz/sections/scatter.js'
import { sweptFigures, withUnit } from '../../viz/sweep/figures.js'

/** What a report says of a figure, where it could be taken for something else. */
describe('figures in words', () => {
  it('rounds a value to the second digit of its error where both are powers of ten', () => {
    expect(formatWithError(6.273e-15, 5.9e-15)).toBe('6.3×10⁻¹⁵ ± 5.9×10⁻¹⁵')
    expect(formatWithError(2.49e-6, 9.3e-6)).toBe('2.5×10⁻⁶ ± 9.3×10⁻⁶')
    expect(formatWithError(3.14159e7, 2.2e5)).toBe('3.142×10⁷ ± 220000')
    expect(formatWithError(0.130812, 5.2e-6)).toBe('0.1308 ± 5.2×10⁻⁶')
    expect(formatWithError(0, 1.2e-7)).toBe('0 ± 1.2×10⁻⁷')
  })

  it('gives an exact free energy the digits of the estimates beside it', () => {
    const found = { exact: -2.4961818, jarzynski: { value: -2.5001, standardError: 0.0123 } }
    const estimates = { ...found, bennett: { value: -2.50284, standardError: 0.0071 } }
    const { markup } = freeEnergy({
      freeEnergy: { ...estimates, warning: '' },
      crooks: undefined,
    } as never) as never as {
      markup: { markup: string }
    }
    expect(markup.markup).toContain('−2.4962')
    expect(markup.markup).toContain('−2.5028 ± 0.0071')
  })

  it('shows a value without an error with as many digits as the truth beside it', () => {
    const check = { name: 'weight', pass: true, value: 0.77361, truth: 0.77274, tolerance: 0.03, kind: 'statistical' }
    const section = checks({ checks: [check] } as never)
    expect(JSON.stringify(section)).toContain('0.7736')
    expect(JSON.stringify(section)).toContain('The one check passes.')
  })

  it('counts the points that lie beyond the axes of a scatter plot', () => {
    const set = { points: Float64Array.of(0, 0, 1, 1, 3, 0, 0, -3, Number.NaN, 0), count: 5, units: 2 }
    expect(shownCount(set, 2)).toBe('5 points, 3 of them beyond the axes')
    expect(shownCount(set, 2)).not.toBe(shownCount({ ...set, count: 2 }, 2))
    expect(scatterPlot(set, 2, 'some', 'ink').markup.match(/h0/g)).toHaveLength(2)
  })

  it('names the unit of all that lies beside a free energy in a sweep', () => {
    const columns = [
      'point',
      'freeEnergy.jarzynski.interval.low',
      'freeEnergy.bennett.bootstrapError',
      'freeEnergy.bennett.overlap',
    ]
    const rows = [
      ['a', 1, 2, 3],
      ['b', 2, 3, 4],
    ]
    expect(sweptFigures({ columns, rows }, 1).map(withUnit)).toEqual([
      'free energy, Jarzynski, interval, low / kT',
      'free energy, Bennett, bootstrap error / kT',
      'free energy, Bennett, overlap',
    ])
  })
})
