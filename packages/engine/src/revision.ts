import type { TimingWheel } from "@hawser/websocket/internal";
import { ServerHeartbeat } from "./heartbeat.ts";
import type { Heartbeat, HeartbeatTarget, HeartbeatTimes } from "./heartbeat.ts";
import type { Query } from "./http/query.ts";
import { revision3 } from "./revision-3/revision.ts";
import { textFrames } from "./transports/frame-codec.ts";
import type { FrameCodec } from "./transports/frame-codec.ts";
import { JsonpCodec } from "./transports/jsonp.ts";
import { pollingCodec4 } from "./transports/polling-codec.ts";
import type { PollingCodec } from "./transports/polling-codec.ts";

/** What a revision of the Engine.IO protocol has of its own. Everything else is the same for all. */
export interface Revision {
  readonly number: 3 | 4;
  makeHeartbeat(target: HeartbeatTarget, wheel: TimingWheel, times: HeartbeatTimes): Heartbeat;
  /** `binary`: whether the client takes more than text. */
  pollingCodec(binary: boolean): PollingCodec;
  /** Undefined where frames carry packets as they are. */
  frameCodec(binary: boolean): FrameCodec | undefined;
}

const revision4: Revision = {
  number: 4,
  makeHeartbeat: (target, wheel, times) => new ServerHeartbeat(target, wheel, times),
  pollingCodec: () => pollingCodec4,
  frameCodec: (binary) => (binary ? undefined : textFrames),
};

/** The revision of the session that a query belongs to. What is not 4 counts as the revision before it. */
export function revisionOf(query: Query): Revision {
  return query["EIO"] === "4" ? revision4 : revision3;
}

/** How the bodies of a session are written that this query opens. */
export function pollingCodecOf(query: Query): PollingCodec {
  const { j } = query;
  const codec = revisionOf(query).pollingCodec(takesBinary(query) && j === undefined);
  return j === undefined ? codec : new JsonpCodec(codec, j);
}

/** How the frames of a websocket are written that was opened with this query. */
export function frameCodecOf(query: Query): FrameCodec | undefined {
  return revisionOf(query).frameCodec(takesBinary(query));
}

function takesBinary(query: Query): boolean {
  return (query["b64"] ?? "") === "";
}
