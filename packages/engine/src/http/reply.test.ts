import { createServer } from "node:http";
import type { ServerResponse } from "node:http";
import { describe, expect, it } from "vitest";
import { listenLocally } from "../../testing/engine.ts";
import { RawLine, send } from "../../testing/raw-http.ts";
import { headerLines, refuseUpgrade, replyJson, replyBody } from "./reply.ts";

async function answering(answer: (response: ServerResponse) => void): Promise<number> {
  return listenLocally(createServer((_request, response) => answer(response)));
}

describe("replyJson", () => {
  it("answers once", async () => {
    const port = await answering((response) => {
      replyJson(response, 400, { code: 3, message: "Bad request", hint: "é" });
      replyJson(response, 500, { code: 0, message: "again" });
    });
    const answer = await send(port, "/");
    expect(answer.status).toBe(400);
    expect(answer.headers["content-type"]).toBe("application/json");
    expect(answer.headers["content-length"]).toBe(String(answer.bytes.length));
    expect(JSON.parse(answer.body)).toEqual({ code: 3, message: "Bad request", hint: "é" });
  });
});

describe("replyBody", () => {
  it("keeps cookies of middlewares beside its own", async () => {
    const port = await answering((response) => {
      response.setHeader("Set-Cookie", "session=1");
      replyBody(response, 200, "text/html", "ok", { "Set-Cookie": "io=2", "Cache-Control": "x" });
    });
    const { headers } = await send(port, "/");
    expect(headers["set-cookie"]).toEqual(["session=1", "io=2"]);
    expect(headers["cache-control"]).toBe("x");
  });
});

describe("refuseUpgrade", () => {
  it("answers with plain HTTP and closes the line", async () => {
    const server = createServer();
    server.on("upgrade", (_request, socket) => {
      refuseUpgrade(socket, 403, { "X-A": ["1", "2"] }, "no");
    });
    const line = new RawLine(await listenLocally(server));
    line.write("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
    expect(await line.end()).toBe(
      "HTTP/1.1 403 Forbidden\r\nX-A: 1\r\nX-A: 2\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno",
    );
  });
});

describe("headerLines", () => {
  it("writes a list as several lines", () => {
    expect(headerLines({ A: "1", B: ["2", "3"] })).toEqual(["A: 1", "B: 2", "B: 3"]);
  });
});
