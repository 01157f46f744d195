// The specification's vectors, played against a live server; its table of closes against what servers say.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { plainCloses } from "@hawser/protocol";
import { testsRoot } from "../support/fixtures.ts";
import { PlainWorld } from "./plain-world.ts";
import type { Plain, PlainClient } from "../support/plain-client.ts";

interface Hex {
  $hex: string;
}

interface Said {
  fields: Plain;
  json?: string;
  frames?: string[];
  msgpack?: string;
}

interface Wrong {
  json?: string;
  msgpack?: string;
  /** A binary frame. */
  frame?: Hex | string;
  before?: (string | Hex)[];
  inline?: boolean;
  error: { code: string; at?: string | number; id?: number; namespace?: string };
}

interface Vectors {
  requests: Said[];
  errors: Wrong[];
  closes: Record<string, unknown>;
}

const docs = join(testsRoot, "../docs/protocol");
const vectors = JSON.parse(readFileSync(join(docs, "plain-vectors.json"), "utf8")) as Vectors;

/** Errors that say that the message was understood. */
const grammar = new Set(vectors.errors.map(({ error }) => error.code));

function short(wrong: Plain | Wrong | Said): string {
  return JSON.stringify(wrong).slice(0, 160);
}

function sendAll(client: PlainClient, parts: readonly (string | Hex)[]): void {
  for (const part of parts) {
    client.ws.send(typeof part === "string" ? part : Buffer.from(part.$hex, "hex"));
  }
}

describe("the vectors of the plain dialect, against a live server", () => {
  let world: PlainWorld;
  before(async () => {
    world = await PlainWorld.open({}, (io) => io.of(/.*/).on("connection", () => undefined));
  });
  after(() => world.close());

  it("there are some", () => {
    assert.ok(vectors.requests.length > 20 && vectors.errors.length > 30);
  });

  it("each mistake is told with its code, its place, and what it was about", async () => {
    for (const wrong of vectors.errors) {
      const { json, msgpack, frame, before: first = [], inline = false, error } = wrong;
      const connect = inline ? { binary: "base64" } : {};
      const form = msgpack === undefined ? "json" : "msgpack";
      const client = await world.plain(connect, { form });
      sendAll(client, first);
      if (json !== undefined) client.ws.send(json);
      else if (frame !== undefined)
        sendAll(client, [typeof frame === "string" ? { $hex: frame } : frame]);
      else if (msgpack !== undefined) client.ws.send(Buffer.from(msgpack, "hex"));
      const { message: _, ...told } = await client.error();
      assert.deepEqual(told, error, short(wrong));
      client.ws.terminate();
    }
  });

  it("nothing that a client may say is taken for a mistake", async () => {
    for (const said of vectors.requests) {
      for (const form of ["json", "msgpack"] as const) {
        if (said[form] === undefined) continue;
        const client = await world.line({ form });
        const bytes = form === "msgpack" ? [{ $hex: said.msgpack! }] : [said.json!];
        sendAll(client, bytes);
        if (form === "json")
          sendAll(
            client,
            (said.frames ?? []).map(($hex) => ({ $hex })),
          );
        await client.settled();
        const mistakes = client.errors.filter(({ code }) => grammar.has(code as string));
        assert.deepEqual(mistakes, [], short(said));
        client.ws.terminate();
      }
    }
  });

  it("the page's table of closes is the servers' own", () => {
    const page = readFileSync(join(docs, "plain.md"), "utf8");
    const rows = [...page.matchAll(/^\| (\d{4}) \| `(\w+)` \| (no|(\d+) ms) \|/gm)];
    const told = rows.map(([, code, name, , ms]) => [
      name,
      { code: Number(code), retry: ms === undefined ? false : Number(ms) },
    ]);
    const own = Object.entries(plainCloses).map(([name, { code, retry }]) => [
      name,
      { code, retry },
    ]);
    assert.deepEqual(told, own);
    assert.equal(Object.keys(vectors.closes).length, own.length);
  });
});
