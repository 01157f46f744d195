// The generator for polling must see what goes wrong, as the compiled one does.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { test } from "node:test";
import { PollingSession } from "../polling/session.mjs";

const separator = "\x1e";

/** A Socket.IO server with one session that echoes; `tamper` changes the packets of an answer. */
async function fakeServer(tamper) {
  let queued = ['0{"sid":"s"}'];
  let polling;
  const answer = () => {
    if (polling === undefined || queued.length === 0) return;
    const body = queued.join(separator);
    polling.setHeader("Content-Length", body.length).end(body);
    [polling, queued] = [undefined, []];
  };
  const server = createServer(async (request, response) => {
    if (request.method === "GET") {
      polling = response;
      return answer();
    }
    let body = "";
    for await (const chunk of request) body += chunk;
    response.setHeader("Content-Length", 2).end("ok");
    queued.push(...(body === "40" ? ['40{"sid":"n"}'] : tamper(body.split(separator))));
    answer();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

async function pairs(count, tamper) {
  const server = await fakeServer(tamper);
  const { port } = server.address();
  const session = new PollingSession({ port, number: 3, events: 10, bytes: 32 });
  try {
    await session.open();
    for (let i = 0; i < count; i++) await session.pair();
  } finally {
    session.end();
    server.close();
  }
}

test("honest echoes, with a heartbeat between them", async () => {
  await pairs(5, (packets) => [...packets.slice(0, 4), "2", ...packets.slice(4)]);
});

test("what is changed, repeated or reordered is an error", async () => {
  const wrong = {
    changed: (packets) => packets.with(7, packets[7].replace("abc", "abd")),
    repeated: (packets) => [packets[0], ...packets],
    reordered: (packets) => packets.toReversed(),
  };
  for (const [what, tamper] of Object.entries(wrong)) {
    await assert.rejects(pairs(1, tamper), /lost, repeated or wrong/, what);
  }
});

test("a server that refuses is an error that says what it said", async () => {
  const server = createServer((_, response) => {
    response.statusCode = 400;
    response.end('{"code":1}');
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const session = new PollingSession({
    port: server.address().port,
    number: 0,
    events: 1,
    bytes: 32,
  });
  await assert.rejects(session.open(), /400[^]*"code":1/);
  session.end();
  server.close();
});
