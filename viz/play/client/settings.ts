import { countKnown, type Known } from './known.js'

/** All that a visitor can set, and a link restores. */
export interface Settings {
  seed: number
  /** networks at once */
  count: 1 | 64
  /** number of a class, or one after another; null without labels */
  label: number | 'each' | null
  /** temperature of the bath, in the record's */
  kT: number
  /** power of two: 0 is eight seconds a sample */
  pace: number
  /** whether a sample is followed by the next seed's */
  repeat: boolean
  known: Known
}

/** The settings as the part of an address behind `#`; what is as usual is left out. */
export function toHash(settings: Settings, usual: Settings): string {
  const { known, ...others } = settings
  const parts = Object.entries(others).filter(([name, value]) => usual[name as keyof Settings] !== value)
  const query = new URLSearchParams(parts.map(([name, value]) => [name, String(value)]))
  if (countKnown(known) > 0) query.set('known', base64(known))
  return query.toString()
}

/** The settings of an address; what it does not say, or says wrongly, is as usual. */
export function fromHash(hash: string, usual: Settings, classes: number): Settings {
  const query = new URLSearchParams(hash.replace(/^#/, ''))
  const number = (name: 'seed' | 'kT' | 'pace', low: number, high: number) => {
    const value = Number(query.get(name) ?? Number.NaN)
    return value >= low && value <= high ? value : usual[name]
  }
  const label = query.get('label')
  const isClass = label !== null && /^\d+$/.test(label) && Number(label) < classes
  return {
    seed: Math.floor(number('seed', 0, Number.MAX_SAFE_INTEGER)),
    count: query.get('count') === '64' ? 64 : query.get('count') === '1' ? 1 : usual.count,
    label: classes === 0 ? null : label === 'each' ? 'each' : isClass ? Number(label) : usual.label,
    kT: number('kT', 0.05, 3),
    pace: Math.round(number('pace', -3, 3)),
    repeat: query.has('repeat') ? query.get('repeat') === 'true' : usual.repeat,
    known: levelsOf(query.get('known'), usual.known.length),
  }
}

/** Base64 whose characters an address takes as they are. */
function base64(known: Known): string {
  return btoa(String.fromCharCode(...known))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}

function levelsOf(text: string | null, units: number): Known {
  try {
    const bytes = Uint8Array.from(atob((text ?? '').replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0))
    if (bytes.length === units) return bytes
  } catch {
    // Not base64: then nothing is known.
  }
  return new Uint8Array(units)
}
