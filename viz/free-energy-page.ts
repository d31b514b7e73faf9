import { join } from 'node:path'
import { writeAtomic } from '../src/experiment/files/atomic.js'
import { assets } from './assets.js'
import { html } from './html.js'
import { page } from './page.js'
import { readFreeEnergy } from './read-run.js'
import { freeEnergy } from './sections/free-energy.js'
import { section } from './sections/section.js'

/**
 * Writes the page of a free energy that two runs gave, whole or not at all.
 * @param directory where free-energy.json and free-energy.npz are
 * @returns path of the page
 * @throws OverdampedError E_FILE when dist/viz has not been built, or the page cannot be written
 */
export function writeFreeEnergyPage(directory: string): string {
  const { forward, reverse, ...record } = readFreeEnergy(directory)
  const found = freeEnergy(record)
  const overview = html`<header class="overview"><h1>Free energy of a protocol in two directions</h1></header>`
  const note = `From the works of ${forward} and, of the reversed protocol, ${reverse}; in units of kT.`
  const sections = [section('free-energy', 'Free energy', note, found?.markup ?? html``, found?.charts)]
  const path = join(directory, 'free-energy.html')
  writeAtomic(
    path,
    page('Free energy', overview, sections, 'Written by overdamped from two run directories.', assets()),
  )
  return path
}
