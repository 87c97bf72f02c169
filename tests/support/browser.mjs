// A real Chromium for tests: the machine's own (CHROME), or the one that an npm package ships for Linux.
import fs from "node:fs";
import chromium from "@sparticuz/chromium";
import { chromium as driver } from "playwright-core";
import { messageOf } from "../../bin/lib/errors.mjs";

/** What these tests need of a Chromium without a screen: no sandbox for root, no process of its own for graphics. */
const ARGS = ["--no-sandbox", "--no-zygote", "--in-process-gpu", "--disable-gpu-compositing", "--disable-software-rasterizer"];

/** @returns {Promise<string | undefined>} */
async function program() {
  const { CHROME } = process.env;
  if (CHROME !== undefined) return fs.existsSync(CHROME) ? CHROME : undefined;
  return process.platform === "linux" && process.arch === "x64" ? chromium.executablePath() : undefined;
}

/**
 * Starts a browser; a reason why there's none. With CI=true that's an error.
 *
 * @returns {Promise<{ browser: import("playwright-core").Browser } | { reason: string }>}
 */
export async function launch() {
  try {
    const executablePath = await program();
    if (executablePath === undefined) throw new Error("set CHROME to the path of a Chromium");
    return { browser: await driver.launch({ executablePath, args: ARGS }) };
  } catch (error) {
    const reason = `no Chromium: ${messageOf(error)}`;
    if (process.env.CI === "true") throw new Error(reason, { cause: error });
    return { reason };
  }
}
