import { section } from "../harness/case.ts";
import type { Case } from "../harness/case.ts";
import type { Stage } from "../harness/stage.ts";
import type { ServerOptions } from "../../src/support/pairing.ts";

const page = "http://page.example";
const only = (run: Case["run"]): Case => ({ run, of: "server", modes: ["polling"] });

/** What an HTTP request gets in answer, as far as pages of other origins are concerned. */
async function asked(
  it: Stage,
  cors: ServerOptions["cors"] | undefined,
  { method = "GET", origin = page, path = "/socket.io/?EIO=4&transport=polling" } = {},
): Promise<unknown> {
  const world = await it.open({ options: cors === undefined ? {} : { cors } });
  const headers: Record<string, string> = { origin };
  if (method === "OPTIONS") headers["access-control-request-method"] = "POST";
  const answer = await fetch(world.url + path, { method, headers });
  const seen: Record<string, unknown> = { status: answer.status };
  for (const [name, value] of answer.headers) {
    if (/^(access-control|vary)/.test(name)) seen[name] = value;
  }
  return seen;
}

const settings: Record<string, ServerOptions["cors"]> = {
  "a text": { origin: page },
  "a text and credentials": { origin: page, credentials: true },
  "a list": { origin: ["http://other.example", page] },
  "an expression": { origin: /page\.example$/ },
  everybody: { origin: "*" },
  "whoever asks": { origin: true },
  "a function": { origin: (_origin, decide) => decide(null, true) },
  "headers and methods": {
    origin: page,
    methods: ["GET", "POST"],
    allowedHeaders: ["my-header"],
    exposedHeaders: ["x-seen"],
    maxAge: 10,
  },
  "a function of the request": (_request, decide) => decide(null, { origin: page }),
};

export const cors = section("CORS", "handling-cors/", {
  ...Object.fromEntries(
    Object.entries(settings).flatMap(([name, cors]) => [
      [`${name}: GET`, only(async (it) => asked(it, cors))],
      [`${name}: OPTIONS`, only(async (it) => asked(it, cors, { method: "OPTIONS" }))],
    ]),
  ),

  "an origin that is not named": {
    ...only(async (it) => asked(it, { origin: "http://other.example" })),
    differs: {
      what: "a request from an origin that `cors` does not name",
      socketIo: "answered; a browser keeps the answer from the page",
      hawser: "refused with 403, on every transport; the refusal names the option",
      why: "a browser that hides the answer of a poll does not hide a websocket",
      expected: {
        server: {
          status: 403,
          "access-control-allow-origin": "http://other.example",
          vary: "Origin",
        },
      },
    },
  },

  "no setting, and a page of another origin": {
    ...only(async (it) => asked(it, undefined)),
    differs: {
      what: "a request from another origin without `cors`",
      socketIo: "answered; a browser keeps the answer from the page",
      hawser: "refused with 403, on every transport; the refusal names the option",
      why: "only `allowRequest` and `cors` know which pages are yours",
      expected: { server: { status: 403 } },
    },
  },

  "no setting, and a page of the same origin": only(async (it) => {
    const world = await it.open();
    const answer = await fetch(`${world.url}/socket.io/?EIO=4&transport=polling`, {
      headers: { origin: world.url },
    });
    return [answer.status, answer.headers.get("access-control-allow-origin")];
  }),

  "a websocket from another origin": {
    of: "server",
    run: async (it) => {
      const world = await it.open();
      return it.knock(world.url, {
        extraHeaders: { origin: page },
        transports: ["websocket"],
      });
    },
    modes: ["websocket"],
    differs: {
      what: "a websocket from another origin",
      socketIo: "let in",
      hawser:
        "refused unless `cors.origin` or `allowRequest` lets it in, as over polling. The refusal names the option",
      why: "otherwise any page can use the cookies of its visitor",
      expected: { server: { message: "websocket error", data: undefined } },
    },
  },

  "a websocket from an origin that is named": {
    of: "server",
    modes: ["websocket"],
    run: async (it) => {
      const world = await it.open({ options: { cors: { origin: page } } });
      return it.knock(world.url, { extraHeaders: { origin: page } });
    },
  },

  "clients from an origin that is named": async (it) => {
    const world = await it.open({ options: { cors: { origin: [page], credentials: true } } });
    const { server } = await world.pair("", { extraHeaders: { origin: page } });
    return [server.handshake.xdomain, server.handshake.headers.origin];
  },
});
