import { act } from "./actions.ts";
import { Problem } from "./problem.ts";
import { validate } from "./validate.ts";
import type { AnyServer } from "../../erased.ts";
import type { ApiKey } from "./api-key.ts";
import type { Done } from "./actions.ts";
import type { ProblemBody } from "./problem.ts";
import type { ActionName } from "./requests.ts";
import type { Call } from "./call.ts";
import type { Schemas } from "./schemas.ts";

/** What became of one item. */
export type BatchResult =
  | ({ readonly status: 200 } & Done)
  | { readonly status: number; readonly error: ProblemBody };

/** Does one thing after the other; each is answered alone, and one that fails keeps none from its turn. */
export async function runBatch(
  server: AnyServer,
  schemas: Schemas,
  { key, body, charge }: Call,
): Promise<{ readonly results: BatchResult[] }> {
  const { items } = validate(schemas.batch, body);
  // The request itself has been counted as one.
  charge(items.length - 1);
  // They begin in their order; what has to be logged is then awaited together.
  const results = await Promise.all(
    items.map((item, index) => runItem(server, schemas, key, item, `/items/${index}`)),
  );
  return { results };
}

async function runItem(
  server: AnyServer,
  schemas: Schemas,
  key: ApiKey | undefined,
  item: unknown,
  place: string,
): Promise<BatchResult> {
  try {
    const name = actionOf(item);
    const done = await act(server, key, name, validate(schemas.items[name], item));
    return { status: 200, ...done };
  } catch (error) {
    const problem = (error instanceof Problem ? error : new Problem("INTERNAL")).below(place);
    if (problem.code === "INTERNAL") process.emitWarning(error as Error);
    return { status: problem.status, error: problem.body() };
  }
}

const actions: ReadonlySet<unknown> = new Set<ActionName>([
  "publish",
  "disconnect",
  "join",
  "leave",
]);

function actionOf(item: unknown): ActionName {
  if (typeof item !== "object" || item === null || Array.isArray(item)) {
    throw new Problem("FIELD_INVALID", { at: "", detail: "an item is an object" });
  }
  const { action } = item as { action?: unknown };
  if (actions.has(action)) return action as ActionName;
  const detail = `action is one of ${[...actions].join(", ")}`;
  throw new Problem(action === undefined ? "FIELD_MISSING" : "FIELD_INVALID", {
    at: "/action",
    detail,
  });
}
