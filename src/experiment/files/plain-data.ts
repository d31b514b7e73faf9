import { OverdampedError, quoted } from '../../errors.js'
import type { NumericArray } from './dtype.js'
import { decodeSafetensors, encodeSafetensors, type Tensor } from './safetensors.js'

/** Key of what stands in JSON for what JSON has no word for: the name of a tensor, or a number that is not finite. */
const standIn = '$'
/** Lists in lists, at most. */
const deepest = 64

/**
 * Numbers, text, truth values, null, typed arrays, and lists and records of them, as the bytes of a safetensors file: typed arrays are
 * its tensors, called by their paths, and the rest is JSON in its metadata, with `{"$": "finished.3"}` where a tensor belongs.
 * Every number comes back with the same bits; what is undefined in a record is left out.
 *
 * @param metadata - free text beside it
 * @throws TypeError for anything else
 */
export function encodePlainData(value: unknown, metadata: Record<string, string>): Uint8Array {
  const tensors: Record<string, Tensor> = {}
  const skeleton = (inner: unknown, path: string): unknown => {
    if (typeof inner === 'number') return Number.isFinite(inner) && !Object.is(inner, -0) ? inner : nonFinite(inner)
    if (inner === null || typeof inner === 'string' || typeof inner === 'boolean') return inner
    if (Array.isArray(inner)) return inner.map((each, n) => skeleton(each, `${path}.${n}`))
    if (ArrayBuffer.isView(inner)) {
      let name = path.slice(1)
      while (Object.hasOwn(tensors, name)) name += '~'
      const data = inner as NumericArray
      tensors[name] = { shape: [data.length], data }
      return { [standIn]: name }
    }
    if (typeof inner !== 'object') throw new TypeError(`no plain data at ${path.slice(1)}`)
    return Object.fromEntries(
      Object.entries(inner).flatMap(([key, each]) =>
        each === undefined ? [] : [[escaped(key), skeleton(each, `${path}.${key}`)]],
      ),
    )
  }
  const text = JSON.stringify(skeleton(value, ''))
  return encodeSafetensors(tensors, { ...metadata, data: text })
}

/** A key that could be taken for a stand-in has one `$` more. */
const escaped = (key: string) => (key.startsWith(standIn) ? standIn + key : key)
const unescaped = (key: string) => (key.startsWith(standIn) ? key.slice(standIn.length) : key)

function nonFinite(value: number): { [standIn]: number | string } {
  return { [standIn]: Object.is(value, -0) ? '-0' : String(value) }
}

const numbers: Readonly<Record<string, number>> = { NaN, Infinity, '-Infinity': -Infinity, '-0': -0 }

/**
 * Reads plain data back: its metadata at once, `value` when it is asked for.
 *
 * @param source - the file's name, for errors
 * @throws E_FORMAT when it is no safetensors file; from `value` when its metadata hold no data, or these name a tensor that it does not
 */
export function decodePlainData(
  bytes: Uint8Array,
  source: string,
): { readonly value: () => unknown; readonly metadata: Readonly<Record<string, string>> } {
  const { tensors, metadata } = decodeSafetensors(bytes, source)
  const malformed = (text: string) =>
    new OverdampedError(
      'E_FORMAT',
      `${text}. Expected a state that a run has kept; run again in another --out.`,
      source,
    )
  const restored = (inner: unknown, depth: number): unknown => {
    if (depth > deepest) throw malformed(`its lists are more than ${deepest} deep`)
    if (typeof inner !== 'object' || inner === null) return inner
    if (Array.isArray(inner)) return inner.map((each) => restored(each, depth + 1))
    if (Object.hasOwn(inner, standIn)) {
      const name = (inner as { [standIn]: unknown })[standIn]
      if (typeof name !== 'string') throw malformed(`it holds a "${standIn}" that names nothing`)
      if (Object.hasOwn(tensors, name)) return tensors[name]!.data
      if (Object.hasOwn(numbers, name)) return numbers[name]
      throw malformed(`it holds no tensor ${quoted(name)}`)
    }
    return Object.fromEntries(Object.entries(inner).map(([key, each]) => [unescaped(key), restored(each, depth + 1)]))
  }
  const value = () => {
    let skeleton: unknown
    try {
      skeleton = JSON.parse(metadata.data ?? '')
    } catch {
      throw malformed('its metadata hold no JSON of the data')
    }
    return restored(skeleton, 0)
  }
  return { value, metadata }
}
