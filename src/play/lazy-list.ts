/** A list that grows, whose items are made when they are first looked at, and kept. */
export interface LazyList<Item> {
  readonly items: readonly Item[]
  /** adds the item that `make` makes */
  add(make: () => Item): void
}

/** A list of nothing yet. */
export function lazyList<Item>(): LazyList<Item> {
  const items: Item[] = []
  const put = (index: number, property: PropertyDescriptor) =>
    Object.defineProperty(items, index, { configurable: true, enumerable: true, ...property })
  return {
    items,
    add(make) {
      const index = items.length
      put(index, {
        get() {
          const value = make()
          put(index, { value })
          return value
        },
      })
    },
  }
}
