import { once } from "node:events";
import { createServer } from "node:http";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { guardListener, isFromThisMachine } from "./loopback.ts";
import type { IncomingMessage, Server } from "node:http";

describe("guardListener", () => {
  let server: Server;
  beforeEach(() => {
    server = createServer();
  });
  afterEach(() => {
    server.close();
  });

  const open = expect.objectContaining({ code: "PUBLISH_OPEN" });

  it.each([
    ["a port alone", [0]],
    ["a port as text", ["0"]],
    ["a port and a function", [0, () => {}]],
    ["every address", [0, "0.0.0.0"]],
    ["every address of IPv6", [0, "::"]],
    ["an address of the network", [0, "192.0.2.1"]],
    ["options without a host", [{ port: 0 }]],
    ["options with a host", [{ port: 0, host: "0.0.0.0" }]],
    ["nothing", []],
  ])("does not let it listen on %s", (_what, args) => {
    guardListener(server);
    expect(() => server.listen(...(args as [number]))).toThrow(open);
    expect(server.listening).toBe(false);
  });

  it.each([
    ["127.0.0.1", [0, "127.0.0.1"]],
    ["127.1.2.3", [0, "127.1.2.3"]],
    ["localhost", [0, "localhost"]],
    ["options", [{ port: 0, host: "127.0.0.1" }]],
    ["a local socket", [`/tmp/hawser-test-${process.pid}.sock`]],
  ])("lets it listen on %s", async (_what, args) => {
    guardListener(server);
    server.listen(...(args as [number]));
    await once(server, "listening");
  });

  it("refuses a server that listens there already", async () => {
    server.listen(0, "0.0.0.0");
    await once(server, "listening");
    expect(() => guardListener(server)).toThrow(open);
  });

  it("takes one that listens on this machine already", async () => {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    guardListener(server);
  });

  it("closes a server whose address is known only afterwards", async () => {
    const other = createServer().listen(0, "0.0.0.0");
    await once(other, "listening");
    guardListener(server);
    server.listen(other);
    const [error] = await once(server, "error");
    expect(error).toMatchObject({ code: "PUBLISH_OPEN" });
    expect(server.listening).toBe(false);
    other.close();
  });
});

describe("isFromThisMachine", () => {
  const request = (headers: Record<string, string>, remote: string | undefined = "127.0.0.1") =>
    ({
      headers: { host: "localhost:3000", ...headers },
      socket: { remoteAddress: remote, localAddress: remote },
    }) as unknown as IncomingMessage;

  it.each([{}, { host: "127.0.0.1" }, { host: "[::1]:3000" }])("%j: yes", (headers) => {
    expect(isFromThisMachine(request(headers))).toBe(true);
  });

  it.each([
    { host: "example.com" },
    { host: "localhost.example.com" },
    { host: "" },
    { origin: "http://localhost:3000" },
    { origin: "null" },
    { "x-forwarded-for": "127.0.0.1" },
    { forwarded: "for=127.0.0.1" },
    { "sec-fetch-site": "same-origin" },
  ])("%j: no", (headers) => {
    expect(isFromThisMachine(request(headers))).toBe(false);
  });

  it("looks at the addresses", () => {
    expect(isFromThisMachine(request({}, "192.0.2.1"))).toBe(false);
    expect(isFromThisMachine(request({}, "::ffff:127.0.0.1"))).toBe(true);
    expect(isFromThisMachine(request({}, "::1"))).toBe(true);
  });
});
