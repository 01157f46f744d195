/** A message of the plain dialect: one verb and its companions. */
export type PlainMessage = Readonly<Record<string, unknown>>;

/** How the messages of one WebSocket are written. */
export interface PlainCodec {
  readonly subprotocol: string;
  encode(message: PlainMessage): string | Uint8Array<ArrayBuffer>;
  decode(frame: string | ArrayBuffer): PlainMessage;
}

export const jsonCodec: PlainCodec = {
  subprotocol: "hawser.v1.json",
  encode: (message) => JSON.stringify(message),
  decode: (frame) => JSON.parse(frame as string) as PlainMessage,
};
