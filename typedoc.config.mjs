import { Application, Comment, CommentTag, Converter, ReflectionKind } from 'typedoc'

/** Rooms of src/, in the order in which imports go up: what a reader meets first comes first. */
const rooms = [
  ...['formula', 'network', 'potential', 'protocol', 'noise', 'dynamics', 'observe', 'truth'].map(
    (room) => `physics/${room}`,
  ),
  ...['data', 'rules', 'objectives', 'evaluation', 'training'].map((room) => `learning/${room}`),
  'backend',
  'experiment',
]

/** Sorts the names by the room that they come from. @param {Application} app */
function byRooms(app) {
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, (/** @type {import('typedoc').Context} */ { project }) => {
    for (const reflection of project.children ?? []) {
      const holder = reflection.signatures?.[0] ?? reflection
      const file = (reflection.sources ?? holder.sources)?.[0]?.fullFileName ?? ''
      const room = rooms.find((name) => file.includes(`/src/${name}/`)) ?? 'errors'
      reflection.comment ??= new Comment()
      reflection.comment.blockTags.push(new CommentTag('@category', [{ kind: 'text', text: room }]))
    }
  })
}

/** There is no place on the net to link to: where a name is from is said in words. @param {Application} app */
function withoutLinks(app) {
  app.converter.on(Converter.EVENT_RESOLVE_END, (/** @type {import('typedoc').Context} */ { project }) => {
    const reflections = /** @type {import('typedoc').DeclarationReflection[]} */ (Object.values(project.reflections))
    for (const { sources } of reflections) for (const source of sources ?? []) delete source.url
  })
}

/**
 * Members of a type that has no name (the entries of a table, what a function returns) are told by the name that they are part of.
 *
 * @param {import('typedoc').Reflection} reflection
 * @returns {boolean}
 */
const isNamed = ({ parent }) => parent === undefined || (!parent.kindOf(ReflectionKind.TypeLiteral) && isNamed(parent))

/** Has every export, and every member of an exported interface or class, be documented. @param {Application} app */
function requireDocstrings(app) {
  app.on(Application.EVENT_VALIDATE_PROJECT, (/** @type {import('typedoc').ProjectReflection} */ project) => {
    const kinds =
      ReflectionKind.ClassOrInterface |
      ReflectionKind.Variable |
      ReflectionKind.TypeAlias |
      ReflectionKind.Property |
      ReflectionKind.Accessor |
      ReflectionKind.CallSignature
    for (const reflection of project.getReflectionsByKind(kinds))
      if (isNamed(reflection) && !reflection.comment?.summary.some(({ text }) => text.trim() !== ''))
        app.logger.error(`${reflection.getFullName()} has no docstring: say what it is, its shape and its unit`)
  })
}

/** The API pages: every name of the library in api/, to be opened from disk. */
export default {
  name: 'overdamped',
  entryPoints: ['src/index.ts'],
  plugin: [byRooms, withoutLinks, requireDocstrings],
  out: 'api',
  readme: 'none',
  includeVersion: true,
  includeHierarchySummary: false,
  disableGit: true,
  sourceLinkTemplate: '{path}',
  excludeExternals: true,
  sort: ['source-order'],
  categorizeByGroup: false,
  categoryOrder: ['errors', ...rooms],
  navigation: { includeCategories: true },
  validation: { notExported: false },
  treatWarningsAsErrors: true,
  skipErrorChecking: true,
}
