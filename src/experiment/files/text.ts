import { OverdampedError } from '../../errors.js'

// Control characters that no text file has: all but tab, line feed and carriage return.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/

/**
 * The text in the bytes of a file, which a user may have saved as something else. A byte order mark is dropped.
 *
 * @param source - the file's name, for messages
 * @throws E_SYNTAX when it is UTF-16, not UTF-8, or holds control characters, as binary files do; with line and column
 */
export function decodeUtf8(bytes: Uint8Array, source: string): string {
  const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)
  if (utf16) throw new OverdampedError('E_SYNTAX', 'is text in UTF-16. Save it as UTF-8.', `${source}:1:1`)
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    // Without `fatal` the decoder puts U+FFFD where bytes are not UTF-8, which tells the place.
    const patched = new TextDecoder().decode(bytes)
    const where = place(patched, patched.indexOf('\ufffd'), source)
    throw new OverdampedError('E_SYNTAX', 'is not text in UTF-8. Save it as UTF-8.', where)
  }
  const binary = text.search(control)
  if (binary >= 0) {
    const code = text.charCodeAt(binary).toString(16).padStart(4, '0')
    const message = `holds the control character U+${code}. Expected a text file.`
    throw new OverdampedError('E_SYNTAX', message, place(text, binary, source))
  }
  return text
}

function place(text: string, offset: number, source: string): string {
  const before = text.slice(0, offset).split('\n')
  return `${source}:${before.length}:${before.at(-1)!.length + 1}`
}
