import { all } from '../../client/block.js'
import { readNumber } from '../../client/numbers.js'
import { formatNumber } from '../../format.js'
import { secondsAt } from './run.js'
import type { Settings } from './settings.js'

/** What was changed by hand. */
export type Changed = 'label' | 'count' | 'kT' | 'pace' | 'seed' | 'repeat'

/** The settings as the controls of the page show and change them. */
export interface Controls {
  show: (settings: Settings) => void
}

const input = (id: string) => document.querySelector<HTMLInputElement>(`#${id}`)
const radios = (name: string) => all<HTMLInputElement>(`input[name=${name}]`)

/** Ties the controls to the settings. @param changed told after the settings were changed */
export function controlsOf(settings: Settings, changed: (what: Changed) => void): Controls {
  const on = (
    element: HTMLInputElement | null,
    event: 'input' | 'change',
    what: Changed,
    read: (element: HTMLInputElement) => void,
  ) =>
    element?.addEventListener(event, () => {
      read(element)
      readings(settings)
      changed(what)
    })
  for (const radio of radios('label'))
    on(radio, 'change', 'label', ({ value }) => {
      settings.label = value === 'each' ? 'each' : Number(value)
    })
  for (const radio of radios('count'))
    on(radio, 'change', 'count', ({ value }) => {
      settings.count = value === '64' ? 64 : 1
    })
  on(input('kT'), 'input', 'kT', ({ valueAsNumber }) => {
    settings.kT = valueAsNumber
  })
  on(input('pace'), 'input', 'pace', ({ valueAsNumber }) => {
    settings.pace = valueAsNumber
  })
  on(input('repeat'), 'change', 'repeat', ({ checked }) => {
    settings.repeat = checked
  })
  on(input('seed'), 'change', 'seed', (field) => {
    const seed = Math.floor(field.valueAsNumber)
    if (seed >= 0 && seed <= Number.MAX_SAFE_INTEGER) settings.seed = seed
    field.value = String(settings.seed)
  })
  return {
    show: (now) => {
      for (const radio of radios('label')) radio.checked = radio.value === String(now.label)
      for (const radio of radios('count')) radio.checked = radio.value === String(now.count)
      const [kT, pace, repeat, seed] = [input('kT'), input('pace'), input('repeat'), input('seed')]
      if (kT) kT.value = String(now.kT)
      if (pace) pace.value = String(now.pace)
      if (repeat) repeat.checked = now.repeat
      if (seed) seed.value = String(now.seed)
      readings(now)
    },
  }
}

/** What the sliders say. */
function readings({ kT, pace }: Settings): void {
  for (const [id, text] of [
    ['kT', `${readNumber(kT)} kT`],
    ['pace', `${formatNumber(secondsAt(pace), 2)} s a sample`],
  ] as const) {
    const output = document.getElementById(`${id}-is`)
    if (output) output.textContent = text
    input(id)?.setAttribute('aria-valuetext', text)
  }
}
