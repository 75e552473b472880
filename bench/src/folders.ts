/** Where things are. Compiled files lie in `bench/dist`, one folder below `bench`, as their sources do. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const benchFolder: string = fileURLToPath(new URL("../", import.meta.url));
export const root: string = join(benchFolder, "..");
export const cacheFolder: string = join(root, ".cache", "bench");
