/** What units lie on. */
export const shapes = ['square', 'triangular', 'ring', 'chain'] as const
export type Shape = (typeof shapes)[number]

/** How units are laid out on the page. */
export interface Layout {
  shape: Shape
  /** Rows and columns; a ring and a chain are one row. */
  lattice: readonly [rows: number, columns: number]
}

/** Where each unit is drawn: its cell, in the length of one side of a square. */
export interface Cells {
  size: readonly [width: number, height: number]
  /** The corners of a unit's cell, in order. */
  corners: (unit: number) => readonly (readonly [x: number, y: number])[]
  /** The unit at a place; undefined where there is none. */
  at: (x: number, y: number) => number | undefined
}

/** The cells of units: squares, hexagons in rows shifted by half, a row of bars, or sectors clockwise from the top. */
export function cellsOf({ shape, lattice }: Layout): Cells {
  return { square: squares, triangular: hexagons, ring: sectors, chain: bars }[shape](lattice)
}

function squares([rows, columns]: Layout['lattice'], height = 1): Cells {
  return {
    size: [columns, rows * height],
    corners: (unit) => {
      const [row, column] = [Math.floor(unit / columns), unit % columns]
      const [top, bottom] = [row * height, (row + 1) * height]
      return [
        [column, top],
        [column + 1, top],
        [column + 1, bottom],
        [column, bottom],
      ]
    },
    at: (x, y) => {
      const [row, column] = [Math.floor(y / height), Math.floor(x)]
      return row >= 0 && row < rows && column >= 0 && column < columns ? row * columns + column : undefined
    },
  }
}

/** A long row would be a line that nobody sees: its cells are higher than wide. */
const flattest = 12

function bars([, units]: Layout['lattice']): Cells {
  return squares([1, units], Math.max(1, units / flattest))
}

/** Between the rows of a triangular lattice, and from the middle of its cells to their corners. */
const [rise, reach] = [Math.sqrt(3) / 2, 1 / Math.sqrt(3)]

function hexagons([rows, columns]: Layout['lattice']): Cells {
  const middle = (row: number, column: number) => [column + 0.5 + (row % 2) / 2, reach + row * rise] as const
  return {
    size: [columns + (rows > 1 ? 0.5 : 0), 2 * reach + (rows - 1) * rise],
    corners: (unit) => {
      const [x, y] = middle(Math.floor(unit / columns), unit % columns)
      return [
        [x, y - reach],
        [x + 0.5, y - reach / 2],
        [x + 0.5, y + reach / 2],
        [x, y + reach],
        [x - 0.5, y + reach / 2],
        [x - 0.5, y - reach / 2],
      ]
    },
    at: (x, y) => {
      // The nearest middle, which is in one of three rows.
      const near = Math.round((y - reach) / rise)
      let best: { unit: number; distance: number } | undefined
      for (let row = Math.max(0, near - 1); row <= Math.min(rows - 1, near + 1); row++) {
        const column = Math.min(columns - 1, Math.max(0, Math.round(x - 0.5 - (row % 2) / 2)))
        const [cx, cy] = middle(row, column)
        const distance = Math.hypot(x - cx, y - cy)
        if (distance < (best?.distance ?? reach)) best = { unit: row * columns + column, distance }
      }
      return best?.unit
    },
  }
}

/** The thinnest and the thickest ring, over its radius. */
const thickness = { least: 0.2, most: 0.45 }
/** Corners of a whole circle. */
const corners = 96

function sectors([, units]: Layout['lattice']): Cells {
  const thick = Math.min(thickness.most, Math.max(thickness.least, (2 * Math.PI) / units))
  const radius = units / 4
  const [inner, turn] = [1 - thick, (2 * Math.PI) / units]
  const along = Math.max(1, Math.ceil(corners / units))
  const place = (of: number, angle: number) =>
    [radius * (1 + of * Math.sin(angle)), radius * (1 - of * Math.cos(angle))] as const
  return {
    size: [2 * radius, 2 * radius],
    corners: (unit) => {
      const angles = Array.from({ length: along + 1 }, (_, n) => turn * (unit - 0.5 + n / along))
      return [...angles.map((angle) => place(1, angle)), ...angles.reverse().map((angle) => place(inner, angle))]
    },
    at: (x, y) => {
      const [right, down] = [x / radius - 1, y / radius - 1]
      const of = Math.hypot(right, down)
      if (of > 1 || of < inner) return undefined
      const angle = Math.atan2(right, -down)
      return (Math.round(angle / turn) + units) % units
    },
  }
}
