import { Outgoing } from "@hawser/engine/internal";
import { callApart } from "../../dispatch.ts";
import type { Codec } from "../../encoder.ts";
import type { RawEncode } from "../options.ts";

/** Makes the frames of one raw path: each message is made into one once, for all clients of the path. */
export class RawForms {
  private readonly codec: Codec;
  private readonly encode: RawEncode | undefined;
  private readonly forms: WeakMap<Outgoing, Outgoing | false> = new WeakMap();

  constructor(codec: Codec, encode: RawEncode | undefined) {
    this.codec = codec;
    this.encode = encode;
  }

  /** The frame of what goes to many; false: it has none. */
  of(message: Outgoing): Outgoing | false {
    let form = this.forms.get(message);
    if (form === undefined) {
      form = this.make(this.codec.toPacket(message).data as unknown[], message.compress);
      this.forms.set(message, form);
    }
    return form;
  }

  /** The frame of an event; false: it has none. */
  make([event, ...args]: readonly unknown[], compress: boolean | undefined): Outgoing | false {
    const [only] = args;
    if (event === "message" && args.length === 1) {
      if (typeof only === "string") return new Outgoing(only, undefined, compress);
      const bytes = bytesOf(only);
      if (bytes !== undefined) return new Outgoing(undefined, [bytes], compress);
    }
    const { encode } = this;
    if (encode === undefined) return false;
    let frame: string | Uint8Array | undefined;
    // What it throws is the application's own mistake, and no reason for others not to be sent anything.
    callApart(() => {
      frame = encode(String(event), args);
    });
    if (typeof frame === "string") return new Outgoing(frame, undefined, compress);
    const bytes = bytesOf(frame);
    return bytes === undefined ? false : new Outgoing(undefined, [bytes], compress);
  }
}

function bytesOf(value: unknown): Uint8Array | undefined {
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (!ArrayBuffer.isView(value)) return undefined;
  return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}
