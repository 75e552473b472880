// Finds a Chromium-like browser for the browser tests, and installs one where that is ours to do: on Debian and
// Ubuntu as root. Elsewhere it says exactly what to install; the tests that need it then fail with that sentence.

import { installPackage, isDebian, isExecutable, onPath } from "./debian.mjs";

const variables = ["CHROMIUM_PATH", "CHROME_PATH"];

const commands = [
  "chromium",
  "chromium-browser",
  "google-chrome",
  "google-chrome-stable",
  "chrome",
  "microsoft-edge",
];

const fixedPlaces = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
  "C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe",
  "C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe",
];

/** The path of a browser, or undefined. A variable that is set but wrong is an error, not a reason to look on. */
function findBrowser(env = process.env) {
  for (const name of variables) {
    if (!env[name]) continue;
    if (isExecutable(env[name])) return env[name];
    throw new Error(`${name} is set to ${env[name]}, which is no executable file.`);
  }
  return onPath(commands, env)[0] ?? fixedPlaces.find(isExecutable);
}

/** `{ path }`, or `{ problem }`: a sentence with what to install. */
export async function ensureBrowser() {
  try {
    const found = findBrowser();
    if (found !== undefined) return { path: found };
  } catch (error) {
    return { problem: error.message };
  }
  if (!isDebian()) return { problem: `No browser was found. ${advice()}` };
  const problem = await installPackage("chromium");
  const installed = findBrowser();
  if (installed !== undefined) return { path: installed };
  return { problem: `No browser was found. ${problem ?? advice()}` };
}

function advice() {
  const how =
    process.platform === "darwin"
      ? "Run: brew install --cask chromium"
      : process.platform === "win32"
        ? "Run: winget install Google.Chrome"
        : "Install the package chromium of your distribution";
  return `${how}, or set CHROMIUM_PATH to the executable of Chromium, Chrome or Edge.`;
}
