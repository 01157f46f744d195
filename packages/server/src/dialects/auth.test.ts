import { describe, expect, it } from "vitest";
import { authOfRequest, layAuth } from "./auth.ts";
import type { IncomingMessage } from "node:http";

const request = (url: string, headers: Record<string, string> = {}): IncomingMessage =>
  ({ url, headers }) as unknown as IncomingMessage;

describe("the token of a request", () => {
  const cases: [what: string, request: IncomingMessage, token: unknown][] = [
    ["none", request("/ws"), undefined],
    ["the query", request("/ws?a=1&token=t%20x"), "t x"],
    ["an empty query", request("/ws?token="), undefined],
    ["the header", request("/ws", { authorization: "bearer  abc " }), "abc"],
    ["another scheme", request("/ws", { authorization: "Basic abc" }), undefined],
    [
      "the subprotocols before all others",
      request("/ws?token=q", {
        authorization: "Bearer h",
        "sec-websocket-protocol": "hawser.v1.json , hawser.token.p.q",
      }),
      "p.q",
    ],
  ];
  it.each(cases)("%s", (_what, from, token) => {
    expect(authOfRequest(from)?.["token"]).toBe(token);
  });

  it("lies below what is said in connect, and sessions are not said here", () => {
    const said = JSON.parse('{"name":"ann","token":"own","$delivery":{"v":1},"__proto__":{"x":1}}');
    const auth = layAuth({ token: "request" }, said);
    expect(Object.keys(auth).sort()).toEqual(["__proto__", "name", "token"]);
    expect(auth["token"]).toBe("own");
    expect(auth["x"]).toBeUndefined();
    expect(layAuth({ token: "request" }, undefined)).toEqual({ token: "request" });
  });
});
