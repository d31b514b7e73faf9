import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { OverdampedError } from '../../errors.js'
import { readRunFile } from './run-file.js'

/** SHA-256 in hexadecimal digits. */
export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex')
}

/** JSON that ends in the checksum of all the rest of it, as its key `sha256`. */
export function sealedJson(value: object): string {
  const text = `${JSON.stringify(value, null, 2)}\n`
  return text.replace(/\n}\n$/, `,\n  "sha256": "${sha256(text)}"\n}\n`)
}

/**
 * The value in JSON, without its checksum. Files of version 0.1.0 have none.
 *
 * @throws E_FORMAT when the text is not what was sealed, or no JSON
 */
export function unsealed(text: string, path: string): unknown {
  if (isDeep(text)) throw damaged(path, `is nested more than ${deepest} deep`)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw damaged(path, 'is not JSON')
  }
  if (typeof value !== 'object' || value === null) return value
  if (!('sha256' in value)) {
    if (/\n {2}"[^"]*": "[0-9a-f]{64}"\n}\n$/.test(text)) throw damaged(path, 'ends in a checksum of another name')
    return value
  }
  const { sha256: sum, ...rest } = value
  if (sha256(text.replace(/,\n {2}"sha256": "[0-9a-f]{64}"(?=\n}\n$)/, '')) !== sum)
    throw damaged(path, 'does not have the checksum that it holds')
  return rest
}

/** Whoever walks through a document does so on the stack; ours have six levels. */
const deepest = 100

/** Whether JSON has more brackets open at once; those within quotes are passed over. */
function isDeep(text: string): boolean {
  const [quote, backslash] = [0x22, 0x5c]
  let open = 0
  let isQuoted = false
  for (let n = 0; n < text.length && open <= deepest; n++) {
    const code = text.charCodeAt(n)
    if (code === quote) isQuoted = !isQuoted
    else if (isQuoted) n += code === backslash ? 1 : 0
    // [ and { end in the same bits, as ] and } do.
    else if ((code | 0x20) === 0x7b) open++
    else if ((code | 0x20) === 0x7d) open--
  }
  return open > deepest
}

/**
 * Compares a file of a finished run with its checksum in the manifest of the run, where there is one.
 *
 * @returns the bytes
 * @throws E_FORMAT naming the file that was changed
 */
export function requireRecorded(directory: string, name: string, bytes: Uint8Array): Uint8Array {
  const manifest = join(directory, 'manifest.json')
  // Whoever needs the manifest says that it is missing.
  if (!existsSync(manifest)) return bytes
  const text = new TextDecoder().decode(readRunFile(directory, 'manifest.json'))
  const { files } = (unsealed(text, manifest) ?? {}) as { files?: Readonly<Record<string, string>> | null }
  const sum = Object.hasOwn(files ?? {}, name) ? files?.[name] : undefined
  if (sum !== undefined && sha256(bytes) !== sum)
    throw damaged(join(directory, name), 'does not have the checksum in manifest.json')
  return bytes
}

/** E_FORMAT for a file that is not as it was written. */
export function damaged(path: string, what: string): OverdampedError {
  const text = `${what}: it is damaged, or was changed. Restore it, or run again in another --out.`
  return new OverdampedError('E_FORMAT', text, path)
}
