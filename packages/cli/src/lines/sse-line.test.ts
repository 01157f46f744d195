import { createServer } from "node:http";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CliError } from "../errors.ts";
import { SseLine } from "./sse-line.ts";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { LineHandler, LineOptions, Loss } from "./line.ts";

let http: Server;
let url: URL;
let onRequest: (request: IncomingMessage, response: ServerResponse) => void;
let line: SseLine | undefined;

beforeEach(async () => {
  http = createServer((request, response) => onRequest(request, response));
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  url = new URL(`http://127.0.0.1:${(http.address() as AddressInfo).port}/hawser/sse`);
});

afterEach(async () => {
  await line?.close();
  http.closeAllConnections();
  http.close();
});

function makeLine(handler: Partial<LineHandler>, more: Partial<LineOptions> = {}): SseLine {
  const nothing = (): void => undefined;
  const options: LineOptions = {
    url,
    namespace: "/",
    auth: undefined,
    token: undefined,
    headers: {},
    rooms: [],
    session: false,
    insecure: false,
    transports: undefined,
    protocols: [],
    agent: undefined,
    onPolled: undefined,
    ...more,
  };
  const all = { onOpen: nothing, onEvent: nothing, onNotice: nothing, onLoss: nothing, ...handler };
  line = new SseLine(options, all);
  return line;
}

describe("a line of Server-Sent Events", () => {
  it("asks with its rooms and its token, hears, and goes on behind the last position", async () => {
    const requests: { url: string; token: unknown; last: unknown }[] = [];
    onRequest = (request, response) => {
      const { authorization, "last-event-id": last } = request.headers;
      requests.push({ url: request.url!, token: authorization, last });
      response.writeHead(200, { "Content-Type": "text/event-stream" });
      response.write('retry: 10\ndata: {"connected":{"id":"s1"}}\n\n');
      response.end('id: e.7\ndata: {"event":"pic","data":[{"$base64":"AAE="}]}\n\nid: e.9\n\n');
    };
    const opened: unknown[] = [];
    const heard: unknown[] = [];
    let losses = 0;
    const lost = new Promise<Loss>((resolve) => {
      const made = makeLine(
        {
          onOpen: (about) => opened.push(about),
          onEvent: (...args) => heard.push(args),
          onLoss(loss) {
            losses += 1;
            if (losses === 1) made.open();
            else resolve(loss);
          },
        },
        { rooms: ["a", "b"], token: "t", namespace: "/shop" },
      );
      made.open();
    });
    expect(await lost).toEqual({
      reason: "the server has ended the stream",
      refused: false,
      retry: 10,
    });
    expect(opened[0]).toEqual({ id: "s1", over: "sse" });
    expect(heard[0]).toEqual(["pic", [Buffer.from([0, 1])], { position: "e.7" }]);
    const path = "/hawser/sse?room=a&room=b&namespace=%2Fshop";
    expect(requests).toEqual([
      { url: path, token: "Bearer t", last: undefined },
      { url: path, token: "Bearer t", last: "e.9" },
    ]);
  });

  it("is refused with what the server says", async () => {
    onRequest = (_request, response) => response.writeHead(403).end('{"code":"REFUSED"}');
    const loss = await new Promise<Loss>((resolve) => makeLine({ onLoss: resolve }).open());
    expect(loss).toMatchObject({ reason: 'HTTP 403 {"code":"REFUSED"}', refused: true });
  });

  it("only hears", () => {
    expect(() => makeLine({}).emit()).toThrow(CliError);
  });
});
