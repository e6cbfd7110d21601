import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { WebSocket } from "ws";

type Message = Readonly<Record<string, unknown>>;

/** A headless browser with one page, driven over the DevTools protocol. */
export class Browser {
  readonly #process: ChildProcess;
  readonly #socket: WebSocket;
  readonly #profile: string;
  readonly #waiting = new Map<number, { readonly resolve: (result: Message) => void; readonly reject: (error: Error) => void }>();
  #session: string | null = null;
  #lastId = 0;
  /** URLs that the page asked for. */
  readonly requests: string[] = [];
  /** What the console and the security policy complained about. */
  readonly complaints: string[] = [];

  private constructor(process: ChildProcess, socket: WebSocket, profile: string) {
    this.#process = process;
    this.#socket = socket;
    this.#profile = profile;
    socket.on("message", (data) => {
      this.#receive(JSON.parse(String(data)) as Message);
    });
  }

  /** Path of a browser on this host, or null. */
  static find(): string | null {
    return ["chromium", "chromium-browser", "google-chrome"].find((name) => spawnSync(name, ["--version"], { stdio: "ignore" }).status === 0) ?? null;
  }

  static async start(command: string): Promise<Browser> {
    const profile = mkdtempSync(join(tmpdir(), "lookback-browser-"));
    const flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run", "--remote-debugging-port=0", `--user-data-dir=${profile}`, "about:blank"];
    const child = spawn(command, flags, { stdio: ["ignore", "ignore", "pipe"] });
    let address: string | undefined;
    for await (const line of createInterface({ input: child.stderr })) {
      address = /DevTools listening on (ws:\S+)/.exec(line)?.[1];
      if (address !== undefined) break;
    }
    if (address === undefined) throw new Error("the browser ended before it could be driven");
    const socket = new WebSocket(address);
    await once(socket, "open");
    const browser = new Browser(child, socket, profile);
    const { targetId } = await browser.#send("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await browser.#send("Target.attachToTarget", { targetId, flatten: true });
    browser.#session = String(sessionId);
    for (const domain of ["Page", "Runtime", "Network", "Log"]) await browser.#send(`${domain}.enable`, {});
    return browser;
  }

  #receive(message: Message): void {
    const { id, result, error, method, params } = message as { id?: number; result?: Message; error?: { message: string }; method?: string; params?: Record<string, any> }; // oxlint-disable-line no-explicit-any -- events have many shapes
    if (typeof id === "number") {
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error === undefined) waiting?.resolve(result ?? {});
      else waiting?.reject(new Error(error.message));
    } else if (method === "Network.requestWillBeSent") {
      this.requests.push(String(params?.["request"].url));
    } else if (method === "Log.entryAdded" && params?.["entry"].level === "error") {
      this.complaints.push(`${params["entry"].text} ${params["entry"].url ?? ""}`);
    } else if (method === "Runtime.exceptionThrown") {
      this.complaints.push(String(params?.["exceptionDetails"].exception?.description ?? params?.["exceptionDetails"].text));
    }
  }

  #send(method: string, params: Message): Promise<Message> {
    this.#lastId += 1;
    const id = this.#lastId;
    const answer = new Promise<Message>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
    });
    this.#socket.send(JSON.stringify({ id, method, params, ...(this.#session === null ? {} : { sessionId: this.#session }) }));
    return answer;
  }

  async open(url: string): Promise<void> {
    await this.#send("Page.navigate", { url });
  }

  /** The value of a script's expression in the page. */
  async evaluate(expression: string): Promise<unknown> {
    const { result, exceptionDetails } = (await this.#send("Runtime.evaluate", { expression, returnByValue: true, awaitPromise: true })) as { result?: { value?: unknown }; exceptionDetails?: { text: string } };
    if (exceptionDetails !== undefined) throw new Error(exceptionDetails.text);
    return result?.value;
  }

  async close(): Promise<void> {
    const exited = once(this.#process, "exit");
    await this.#send("Browser.close", {}).catch(() => this.#process.kill("SIGKILL"));
    await exited;
    this.#socket.terminate();
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
