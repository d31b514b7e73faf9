import { chosenTheme } from './theme-store.js'

// Before the first paint: what needs the script may show, and the theme is the one that was chosen last.
document.documentElement.classList.add('scripted')
const theme = chosenTheme()
if (theme !== undefined) document.documentElement.dataset.theme = theme
