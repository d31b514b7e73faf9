/** Bytes that are turned into characters at once: an argument list has room for so many. */
const chunk = 0x8000

/** Numbers as text: base64 of their float64, little-endian as every machine with a browser is. */
export function textOf(numbers: Float64Array): string {
  const bytes = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength)
  let text = ''
  for (let from = 0; from < bytes.length; from += chunk)
    text += String.fromCharCode(...bytes.subarray(from, from + chunk))
  return btoa(text)
}

/** The numbers again, bit for bit. */
export function numbersOf(text: string): Float64Array {
  const characters = atob(text)
  return new Float64Array(Uint8Array.from(characters, (character) => character.charCodeAt(0)).buffer)
}
