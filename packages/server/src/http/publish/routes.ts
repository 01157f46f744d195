import { act } from "./actions.ts";
import { runBatch } from "./batch.ts";
import { Presence } from "./presence.ts";
import { Problem } from "./problem.ts";
import { validate } from "./validate.ts";
import type { AnyServer } from "../../erased.ts";
import type { Call } from "./call.ts";
import type { ActionName } from "./requests.ts";
import type { Schemas } from "./schemas.ts";

/** One address. */
export interface Route {
  readonly method: "GET" | "POST";
  /** Behind the prefix; `{name}` at its end stands for one part. */
  readonly path: string;
  /** Gives the JSON of the answer. @throws Problem */
  run(call: Call): unknown;
}

/** All addresses. */
export function makeRoutes(server: AnyServer, schemas: Schemas, document: () => unknown): Route[] {
  const presence = new Presence(server);
  const action = (name: ActionName): Route => ({
    method: "POST",
    path: `/${name}`,
    run: ({ key, body }) => act(server, key, name, validate(schemas.actions[name], body)),
  });
  return [
    action("publish"),
    action("disconnect"),
    action("join"),
    action("leave"),
    { method: "POST", path: "/batch", run: (call) => runBatch(server, schemas, call) },
    {
      method: "GET",
      path: "/rooms",
      run: ({ key, query }) => presence.rooms(key, validateQuery(schemas.roomsQuery, query)),
    },
    {
      method: "GET",
      path: "/rooms/{name}",
      run: ({ key, name, query }) =>
        presence.room(key, name, validateQuery(schemas.membersQuery, query)),
    },
    {
      method: "GET",
      path: "/users/{name}",
      run: ({ key, name, query }) =>
        presence.user(key, name, validateQuery(schemas.membersQuery, query)),
    },
    {
      method: "GET",
      path: "/sockets/{name}",
      run: ({ key, name, query }) =>
        presence.socket(key, name, validateQuery(schemas.socketQuery, query)),
    },
    {
      method: "GET",
      path: "/openapi.json",
      run: ({ query }) => {
        validateQuery(schemas.noQuery, query);
        return document();
      },
    },
  ];
}

/** The same, with the place as it stands in a URL: `?limit`. */
function validateQuery<Value>(
  schema: Parameters<typeof validate<Value>>[0],
  query: Readonly<Record<string, string>>,
): Value {
  try {
    return validate(schema, query);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const { at } = error.details;
    throw new Problem(error.code, { ...error.details, at: String(at).replace(/^\//, "?") });
  }
}
