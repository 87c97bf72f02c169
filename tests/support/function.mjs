// A function as AWS Lambda runs it: its runtime interface emulator and its runtime for Python, both from PyPI.
import { spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { root } from "./gateway.mjs";
import { freePort, listens } from "./upstream.mjs";

/** The emulator comes with this one; of its other parts none is needed. */
const CLI = "1.170.0";
const RUNTIME = "4.2.2";
const dir = path.join(root, "target/aws", `${CLI}-${RUNTIME}`);
const emulator = path.join(dir, `samcli/local/rapid/aws-lambda-rie-${process.arch === "arm64" ? "arm64" : "x86_64"}`);

/** Installs both, once; why that can't be, where it can't. */
export function unavailable() {
  if (process.platform !== "linux") return "the emulator is a program for Linux";
  if (fs.existsSync(path.join(dir, "done"))) return false;
  const python = (/** @type {string[]} */ ...args) => spawnSync("python3", args, { cwd: dir, encoding: "utf8", timeout: 60_000 });
  fs.mkdirSync(dir, { recursive: true });
  const steps = [
    ["-m", "pip", "--retries", "0", "download", "--quiet", "--no-deps", "--dest", ".", `aws-sam-cli==${CLI}`],
    ["-m", "zipfile", "--extract", `aws_sam_cli-${CLI}-py3-none-any.whl`, "."],
    ["-m", "pip", "--retries", "0", "install", "--quiet", "--target", "python", `awslambdaric==${RUNTIME}`],
  ];
  for (const step of steps) {
    const { status, error, stderr } = python(...step);
    if (status !== 0) return `python3 ${step.join(" ")}: ${error?.message ?? stderr.trim().split("\n").at(-1)}`;
  }
  fs.chmodSync(emulator, 0o755);
  fs.writeFileSync(path.join(dir, "done"), "");
  return false;
}

/**
 * Runs `handler(event, context)` of a Python source; the emulator calls it `function`.
 *
 * @param {string} source
 */
export async function startFunction(source) {
  const [port, api] = [await freePort(), await freePort()];
  fs.writeFileSync(path.join(dir, "app.py"), source);
  const args = ["--runtime-interface-emulator-address", `127.0.0.1:${port}`, "--runtime-api-address", `127.0.0.1:${api}`];
  const child = spawn(emulator, [...args, "python3", "-m", "awslambdaric", "app.handler"], {
    cwd: dir,
    env: { ...process.env, PYTHONPATH: `${path.join(dir, "python")}:${dir}` },
    stdio: "ignore",
    detached: true,
  });
  // It ends with nobody, and its runtime continues without it.
  const end = () => child.pid !== undefined && process.kill(-child.pid, "SIGKILL");
  process.on("exit", end);
  const ended = new Promise((resolve) => child.on("exit", resolve));
  for (let tries = 0; !(await listens(port)); tries++) {
    if (tries === 100) throw new Error("the emulator doesn't listen");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      process.off("exit", end);
      end();
      await ended;
    },
  };
}
