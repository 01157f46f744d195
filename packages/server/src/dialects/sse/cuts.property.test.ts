import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SsePeer, startSse } from "../../../test/sse-peer.ts";

type Step =
  | { do: "say"; room: "a" | "b" | "c" | undefined; count: number }
  | { do: "cut" | "open" | "pause" | "wait" };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        do: fc.constant("say" as const),
        room: fc.constantFrom("a" as const, "b" as const, "c" as const, undefined),
        count: fc.integer({ min: 1, max: 300 }),
      }),
    },
    {
      weight: 5,
      arbitrary: fc.record({ do: fc.constantFrom("cut", "open", "pause", "wait") }),
    },
  ) as fc.Arbitrary<Step>,
  { minLength: 5, maxLength: 40 },
);

const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("cuts at any time", () => {
  it("lose nothing, and nothing comes twice or out of order", async () => {
    const { io, port } = await startSse({ delivery: {} });
    let said = 0;
    await fc.assert(
      fc.asyncProperty(steps, async (plan) => {
        const peer = new SsePeer(port, "?room=a&room=b");
        await peer.open();
        await peer.until(() => peer.lastEventId !== "");
        const wanted: number[] = [];
        let isOpen = true;
        for (const step of [...plan, { do: "open" } as const]) {
          if (step.do === "say") {
            for (let at = 0; at < step.count; at++) {
              const number = ++said;
              if (step.room !== "c") wanted.push(number);
              const to = step.room === undefined ? io.sockets : io.to(step.room);
              void to.durable.emit("n", number, "x".repeat(200));
            }
          } else if (step.do === "cut") {
            peer.cut();
            isOpen = false;
          } else if (step.do === "pause") peer.pause();
          else if (step.do === "wait") await tick();
          else if (!isOpen) {
            await peer.over();
            await peer.open();
            isOpen = true;
          } else peer.resume();
        }
        await peer.until(() => peer.events.length >= wanted.length);
        expect(peer.events.map(([, number]) => number)).toEqual(wanted);
        expect(peer.resets).toEqual([]);
        peer.cut();
        await peer.over();
      }),
      { numRuns: 30 },
    );
  }, 60_000);
});
