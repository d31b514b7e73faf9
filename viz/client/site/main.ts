import { all } from '../block.js'
import { copyButton } from '../copy.js'
import { sidewaysScroll } from '../scroll.js'
import { themeChoice } from '../theme-choice.js'
import { search } from './search.js'
import { chosenTheme, keepTheme } from './theme-store.js'
import { within } from './within.js'

/** A page within the page follows the theme that was chosen. */
function framedTheme(): void {
  const theme = chosenTheme()
  if (theme !== undefined)
    for (const frame of all<HTMLIFrameElement>('iframe')) frame.src = frame.src.replace(/(?=#|$)/, `?theme=${theme}`)
}

themeChoice(() => {}, keepTheme)
framedTheme()
sidewaysScroll()
for (const button of all<HTMLButtonElement>('button[data-copy]')) copyButton(button)
// The contents stand open beside the text, and folded above it where there is no room.
const contents = document.querySelector<HTMLDetailsElement>('.contents details')
if (contents) contents.open = matchMedia('(min-width: 900px)').matches
within()
search()
document.documentElement.dataset.ready = String(Math.round(performance.now()))
