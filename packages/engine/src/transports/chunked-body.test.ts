import { createServer } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { chunkOf } from "../http/chunk.ts";
import { TestLines } from "../../testing/lines.ts";
import { ChunkedBody } from "./chunked-body.ts";
import type { ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const event = (text: string): string => `data: ${text}\n\n`;

describe("a chunk", () => {
  it.each(["x", "ä", "x".repeat(300), "😀 €"])("has its size in bytes before %s", (text) => {
    const bytes = Buffer.from(text);
    expect(chunkOf(text).toString()).toBe(`${bytes.length.toString(16)}\r\n${text}\r\n`);
  });
});

describe("a stream, past its answer", () => {
  const closers: (() => void)[] = [];
  afterEach(() => {
    for (const close of closers.splice(0)) close();
  });

  it("is read as what was sent, of any script, behind what the answer began with", async () => {
    const lines = await TestLines.start();
    const reading = fetch(`http://127.0.0.1:${lines.test.port}/stream`);
    const { connection } = await lines.next();
    const said = ["first", "ä", "😀 €", "x".repeat(70_000), "last"];
    for (const [at, text] of said.entries()) {
      connection.send(event(text));
      if (at % 2 === 0) await turn();
    }
    connection.close();
    const answer = await reading;
    expect(await answer.text()).toBe(said.map(event).join(""));
  });

  it("leaves no listener on a line that goes on to the next request", async () => {
    const lines = await TestLines.start();
    const stream = lines.stream();
    const { connection } = await lines.next();
    connection.send(event("one"));
    await stream.until("one");
    const { socket } = (connection.transport as unknown as { response: ServerResponse }).response;
    const during = socket!.listenerCount("drain");
    connection.send(event("two"));
    connection.close();
    await stream.until("0\r\n\r\n");
    await turn();
    expect(socket!.listenerCount("drain")).toBe(during - 1);
  });

  it("is not there where somebody sees to what is written", async () => {
    const found: boolean[] = [];
    const server = createServer((request, response) => {
      if (request.url === "/watched") {
        response.write = response.write.bind(response);
      }
      response.writeHead(200);
      response.write("begun");
      found.push(ChunkedBody.of(response) !== undefined);
      response.end();
    });
    closers.push(() => server.close());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    await (await fetch(`http://127.0.0.1:${port}/`)).text();
    await (await fetch(`http://127.0.0.1:${port}/watched`)).text();
    expect(found).toEqual([true, false]);
  });

  it("says the same to a client of HTTP/1.0, without chunks", async () => {
    const lines = await TestLines.start();
    const stream = lines.stream("", "1.0");
    const { connection } = await lines.next();
    connection.send(event("one"));
    await stream.until("one");
    connection.send(event("two"));
    connection.close();
    const received = await stream.ended;
    expect(received.slice(received.indexOf("\r\n\r\n") + 4)).toBe(event("one") + event("two"));
  });
});
