/** What newer hosts bring themselves, ten times as fast. */
const own = Uint8Array as { fromBase64?(text: string): Uint8Array<ArrayBuffer> }

/** Bytes as base64, in browsers as in Node; in pieces that an argument list can have. */
export function toBase64(bytes: Uint8Array): string {
  const piece = 0x6000
  let text = ''
  for (let from = 0; from < bytes.length; from += piece)
    text += btoa(String.fromCharCode(...bytes.subarray(from, from + piece)))
  return text
}

/** The bytes of a base64 text. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  if (own.fromBase64 !== undefined) return own.fromBase64(text)
  const binary = atob(text)
  const bytes = new Uint8Array(binary.length)
  for (let n = 0; n < bytes.length; n++) bytes[n] = binary.charCodeAt(n)
  return bytes
}
