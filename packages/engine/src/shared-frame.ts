import type { SharedMessage } from "@hawser/websocket/internal";

/** RFC 6455, section 5.2: lengths of 16 and of 64 bits stand behind the second byte. */
const length16 = 126;
const length64 = 127;

/** A whole WebSocket frame of a server that many connections send, and what those that compress it have made of it. */
export class SharedFrame implements SharedMessage {
  readonly bytes: Buffer;
  private made: object[] | undefined = undefined;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  /** The first byte: FIN and opcode. */
  get first(): number {
    return this.bytes[0] as number;
  }

  get payload(): Uint8Array {
    const length = this.bytes[1];
    return this.bytes.subarray(length === length64 ? 10 : length === length16 ? 4 : 2);
  }

  get encodings(): object[] {
    return (this.made ??= []);
  }
}
