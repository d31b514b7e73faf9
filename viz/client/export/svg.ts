/** Text for SVG content and quoted attributes. What XML cannot hold at all, control characters and half characters, stands as U+FFFD. */
export function escapeXml(text: string): string {
  return text
    .replace(/[^\P{Cc}\t\n]|\p{Cs}|[\ufffe\uffff]/gu, '\ufffd')
    .replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
}

/** A hundredth of a pixel is less than anyone sees. */
export function round(value: number): number {
  return Math.round(100 * value) / 100
}

/** Paper around a figure, in pixels. */
const margin = 12

/** What every figure that is written has around its drawing. */
export interface SvgFrame {
  width: number
  height: number
  title: string
  description: string
  paper: string
  font: string
}

/**
 * A whole SVG document that needs nothing else: it names no style sheet, no script and no file.
 * @param content its elements, escaped
 */
export function svgDocument(
  { width, height, title, description, paper, font }: SvgFrame,
  content: readonly string[],
): string {
  const [wide, high] = [width, height].map((length) => round(length + 2 * margin))
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${wide}" height="${high}" viewBox="-${margin} -${margin} ${wide} ${high}" font-family="${escapeXml(font)}" font-size="12">
<title>${escapeXml(title)}</title>
<desc>${escapeXml(description)}</desc>
<rect x="-${margin}" y="-${margin}" width="100%" height="100%" fill="${escapeXml(paper)}"/>
${content.join('\n')}
</svg>
`
}
