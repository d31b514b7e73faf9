/** Options of `overdamped completion`. */
export interface CompletionArguments {
  shell: 'bash' | 'zsh' | undefined
}

/** Does what `overdamped completion` asks. */
export function handle({ shell }: CompletionArguments): void {
  const isZsh = shell === undefined ? process.env.SHELL?.endsWith('zsh') === true : shell === 'zsh'
  console.log(isZsh ? zsh : bash)
}

/**
 * The words that are proposed stand on a line each, with a tab and what they mean behind them; `:files` asks for names of files too. Words
 * that go on (a key's `=`, a section's `.`) get no space. Bash cuts words at `=`, and wants what stands behind it alone.
 */
const bash = `# overdamped: completion for bash
_overdamped() {
  local IFS=$'\\n' line word typed before
  typed="\${COMP_WORDS[COMP_CWORD]#=}"
  before="\${COMP_LINE:0:COMP_POINT}"
  before="\${before##* }"
  before="\${before%"\${before##*=}"}"
  COMPREPLY=()
  for line in $("\${COMP_WORDS[0]}" --complete "\${COMP_LINE:0:COMP_POINT}" 2>/dev/null); do
    if [[ $line == :files ]]; then
      compopt -o filenames 2>/dev/null
      COMPREPLY+=($(compgen -f -- "$typed"))
    else
      word="\${line%%$'\\t'*}"
      word="\${word#"$before"}"
      [[ $word == *[=.] ]] && compopt -o nospace 2>/dev/null
      COMPREPLY+=("$word")
    fi
  done
}
complete -F _overdamped overdamped`

const zsh = `#compdef overdamped
# overdamped: completion for zsh
_overdamped() {
  local line word about files=0
  local -a whole wholeAbout open openAbout
  for line in \${(f)"$("\${words[1]}" --complete "\${(j: :)words[1,CURRENT]}" 2>/dev/null)"}; do
    if [[ $line == :files ]]; then
      files=1
      continue
    fi
    word="\${line%%$'\\t'*}"
    about="$word"
    [[ $line == *$'\\t'* ]] && about="$word  -- \${line#*$'\\t'}"
    if [[ $word == *[=.] ]]; then
      open+=("$word")
      openAbout+=("$about")
    else
      whole+=("$word")
      wholeAbout+=("$about")
    fi
  done
  (( $#whole )) && compadd -l -d wholeAbout -- $whole
  (( $#open )) && compadd -l -S '' -d openAbout -- $open
  (( files )) && _files
  return 0
}
if [[ "\${zsh_eval_context[-1]}" == loadautofunc ]]; then
  _overdamped "$@"
else
  compdef _overdamped overdamped
fi`
