/** Everything that `tautline token` can be told. The keys have the names that `tautline serve` has for them. */
import type { SettingTable } from "../settings/setting.ts";
import { tokenKeySettings } from "../token-keys.ts";

export const tokenSettings = {
  ...tokenKeySettings,
  tokenPrivateKeyFile: {
    kind: "text",
    path: true,
    value: "file",
    text: "make: sign with this private key, in PEM",
  },
} as const satisfies SettingTable;
