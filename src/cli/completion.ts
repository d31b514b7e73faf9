import type { CommandModule } from 'yargs'
import type { CompletionArguments } from './handlers/completion-script.js'

/** `overdamped completion` */
export const completionCommand: CommandModule<object, CompletionArguments> = {
  command: 'completion [shell]',
  describe: 'print a script that completes commands, options, scenarios, profiles and keys in bash or zsh',
  builder: (yargs) =>
    yargs
      .positional('shell', { choices: ['bash', 'zsh'] as const, describe: 'for which shell [that of $SHELL]' })
      .example('$0 completion bash >> ~/.bashrc', 'from the next terminal on')
      .example('$0 completion zsh >> ~/.zshrc', 'the same, behind compinit'),
  handler: async (args) => (await import('./handlers/completion-script.js')).handle(args),
}
