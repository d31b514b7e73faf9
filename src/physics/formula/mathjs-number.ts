import { create, derivativeDependencies, parseDependencies } from 'mathjs/number'

/** mathjs on plain numbers, with no more than its parser and its derivative. Imported by `loadFormulas` alone, when it is needed. */
export const library = create({ ...parseDependencies, ...derivativeDependencies })
