import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Role } from "./machine.ts";
import { buildFrame, closeBytes, cutAt, masked } from "../testing/frames.ts";
import { Recorder } from "../testing/recorder.ts";

const payloads = fc.oneof(
  fc.string({ unit: "binary", maxLength: 30 }).map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes)),
  fc.constantFrom("ascii ".repeat(30), "grüße € 😀 ".repeat(20)).map((text) => Buffer.from(text)),
);

/** A message: whether it is text, its fragments, and a ping before each of them where there is one. */
const messages = fc.record({
  text: fc.boolean(),
  payload: payloads,
  cuts: fc.array(fc.nat(200), { maxLength: 3 }),
  ping: fc.option(fc.uint8Array({ maxLength: 10 })),
});

function framesOf(
  message: { text: boolean; payload: Buffer; cuts: number[]; ping: Uint8Array | null },
  role: Role,
): Buffer[] {
  const frame = role === "server" ? masked : buildFrame;
  const pieces = cutAt(message.payload, message.cuts);
  return pieces.flatMap((payload, at) => [
    ...(message.ping === null ? [] : [frame({ opcode: 9, payload: message.ping })]),
    frame({ opcode: at > 0 ? 0 : message.text ? 1 : 2, fin: at === pieces.length - 1, payload }),
  ]);
}

function eventsOf(chunks: Buffer[], role: Role): string[] {
  return new Recorder(role, { payloadBytesMax: 2_000, fragmentsMax: 50 }).feed(...chunks).events;
}

const roles = fc.constantFrom<Role>("server", "client");

describe("any split of any bytes gives the same events", () => {
  it("for valid streams", () => {
    fc.assert(
      fc.property(
        roles,
        fc.array(messages, { maxLength: 5 }),
        fc.array(fc.nat(2_000)),
        (role, list, places) => {
          const bytes = Buffer.concat(list.flatMap((message) => framesOf(message, role)));
          expect(eventsOf(cutAt(bytes, places), role)).toEqual(eventsOf([bytes], role));
        },
      ),
      { numRuns: 300 },
    );
  });

  it("for streams that were spoiled", () => {
    fc.assert(
      fc.property(
        roles,
        fc.array(messages, { minLength: 1, maxLength: 4 }),
        fc.array(fc.tuple(fc.nat(), fc.nat(255), fc.constantFrom("set", "insert", "delete")), {
          minLength: 1,
          maxLength: 4,
        }),
        fc.array(fc.nat(1_000)),
        (role, list, spoils, places) => {
          let bytes = Buffer.concat(list.flatMap((message) => framesOf(message, role)));
          for (const [place, byte, how] of spoils) {
            const at = place % (bytes.length + 1);
            const middle = how === "delete" ? [] : [byte];
            const after = how === "insert" ? at : at + 1;
            bytes = Buffer.concat([
              bytes.subarray(0, at),
              Buffer.from(middle),
              bytes.subarray(after),
            ]);
          }
          const whole = eventsOf([bytes], role);
          expect(eventsOf(cutAt(bytes, places), role)).toEqual(whole);
          expect(eventsOf(cutAt(bytes, [...bytes.keys()]), role)).toEqual(whole);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it("for random bytes", () => {
    fc.assert(
      fc.property(
        roles,
        fc.uint8Array({ maxLength: 200 }),
        fc.array(fc.nat(200)),
        (role, random, places) => {
          const bytes = Buffer.from(random);
          expect(eventsOf(cutAt(bytes, places), role)).toEqual(eventsOf([bytes], role));
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

describe("valid streams", () => {
  it("are told as they were sent", () => {
    fc.assert(
      fc.property(roles, fc.array(messages, { maxLength: 5 }), (role, list) => {
        const valid = list.map((message) => ({
          ...message,
          payload: message.text ? Buffer.from(message.payload.toString("utf8")) : message.payload,
        }));
        const close = (role === "server" ? masked : buildFrame)({
          opcode: 8,
          payload: closeBytes(1000),
        });
        const bytes = Buffer.concat([
          ...valid.flatMap((message) => framesOf(message, role)),
          close,
        ]);
        const expected = new Recorder(role);
        for (const message of valid) {
          const count = cutAt(message.payload, message.cuts).length;
          for (let piece = 0; message.ping !== null && piece < count; piece++) {
            expected.onReply(10, Buffer.from(message.ping));
            expected.onPing(Buffer.from(message.ping));
          }
          if (message.text) expected.onText(message.payload, 0, message.payload.length, false);
          else expected.onBinary(message.payload);
        }
        expect(eventsOf([bytes], role)).toEqual([
          ...expected.events,
          "reply 8 03e8",
          'close 1000 ""',
        ]);
      }),
      { numRuns: 300 },
    );
  });
});
