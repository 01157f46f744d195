// What npm's server refuses since its parser allows ten attachments, and Hawser carries.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { transportModes } from "../support/pairing.ts";
import { next } from "../support/wait.ts";
import { World } from "../support/world.ts";

describe("attachments", () => {
  for (const mode of transportModes) {
    it(`a hundred in one event, both ways, ${mode}`, async (t) => {
      const world = await World.open({ server: "hawser", client: "hawser", mode });
      t.after(() => world.close());
      const { client, server } = await world.pair();
      const list = Array.from({ length: 100 }, (_, index) => Buffer.alloc(index, index));
      const up = next(server, "bin");
      client.emit("bin", list);
      assert.deepEqual(await up, [list]);
      const down = next(client, "bin");
      server.emit("bin", list);
      assert.deepEqual(await down, [list]);
    });
  }
});
