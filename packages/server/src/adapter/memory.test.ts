import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Adapter } from "./memory.ts";

/** The rooms as the documentation describes them: two maps, and an event for each change. */
class Model {
  readonly rooms = new Map<string, Set<string>>();
  readonly sids = new Map<string, Set<string>>();
  readonly events: string[] = [];

  addAll(id: string, rooms: Iterable<string>): void {
    const mine = this.sids.get(id) ?? new Set();
    this.sids.set(id, mine);
    for (const room of rooms) {
      if (mine.has(room)) continue;
      mine.add(room);
      if (!this.rooms.has(room)) {
        this.rooms.set(room, new Set());
        this.events.push(`create-room ${room}`);
      }
      this.rooms.get(room)!.add(id);
      this.events.push(`join-room ${room},${id}`);
    }
  }

  del(id: string, room: string): void {
    if (this.sids.get(id)?.delete(room) !== true) return;
    this.rooms.get(room)!.delete(id);
    this.events.push(`leave-room ${room},${id}`);
    if (this.rooms.get(room)!.size > 0) return;
    this.rooms.delete(room);
    this.events.push(`delete-room ${room}`);
  }

  delAll(id: string): void {
    for (const room of this.sids.get(id) ?? []) this.del(id, room);
    this.sids.delete(id);
  }
}

const inWords = (map: Map<string, Set<string>>): string[] =>
  [...map].map(([name, set]) => `${name}: ${[...set].join()}`).toSorted();

// A socket's id is the name of a room, too, which others may join.
const ids = fc.constantFrom("a", "b", "c");
const rooms = fc.constantFrom("a", "b", "c", "room", "other", "d", "e", "f");
const steps = fc.array(
  fc.oneof(
    fc.record({ act: fc.constant("add" as const), id: ids, rooms: fc.uniqueArray(rooms) }),
    fc.record({ act: fc.constant("own" as const), id: ids }),
    { weight: 2, arbitrary: fc.record({ act: fc.constant("del" as const), id: ids, room: rooms }) },
    fc.record({ act: fc.constant("delAll" as const), id: ids }),
    fc.record({ act: fc.constant("crowd" as const), room: rooms }),
    fc.record({ act: fc.constant("look" as const), id: ids, room: rooms }),
  ),
  { maxLength: 60 },
);
type Step = typeof steps extends fc.Arbitrary<(infer One)[]> ? One : never;

/** So many that a list is not worth it. */
const crowd = Array.from({ length: 150 }, (_, at) => `crowd ${at}`);

/** The same done to both. */
function take(step: Exclude<Step, { act: "look" }>, adapter: Adapter, model: Model): void {
  if (step.act === "delAll") {
    adapter.delAll(step.id);
    model.delAll(step.id);
  } else if (step.act === "del") {
    void adapter.del(step.id, step.room);
    model.del(step.id, step.room);
  } else if (step.act === "crowd") {
    for (const id of crowd) {
      void adapter.addAll(id, new Set([step.room]));
      model.addAll(id, [step.room]);
    }
  } else {
    const wanted = step.act === "own" ? [step.id] : step.rooms;
    void adapter.addAll(step.id, new Set(wanted));
    model.addAll(step.id, wanted);
  }
}

/** Steps, and what both have told meanwhile. */
function run(
  list: readonly Step[],
  look: (adapter: Adapter, model: Model, step: Step) => void,
): void {
  const adapter = new Adapter({} as never);
  const model = new Model();
  const events: string[] = [];
  for (const event of ["create-room", "join-room", "leave-room", "delete-room"]) {
    adapter.on(event, (...what: string[]) => events.push(`${event} ${what.join()}`));
  }
  for (const step of list) {
    if (step.act !== "look") take(step, adapter, model);
    look(adapter, model, step);
    expect(events).toEqual(model.events);
  }
  expect(inWords(adapter.rooms)).toEqual(inWords(model.rooms));
  expect(inWords(adapter.sids)).toEqual(inWords(model.sids));
}

describe("Adapter", () => {
  it("keeps two maps of sets, whatever is joined and left", () => {
    fc.assert(
      fc.property(steps, (list) => {
        run(list, (adapter, model) => {
          expect(inWords(adapter.rooms)).toEqual(inWords(model.rooms));
          expect(inWords(adapter.sids)).toEqual(inWords(model.sids));
        });
      }),
      { numRuns: 30 },
    );
  });

  it("keeps them also when nobody looks, or only at some of them", () => {
    fc.assert(
      fc.property(steps, (list) => {
        const seen = new Map<string, Set<string>>();
        run(list, (adapter, model, step) => {
          // Whoever has looked has the same set as long as the room, or the socket, is there.
          for (const key of seen.keys()) {
            const [map, name] = key.split(" ") as ["rooms" | "sids", string];
            if (!model[map].has(name) || (step.act === "delAll" && key === `sids ${step.id}`)) {
              seen.delete(key);
            }
          }
          expect([...adapter.rooms.keys()]).toEqual([...model.rooms.keys()]);
          if (step.act !== "look") return;
          const looks = [
            [`rooms ${step.room}`, adapter.rooms.get(step.room), model.rooms.get(step.room)],
            [`sids ${step.id}`, adapter.socketRooms(step.id), model.sids.get(step.id)],
          ] as const;
          for (const [name, set, wanted] of looks) {
            expect(set && [...set]).toEqual(wanted && [...wanted]);
            if (seen.has(name)) expect(set).toBe(seen.get(name));
            if (set !== undefined) seen.set(name, set);
          }
        });
      }),
    );
  });

  it("gives the rooms of a socket as one set that lives on", () => {
    const adapter = new Adapter({} as never);
    void adapter.addAll("a", new Set(["a"]));
    const mine = adapter.socketRooms("a");
    void adapter.addAll("a", new Set(["room"]));
    void adapter.addAll("b", new Set(["a"]));
    expect([...mine!]).toEqual(["a", "room"]);
    expect([...adapter.rooms.get("a")!]).toEqual(["a", "b"]);
    expect(adapter.socketRooms("a")).toBe(mine);
  });

  it("shows maps of sets in every way that a map has", () => {
    const adapter = new Adapter({} as never);
    void adapter.addAll("a", new Set(["a", "room"]));
    void adapter.addAll("b", new Set(["room"]));
    const wanted = [
      ["a", new Set(["a"])],
      ["room", new Set(["a", "b"])],
    ];
    expect(adapter.rooms).toBeInstanceOf(Map);
    expect([...adapter.rooms]).toEqual(wanted);
    expect([...adapter.rooms.entries()]).toEqual(wanted);
    expect([...adapter.rooms.values()]).toEqual(wanted.map(([, set]) => set));
    const visited: unknown[] = [];
    adapter.rooms.forEach((set, room, map) => visited.push([room, set, map === adapter.rooms]));
    expect(visited).toEqual(wanted.map((entry) => [...entry, true]));
    expect(new Map(adapter.rooms)).toEqual(new Map(wanted as never));
    expect(inspect(adapter.rooms)).toBe(inspect(new Map(wanted as never)));
    adapter.rooms.get("room")!.add("c");
    adapter.rooms.set("own", new Set(["a"]));
    expect([...adapter.rooms.get("room")!, ...adapter.rooms.get("own")!]).toEqual([
      "a",
      "b",
      "c",
      "a",
    ]);
  });

  it("visits nobody who has left while it goes", () => {
    for (const looked of [false, true]) {
      const sockets = new Map<string, unknown>();
      const adapter = new Adapter({ sockets } as never);
      const visited: string[] = [];
      for (const id of ["a", "b", "c"]) {
        const disconnect = (): void => {
          visited.push(id);
          void adapter.del("b", "room");
        };
        sockets.set(id, { id, disconnect });
        void adapter.addAll(id, new Set([id, "room"]));
      }
      if (looked) expect(adapter.rooms.get("room")!.size).toBe(3);
      adapter.disconnectSockets({ rooms: new Set(["room"]) }, true);
      expect(visited).toEqual(["a", "c"]);
    }
  });
});
