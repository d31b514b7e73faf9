/** What is read of scenarios/schema.json. */
export interface SchemaNode {
  readonly description?: string
  readonly properties?: Readonly<Record<string, SchemaNode>>
  readonly additionalProperties?: SchemaNode | boolean
  readonly items?: SchemaNode | readonly SchemaNode[]
  readonly anyOf?: readonly SchemaNode[]
  readonly oneOf?: readonly SchemaNode[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly type?: string
}

/** A key that a mapping may have. */
interface Key {
  readonly key: string
  readonly about: string | undefined
  /** whether it has keys of its own */
  readonly isSection: boolean
}

/** What may stand at a path of a scenario, of all alternatives that the schema has there: keys of a mapping, and names as values. */
export function keysAt(
  schema: SchemaNode,
  path: readonly string[],
): { readonly keys: readonly Key[]; readonly values: readonly string[] } {
  let nodes = alternatives(schema)
  for (const name of path) nodes = nodes.flatMap((node) => below(node, name)).flatMap(alternatives)
  const keys = new Map<string, Key>()
  for (const [key, node] of nodes.flatMap(({ properties = {} }) => Object.entries(properties))) {
    const isSection = alternatives(node).some(({ properties }) => properties !== undefined)
    const before = keys.get(key)
    keys.set(key, {
      key,
      about: before?.about ?? node.description,
      isSection: isSection || before?.isSection === true,
    })
  }
  return { keys: [...keys.values()], values: [...new Set(nodes.flatMap(valuesOf))] }
}

function alternatives(node: SchemaNode): readonly SchemaNode[] {
  const inner = [...(node.anyOf ?? []), ...(node.oneOf ?? [])]
  return inner.length === 0 ? [node] : inner.flatMap(alternatives)
}

function below({ properties, additionalProperties, items }: SchemaNode, name: string): readonly SchemaNode[] {
  const own = properties?.[name]
  if (own !== undefined) return [own]
  if (typeof additionalProperties === 'object') return [additionalProperties]
  if (!/^\d+$/.test(name) || items === undefined) return []
  if (!Array.isArray(items)) return [items as SchemaNode]
  const item = items[Number(name)] as SchemaNode | undefined
  return item === undefined ? [] : [item]
}

function valuesOf(node: SchemaNode): string[] {
  if (node.type === 'boolean') return ['true', 'false']
  if (node.const !== undefined) return [String(node.const)]
  return (node.enum ?? []).map(String)
}
