import { beforeEach, describe, expect, it } from "vitest";
import { FakeTransport, FakeWebSocket } from "../testing/fake-transport.ts";
import type { TransportOptions } from "../transports/transport.ts";
import { Upgrade } from "./upgrade.ts";

const options = { query: {} } as unknown as TransportOptions;

describe("Upgrade", () => {
  let events: string[];
  let admit: boolean;
  let present: FakeTransport;
  let candidate: FakeWebSocket;
  let upgrade: Upgrade;

  beforeEach(() => {
    events = [];
    admit = true;
    present = new FakeTransport(options);
    present.connect();
    candidate = new FakeWebSocket(options);
    upgrade = new Upgrade(
      {
        onProbed: () => {
          events.push("probed");
          return admit;
        },
        onUpgraded: () => events.push("upgraded"),
        onUpgradeFailed: (_, error) =>
          events.push(
            `failed: ${error.message} (${(error as Error & { transport: string }).transport})`,
          ),
      },
      present,
      candidate,
    );
    upgrade.start();
  });

  it("probes, waits until the present transport rests, and then says that it takes over", () => {
    candidate.connect();
    expect(candidate.wire).toEqual(["2probe"]);
    candidate.receive("pong", "probe");
    expect(events).toEqual(["probed"]);
    expect(candidate.wire).toEqual(["2probe"]);
    present.onPaused!();
    expect(candidate.wire).toEqual(["2probe", "5"]);
    expect(events).toEqual(["probed", "upgraded"]);
  });

  it("fails on any other answer", () => {
    candidate.connect();
    candidate.receive("pong", "prob");
    expect(events).toEqual(["failed: probe error (websocket)"]);
    expect(candidate.wasClosed).toBe(true);
  });

  it("fails when the candidate cannot connect or closes", () => {
    candidate.fail();
    expect(events).toEqual(["failed: probe error (websocket)"]);
  });

  it("fails when the candidate closes before it has answered", () => {
    candidate.connect();
    candidate.drop();
    expect(events).toEqual(["failed: transport closed (websocket)"]);
  });

  it("wakes the present transport when the candidate dies while it waits for it", () => {
    candidate.connect();
    candidate.receive("pong", "probe");
    candidate.drop();
    expect(events).toEqual(["probed", "failed: transport closed (websocket)"]);
    expect(present.onPaused).toBeUndefined();
  });

  it("does nothing when the connection refuses it", () => {
    admit = false;
    candidate.connect();
    candidate.receive("pong", "probe");
    expect(present.onPaused).toBeUndefined();
    expect(events).toEqual(["probed"]);
  });

  it("says nothing more after it was aborted", () => {
    candidate.connect();
    candidate.receive("pong", "probe");
    const rested = present.onPaused!;
    upgrade.abort();
    rested();
    candidate.fail();
    expect(events).toEqual(["probed"]);
    expect(candidate.wire).toEqual(["2probe"]);
    expect(candidate.wasClosed).toBe(true);
  });
});
