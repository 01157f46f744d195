import { Problem } from "./problem.ts";
import type { AnyNamespace, AnyServer } from "../../erased.ts";

/**
 * A namespace that is there, or that a client would be given under this name: a mistyped one is not made.
 * @throws Problem `NAMESPACE_UNKNOWN`
 */
export function namespaceOf(server: AnyServer, name: string): AnyNamespace | Promise<AnyNamespace> {
  const known = server._nsps.get(name);
  if (known !== undefined) return known;
  return new Promise((resolve, reject) => {
    server._checkNamespace(name, {}, (namespace) => {
      if (namespace === false) reject(new Problem("NAMESPACE_UNKNOWN", { at: "/namespace" }));
      else resolve(namespace);
    });
  });
}
