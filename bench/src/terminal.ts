/** The terminal: colours and a line of progress where there is one, plain lines where there is none. */

const { stdout } = process;
const interactive = stdout.isTTY;
const colourful = interactive && !process.env["NO_COLOR"];

function paint(code: number): (text: string) => string {
  return (text) => (colourful ? `\u001B[${code}m${text}\u001B[0m` : text);
}

export const bold: (text: string) => string = paint(1);
export const dim: (text: string) => string = paint(2);
export const green: (text: string) => string = paint(32);
export const red: (text: string) => string = paint(31);

/** Shows what is going on, in place of what it said before. */
export function progress(text: string): void {
  if (interactive) stdout.write(`\r\u001B[K${dim(text.slice(0, stdout.columns - 1))}`);
}

export function say(text: string): void {
  progress("");
  if (interactive) stdout.write("\r");
  stdout.write(`${text}\n`);
}
