import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ClientSocket } from "./client-host.ts";
import { ClientSockets } from "./client-sockets.ts";

const names = ["/", "/a", "/b"];
const steps = fc.array(
  fc.record({
    act: fc.constantFrom("set", "delete", "clear"),
    name: fc.constantFrom(...names),
    socket: fc.nat(5),
  }),
);

describe("ClientSockets", () => {
  it("is a map, whatever is done to it", () => {
    fc.assert(
      fc.property(steps, (list) => {
        const sockets = new ClientSockets();
        const map = new Map<string, unknown>();
        for (const { act, name, socket } of list) {
          if (act === "set") {
            sockets.set(name, socket as unknown as ClientSocket);
            map.set(name, socket);
          } else if (act === "delete") {
            sockets.delete(name);
            map.delete(name);
          } else {
            sockets.clear();
            map.clear();
          }
          expect(names.map((each) => sockets.get(each))).toEqual(
            names.map((each) => map.get(each)),
          );
          expect(names.map((each) => sockets.has(each))).toEqual(
            names.map((each) => map.has(each)),
          );
          expect(sockets.size).toBe(map.size);
          expect(new Set<unknown>(sockets.values())).toEqual(new Set(map.values()));
        }
      }),
    );
  });
});
