import { createServer } from "node:http";
import { describe, expect, it } from "vitest";
import { TimingWheel } from "@hawser/websocket/internal";
import { listenLocally } from "../../testing/engine.ts";
import { RawLine, send, sendOpen } from "../../testing/raw-http.ts";
import { VirtualClock } from "../../testing/virtual-clock.ts";
import { BodyReader } from "./body.ts";

const limits = { messageBytesMax: 10, requestBodyTimeoutMs: 1_000 };

/** A server that reads each body; `results` gives what became of them, one after the other. */
async function setUp() {
  const clock = new VirtualClock();
  const wheel = new TimingWheel(clock, 50);
  const waiting: ((result: string) => void)[] = [];
  const results: string[] = [];
  const note = (result: string): void => {
    results.push(result);
    waiting.shift()?.(result);
  };
  let began: () => void = () => {};
  const begun = new Promise<void>((resolve) => (began = resolve));
  const server = createServer((request, response) => {
    const reader = new BodyReader(request, limits, wheel, {
      onBody: (body) => {
        note(`body ${body.toString()}`);
        response.end("ok");
      },
      onBodyRefused: (error) => {
        note(error.code);
        response.end("no");
      },
    });
    reader.start();
    began();
  });
  const port = await listenLocally(server);
  const next = (): Promise<string> => new Promise((resolve) => waiting.push(resolve));
  return { port, clock, wheel, next, begun, results };
}

describe("BodyReader", () => {
  it("reads a body, in one piece or many", async () => {
    const { port, next, wheel } = await setUp();
    let result = next();
    await send(port, "/", { method: "POST", body: "0123456789" });
    expect(await result).toBe("body 0123456789");
    result = next();
    const line = new RawLine(port);
    const bytes = Buffer.from("aé€😀");
    line.write(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${bytes.length}\r\n\r\n`);
    for (const byte of bytes) line.write(Buffer.of(byte));
    expect(await result).toBe("body aé€😀");
    line.socket.destroy();
    expect(wheel.size).toBe(0);
  });

  it("CVE-2020-36048: refuses a length that is too large before a byte of it is read", async () => {
    const { port, next } = await setUp();
    const result = next();
    const line = new RawLine(port);
    line.write("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\n");
    expect(await result).toBe("BODY_TOO_LARGE");
    line.socket.destroy();
  });

  it("CVE-2020-36048: refuses a body of unknown length as soon as it is too large", async () => {
    const { port, next } = await setUp();
    const result = next();
    const line = new RawLine(port);
    line.write("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    line.write("a\r\n0123456789\r\n1\r\n0\r\n");
    expect(await result).toBe("BODY_TOO_LARGE");
    line.socket.destroy();
  });

  it("refuses a body that does not end in time", async () => {
    const { port, next, clock, begun } = await setUp();
    const result = next();
    const { request } = sendOpen(port, "/", "POST");
    request.write("abc");
    await begun;
    clock.advance(1_200);
    expect(await result).toBe("POST_TIMEOUT");
    request.destroy();
  });

  it("notices that the client has gone", async () => {
    const { port, next, begun, wheel } = await setUp();
    const result = next();
    const { request } = sendOpen(port, "/", "POST");
    request.write("abc");
    await begun;
    request.destroy();
    expect(await result).toBe("POST_ABORTED");
    expect(wheel.size).toBe(0);
  });
});
