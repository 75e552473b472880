/** Why a data directory cannot be used, for people who start a server with it. */

/**
 * What is wrong with a data directory:
 * - `DATA_DIR_FOREIGN`: it holds something that is not Tautline's;
 * - `DATA_DIR_IN_USE`: another process has it open;
 * - `DATA_DIR_FORMAT`: it was written by a version that keeps its data in another way;
 * - `DATA_DIR_DAMAGED`: what it holds is not whole;
 * - `DATA_DIR_UNUSABLE`: the system does not let it be used; `cause` says why.
 */
export type DataDirectoryErrorCode =
  | "DATA_DIR_FOREIGN"
  | "DATA_DIR_IN_USE"
  | "DATA_DIR_FORMAT"
  | "DATA_DIR_DAMAGED"
  | "DATA_DIR_UNUSABLE";

export class DataDirectoryError extends Error {
  readonly code: DataDirectoryErrorCode;

  constructor(code: DataDirectoryErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "DataDirectoryError";
    this.code = code;
  }
}
