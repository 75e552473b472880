/** `npm run plan`: prints the plan that the measured costs come to, or writes it into the page about scaling. */
import { readCosts } from "./costs.ts";
import { planText, writePlan } from "./plan-page.ts";

const args = process.argv.slice(2);
if (args.length === 0) console.log(planText(readCosts()));
else if (args.length === 1 && args[0] === "--write-docs") await writePlan(readCosts());
else {
  console.error(
    "Usage: npm run plan [-- --write-docs]\n\nWhat 100 thousand, a million and ten million connections take.",
  );
  process.exitCode = 2;
}
