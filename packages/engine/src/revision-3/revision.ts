import {
  decodeEnginePacketV3,
  encodeBinaryAsTextV3,
  encodeBinaryV3,
} from "@hawser/protocol/internal";
import { nodeBase64 } from "../binary-text.ts";
import type { Revision } from "../revision.ts";
import type { FrameCodec } from "../transports/frame-codec.ts";
import { ClientHeartbeat } from "./heartbeat.ts";
import { PollingCodec3 } from "./polling-codec.ts";

const binaryFrames: FrameCodec = {
  encodeBinary: encodeBinaryV3,
  decode: (data) => decodeEnginePacketV3(data, nodeBase64),
};

const textFrames: FrameCodec = {
  encodeBinary: (data) => encodeBinaryAsTextV3(data, nodeBase64),
  decode: (data) => decodeEnginePacketV3(data, nodeBase64),
};

const binaryBodies = new PollingCodec3(true);
const textBodies = new PollingCodec3(false);

/** Engine.IO 3: the clients of Socket.IO 1 and 2. */
export const revision3: Revision = {
  number: 3,
  makeHeartbeat: (target, wheel, times) => new ClientHeartbeat(target, wheel, times),
  pollingCodec: (binary) => (binary ? binaryBodies : textBodies),
  frameCodec: (binary) => (binary ? binaryFrames : textFrames),
};
