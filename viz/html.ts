/** HTML that is already safe to insert; only `html` and `raw` make one. */
export interface Markup {
  readonly markup: string
}

/** What may stand in a template: text and numbers are escaped, markup is inserted, lists are joined, `undefined` is nothing. */
export type Insertable = string | number | Markup | undefined | readonly Insertable[]

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** Control characters but tab and line feed, and marks that turn the direction of what follows: a name could show as another. */
const unseen = /[^\P{Cc}\t\n]|[\u202a-\u202e\u2066-\u2069]/gu

/** Text with U+FFFD for what is not seen but changes what is. */
export function visible(text: string): string {
  return text.replace(unseen, '\ufffd')
}

/**
 * Escapes text for HTML content and quoted attributes: & < > " '.
 * @param text any text, such as a name from a run directory
 * @returns text that no HTML parser reads as markup; what is not seen but changes what is stands as U+FFFD
 */
export function escapeHtml(text: string): string {
  return visible(text).replace(/[&<>"']/g, (character) => entities[character] as string)
}

/**
 * Marks a string as HTML without escaping it: for our own style sheet, script and images, never for text of a run.
 * @param markup trusted HTML
 */
export function raw(markup: string): Markup {
  return { markup }
}

/**
 * Template tag that escapes every inserted text, so that a section cannot forget to.
 * @returns the template's literal parts with each value escaped or, when it is markup, inserted
 */
export function html(parts: TemplateStringsArray, ...values: readonly Insertable[]): Markup {
  return raw(parts.reduce((text, part, index) => `${text}${insert(values[index - 1])}${part}`))
}

/**
 * JSON for a `<script type="application/json">`: every `<` is written `\u003c`, so no text can close the element.
 * @param value anything JSON.stringify takes
 */
export function embeddedJson(value: unknown): Markup {
  return raw(JSON.stringify(value).replaceAll('<', '\\u003c'))
}

function insert(value: Insertable): string {
  if (value === undefined) return ''
  if (typeof value === 'string') return escapeHtml(value)
  if (typeof value === 'number') return String(value)
  if ('markup' in value) return value.markup
  return value.map(insert).join('')
}
