import { html, type Markup } from '../html.js'

/**
 * A choice between denoised and raw samples. The style sheet acts on it (`:has(:checked)`), so it works without the script.
 * @param group a name that is unique on the page
 */
export function shownSwitch(group: string): Markup {
  return html`<fieldset class="switch"><legend>Show samples</legend>
<label><input type="radio" name="${group}-shown" value="denoised" checked><span>denoised</span></label>
<label><input type="radio" name="${group}-shown" value="raw"><span>raw</span></label>
</fieldset>`
}
