import { words } from '../format.js'

/** What is measured of each trajectory, in the order of the page. */
export const quantities = [
  { key: 'work', title: 'Work', symbol: 'W / kT', about: 'done on the network by driving its potential' },
  { key: 'heat', title: 'Heat', symbol: 'Q / kT', about: 'given to the bath' },
  { key: 'entropyProduction', title: 'Entropy production', symbol: 'ΔS / k', about: 'of network and bath together' },
] as const

/** What a quantity of each trajectory is called; others than the built-in ones by their names. */
export function energyFacts(key: string): { title: string; symbol: string } {
  const name = words(key)
  const other = { title: name.charAt(0).toUpperCase() + name.slice(1), symbol: name }
  return quantities.find((quantity) => quantity.key === key) ?? other
}
