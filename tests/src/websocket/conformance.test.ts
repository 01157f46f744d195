// RFC 6455 as the Autobahn test suite judges it, at its strict verdicts, with peers of our own that look at every byte: a
// raw client against the server, a raw server against the client, with and without TLS. Prints a matrix at the end.
import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import type { Case } from "./case.ts";
import { closes } from "./cases/closes.ts";
import { fragmentation } from "./cases/fragmentation.ts";
import { framing } from "./cases/framing.ts";
import { autoFragmentation, limits } from "./cases/limits.ts";
import { pings } from "./cases/pings.ts";
import { opcodes, reservedBits } from "./cases/reserved.ts";
import { utf8 } from "./cases/utf8.ts";
import { Matrix } from "./matrix.ts";
import type { Side } from "./matrix.ts";
import { runSection } from "./run-cases.ts";

const long = Boolean(process.env["HAWSER_WEBSOCKET_LONG"]);

const small: [section: string, cases: Case[]][] = [
  ["1 framing", framing],
  ["2 pings and pongs", pings],
  ["3 reserved bits", reservedBits],
  ["4 opcodes", opcodes],
  ["5 fragmentation", fragmentation],
  ["6 UTF-8", utf8],
  ["7 close", closes],
  ["10 auto-fragmentation", autoFragmentation],
];
const sides: Side[] = ["server", "server, TLS", "client", "client, TLS"];

const matrix = new Matrix();
after(() => console.log(`\n${matrix.toString()}\n`));

for (const side of sides) {
  describe(side, () => {
    for (const [section, cases] of small) {
      it(`${section}: ${cases.length} cases`, async () => {
        const wrong = await runSection(matrix, section, side, cases, 16);
        assert.equal(wrong.join("\n"), "");
      });
    }
    // Large messages say nothing more over TLS, and take their time.
    const heavy =
      side.endsWith("TLS") && !long ? limits.filter(({ id }) => id.endsWith(".1")) : limits;
    it(`9 limits: ${heavy.length} cases`, async () => {
      const wrong = await runSection(matrix, "9 limits", side, heavy, 2);
      assert.equal(wrong.join("\n"), "");
    });
  });
}
