import { once } from "node:events";
import { Duplex } from "node:stream";
import { describe, expect, it } from "vitest";
import { setUp } from "../handshake/set-up.ts";
import { masked } from "../testing/frames.ts";
import { Ears } from "../testing/servers.ts";
import { Connection } from "./connection.ts";

const small = setUp("server", { payloadBytesMax: 10 });
const large = setUp("server", { payloadBytesMax: 20 });

function message(bytes: number): Buffer {
  return masked({ opcode: 2, payload: "x".repeat(bytes) });
}

async function read(
  first: Buffer,
  change: (connection: Connection) => void,
  before = small,
): Promise<number[]> {
  const stream = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
  const ears = new Ears();
  const lengths: number[] = [];
  const connection = new Connection(stream, before, ears);
  ears.onMessage = (data) => {
    lengths.push(data.length);
    change(connection);
  };
  ears.onError = (error) => lengths.push(-(error.closeCode as number));
  connection.start();
  stream.push(first);
  await once(stream, "data");
  return lengths;
}

describe("limit", () => {
  it("holds for the frame behind the one that changed it, in the same chunk", async () => {
    const chunk = Buffer.concat([message(10), message(20), message(21)]);
    expect(await read(chunk, (connection) => connection.limit(large))).toEqual([10, 20, -1009]);
    expect(await read(chunk, () => {})).toEqual([10, -1009]);
  });

  it("may be lowered, too", async () => {
    const chunk = Buffer.concat([message(20), message(10), message(11)]);
    const change = (connection: Connection): void => connection.limit(small);
    expect(await read(chunk, change, large)).toEqual([20, 10, -1009]);
  });

  it("is one object for all that are set up alike, however they take turns", () => {
    expect(setUp("server", { payloadBytesMax: 10 })).toBe(small);
    expect(setUp("server", { payloadBytesMax: 20 })).toBe(large);
  });
});
