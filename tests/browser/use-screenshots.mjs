// Pictures of the console's applications for the documentation, each with somebody at work in it.
import { serve } from "tautline";

const talk = [
  ["", "The new knots page is online. Tell me what is missing."],
  ["Ada", "Could you look at the second drawing? The loop is the wrong way round."],
  ["Ada", "Also: lunch at noon."],
];

const text = `The taut-line hitch

An adjustable loop knot: it grips while there is load on the line, and slides when there is none.

1. Lead the end around the post and back.
2. Two turns around the standing part, inside the loop.
3. One more turn outside the loop, and pull it tight.
`;

async function openUse(browser, origin, use, options) {
  const { name, ...more } = options;
  const context = await browser.newContext({ deviceScaleFactor: 2, locale: "en-GB", ...more });
  await context.addInitScript((chosen) => localStorage.setItem("tautline.name", chosen), name);
  const page = await context.newPage();
  await page.goto(`${origin}/#/uses/${use}`);
  await page.locator(".status[data-state=connected]").waitFor();
  return page;
}

async function send(page, to, message) {
  await page.locator("#notice-to").fill(to);
  await page.locator("#notice-text").fill(message);
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await page.locator(".notice-row:not([data-waiting])", { hasText: message }).waitFor();
}

async function notifications(open) {
  const ada = await open("notifications", "Ada");
  const grace = await open("notifications", "Grace");
  await send(grace, ...talk[0]);
  await send(ada, "", "It is. Thank you!");
  await ada.getByRole("button", { name: "Mark all as read" }).click();
  for (const [to, message] of talk.slice(1)) {
    await grace.locator("#notice-to").fill(to);
    await grace.locator("#notice-text").fill(message);
    await grace.getByRole("button", { name: "Send", exact: true }).click();
    await ada.locator(".notice-row", { hasText: message }).waitFor();
  }
  await ada.getByRole("button", { name: "Grace" }).click();
  await ada.locator("#notice-text").fill("On it. Noon is fine.");
  return ada;
}

async function game(open) {
  const names = ["Ada", "Grace", "Linus", "小明"];
  const pages = [];
  for (const name of names) pages.push(await open("game", name));
  await pages[0].locator(".dot").nth(3).waitFor();
  const scored = pages[0].locator(".scores b", { hasText: /^(\d\d|[6-9])$/u });
  for (let step = 0; step < 150 && (await scored.count()) === 0; step += 1) {
    const page = pages[step % pages.length];
    const beads = page.locator(".bead");
    const box = await beads
      .nth((step * 3) % 6)
      .boundingBox({ timeout: 1_000 })
      .catch(() => null);
    if (box) await page.mouse.move(box.x, box.y);
    await page.waitForTimeout(250);
  }
  return pages[0];
}

async function quotes(open) {
  const page = await open("quotes", "Ada");
  await page.locator("tbody tr").nth(7).waitFor();
  await page.getByRole("button", { name: /Flax/u }).click();
  // Until some prices have just moved.
  await page.waitForFunction(() => document.querySelectorAll("[data-turn='1']").length > 1);
  return page;
}

const field = (page) => page.locator(".sheet textarea");

async function document(open) {
  const ada = await open("document", "Ada");
  const grace = await open("document", "Grace");
  const linus = await open("document", "Linus");
  await ada.locator(".document-state[data-saved=true]").waitFor();
  await field(ada).fill(text);
  for (const page of [grace, linus]) {
    await page.waitForFunction(
      (wanted) => window.document.querySelector("textarea").value === wanted,
      text,
    );
    await field(page).focus();
  }
  const select = (page, from, to) =>
    field(page).evaluate((area, [start, end]) => area.setSelectionRange(start, end), [from, to]);
  await select(
    grace,
    text.indexOf("grips"),
    text.indexOf("grips") + "grips while there is load".length,
  );
  await select(linus, text.indexOf(" inside the loop"), text.indexOf(" inside the loop"));
  await ada.locator(".caret").nth(1).waitFor({ state: "attached" });
  return ada;
}

async function monitor(open) {
  const control = await open("monitor", "Ada");
  const lamp = await open("monitor/device", "Lamp");
  await control.locator(".remote-presence[data-present=true]").waitFor();
  await control.getByRole("switch").click();
  await control.getByText(/^Obeyed after/u).waitFor();
  // Something for the server to do, and a minute for its charts.
  for (let window = 0; window < 3; window += 1) await open("game", `Player ${window}`);
  await control.waitForTimeout(45_000);
  await lamp.bringToFront();
  return control;
}

const pictures = { notifications, game, quotes, document, monitor };

/** Takes those that are named, or all when nothing is. */
export async function takeUses(browser, folder, names) {
  for (const [name, picture] of Object.entries(pictures)) {
    if (names.length > 0 && !names.includes(name)) continue;
    const server = await serve({ port: 0 });
    const open = (use, person) =>
      openUse(browser, server.url, use, {
        name: person,
        viewport: { width: 1280, height: 800 },
        colorScheme: "light",
      });
    const page = await picture(open);
    await page.screenshot({ path: `${folder}${name}.png` });
    for (const context of browser.contexts()) await context.close();
    await server.close();
  }
}
