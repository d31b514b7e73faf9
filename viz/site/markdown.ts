import { Marked, type Token, type Tokens } from 'marked'
import { escapeHtml, type Markup, raw } from '../html.js'
import { highlighted } from './highlight.js'
import { mathematics } from './math.js'

/** A heading of a page. */
export interface Heading {
  /** its anchor, as GitHub makes it */
  id: string
  /** 1 for the page's own */
  depth: number
  /** its words, without the files that it names in brackets at its end */
  text: string
}

/** What stands under one heading, as words to be searched. */
export interface Passage {
  heading: Heading
  text: string
  /** the same in Markdown */
  raw: string
}

/** A document as HTML. */
export interface Rendered {
  body: Markup
  headings: Heading[]
  passages: Passage[]
}

/** What the place that a document is shown at makes of its links and its code. */
export interface Setting {
  /** where a link of the document leads, as the page writes it */
  link(href: string): string
  /** where a word set as code leads; undefined where nowhere */
  word?(text: string): string | undefined
  /** what a document is called that a link leads to; undefined where it leads to none */
  name?(href: string): string | undefined
  /** begins the anchors of code, where a page consists of several texts */
  prefix?: string
}

/** Markdown's tokens: what a document consists of, block by block. */
export function tokensOf(text: string): Token[] {
  return new Marked().use({ extensions: mathematics }).lexer(text)
}

/**
 * Markdown with equations as HTML of a page of the site: headings with anchors, code in colours with a button that copies it, tables
 * that scroll.
 */
export function rendered(tokens: readonly Token[], setting: Setting): Rendered {
  const headings = headingsOf(tokens)
  let [heading, code, table] = [0, 0, 0]
  const marked = new Marked().use({
    extensions: mathematics,
    renderer: {
      heading({ depth, tokens }) {
        const { id, text } = headings[heading++] as Heading
        const words = this.parser.parseInline(tokens)
        if (depth === 1) return `<h1 id="${id}">${words}</h1>\n`
        const anchor = `<a class="anchor" href="#${id}" aria-label="Link to “${escapeHtml(text)}”">#</a>`
        return `<h${depth} id="${id}">${words}${anchor}</h${depth}>\n`
      },
      code({ text, lang }) {
        return codeBlock(text, lang, `${setting.prefix ?? ''}code-${++code}`)
      },
      codespan({ text }) {
        const target = setting.word?.(text)
        const word = `<code>${breakable(text)}</code>`
        return target === undefined ? word : `<a href="${escapeHtml(target)}">${word}</a>`
      },
      link({ href, tokens }) {
        const target = setting.link(href)
        const elsewhere = /^https?:/.test(target) ? ' rel="noopener noreferrer"' : ''
        // A file's name says nothing on a site: the document's does.
        const name = textOf(tokens).endsWith('.md') ? setting.name?.(href) : undefined
        return `<a href="${escapeHtml(target)}"${elsewhere}>${name === undefined ? this.parser.parseInline(tokens) : escapeHtml(name)}</a>`
      },
      image({ href, text }) {
        return `<img src="${escapeHtml(setting.link(href))}" alt="${escapeHtml(text)}" loading="lazy">`
      },
      html: ({ text }) => (text.startsWith('<!--') ? '' : escapeHtml(text)),
      table(token) {
        const row = (cells: Tokens.TableCell[], element: string) =>
          `<tr>${cells.map(({ align, tokens }) => `<${element}${align ? ` class="${align}"` : ''}>${this.parser.parseInline(tokens)}</${element}>`).join('')}</tr>`
        const head = token.header.some(({ text }) => text !== '') ? `<thead>${row(token.header, 'th')}</thead>` : ''
        const body = token.rows.map((cells) => row(cells, 'td')).join('\n')
        const label = [headings[heading - 1]?.text, `table ${++table}`].filter((part) => part !== undefined).join(', ')
        return `<div class="scroll" role="region" aria-label="${escapeHtml(label)}" tabindex="0"><table>${head}<tbody>${body}</tbody></table></div>\n`
      },
    },
  })
  return { body: raw(marked.parser([...tokens])), headings, passages: passagesOf(tokens, headings) }
}

/** Code within a sentence, which may be broken behind a slash or an underscore. */
function breakable(code: string): string {
  return escapeHtml(code).replace(/(?<=\w)[/_](?=\w)/g, '$&<wbr>')
}

/** A block of code with a button that copies it, which the script shows. */
export function codeBlock(text: string, language: string | undefined, id: string): string {
  const said = language ? ` data-language="${escapeHtml(language)}"` : ''
  return `<div class="code"><pre id="${id}" tabindex="0"${said}><code>${highlighted(text, language)}</code></pre><button type="button" data-copy="${id}" hidden>Copy</button></div>\n`
}

/** The headings of a document, with anchors that differ as GitHub's do. */
function headingsOf(tokens: readonly Token[]): Heading[] {
  const taken = new Map<string, number>()
  return tokens.filter(isHeading).map(({ depth, tokens }) => {
    const text = textOf(tokens)
    const slug = text
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M}\s_-]/gu, '')
      .replace(/\s/g, '-')
    const count = taken.get(slug) ?? 0
    taken.set(slug, count + 1)
    return {
      id: count === 0 ? slug : `${slug}-${count}`,
      depth,
      text: text.replace(/ \((?:src|viz|kernels|test)\/[^)]*\)$/, ''),
    }
  })
}

function passagesOf(tokens: readonly Token[], headings: readonly Heading[]): Passage[] {
  const passages: Passage[] = []
  for (const token of tokens) {
    if (isHeading(token)) passages.push({ heading: headings[passages.length] as Heading, text: '', raw: '' })
    const passage = passages.at(-1)
    if (passage === undefined || isHeading(token)) continue
    passage.text += ` ${textOf([token])}`
    passage.raw += token.raw
  }
  return passages
}

const isHeading = (token: Token): token is Tokens.Heading => token.type === 'heading'

/** The words of tokens, without their marks. */
export function textOf(tokens: readonly Token[]): string {
  return tokens
    .map((token): string => {
      if (token.type === 'table') {
        const { header, rows } = token as Tokens.Table
        return [header, ...rows].flatMap((cells) => cells.map(({ tokens }) => textOf(tokens))).join(' ')
      }
      if (token.type === 'list') return (token as Tokens.List).items.map(({ tokens }) => textOf(tokens)).join(' ')
      // TeX is nothing to read.
      if (['html', 'equation', 'formula'].includes(token.type)) return ' '
      if (token.type === 'escape') return token.text
      return 'tokens' in token && token.tokens ? textOf(token.tokens) : 'text' in token ? String(token.text) : ' '
    })
    .join('')
}
