import temml from 'temml'
import type { TokenizerAndRendererExtension } from 'marked'

/**
 * TeX as MathML, which browsers set with the fonts that they have. What it looks like is the style sheet's: no attribute says so, and
 * the page's policy allows none.
 *
 * @param isDisplayed an equation of its own line, in place of one within a sentence
 * @throws what temml says of a fault, with its place in the TeX
 */
export function typeset(tex: string, isDisplayed: boolean): string {
  const markup = temml.renderToString(tex, { displayMode: isDisplayed, throwOnError: true, strict: true })
  const plain = markup.replace(/ style="[^"]*"/g, '')
  return isDisplayed ? `<div class="equation" tabindex="0" role="group" aria-label="Equation">${plain}</div>` : plain
}

/** `$$ … $$` on lines of their own, and `$…$` within one, as GitHub reads them: no space within the marks, no digit behind them. */
export const mathematics: TokenizerAndRendererExtension[] = [
  {
    name: 'equation',
    level: 'block',
    start: (text) => /^\$\$/m.exec(text)?.index,
    tokenizer(text) {
      const [raw, tex] = /^\$\$\s*\n?(.+?)\n?\s*\$\$(?:\n+|$)/s.exec(text) ?? []
      return raw === undefined ? undefined : { type: 'equation', raw, text: tex }
    },
    renderer: ({ text }) => typeset(text, true),
  },
  {
    name: 'formula',
    level: 'inline',
    start: (text) => text.indexOf('$'),
    tokenizer(text) {
      const [raw, tex] = /^\$(?!\s|\$)([^$\n]*?[^\s$\\])\$(?!\d)/.exec(text) ?? []
      return raw === undefined ? undefined : { type: 'formula', raw, text: tex }
    },
    renderer: ({ text }) => typeset(text, false),
  },
]
