import type { ProtocolLimits } from "@hawser/protocol";

/** Nesting of what a server sends: data that is deeper could not be sent on. */
export const depthMax = 1000;

/** The client trusts its server with sizes, as a page trusts the server that it came from. */
export const decoderLimits: Partial<ProtocolLimits> = {
  packetBytesMax: Infinity,
  attachmentsMax: Infinity,
  jsonDepthMax: depthMax,
};
