/**
 * The seed of everything random in this package's tests. It differs from run to run and is shown with each failure;
 * `TAUTLINE_SEED=<number>` repeats a run.
 */

import { configureGlobal, readConfigureGlobal } from "fast-check";

export const seed = Number(process.env["TAUTLINE_SEED"] ?? Math.floor(Math.random() * 2 ** 31));

configureGlobal({ ...readConfigureGlobal(), seed });
