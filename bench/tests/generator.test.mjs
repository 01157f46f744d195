// The generator must see what goes wrong: a benchmark that counts wrong answers measures nothing.
import assert from "node:assert/strict";
import { test } from "node:test";
import { generate } from "../lib/generator.mjs";
import { tamperingServer } from "./tampering-server.mjs";

const echo = {
  scenario: "echo",
  message: "text",
  connections: 3,
  inflight: 4,
  bytes: 32,
  count: 50,
};
const frameBytes = 2 + echo.bytes;

async function run(load, tamper) {
  const server = await tamperingServer(tamper);
  try {
    const { port } = server.address();
    return await generate({ port, pid: process.pid }, { window: 5000, ...load });
  } finally {
    server.close();
  }
}

/** Does the wrong thing once, to the first chunk that has at least `frames` frames. */
function once(frames, change) {
  let done = false;
  return (replies) => {
    if (done || replies.length < frames * frameBytes) return replies;
    done = true;
    return change(replies);
  };
}

test("an honest echo: every message is counted and checked", async () => {
  const result = await run(echo, (replies) => replies);
  assert.equal(result.completed, echo.connections * echo.count);
  assert.equal(result.checked, result.completed);
  assert.ok(result.latencyUs.p50 > 0 && result.latencyUs.p99 >= result.latencyUs.p50);
  assert.ok(result.server.cpu > 0);
});

test("binary, in every size of length field", async () => {
  for (const bytes of [16, 125, 126, 65_535, 65_536, 200_000]) {
    const load = { ...echo, message: "binary", bytes, count: 5 };
    const result = await run(load, (replies) => replies);
    assert.equal(result.checked, echo.connections * 5, `${bytes} bytes`);
  }
});

test("replies in pieces of one byte", async () => {
  const load = { ...echo, connections: 1, count: 8 };
  const result = await run(load, (replies, socket) => {
    for (const byte of replies) socket.write(Buffer.of(byte));
    return Buffer.alloc(0);
  });
  assert.equal(result.checked, 8);
});

test("a lost message", async () => {
  const tamper = once(1, (replies) => replies.subarray(frameBytes));
  await assert.rejects(run(echo, tamper), /connection \d, message \d+: lost, repeated or wrong/);
});

test("the last message lost", async () => {
  const load = { ...echo, connections: 1, inflight: 1, count: 1, window: 100, drain: 200 };
  const tamper = () => Buffer.alloc(0);
  await assert.rejects(run(load, tamper), /lost: 1 messages never came/);
});

test("a repeated message", async () => {
  const tamper = once(1, (replies) => Buffer.concat([replies.subarray(0, frameBytes), replies]));
  await assert.rejects(run(echo, tamper), /lost, repeated or wrong/);
});

test("the last message repeated", async () => {
  const load = { ...echo, connections: 1, inflight: 1, count: 1 };
  const tamper = (replies) => Buffer.concat([replies, replies]);
  await assert.rejects(run(load, tamper), /a message beyond the 1 that were sent/);
});

test("two messages in the wrong order", async () => {
  const tamper = once(2, (replies) =>
    Buffer.concat([
      replies.subarray(frameBytes, 2 * frameBytes),
      replies.subarray(0, frameBytes),
      replies.subarray(2 * frameBytes),
    ]),
  );
  await assert.rejects(run(echo, tamper), /lost, repeated or wrong/);
});

test("one bit wrong, anywhere", async () => {
  for (const at of [2, 9, 17, frameBytes - 1]) {
    const tamper = once(1, (replies) => {
      replies[at] ^= 1;
      return replies;
    });
    await assert.rejects(run(echo, tamper), /lost, repeated or wrong/, `byte ${at}`);
  }
});

test("text answered as binary", async () => {
  const tamper = once(1, (replies) => {
    replies[0] = 0x82;
    return replies;
  });
  await assert.rejects(run(echo, tamper), /expected text of 32 bytes[^]*got {6}binary/);
});

test("a server that ends a connection", async () => {
  const tamper = (replies, socket) => {
    socket.destroy();
    return Buffer.alloc(0);
  };
  await assert.rejects(run(echo, tamper), /the server ended connection \d|send: /);
});

test("a server that closes with a code", async () => {
  const tamper = once(1, () => Buffer.of(0x88, 2, 1011 >> 8, 1011 & 255));
  await assert.rejects(run(echo, tamper), /closed connection \d with code 1011/);
});

test("a handshake that never ends is bounded in time", async () => {
  const load = { ...echo, dialect: "socketio" };
  // The tampering server speaks raw WebSocket: the open packet of Engine.IO never comes.
  const tamper = () => Buffer.alloc(0);
  const impatient = { ...load, deadline: 1 };
  await assert.rejects(run(impatient, tamper), /it took too long/);
});

/** Frames of a server that says `connected`, then what it hears. */
function plainServer(ask, answer) {
  const [connect, connected] = [Buffer.from(ask, "latin1"), Buffer.from(answer, "latin1")];
  return (changed = (replies) => replies) =>
    (replies) => {
      const at = replies.indexOf(connect);
      if (at < 0) return changed(replies);
      const frame = Buffer.concat([Buffer.of(replies[at - 2], connected.length), connected]);
      return Buffer.concat([
        replies.subarray(0, at - 2),
        frame,
        replies.subarray(at + connect.length),
      ]);
    };
}

const json = plainServer('{"connect":{}}', '{"connected":{"id":"x"}}');
// The same as MessagePack.
const packed = plainServer("\x81\xa7connect\x80", "\x81\xa9connected\x80");
const plainServers = Object.entries({ plain: json, msgpack: packed });

test("the plain dialects: connect, then events in either form, of every size of length field", async () => {
  for (const [dialect, server] of plainServers) {
    for (const message of ["text", "binary"]) {
      for (const bytes of [16, 32, 255, 256, 70_000]) {
        const load = { ...echo, dialect, message, bytes, count: 10 };
        const result = await run(load, server());
        assert.equal(result.checked, echo.connections * 10, `${dialect}, ${message}, ${bytes} B`);
      }
    }
  }
});

test("the plain dialects: what is asked is not its answer", async () => {
  for (const [dialect, server] of plainServers) {
    const load = { ...echo, dialect, message: "ack" };
    await assert.rejects(run(load, server()), /lost, repeated or wrong/);
  }
});

test("the plain dialect: an acknowledgement", async () => {
  const answer = (text) => text.replace(/"event":"a","data":(.*),"id":(\d+)/, '"ack":$2,"data":$1');
  const load = {
    ...echo,
    dialect: "plain",
    message: "ack",
    connections: 1,
    inflight: 1,
    count: 20,
  };
  const answered = (replies) => {
    const body = Buffer.from(answer(replies.subarray(2).toString()));
    return Buffer.concat([Buffer.of(0x81, body.length), body]);
  };
  const result = await run(load, json(answered));
  assert.equal(result.checked, 20);
});

test("acknowledgements are refused on raw WebSocket", async () => {
  await assert.rejects(
    run({ ...echo, message: "ack" }, (replies) => replies),
    /no acknowledgements/,
  );
});
