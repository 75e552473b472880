/** Catches what a test lets surface on purpose, in the place of whoever listens for it otherwise. */
import { onTestFinished } from "vitest";

/** Takes over `uncaughtException` until the test is over. Returns the list that errors are put into. */
export function takeUncaught(): unknown[] {
  const others = process.listeners("uncaughtException");
  const uncaught: unknown[] = [];
  const collect = (error: unknown): void => void uncaught.push(error);
  process.removeAllListeners("uncaughtException");
  process.on("uncaughtException", collect);
  onTestFinished(() => {
    process.off("uncaughtException", collect);
    for (const other of others) process.on("uncaughtException", other);
  });
  return uncaught;
}
