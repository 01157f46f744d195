import type { WebSocketError } from "../errors.ts";
import { Machine } from "../connection/machine.ts";
import type { MachineHandler, Role } from "../connection/machine.ts";
import type { MessageDecoder } from "../connection/extension.ts";
import { setUp } from "../handshake/set-up.ts";
import type { SetUp } from "../handshake/set-up.ts";
import { ownCopy } from "./frames.ts";

/** What a machine told, in order, in words that compare well. */
export class Recorder implements MachineHandler {
  readonly events: string[] = [];
  readonly machine: Machine;
  /** Called with each event as it happens. */
  onEvent: (event: string) => void = () => {};

  constructor(role: Role, options: Partial<SetUp> = {}, decoder?: MessageDecoder) {
    this.machine = new Machine(setUp(role, options), this, decoder);
  }

  /** Feeds chunks, as long as the machine takes them whole. */
  feed(...chunks: Uint8Array[]): this {
    for (const chunk of chunks) this.machine.receive(ownCopy(chunk));
    return this;
  }

  onText(bytes: Buffer, start: number, end: number, ascii: boolean): void {
    const text = bytes.toString("utf8", start, end);
    // What is said to be ASCII is decoded as latin1, so it had better be.
    if (ascii && bytes.toString("latin1", start, end) !== text) throw new Error("not ASCII");
    this.tell(`text ${text.length > 40 ? `${text.length} ${hash(text)}` : JSON.stringify(text)}`);
  }

  onBinary(data: Buffer): void {
    this.tell(
      `binary ${data.length > 20 ? `${data.length} ${hash(data.toString("latin1"))}` : data.toString("hex")}`,
    );
  }

  onPing(data: Buffer): void {
    this.tell(`ping ${data.toString("hex")}`);
  }

  onPong(data: Buffer): void {
    this.tell(`pong ${data.toString("hex")}`);
  }

  onReply(opcode: number, payload: Buffer): void {
    this.tell(`reply ${opcode} ${payload.toString("hex")}`);
  }

  onCloseFrame(): void {
    const frame = this.machine.closeReceived;
    this.tell(`close ${frame?.code} ${JSON.stringify(frame?.reason)}`);
  }

  onFailure(error: WebSocketError): void {
    this.tell(`failed ${error.code} ${error.closeCode}`);
  }

  onResume(): void {
    this.tell("resume");
  }

  private tell(event: string): void {
    this.events.push(event);
    this.onEvent(event);
  }
}

function hash(text: string): string {
  let value = 5381;
  for (let at = 0; at < text.length; at++) value = (Math.imul(value, 33) + text.charCodeAt(at)) | 0;
  return (value >>> 0).toString(16);
}
