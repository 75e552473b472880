/** Which of the two a scenario meets: only where they differ on purpose may one ask. */
import { createRequire } from "node:module";

export const ours = createRequire(import.meta.url)("ws/package.json").name !== "ws";
