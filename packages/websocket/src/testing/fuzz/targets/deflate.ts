import { InflatingDecoder } from "../../../deflate/decoder.ts";
import { DeflatingEncoder } from "../../../deflate/encoder.ts";
import { History } from "../../../deflate/history.ts";
import { Inflation } from "../../../deflate/inflate.ts";
import { checkDeflateOptions } from "../../../deflate/options.ts";
import type { DecodeFailure } from "../../../connection/extension.ts";
import { ownCopy } from "../../frames.ts";
import type { FuzzTarget } from "../fuzzer.ts";

const config = checkDeflateOptions({ threshold: 0 });
type Result = Buffer | DecodeFailure;

const decoded = (decoder: InflatingDecoder, payload: Buffer, bytesMax: number): Promise<Result> =>
  new Promise((resolve) => void decoder.decode(payload, bytesMax, resolve));

const inThread = (
  payload: Buffer,
  dictionary: Buffer | undefined,
  bytesMax: number,
): Promise<Result> =>
  new Promise((resolve) => void new Inflation(payload, dictionary, bytesMax, config, resolve));

const word = (result: Result): string => (typeof result === "string" ? result : "fine");

async function encoded(encoder: DeflatingEncoder, payload: Buffer): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const settle = (result: Buffer | Error | undefined): void =>
      result instanceof Error ? reject(result) : resolve(result);
    const now = encoder.encode(payload, settle);
    if (now === undefined || Buffer.isBuffer(now)) resolve(now);
  });
}

/** The first byte says how; then messages of a length byte and their bytes. Each is inflated, and deflated and back. */
export const target: FuzzTarget = {
  name: "deflate",
  seeds: [
    "00 05 4a04040000",
    "01 06 f248cdc9c907 06 f200110000",
    "03 02 0300 0b 000500faff48656c6c6f00",
    "06 01 00",
  ].map((hex) => Buffer.from(hex.replaceAll(" ", ""), "hex")),
  words: [
    "00",
    "0300",
    "000000ffff",
    "f248cdc9c90700",
    "05c10109000000c2a0",
    "edc1010d000000c2a0f7",
  ].map((hex) => Buffer.from(hex, "hex")),
  async run(input, note) {
    const [choice = 0] = input;
    const history = (choice & 1) === 0 ? undefined : new History(2 ** (9 + ((choice >> 1) & 3)));
    const outgoing = (choice & 1) === 0 ? undefined : new History(512);
    const bytesMax = (choice & 8) === 0 ? 100_000 : 300;
    const decoder = new InflatingDecoder(config, history);
    const encoder = new DeflatingEncoder(config, 9, outgoing);
    const back = new InflatingDecoder(
      config,
      outgoing === undefined ? undefined : new History(512),
    );
    for (let at = 1; at < input.length;) {
      const length = input[at] as number;
      const payload = ownCopy(input.subarray(at + 1, at + 1 + length));
      at += 1 + length;
      const dictionary = history === undefined ? undefined : history.dictionary;
      const kept = dictionary === undefined ? undefined : Buffer.from(dictionary);
      const result = await decoded(decoder, payload, bytesMax);
      if (typeof result !== "string" && result.length > bytesMax)
        throw new Error("longer than allowed");
      if (payload.length > 0 && (choice & 16) !== 0) {
        const other = await inThread(payload, kept, bytesMax);
        if (
          word(result) !== word(other) ||
          (typeof result !== "string" && !result.equals(other as Buffer))
        )
          throw new Error(`at once ${word(result)}, in a thread ${word(other)}`);
      }
      note(`${choice & 9} ${word(result)}`);
      const squeezed = await encoded(encoder, payload);
      if (squeezed !== undefined) {
        const again = await decoded(back, Buffer.from(squeezed), 100_000);
        if (typeof again === "string" || !again.equals(payload))
          throw new Error("not the same again");
      }
      if (typeof result === "string") return;
    }
  },
};
