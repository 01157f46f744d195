import { useSignal, useSignalEffect } from "@preact/signals";
import type { JSX } from "preact";
import { mediaQuery } from "../../../shell/media-query.ts";
import { Dialog } from "../../../ui/dialog.tsx";
import { ToastList } from "../../../ui/toast-list.tsx";
import type { Chat } from "../model/chat.ts";
import { pageTitle } from "../model/page-title.ts";
import { ChatContext } from "./chat-context.ts";
import { JoinPanel } from "./join-panel.tsx";
import { PeoplePanel } from "./people-panel.tsx";
import { RoomView } from "./room-view.tsx";
import { Sidebar } from "./sidebar.tsx";
import { WelcomeDialog } from "./welcome-dialog.tsx";
import "./chat-app.css";

const narrow = mediaQuery("(max-width: 47.99rem)");
const wide = mediaQuery("(min-width: 75rem)");

/** The chat: rooms on the left, the open room, and on wide screens who is here. */
export function ChatApp({ chat }: { chat: Chat }): JSX.Element {
  const drawer = useSignal<"rooms" | "people" | "join" | undefined>(undefined);
  const close = (): void => {
    drawer.value = undefined;
  };
  useSignalEffect(() => {
    document.title = pageTitle(chat.current.value.title.value, chat.unread.value);
  });
  useSignalEffect(() => {
    if (chat.me.value.name !== "" && chat.line.state.peek() === "off")
      chat.start(chat.me.peek().name);
  });
  const joining = drawer.value === "join";
  return (
    <ChatContext.Provider value={chat}>
      <div class="chat" data-joining={joining}>
        {!narrow.value && (
          <aside class="chat-side" aria-label="Rooms and settings">
            <Sidebar onChosen={close} />
          </aside>
        )}
        <RoomView
          room={chat.current.value}
          showsMenu={narrow.value}
          onMenu={() => (drawer.value = "rooms")}
          joining={joining}
          onJoin={() => (drawer.value = joining ? undefined : "join")}
          {...((!wide.value || joining) && { onPeople: () => (drawer.value = "people") })}
        />
        {wide.value && joining && (
          <aside class="chat-people" aria-label="Join from anywhere">
            <JoinPanel room={chat.current.value} onClose={close} />
          </aside>
        )}
        {wide.value && !joining && (
          <aside class="chat-people" aria-label="People in this room">
            <PeoplePanel room={chat.current.value} />
          </aside>
        )}
      </div>
      {drawer.value === "rooms" && narrow.value && (
        <Dialog label="Rooms and settings" class="drawer" onClose={close} testId="rooms-drawer">
          <Sidebar onChosen={close} onClose={close} />
        </Dialog>
      )}
      {joining && !wide.value && (
        <Dialog label="Join from anywhere" class="drawer drawer-end join-drawer" onClose={close}>
          <JoinPanel room={chat.current.value} onClose={close} />
        </Dialog>
      )}
      {drawer.value === "people" && !wide.value && (
        <Dialog
          label="People in this room"
          class="drawer drawer-end"
          onClose={close}
          testId="people-drawer"
        >
          <PeoplePanel room={chat.current.value} onClose={close} />
        </Dialog>
      )}
      {needsName(chat) && <WelcomeDialog />}
      <ToastList />
    </ChatContext.Provider>
  );
}

function needsName(chat: Chat): boolean {
  return chat.me.value.name === "" || chat.line.refusal.value?.code === "bad-name";
}
