import { afterAll, beforeAll, expect, test } from "vitest";
import { someRows, startApi, type ApiServer } from "../support/api-server.js";
import { Browser } from "../support/browser.js";
import { saySkipped } from "../support/corpus.js";
import { MemoryStore } from "../support/memory-store.js";

const command = Browser.find();
if (command === null) saySkipped("the explorer in a browser", "there is no chromium on this host");

let api: ApiServer;
let browser: Browser;

beforeAll(async () => {
  api = await startApi(new MemoryStore(someRows(25)));
  await api.token({ name: "ana", role: "analyst" });
  if (command !== null) browser = await Browser.start(command);
});

afterAll(async () => {
  if (command !== null) await browser.close();
  await api.server.stop();
});

test.skipIf(command === null)("the explorer asks after a login, out of this server alone and without a complaint of the browser", async () => {
  const page = (expression: string) => expect.poll(() => browser.evaluate(expression).catch(() => null), { timeout: 60_000, interval: 100 });
  await browser.open(`${api.server.url}/explorer`);
  await page("location.pathname + location.search + (document.readyState === 'complete')").toBe("/login?next=%2Fexplorertrue");
  await browser.evaluate("document.getElementById('user').value = 'ana'; document.getElementById('password').value = 'a long password'; document.querySelector('form').submit()");
  await page("location.pathname").toBe("/explorer");
  await page("document.querySelector('.graphiql-execute-button') !== null").toBe(true);
  await browser.evaluate("document.querySelector('.graphiql-execute-button').click()");
  await page("document.querySelector('.result-window')?.textContent ?? ''").toContain("totalCount");
  await page("document.querySelector('.result-window')?.textContent ?? ''").toContain("40023");
  expect(browser.complaints).toEqual([]);
  expect(browser.requests.length).toBeGreaterThan(5);
  expect(browser.requests.filter((url) => !url.startsWith(api.server.url) && !url.startsWith("data:") && !url.startsWith("about:"))).toEqual([]);

  await browser.open(`${api.server.url}/`);
  await page("document.querySelector('form button')?.textContent ?? ''").toBe("Log out");
  await browser.evaluate("document.querySelector('form').submit()");
  await page("location.pathname").toBe("/login");
  expect(browser.complaints).toEqual([]);
}, 120_000);
