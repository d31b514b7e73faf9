import type { TokenizerAndRendererExtension } from 'marked'
import temml from 'temml'

/**
 * TeX as MathML, which browsers set with the fonts that they have. What it looks like is the style sheet's: no attribute says so, and
 * the page's policy allows none.
 *
 * @param isDisplayed an equation of its own line, in place of one within a sentence
 * @throws what temml says of a fault, with its place in the TeX
 */
function typeset(tex: string, isDisplayed: boolean): string {
  return temml
    .renderToString(tex, { displayMode: isDisplayed, throwOnError: true, strict: true })
    .replace(/ style="[^"]*"/g, '')
}

/** An equation of its own line. Where it consists of several, `\\qquad` between them, they stand below one another where there is no room. */
function equation(tex: string): string {
  const parts = tex.includes('\\begin') ? [tex] : tex.split('\\qquad')
  return `<div class="equation" tabindex="0" role="group" aria-label="Equation">${parts.map((part) => typeset(part, true)).join('\n')}</div>`
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
    renderer: ({ text }) => equation(text),
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
