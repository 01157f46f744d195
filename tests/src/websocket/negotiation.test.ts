// RFC 7692, section 7.1, and RFC 6455, section 9.1: what may be offered, what may be answered, and what must not pass.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type * as Peer from "ws";
import { within } from "../support/wait.ts";
import { asClient } from "./peer/agreement.ts";
import { dial, RawServer } from "./peer/handshake.ts";
import { control, echoServer, subject } from "./subject.ts";
import type { EchoServer } from "./subject.ts";

const name = "permessage-deflate";

describe("a server that is offered", () => {
  let server: EchoServer;
  before(async () => {
    server = await echoServer({ perMessageDeflate: true });
  });
  after(() => server.close());

  /** The answer to an offer; `undefined` where it is declined. */
  async function answerTo(offer: string): Promise<string | undefined> {
    const { line, headers } = await dial(server.port, { offer });
    line.socket.destroy();
    return headers.get("sec-websocket-extensions");
  }

  const good = [
    name,
    `${name}; client_max_window_bits`,
    `${name}; client_max_window_bits=8`,
    `${name}; client_max_window_bits=15; server_max_window_bits=15`,
    `${name}; server_max_window_bits=10`,
    `${name}; server_max_window_bits="10"`,
    `${name}; server_no_context_takeover; client_no_context_takeover`,
    `  ${name} ;  client_max_window_bits  ,  ${name}`,
    `x-unknown; a=b, ${name}`,
  ];
  for (const offer of good) {
    it(`${offer}: answers within it`, async () => {
      const answer = await answerTo(offer);
      const ours = offer
        .split(",")
        .map((one) => one.trim())
        .filter((one) => one.startsWith(name));
      assert.ok(answer !== undefined, "declined");
      asClient(ours.join(","), answer);
    });
  }

  // Section 7.1: such an offer is declined, and the connection goes on without the extension.
  const bad = [
    "x-webkit-deflate-frame",
    `${name}; unknown_parameter`,
    `${name}; server_max_window_bits`,
    `${name}; server_max_window_bits=7`,
    `${name}; server_max_window_bits=16`,
    `${name}; server_max_window_bits=08`,
    `${name}; server_max_window_bits=1e1`,
    `${name}; server_max_window_bits=-9`,
    `${name}; client_max_window_bits=0`,
    `${name}; client_max_window_bits=x`,
    `${name}; server_no_context_takeover=1`,
    `${name}; client_no_context_takeover=true`,
    `${name}; client_no_context_takeover; client_no_context_takeover`,
    `${name}; client_max_window_bits; client_max_window_bits=9`,
    `${name}; constructor`,
    `${name}; __proto__=1`,
  ];
  for (const offer of bad) {
    it(`${offer}: declines`, { skip: control && "ws answers some of these with 400" }, async () => {
      assert.equal(await answerTo(offer), undefined);
    });
  }

  it("a wrong one and then a right one: takes the right one", async () => {
    assert.equal(await answerTo(`${name}; server_max_window_bits=99, ${name}`), name);
  });
});

describe("a client that is answered", () => {
  let server: RawServer;
  before(async () => {
    server = await RawServer.listen(false);
  });
  after(() => server.close());

  /** Whether the client takes the answer. */
  async function takes(answer: string, perMessageDeflate: boolean | object): Promise<boolean> {
    const path = `/${encodeURIComponent(answer)}/${JSON.stringify(perMessageDeflate).length}`;
    const accepted = server.accept(path, () => answer);
    const options = { perMessageDeflate } as Peer.ClientOptions;
    const client = new subject.WebSocket(`ws://127.0.0.1:${server.port}${path}`, options);
    const closed = new Promise((resolve) => client.once("close", resolve));
    const outcome = new Promise<boolean>((resolve) => {
      client.once("open", () => resolve(true));
      client.once("error", () => resolve(false));
    });
    const [{ line }, opened] = await Promise.all([accepted, within("an outcome", outcome)]);
    client.terminate();
    line.socket.destroy();
    await closed;
    return opened;
  }

  const good = [
    name,
    `${name}; server_no_context_takeover`,
    `${name}; client_no_context_takeover; server_no_context_takeover`,
    `${name}; server_max_window_bits=9`,
    `${name}; client_max_window_bits=9; server_max_window_bits=15`,
  ];
  for (const answer of good)
    it(`${answer}: opens`, async () => assert.equal(await takes(answer, true), true));

  // Section 7.1: "the client MUST fail the connection".
  const bad = [
    "x-webkit-deflate-frame",
    `${name}; unknown_parameter`,
    `${name}; server_max_window_bits`,
    `${name}; server_max_window_bits=7`,
    `${name}; server_max_window_bits=16`,
    `${name}; client_max_window_bits`,
    `${name}; client_max_window_bits=abc`,
    `${name}; server_no_context_takeover=1`,
    `${name}; client_no_context_takeover; client_no_context_takeover`,
    `${name}, ${name}`,
    `${name}, x-other`,
  ];
  for (const answer of bad)
    it(`${answer}: fails`, async () => assert.equal(await takes(answer, true), false));

  it("with more than it asked for: fails", async () => {
    const wish = { serverMaxWindowBits: 10 };
    assert.equal(await takes(`${name}; server_max_window_bits=9`, wish), true);
    assert.equal(await takes(`${name}; server_max_window_bits=11`, wish), false);
    assert.equal(await takes(name, { serverNoContextTakeover: true }), false);
  });

  it("without having offered anything: fails", async () => {
    assert.equal(await takes(name, false), false);
  });
});
