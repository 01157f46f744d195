import { InflatingDecoder } from "../../../deflate/decoder.ts";
import { History } from "../../../deflate/history.ts";
import { checkDeflateOptions } from "../../../deflate/options.ts";
import { errorTable } from "../../../errors.ts";
import type { MessageDecoder } from "../../../connection/extension.ts";
import { eventsOf } from "../../feed.ts";
import { buildFrame, closeBytes, cutAt, masked, ownCopy } from "../../frames.ts";
import type { FuzzTarget } from "../fuzzer.ts";

const config = checkDeflateOptions({});
const limits = { payloadBytesMax: 700, fragmentsMax: 6 };

function check(events: readonly string[]): void {
  const end = events.findIndex((event) => /^(?:failed|close)/.test(event));
  if (end !== -1 && end !== events.length - 1) throw new Error(`after the end: ${events.join()}`);
  const last = events.at(-1)?.split(" ") ?? [];
  if (last[0] !== "failed") return;
  const entry = errorTable[last[1] as keyof typeof errorTable] as { close?: number } | undefined;
  if (entry?.close === undefined) throw new Error(`not in the error table: ${last.join(" ")}`);
  if (events.at(-2)?.startsWith("reply 8") !== true)
    throw new Error("failed without a close frame");
}

/** The first byte says the role, whether there is permessage-deflate, and where the bytes are cut. */
export const target: FuzzTarget = {
  name: "machine",
  seeds: [
    [0, masked({ opcode: 1, payload: "grüße" })],
    [1, buildFrame({ opcode: 2, fin: false }), buildFrame({ opcode: 0, payload: "x" })],
    [2, masked({ opcode: 1, rsv: 4, payload: Buffer.from("4a04040000", "hex") })],
    [8, masked({ opcode: 8, payload: closeBytes(1000, "bye") })],
    [16, masked({ opcode: 9, payload: "?" }), masked({ opcode: 10 })],
    [7, buildFrame({ opcode: 1, rsv: 4, fin: false, payload: "J" })],
  ].map(([choice, ...frames]) =>
    Buffer.concat([Buffer.of(choice as number), ...(frames as Buffer[])]),
  ),
  words: [
    masked({ opcode: 0 }),
    masked({ opcode: 0, fin: false, payload: "€" }),
    buildFrame({ opcode: 0, payload: "é" }),
    masked({ opcode: 8, payload: closeBytes(4000) }),
    Buffer.from("€😀"),
    Buffer.of(0xed, 0xa0, 0x80),
    masked({ opcode: 2, rsv: 4, payload: Buffer.of(0) }),
  ],
  async run(input, note) {
    const [choice = 0] = input;
    const role = (choice & 1) === 0 ? "server" : "client";
    const decoder = (): MessageDecoder | undefined =>
      (choice & 2) === 0
        ? undefined
        : new InflatingDecoder(config, (choice & 4) === 0 ? undefined : new History(512));
    const bytes = input.subarray(1);
    const whole = await eventsOf([ownCopy(bytes)], role, limits, decoder());
    check(whole);
    const step = 1 + (choice >> 3);
    const places = Array.from({ length: Math.floor(bytes.length / step) }, (_, at) => at * step);
    const split = await eventsOf(cutAt(bytes, places), role, limits, decoder());
    if (split.join() !== whole.join()) {
      throw new Error(`split otherwise: ${whole.join("; ")} against ${split.join("; ")}`);
    }
    const kinds = whole.map((event) => event.split(" ", event.startsWith("f") ? 2 : 1).join());
    note(kinds.slice(-3).join());
  },
};
