// Finds a Chromium-like browser for the browser tests, and installs one where that is ours to do: on Debian and
// Ubuntu as root. Elsewhere it says exactly what to install; the tests that need it then fail with that sentence.

import { accessSync, constants, existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";

import { run } from "./child.mjs";

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
  const folders = (env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  const onPath = folders.flatMap((folder) => commands.map((name) => join(folder, name)));
  return [...onPath, ...fixedPlaces].find(isExecutable);
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
  if (process.getuid?.() !== 0) {
    return {
      problem:
        "No browser was found. Run: sudo apt-get install -y --no-install-recommends chromium",
    };
  }
  return installFromDebian();
}

async function installFromDebian() {
  console.log("No browser was found: installing chromium with apt-get …");
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  for (const args of [["update"], ["install", "-y", "--no-install-recommends", "chromium"]]) {
    const { code } = await run("apt-get", ["-qq", "-o", "Dpkg::Use-Pty=0", ...args], { env });
    if (code !== 0) return { problem: `apt-get ${args.join(" ")} failed, see above. ${advice()}` };
  }
  const installed = findBrowser();
  return installed === undefined
    ? { problem: `apt-get installed chromium but no command of it was found. ${advice()}` }
    : { path: installed };
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

function isDebian() {
  if (process.platform !== "linux" || !existsSync("/etc/os-release")) return false;
  return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/mu.test(readFileSync("/etc/os-release", "utf8"));
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
