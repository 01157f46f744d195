import type { ProtocolLimits } from "@hawser/protocol";

/**
 * The client trusts its server with sizes, as a page trusts the server that it came from. Depth stays bounded, since
 * data nested deeper could not be sent on.
 */
export const decoderLimits: Partial<ProtocolLimits> = {
  packetBytesMax: Infinity,
  attachmentsMax: Infinity,
};
