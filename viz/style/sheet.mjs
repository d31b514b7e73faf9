import { readFileSync } from 'node:fs'

/** A style sheet of the pages, by its name. @param {string} name */
const sheet = (name) => readFileSync(new URL(`${name}.css`, import.meta.url), 'utf8')

/** The dark palette stands once: as the reader chooses it, and as their system does unless they chose light. @param {string} where */
const dark = (where) => sheet('dark').replace(':root', `:root${where}`)

/**
 * The style sheet of a kind of page: the theme, light and dark, and after it the sheets named, in the order of the cascade.
 *
 * @param {readonly string[]} names files of viz/style without their ending
 */
export const themed = (names) =>
  [
    sheet('theme'),
    `@media screen {\n${dark('[data-theme="dark"]')}}`,
    `@media screen and (prefers-color-scheme: dark) {\n${dark(':not([data-theme="light"])')}}`,
    ...names.map(sheet),
  ].join('\n')
