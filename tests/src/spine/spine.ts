// The spine: what every pairing of a Socket.IO server and client must do, over every transport.
// The same cases run with npm's peers on one side, on the other, and on both, which is the control.
import { describe } from "node:test";
import type { TestContext } from "node:test";
import { transportModes } from "../support/pairing.ts";
import type { Maker, TransportMode } from "../support/pairing.ts";
import { World } from "../support/world.ts";
import type { WorldOptions } from "../support/world.ts";
import { acknowledgements } from "./acknowledgements.ts";
import { binary } from "./binary.ts";
import { closing } from "./closing.ts";
import { connecting } from "./connecting.ts";
import { events } from "./events.ts";
import { namespaces } from "./namespaces.ts";
import { reconnecting } from "./reconnecting.ts";
import { refusing } from "./refusing.ts";
import { rooms } from "./rooms.ts";
import { volatileEvents } from "./volatile.ts";

export interface Spine {
  readonly mode: TransportMode;
  /** Opens a world of this pairing; it is closed when the test ends. */
  readonly open: (
    test: TestContext,
    options?: Pick<WorldOptions, "options" | "setup" | "port">,
  ) => Promise<World>;
}

export function spine(server: Maker, client: Maker): void {
  for (const mode of transportModes) {
    const it: Spine = {
      mode,
      open: async (test, options = {}) => {
        const world = await World.open({ server, client, mode, ...options });
        test.after(() => world.close());
        return world;
      },
    };
    describe(`${client} client → ${server} server, ${mode}`, () => {
      connecting(it);
      events(it);
      binary(it);
      acknowledgements(it);
      namespaces(it);
      rooms(it);
      volatileEvents(it);
      refusing(it);
      reconnecting(it);
      closing(it);
    });
  }
}
