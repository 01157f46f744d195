import type { JSX } from "preact";
import { wireNames } from "../../../shared/chat/wire.ts";
import type { Wire } from "../../../shared/chat/wire.ts";
import "./wire-tag.css";

/** In which language somebody speaks. */
export function WireTag({ wire = "socket.io" }: { wire?: Wire | undefined }): JSX.Element {
  return (
    <span class="wire-tag" data-wire={wire} data-testid="wire">
      {wireNames[wire]}
    </span>
  );
}
