/** The members of an interface with their doc comments, read from the source: what a page about options is made of. */
import { read } from "./documents.ts";

export interface Member {
  readonly name: string;
  /** The doc comment on one line. */
  readonly text: string;
}

/**
 * The documented members of `interface name` or `type name` in `file`, in order.
 *
 * @throws Error when there is none: the page would lose a table without a word
 */
export function membersOf(file: string, name: string): Member[] {
  const declared = new RegExp(
    `^export (?:interface|type) ${name}\\b.*?^\\}(?: & \\{.*?^\\})*`,
    "ms",
  ).exec(read(file));
  const members = [
    ...(declared?.[0] ?? "").matchAll(/^ {2}\/\*\*(.*?)\*\/\n {2}readonly (\w+)/gms),
  ];
  if (members.length === 0) throw new Error(`no member of ${name} in ${file} has a comment`);
  return members.map(([, comment = "", member = ""]) => ({ name: member, text: oneLine(comment) }));
}

function oneLine(comment: string): string {
  return comment
    .split("\n")
    .map((line) => line.replace(/^\s*\*? ?/, "").trim())
    .filter((line) => line !== "")
    .join(" ")
    .replaceAll(/\{@link (?:\w+\.)?(\w+)\}/g, "`$1`")
    .replaceAll("|", "\\|")
    .replaceAll(/ - (?=`)/g, "<br>")
    .trim();
}
