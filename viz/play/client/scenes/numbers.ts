import { all } from '../../../client/block.js'

/** Everything that a visitor can set, by the id of its control, or the name of its radio buttons; a box is 0 or 1. */
export type Numbers = Record<string, number>

/** The settings as the part of an address behind `#`; what is as usual is left out. */
export function toHash(settings: Numbers, usual: Numbers): string {
  const others = Object.entries(settings).filter(([name, value]) => usual[name] !== value)
  return new URLSearchParams(others.map(([name, value]) => [name, String(value)])).toString()
}

/** The settings of an address; what it does not say, or says wrongly, is as usual. Controls keep them within their ends. */
export function fromHash(hash: string, usual: Numbers): Numbers {
  const query = new URLSearchParams(hash)
  return Object.fromEntries(
    Object.entries(usual).map(([name, value]) => {
      const said = query.get(name)
      return [name, said !== null && said !== '' && Number.isFinite(Number(said)) ? Number(said) : value]
    }),
  )
}

/** The controls of some settings. */
export interface Bound {
  /** shows the settings, and takes back what the controls can't show */
  show: () => void
}

/**
 * Ties settings to the controls of their names.
 * @param readings words of sliders, by their names
 * @param changed told after a setting was changed by hand
 */
export function bind(
  settings: Numbers,
  readings: Record<string, (value: number) => string>,
  changed: (name: string) => void,
): Bound {
  const read = () => {
    for (const [name, words] of Object.entries(readings)) {
      const text = words(settings[name] ?? 0)
      const output = document.getElementById(`${name}-is`)
      if (output) output.textContent = text
      document.getElementById(name)?.setAttribute('aria-valuetext', text)
    }
  }
  const controls = Object.keys(settings).map((name) => ({ name, ...controlOf(name) }))
  for (const { name, inputs, value } of controls)
    for (const input of inputs)
      input.addEventListener(input.type === 'range' ? 'input' : 'change', () => {
        settings[name] = value() ?? (settings[name] as number)
        read()
        changed(name)
      })
  return {
    show: () => {
      for (const { name, put, value } of controls) {
        put(settings[name] as number)
        settings[name] = value() ?? (settings[name] as number)
      }
      read()
    },
  }
}

/** Of a setting: its inputs, what they say (undefined without any), and how they are set. */
function controlOf(name: string) {
  const field = document.querySelector<HTMLInputElement>(`input#${name}`)
  const radios = all<HTMLInputElement>(`input[name=${name}]`)
  if (field?.type === 'checkbox')
    return {
      inputs: [field],
      value: () => Number(field.checked),
      put: (value: number) => {
        field.checked = value !== 0
      },
    }
  if (field)
    return {
      inputs: [field],
      value: () => (Number.isFinite(field.valueAsNumber) ? within(field) : undefined),
      put: (value: number) => {
        field.value = String(value)
        field.value = String(within(field))
      },
    }
  return {
    inputs: radios,
    value: () => {
      const chosen = radios.find(({ checked }) => checked)
      return chosen && Number(chosen.value)
    },
    put: (value: number) => {
      const wanted = radios.find((radio) => Number(radio.value) === value)
      if (wanted) wanted.checked = true
    },
  }
}

/** The number of a field, between its ends. */
function within({ valueAsNumber, min, max, step }: HTMLInputElement): number {
  const value = Math.min(Number(max || Infinity), Math.max(Number(min || -Infinity), valueAsNumber))
  return step === '1' ? Math.floor(value) : value
}
