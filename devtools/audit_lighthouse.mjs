// Runs Lighthouse on one page for audit_lighthouse.py, which says in a file what is wanted.
// The browser is ours to begin with, since the command line of Lighthouse takes cookies as a
// header only, which what a script of the page fetches does not carry.
import { readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const wanted = JSON.parse(await readFile(process.argv[2], "utf-8"));
const installed = createRequire(join(wanted.modules, "here.js"));
const load = (name) => import(pathToFileURL(installed.resolve(name)).href);
const { default: lighthouse } = await load("lighthouse");
const { default: puppeteer } = await load("puppeteer-core");

const browser = await puppeteer.launch({
  executablePath: wanted.browser,
  args: wanted.flags,
  headless: "shell",
});
try {
  const cookies = Object.entries(wanted.cookies);
  const { hostname: domain } = new URL(wanted.url);
  await browser.setCookie(...cookies.map(([name, value]) => ({ name, value, domain, path: "/" })));
  const flags = {
    logLevel: "error",
    output: ["json", "html"],
    onlyCategories: wanted.categories,
    maxWaitForLoad: wanted.milliseconds,
    disableStorageReset: true,
  };
  const result = await lighthouse(wanted.url, flags, undefined, await browser.newPage());
  const { runtimeError } = result.lhr;
  if (runtimeError) throw new Error(runtimeError.message);
  const [json, html] = result.report;
  await writeFile(`${wanted.out}.report.json`, json);
  await writeFile(`${wanted.out}.report.html`, html);
} finally {
  await browser.close();
}
