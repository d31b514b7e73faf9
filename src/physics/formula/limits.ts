/**
 * The largest formula. What reads a formula is recursive, and derivatives grow as the square of what they are of, towers of powers and
 * nested products faster: within these bounds reading one, its first and second derivatives, and the programs made of them take less
 * than a second and 100 MB, whatever it is (test/fuzz/formulas.test.ts). A longer one is refused before mathjs sees it.
 */
export const limits = {
  /** of the text */
  characters: 1000,
  /** numbers, names and operators */
  tokens: 256,
  /** parentheses within parentheses */
  depth: 32,
  /** nodes of a derivative; only towers of powers and long products come near it */
  derivative: 4000,
} as const
