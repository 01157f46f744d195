/** Something that is kept small until somebody looks at it. */
export interface Viewed<Item> {
  /** The set that it is from now on; the same one each time. */
  view(): Set<Item>;
}

type Inspect = (what: unknown, options: object) => string;

/**
 * A map of sets, as adapters written for Socket.IO and their users read it, over values that are no sets until they are
 * looked at. Whoever gets a set here has the one that counts: it lives on with what it says.
 */
export class ViewMap<Item, Value extends Viewed<Item>> extends Map<string, Set<Item>> {
  private readonly wrap: (key: string, view: Set<Item>) => Value;

  /** @param wrap makes a value of a set that somebody else puts in */
  constructor(wrap: (key: string, view: Set<Item>) => Value) {
    super();
    this.wrap = wrap;
  }

  /** The value itself. */
  at(key: string): Value | undefined {
    return super.get(key) as Value | undefined;
  }

  put(key: string, value: Value): void {
    super.set(key, value as never);
  }

  override get(key: string): Set<Item> | undefined {
    return this.at(key)?.view();
  }

  override set(key: string, view: Set<Item>): this {
    this.put(key, this.wrap(key, view));
    return this;
  }

  override *entries(): MapIterator<[string, Set<Item>]> {
    for (const [key, value] of super.entries()) yield [key, (value as unknown as Value).view()];
  }

  override *values(): MapIterator<Set<Item>> {
    for (const value of super.values()) yield (value as unknown as Value).view();
  }

  override [Symbol.iterator](): MapIterator<[string, Set<Item>]> {
    return this.entries();
  }

  override forEach(
    callback: (view: Set<Item>, key: string, map: Map<string, Set<Item>>) => void,
    self?: unknown,
  ): void {
    for (const [key, view] of this.entries()) callback.call(self, view, key, this);
  }
}

// Node prints it as what it shows.
Object.defineProperty(ViewMap.prototype, Symbol.for("nodejs.util.inspect.custom"), {
  value(this: Map<string, unknown>, _depth: number, options: object, inspect: Inspect): string {
    return inspect(new Map(this), options);
  },
});
