/** The broker of a hub that stands alone, with its logs on disk. */

export type { DataDirectoryErrorCode } from "./data-directory-error.ts";
export { DataDirectoryError } from "./data-directory-error.ts";
export type { DiskBrokerSetup } from "./disk-broker.ts";
export { DiskBroker } from "./disk-broker.ts";
export type { Durability } from "./disk-journal.ts";
