import { Namespace } from "./namespace.ts";
import { ParentNamespace } from "./parent-namespace.ts";
import type { AnyNamespace, AnyParentNamespace, AnyServer } from "./erased.ts";

/** Decides whether a client may have a namespace of this name: `fn(null, true)`. */
export type ParentNspNameMatchFn = (
  name: string,
  // oxlint-disable-next-line typescript/no-explicit-any -- auth is free-form
  auth: { [key: string]: any },
  fn: (error: Error | null, success: boolean) => void,
) => void;

/** Knows the namespaces of a server, and the templates after which clients can have new ones. */
export class NamespaceRegistry {
  private readonly server: AnyServer;
  private readonly parents: Map<ParentNspNameMatchFn, AnyParentNamespace> = new Map();
  /** The parents made of RegExps, by source, so that the same one gives the same parent. */
  private readonly patterns: Map<string, { pattern: RegExp; parent: AnyParentNamespace }> =
    new Map();

  constructor(server: AnyServer) {
    this.server = server;
  }

  /** The namespace of a name, made when it does not exist, or the parent of a pattern. */
  of(name: string | RegExp | ParentNspNameMatchFn): AnyNamespace {
    if (typeof name === "function") return this.parentOf(name);
    if (name instanceof RegExp) return this.parentOfPattern(name);
    const path = name.startsWith("/") ? name : `/${name}`;
    const known = this.server._nsps.get(path);
    if (known !== undefined) return known;
    // A name that a pattern accepts becomes its child, with its middlewares and listeners.
    for (const { pattern, parent } of this.patterns.values()) {
      if (path.search(pattern) !== -1) return parent.createChild(path);
    }
    const namespace: AnyNamespace = new Namespace(this.server, path);
    this.server._addNamespace(namespace);
    return namespace;
  }

  /** Finds the namespace that a client asks for; asks the templates, in the order in which they were made. */
  find(
    name: string,
    auth: Record<string, unknown>,
    found: (namespace: AnyNamespace | false) => void,
  ): void {
    const known = this.server._nsps.get(name);
    if (known !== undefined) return found(known);
    const parents = [...this.parents];
    const ask = (index: number): void => {
      const entry = parents[index];
      if (entry === undefined) return found(false);
      const [matches, parent] = entry;
      matches(name, auth, (error, success) => {
        if (error || !success) return ask(index + 1);
        // Another client may have been quicker while a function was thinking.
        const made = this.server._nsps.get(name);
        if (made !== undefined) return found(made);
        if (parent.children.size >= this.server._limits.childNamespacesMax) return found(false);
        found(parent.createChild(name));
      });
    };
    ask(0);
  }

  private parentOf(matches: ParentNspNameMatchFn): AnyParentNamespace {
    let parent = this.parents.get(matches);
    if (parent === undefined) {
      parent = new ParentNamespace(this.server);
      this.parents.set(matches, parent);
    }
    return parent;
  }

  private parentOfPattern(pattern: RegExp): AnyParentNamespace {
    const known = this.patterns.get(String(pattern));
    if (known !== undefined) return known.parent;
    // search() does not move the pattern's lastIndex, as test() would.
    const parent = this.parentOf((name, _auth, fn) => fn(null, name.search(pattern) !== -1));
    this.patterns.set(String(pattern), { pattern, parent });
    return parent;
  }
}
