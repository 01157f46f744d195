// permessage-deflate (RFC 7692) as the Autobahn test suite judges it, and beyond: sections 12 and 13 with their parameters,
// kinds and sizes, against a peer that compresses with node:zlib by itself. Section 14 is ours.
import assert from "node:assert/strict";
import { once } from "node:events";
import { after, describe, it } from "node:test";
import { judge } from "./case.ts";
import type { Case } from "./case.ts";
import { badCompression } from "./cases/bad-compression.ts";
import { parameterSets, payloadKinds, sizes } from "./cases/compression.ts";
import type { ParameterSet } from "./cases/compression.ts";
import { compressionCase } from "./compression-case.ts";
import { Matrix } from "./matrix.ts";
import type { Side } from "./matrix.ts";
import { asClient, asServer } from "./peer/agreement.ts";
import { Compression } from "./peer/compression.ts";
import { dial, RawServer } from "./peer/handshake.ts";
import type { Line } from "./peer/line.ts";
import { echoClient, echoServer } from "./subject.ts";

/** Less than the bombs of section 14. */
const maxPayload = 32 * 1_048_576;

const long = Boolean(process.env["HAWSER_WEBSOCKET_LONG"]);
/** How the subject is set up. `shared` is Hawser's alone; ws takes it for an option that it does not know. */
const setUps = [
  { title: "", options: { threshold: 0 } },
  { title: ", shared", options: { threshold: 0, shared: true } },
];

const isTelling = ({ id }: ParameterSet): boolean => ["13.1", "13.5", "13.7"].includes(id);

const matrix = new Matrix();
after(() => console.log(`\n${matrix.toString()}\n`));

interface Open {
  readonly line: Line;
  readonly compression: Compression;
}

interface Bench {
  open(set: ParameterSet): Promise<Open>;
  close(): Promise<void>;
}

async function serverBench(perMessageDeflate: object): Promise<Bench> {
  const server = await echoServer({ perMessageDeflate, maxPayload });
  return {
    async open({ offer }) {
      const { line, headers } = await dial(server.port, { offer });
      const agreement = asClient(offer, headers.get("sec-websocket-extensions"));
      return { line, compression: new Compression(agreement) };
    },
    close: () => server.close(),
  };
}

async function clientBench(perMessageDeflate: object): Promise<Bench> {
  const server = await RawServer.listen(false);
  let paths = 0;
  return {
    async open({ answer }) {
      const path = `/case/${(paths += 1)}`;
      let chosen = answer;
      const accepted = server.accept(path, (offer) => {
        // What the client itself wants is part of any answer.
        if (/server_no_context_takeover/.test(offer) && !/server_no_context/.test(answer))
          chosen = `${answer}; server_no_context_takeover`;
        return chosen;
      });
      const client = echoClient(server.port, path, { perMessageDeflate, maxPayload });
      const { line } = await accepted;
      if (client.readyState === client.CONNECTING) await once(client, "open");
      return { line, compression: new Compression(asServer(chosen)) };
    },
    async close() {
      server.close();
    },
  };
}

/** Runs one case; what is wrong with it, in a line. */
async function run(
  bench: Bench,
  set: ParameterSet,
  make: (compression: Compression) => Case,
  note: { section: string; side: Side },
): Promise<string[]> {
  const { line, compression } = await bench.open(set);
  line.compression = compression;
  const test = make(compression);
  const verdict = await judge(line, test);
  // What does not become smaller may go as it is, but a text of that length does.
  const shrinks = test.pongsAnywhere === true && test.strict[0]?.kind === "text";
  const longEnough = (test.strict[0]?.payload.length ?? 0) >= 256;
  if (shrinks && longEnough && !line.frames.some(({ rsv }) => rsv === 4))
    return [`${test.id} ${test.title}: nothing that came back was compressed`];
  matrix.note(note.section, note.side, verdict);
  return verdict.grade === "OK"
    ? []
    : [`${test.id} ${test.title}: ${verdict.grade} ${verdict.why}`];
}

for (const side of ["server", "client"] as const) {
  for (const { title, options } of setUps) {
    describe(`permessage-deflate, ${side}${title}`, () => {
      // What is shared makes no difference to most parameters.
      const sets = title === "" || long ? parameterSets : parameterSets.filter(isTelling);
      for (const set of sets) {
        // All kinds with the first set, as in Autobahn's section 12; the others take them in turn.
        const all = (set.id === "13.1" && title === "") || long;
        const section = set.id === "13.1" ? "12 and 13.1 permessage-deflate" : set.id;
        it(`${set.id} ${set.title}`, async () => {
          const bench = await (side === "server" ? serverBench : clientBench)(options);
          const wrong: string[] = [];
          for (const size of sizes.keys()) {
            const kinds = all ? payloadKinds : [payloadKinds[size % payloadKinds.length]];
            for (const kind of kinds) {
              if (kind === undefined) continue;
              const id = `${all ? kind.id : set.id}.${size + 1}`;
              const made = (peer: Compression): Case => compressionCase(id, size, kind, peer);
              wrong.push(...(await run(bench, set, made, { section, side })));
            }
          }
          await bench.close();
          assert.equal(wrong.join("\n"), "");
        });
      }

      it(`14 beyond Autobahn: ${badCompression.length} cases`, async () => {
        const bench = await (side === "server" ? serverBench : clientBench)(options);
        const wrong: string[] = [];
        const set = parameterSets[0] as ParameterSet;
        for (const test of badCompression)
          wrong.push(
            ...(await run(bench, set, () => test, { section: "14 beyond Autobahn", side })),
          );
        await bench.close();
        assert.equal(wrong.join("\n"), "");
      });
    });
  }
}
