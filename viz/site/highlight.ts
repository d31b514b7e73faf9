import { escapeHtml } from '../html.js'

/** What a word of a language is, in the order in which it is looked for. */
type Grammar = readonly (readonly [kind: 'comment' | 'string' | 'key' | 'word' | 'number', form: RegExp])[]

const text = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/y
const number = /(?<![\w.])-?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?(?![\w.])/iy
const script: Grammar = [
  ['comment', /\/\/.*|\/\*(?:.|\n)*?\*\//y],
  ['string', /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/y],
  [
    'word',
    /(?<![\w.])(?:async|await|break|case|class|const|continue|else|export|extends|false|for|from|function|if|import|in|instanceof|interface|let|new|null|of|readonly|return|switch|throw|true|try|catch|finally|type|typeof|undefined|while|yield)(?!\w)/y,
  ],
  ['number', number],
]
const hash = /(?<=^|\s)#.*/my

const grammars: Readonly<Record<string, Grammar>> = {
  js: script,
  ts: script,
  json: [
    ['key', /"(?:[^"\\\n]|\\.)*"(?=\s*:)/y],
    ['string', text],
    ['number', number],
  ],
  yaml: [
    ['comment', hash],
    ['string', text],
    ['key', /(?<=^\s*(?:- )?|[{,]\s*)[\w.-]+(?=:(?:\s|$))/my],
    ['word', /(?<=[\s[{,])(?:true|false|null)(?=[\s,\]}]|$)/my],
    ['number', number],
  ],
  python: [
    ['comment', hash],
    ['string', /"""(?:.|\n)*?"""|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/y],
    [
      'word',
      /(?<![\w.])(?:and|as|assert|class|def|elif|else|except|False|for|from|if|import|in|is|lambda|None|not|or|raise|return|True|try|while|with|yield)(?!\w)/y,
    ],
    ['number', number],
  ],
  sh: [
    ['comment', hash],
    ['string', text],
    ['key', /(?<=^\s*|&& |\| )(?:npm|npx|node|python3?|sh|docker|kubectl|sbatch|redis-server)(?=\s)/my],
    ['word', /(?<=\s)--?[a-zA-Z][\w-]*/y],
  ],
}
const names: Readonly<Record<string, string>> = { mjs: 'js', cjs: 'js', py: 'python', bash: 'sh', yml: 'yaml' }

/**
 * Code as HTML in which comments, texts, keys, words of the language and numbers have a class of their own. A language that is not
 * known stays plain.
 *
 * @param language as a fence of Markdown or the ending of a file says it
 */
export function highlighted(code: string, language = ''): string {
  const grammar = grammars[names[language] ?? language] ?? []
  let [at, plain, markup] = [0, '', '']
  while (at < code.length) {
    const [kind, found] = wordAt(code, at, grammar)
    if (kind === undefined) plain += code[at++]
    else {
      markup += `${escapeHtml(plain)}<span class="hl-${kind}">${escapeHtml(found)}</span>`
      plain = ''
      at += found.length
    }
  }
  return markup + escapeHtml(plain)
}

function wordAt(code: string, at: number, grammar: Grammar) {
  for (const [kind, form] of grammar) {
    form.lastIndex = at
    const found = form.exec(code)?.[0]
    if (found) return [kind, found] as const
  }
  return [undefined, ''] as const
}
