import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { isDark, toggleTheme } from "../../../shell/theme.ts";
import { Avatar } from "../../../ui/avatar.tsx";
import { IconButton } from "../../../ui/icon-button.tsx";
import { Icon } from "../../../ui/icon.tsx";
import { useChat } from "./chat-context.ts";
import { NewRoomDialog } from "./new-room-dialog.tsx";
import { RoomLink } from "./room-link.tsx";
import { SettingsDialog } from "./settings-dialog.tsx";
import { TrialPanel } from "./trial-panel.tsx";
import "./sidebar.css";

interface SidebarProps {
  /** A room was chosen: a drawer closes. */
  readonly onChosen: () => void;
  /** Given when this is a drawer. */
  readonly onClose?: () => void;
}

export function Sidebar({ onChosen, onClose }: SidebarProps): JSX.Element {
  const chat = useChat();
  const makingRoom = useSignal(false);
  return (
    <div class="sidebar">
      <div class="sidebar-head">
        <img class="logo" src="/favicon.svg" alt="" width="32" height="32" />
        <strong>Hawser</strong>
        {onClose !== undefined && <IconButton icon="close" label="Close" onClick={onClose} />}
      </div>
      <nav class="rooms" aria-labelledby="rooms-title">
        <div class="rooms-head">
          <h2 id="rooms-title">Rooms</h2>
          <IconButton
            icon="plus"
            label="New room"
            testId="new-room"
            onClick={() => {
              makingRoom.value = true;
            }}
          />
        </div>
        <ul>
          {chat.rooms.value.map((room) => (
            <li key={room.id}>
              <RoomLink room={room} onChosen={onChosen} />
            </li>
          ))}
        </ul>
      </nav>
      {chat.me.value.name !== "" && (
        <>
          <TrialPanel onDone={onChosen} />
          <ProfileBar />
        </>
      )}
      {makingRoom.value && (
        <NewRoomDialog
          onClose={() => {
            makingRoom.value = false;
          }}
          onDone={onChosen}
        />
      )}
    </div>
  );
}

function ProfileBar(): JSX.Element {
  const { me } = useChat();
  const settings = useSignal(false);
  const dark = isDark();
  return (
    <div class="profile-bar">
      <button
        type="button"
        class="profile"
        data-testid="settings"
        onClick={() => {
          settings.value = true;
        }}
      >
        <Avatar member={me.value} />
        <span class="profile-name" dir="auto">
          {me.value.name}
        </span>
        <span class="visually-hidden">, settings</span>
        <Icon name="settings" />
      </button>
      <IconButton
        icon={dark ? "sun" : "moon"}
        label={dark ? "Use the light theme" : "Use the dark theme"}
        testId="theme"
        onClick={toggleTheme}
      />
      {settings.value && (
        <SettingsDialog
          onClose={() => {
            settings.value = false;
          }}
        />
      )}
    </div>
  );
}
