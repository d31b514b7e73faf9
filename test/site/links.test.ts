import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { expect, test } from 'vitest'
import { builtSite } from './built.js'

const { root, pages, version } = builtSite()
/** Reports and live pages have tests of their own: what is within them leads nowhere but within them. */
const own = pages.filter(({ path }) => !/\/(reports|live)\//.test(path))

const attributes = (text: string, name: string) =>
  [...text.matchAll(new RegExp(`\\s${name}="([^"]*)"`, 'g'))].map(([, value]) => value as string)

test('every link leads to a page that is there, and every anchor to a place on it', () => {
  const anchors = new Map(
    pages.map(({ path, text }) => [path, new Set([...attributes(text, 'id'), ...attributes(text, 'name')])]),
  )
  const wrong = own.flatMap(({ path, text }) => {
    // Icons of the API pages are put there by a script of theirs, and are no places to go to.
    const plain = text.replace(/<script\b[^>]*>.*?<\/script>|<use href="#icon-[^>]*>/gs, '')
    return [...attributes(text, 'src'), ...attributes(plain, 'href')].flatMap((link) => {
      if (/^(https?:|data:)/.test(link)) return []
      const [address = '', anchor = ''] = link.replaceAll('&amp;', '&').split('#')
      const target = address === '' ? path : posix.join(posix.dirname(path), decodeURI(address.split('?')[0] ?? ''))
      if (!existsSync(join(root, target))) return [`${path}: ${link} is not there`]
      // Behind the # of a live page stand its settings.
      const places = /\/live\//.test(target) ? undefined : anchors.get(target)
      return anchor === '' || places === undefined || places.has(decodeURIComponent(anchor))
        ? []
        : [`${path}: ${link} has no such place`]
    })
  })
  expect(own.length).toBeGreaterThan(100)
  expect(wrong).toEqual([])
})

test('every document and every scenario has a page that another leads to, and pages say which version they are of', () => {
  const linked = new Set(
    own.flatMap(({ path, text }) =>
      attributes(text, 'href').map((link) => posix.join(posix.dirname(path), link.split('#')[0] as string)),
    ),
  )
  const expected = [
    ...readdirSync('docs')
      .filter((name) => name.endsWith('.md'))
      .map((name) => `docs/${name.replace('.md', '.html')}`),
    ...readdirSync('scenarios')
      .filter((name) => name.endsWith('.yaml'))
      .map((name) => `scenarios/${name.replace('.yaml', '.html')}`),
    ...['architecture', 'changelog', 'contributing', 'security'].map((name) => `docs/${name}.html`),
    ...['cite.html', 'systems.html', 'index.html'],
  ].map((page) => `${version}/${page}`)
  expect(expected.length).toBeGreaterThan(100)
  expect(expected.filter((page) => !linked.has(page))).toEqual([])
  const site = own.filter(({ path }) => path.startsWith(version) && !path.includes('/api/'))
  expect(site.filter(({ text }) => !text.includes(`>${version}</a>`)).map(({ path }) => path)).toEqual([])
})

test('the first page of all leads to the newest version, and the list names those that are there', () => {
  const read = (name: string) => readFileSync(join(root, name), 'utf8')
  expect(read('index.html')).toContain(`http-equiv="refresh" content="0; url=${version}/index.html"`)
  const there = readdirSync(root).filter((name) => /^\d/.test(name))
  expect(
    attributes(read('versions.html'), 'href').filter((link) => /^\d+\.\d+\.\d+\/index\.html$/.test(link)).length,
  ).toBeGreaterThanOrEqual(there.length)
})

test('nothing is asked of the net, and the policy of each page says so', () => {
  const site = own.filter(({ path }) => !path.includes('/api/'))
  const policies = new Set(site.map(({ text }) => /Content-Security-Policy" content="([^"]*)"/.exec(text)?.[1]))
  for (const policy of policies) {
    expect(policy).toMatch(
      /^default-src &#39;none&#39;; script-src &#39;self&#39;; style-src &#39;self&#39;; img-src &#39;self&#39;|^default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'/,
    )
    expect(policy).not.toMatch(/unsafe|https?:|\*/)
  }
  expect(
    site.flatMap(({ path, text }) =>
      attributes(text, 'src')
        .filter((link) => /^(https?:)?\/\//.test(link))
        .map((link) => `${path}: ${link}`),
    ),
  ).toEqual([])
  expect(site.filter(({ text }) => /\sstyle="/.test(text)).map(({ path }) => path)).toEqual([])
})

test('equations are MathML: no TeX is left in the text of a document', () => {
  const documents = own.filter(({ path }) => path.startsWith(`${version}/docs/`))
  const left = documents.flatMap(({ path, text }) => {
    const plain = text.replace(/<(pre|code|math)\b.*?<\/\1>/gs, '')
    return /\$\$|\\(frac|sum|langle|mathrm|qquad)/.test(plain) ? [path] : []
  })
  expect(left).toEqual([])
  const theory = own.find(({ path }) => path.endsWith('docs/theory.html'))
  expect(theory?.text.match(/<math/g)?.length).toBeGreaterThan(20)
})
