import type { JSX } from "preact";
import { hueOf, initialsOf } from "./avatar-look.ts";
import type { Member } from "../../../shared/chat/events.ts";
import "./avatar.css";

/** A person's colour and initials. The name stands beside it, so this is for the eye only. */
export function Avatar({ member, size }: { member: Member; size?: "small" }): JSX.Element {
  return (
    <span class="avatar" data-hue={hueOf(member.id)} data-size={size} aria-hidden="true">
      {initialsOf(member.name)}
    </span>
  );
}
