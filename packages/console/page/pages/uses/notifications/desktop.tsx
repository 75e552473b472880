/** Notifications of the system, for who wants them: shown while the window is not looked at. */
import { useState } from "preact/hooks";

import { useWords } from "../../../language/language.tsx";
import type { Notice } from "./inbox.ts";

export function DesktopSwitch() {
  const words = useWords().uses.notifications;
  const supported = "Notification" in globalThis;
  const [permission, setPermission] = useState(supported ? Notification.permission : "denied");
  if (!supported) return null;
  const ask = async (): Promise<void> => setPermission(await Notification.requestPermission());
  if (permission === "default") {
    return (
      <button type="button" class="button quiet" onClick={() => void ask()}>
        {words.desktop}
      </button>
    );
  }
  return <p class="hint">{permission === "granted" ? words.desktopOn : words.desktopOff}</p>;
}

export function showOnDesktop(notice: Notice): void {
  if (!document.hidden || !("Notification" in globalThis)) return;
  if (Notification.permission !== "granted") return;
  // Several windows of one person show it once.
  const shown = new Notification(notice.from, { body: notice.text, tag: notice.id });
  shown.addEventListener("click", () => window.focus());
}
