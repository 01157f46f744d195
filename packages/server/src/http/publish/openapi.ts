import { toJsonSchema } from "@valibot/to-json-schema";
import * as v from "valibot";
import { pageDefault, pageMax } from "./limits.ts";
import { problems } from "./problem.ts";
import type { ProblemCode } from "./problem.ts";
import type { Schema, Schemas } from "./schemas.ts";

type Json = Record<string, unknown>;

/** The version of this interface, and not of the software. */
const version = "1.0.0";

const member = v.object({ id: v.string(), user: v.optional(v.string()) });
const next = v.optional(v.pipe(v.string(), v.description("For `after` of the next page")));
const problem = v.object({
  status: v.number(),
  code: v.picklist(Object.keys(problems) as ProblemCode[]),
  detail: v.string(),
  at: v.optional(
    v.pipe(
      v.union([v.string(), v.number()]),
      v.description(
        "The place: a JSON pointer into the body, ?name of a query, or where the text stops being JSON",
      ),
    ),
  ),
});
const ok = v.literal(true);
const position = v.optional(v.pipe(v.string(), v.description("Where it stands in the log")));

/** What is answered. */
const answers: Readonly<Record<string, v.GenericSchema>> = {
  Published: v.object({ ok, position }),
  Done: v.object({ ok }),
  BatchResults: v.object({
    results: v.array(
      v.union([
        v.object({ status: v.literal(200), ok, position }),
        v.object({ status: v.number(), error: problem }),
      ]),
    ),
  }),
  RoomList: v.object({
    rooms: v.array(v.object({ room: v.string(), count: v.number() })),
    next,
  }),
  MemberList: v.object({ count: v.number(), sockets: v.array(member), next }),
  Socket: v.object({
    ...member.entries,
    rooms: v.array(v.string()),
    connectedAt: v.pipe(v.string(), v.isoTimestamp()),
    address: v.string(),
  }),
  Problem: problem,
};

const oneTarget = (...fields: string[]): Json => ({
  oneOf: fields.map((field) => ({ required: [field] })),
});
const targets = ["room", "user", "socket", "all"];

/** The OpenAPI 3.1 document, made of what requests are checked with. */
export function openApiDocument(schemas: Schemas, path: string): Json {
  return {
    openapi: "3.1.0",
    info: {
      title: "Hawser: publish",
      version,
      description:
        "For backends in any language: publish to rooms, users, sockets or all; disconnect, join, leave; who is there. Each answer below 300 is given again to a POST with the same Idempotency-Key.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: path, description: "On the server's own origin" }],
    security: [{ apiKey: [] }],
    tags: [
      { name: "act", description: "Do something" },
      { name: "look", description: "See who is there" },
    ],
    paths: {
      "/publish": post("publish", "Send an event", "PublishRequest", "Published"),
      "/batch": post("batch", "Do several things, in order", "BatchRequest", "BatchResults"),
      "/disconnect": post("disconnect", "Disconnect sockets", "DisconnectRequest", "Done"),
      "/join": post("join", "Make sockets join rooms", "JoinRequest", "Done"),
      "/leave": post("leave", "Make sockets leave rooms", "LeaveRequest", "Done"),
      "/rooms": get("listRooms", "The rooms of a namespace", schemas.roomsQuery, "RoomList"),
      "/rooms/{room}": get(
        "readRoom",
        "Who is in a room",
        schemas.membersQuery,
        "MemberList",
        "room",
      ),
      "/users/{user}": get(
        "readUser",
        "The sockets of a user",
        schemas.membersQuery,
        "MemberList",
        "user",
      ),
      "/sockets/{id}": get("readSocket", "One socket", schemas.socketQuery, "Socket", "id"),
      "/openapi.json": get("readDocument", "This document", schemas.noQuery),
    },
    components: {
      securitySchemes: {
        apiKey: {
          type: "http",
          scheme: "bearer",
          description: "hk_<id>_<secret>, made by makeApiKey()",
        },
      },
      parameters: { idempotencyKey },
      responses: { Problem: problemResponse },
      schemas: componentsOf(schemas),
    },
  };
}

const idempotencyKey: Json = {
  name: "Idempotency-Key",
  in: "header",
  required: false,
  description: "The first answer is given again to who sends the same request with the same key",
  schema: { type: "string", minLength: 1, maxLength: 255 },
};

const problemResponse: Json = {
  description: "It is refused, or has failed",
  headers: {
    "Retry-After": { description: "Seconds to wait: 429", schema: { type: "integer" } },
  },
  content: { "application/problem+json": { schema: refTo("Problem") } },
};

function componentsOf({ actions, items, batch }: Schemas): Json {
  const requests: Json = {
    PublishRequest: { ...jsonOf(actions.publish), ...oneTarget("rooms", ...targets) },
    DisconnectRequest: { ...jsonOf(actions.disconnect), ...oneTarget(...targets) },
    JoinRequest: { ...jsonOf(actions.join), ...oneTarget(...targets) },
    LeaveRequest: { ...jsonOf(actions.leave), ...oneTarget(...targets) },
  };
  for (const [name, item] of Object.entries(items)) {
    const fields = name === "publish" ? ["rooms", ...targets] : targets;
    requests[itemName(name)] = { ...jsonOf(item), ...oneTarget(...fields) };
  }
  const whole = jsonOf(batch) as { properties: { items: Json } };
  whole.properties.items["items"] = {
    oneOf: Object.keys(items).map((name) => refTo(itemName(name))),
    discriminator: {
      propertyName: "action",
      mapping: Object.fromEntries(
        Object.keys(items).map((name) => [name, refTo(itemName(name)).$ref]),
      ),
    },
  };
  requests["BatchRequest"] = whole;
  for (const [name, schema] of Object.entries(answers)) requests[name] = jsonOf(schema);
  return requests;
}

function itemName(action: string): string {
  return `Batch${action[0]!.toUpperCase()}${action.slice(1)}`;
}

/** Own checks have no words in JSON Schema: targets are said by `oneOf`, reserved names in the texts. */
function jsonOf(schema: v.GenericSchema): Json {
  const { $schema: _dialect, ...json } = toJsonSchema(schema, {
    target: "draft-2020-12",
    typeMode: "input",
    errorMode: "ignore",
  });
  return json;
}

function refTo(name: string): { readonly $ref: string } {
  return { $ref: `#/components/schemas/${name}` };
}

function post(operationId: string, summary: string, request: string, answer: string): Json {
  return {
    post: {
      operationId,
      summary,
      tags: ["act"],
      parameters: [{ $ref: "#/components/parameters/idempotencyKey" }],
      requestBody: {
        required: true,
        content: { "application/json": { schema: refTo(request) } },
      },
      responses: responsesWith(refTo(answer)),
    },
  };
}

function get(
  operationId: string,
  summary: string,
  query: Schema<object>,
  answer?: string,
  part?: string,
): Json {
  const { properties = {} } = jsonOf(query) as { properties?: Record<string, Json> };
  const parameters = Object.entries(properties).map(([name, schema]) => parameterOf(name, schema));
  if (part !== undefined) {
    const schema = { type: "string", minLength: 1 };
    parameters.unshift({ name: part, in: "path", required: true, schema });
  }
  const schema = answer === undefined ? { type: "object" } : refTo(answer);
  const responses = responsesWith(schema);
  return { get: { operationId, summary, tags: ["look"], parameters, responses } };
}

/** Numbers come as text, which a document says by their type. */
function parameterOf(name: string, schema: Json): Json {
  if (name !== "limit") return { name, in: "query", required: false, schema };
  const limit = { type: "integer", minimum: 1, maximum: pageMax, default: pageDefault };
  return { name, in: "query", required: false, schema: limit };
}

function responsesWith(schema: Json): Json {
  const refused = { $ref: "#/components/responses/Problem" };
  return {
    "200": { description: "Done", content: { "application/json": { schema } } },
    "4XX": refused,
    "5XX": refused,
  };
}
