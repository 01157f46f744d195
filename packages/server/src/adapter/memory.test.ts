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
const rooms = fc.constantFrom("a", "b", "c", "room");
const steps = fc.array(
  fc.oneof(
    fc.record({ act: fc.constant("add" as const), id: ids, rooms: fc.uniqueArray(rooms) }),
    fc.record({ act: fc.constant("own" as const), id: ids }),
    fc.record({ act: fc.constant("del" as const), id: ids, room: rooms }),
    fc.record({ act: fc.constant("delAll" as const), id: ids }),
  ),
);

describe("Adapter", () => {
  it("keeps two maps of sets, whatever is joined and left", () => {
    fc.assert(
      fc.property(steps, (list) => {
        const adapter = new Adapter({} as never);
        const model = new Model();
        const events: string[] = [];
        for (const event of ["create-room", "join-room", "leave-room", "delete-room"]) {
          adapter.on(event, (...what: string[]) => events.push(`${event} ${what.join()}`));
        }
        for (const step of list) {
          if (step.act === "delAll") {
            adapter.delAll(step.id);
            model.delAll(step.id);
          } else if (step.act === "del") {
            void adapter.del(step.id, step.room);
            model.del(step.id, step.room);
          } else {
            const wanted = step.act === "own" ? [step.id] : step.rooms;
            void adapter.addAll(step.id, new Set(wanted));
            model.addAll(step.id, wanted);
          }
          expect(inWords(adapter.rooms)).toEqual(inWords(model.rooms));
          expect(inWords(adapter.sids)).toEqual(inWords(model.sids));
          expect(events).toEqual(model.events);
        }
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
});
