import type uPlot from 'uplot'
import { tickValues } from './numbers.js'
import { colour, fontFamily } from './theme.js'

/** More lines than these are a hatching. */
const manySplits = 25

function labelled(splits: number[]): (number | null)[] {
  const values = tickValues(splits, true)
  return splits.map((value, n) => (values[n] === null ? null : value))
}

/** Where an axis has lines, and what they are called; null where it leaves that out. */
export type Ticks = { at: number; label: string | null }[]

/**
 * An axis in the present colours of the page; both charts' axes look the same.
 * @param ticks is filled with what uPlot places
 */
export function axis(label: string, log = false, ticks: Ticks = []): uPlot.Axis {
  const font = `12px ${fontFamily()}`
  const line = { stroke: colour('line'), width: 1 }
  return {
    label,
    labelFont: font,
    font,
    stroke: colour('muted'),
    // Over many decades only the lines that have a label.
    grid: { ...line, filter: (_, splits) => (log && splits.length > manySplits ? labelled(splits) : splits) },
    ticks: { ...line, size: 4 },
    labelSize: 22,
    gap: 6,
    // On a log axis uPlot would leave labels out itself, by the space between them.
    filter: (_, splits) => splits,
    values: (_, splits) => {
      const names = tickValues(splits, log)
      ticks.splice(0, ticks.length, ...splits.map((at, n) => ({ at, label: names[n] ?? null })))
      return names
    },
  }
}

/** What a digit of a label takes, and what lies between the labels and the axis or the edge. */
const [digit, besides] = [7.5, 12]
const leastRoom = 50

/**
 * Room for the labels of the y axis: what the longest needs, so that none is cut or lies on the axis' name.
 * @param cycle uPlot asks again with the labels that fit in that room, which then stays
 */
export const labelRoom: Exclude<uPlot.Axis.Size, number> = (chart, labels, index, cycle) => {
  const known = (chart.axes[index] as { _size?: number } | undefined)?._size
  if (cycle > 1 && known !== undefined) return known
  return Math.max(leastRoom, besides + digit * Math.max(0, ...(labels ?? []).map((label) => label?.length ?? 0)))
}

/**
 * Least distance of the ticks of a linear x axis: as its labels need, so that a narrow chart has more than one, and none touch.
 */
export const tickSpace: Exclude<uPlot.Axis.Space, number> = (_chart, _index, low, high, length) => {
  const decimals = Math.max(0, Math.ceil(-Math.log10((high - low) / 4)))
  const whole = Math.max(low.toFixed(0).length, high.toFixed(0).length)
  const needed = digit * (whole + (decimals > 0 ? decimals + 1 : 0)) + 2 * besides
  return length < narrow ? Math.max(40, needed) : Math.max(60, needed)
}
const narrow = 300

/** Longer names are cut on an axis; the table of the figures has them whole. */
const longestName = 18

/** Ticks at 0, 1, … with names, as many as fit beside each other. @param ticks is filled with them */
export function namedTicks(names: readonly string[], ticks: Ticks): Pick<uPlot.Axis, 'splits' | 'values'> {
  const short = names.map((name) => (name.length > longestName ? `${name.slice(0, longestName - 1)}…` : name))
  const widest = 7 * Math.max(...short.map((name) => name.length)) + 12
  return {
    splits: () => names.map((_, place) => place),
    values: (chart, splits) => {
      const every = Math.max(1, Math.ceil((widest * names.length) / (chart.width - 70)))
      const labels = splits.map((place) => (place % every === 0 ? (short[place] ?? null) : null))
      ticks.splice(0, ticks.length, ...splits.map((at, n) => ({ at, label: labels[n] ?? null })))
      return labels
    },
  }
}
