/** Words as a shell takes them, whatever they hold. */
export function inWords(words: readonly string[]): string {
  return words.map((word) => (/^[\w./=:@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ')
}
