/** Whole lines from pieces of text that end anywhere. It waits for the end of the last one as long as it takes. */
export class LineSplitter {
  #rest = "";

  /** The lines that end in this piece, without what ends them, and none that is empty. */
  take(piece: string): readonly string[] {
    const lines = (this.#rest + piece).split("\n");
    this.#rest = lines.pop() ?? "";
    return lines.filter((line) => line !== "");
  }
}
