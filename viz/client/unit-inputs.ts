import { all } from './block.js'
import type { ChoiceStore } from './choice.js'

/** Makes the number inputs of one section choose a unit, and show the one that is chosen. */
export function unitInputs(
  section: string,
  store: ChoiceStore,
  lattice: readonly [number, number],
  units: number,
): void {
  for (const group of all<HTMLElement>(`${section} .unit-control`)) {
    const inputs = new Map(all<HTMLInputElement>('input', group).map((input) => [input.dataset.unitAxis ?? '', input]))
    const [row, column, single] = [inputs.get('row'), inputs.get('column'), inputs.get('unit')]
    const show = () => {
      const { unit } = store.now()
      if (single) single.value = String(unit + 1)
      if (row) row.value = String(Math.floor(unit / lattice[1]) + 1)
      if (column) column.value = String((unit % lattice[1]) + 1)
    }
    const read = () => {
      const place = (input: HTMLInputElement | undefined, most: number) => {
        const value = Math.round(input?.valueAsNumber ?? 1)
        return Math.max(1, Math.min(most, Number.isFinite(value) ? value : 1)) - 1
      }
      store.change({
        unit: single ? place(single, units) : place(row, lattice[0]) * lattice[1] + place(column, lattice[1]),
      })
    }
    // "change", not "input": while a number is being typed it is not yet the one that is meant.
    for (const input of inputs.values()) input.addEventListener('change', read)
    store.follow(show)
    show()
  }
}
