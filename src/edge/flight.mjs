// One client request: runs the batches of effects that the core gives back, until the answer is there.
import { Asked } from "./asked.mjs";
import { announced, inflated, SHORT } from "./bodies.mjs";
import { messageOf } from "./errors.mjs";
import { changed, linesOf } from "./lines.mjs";
import { operations } from "./ops.mjs";
import { callOrigin } from "./origins.mjs";
import { passed, response } from "./passing.mjs";
import * as protocol from "./protocol.mjs";
import { Known, recipeOf } from "./recipes.mjs";
import { receive } from "./receiving.mjs";
import { answerBody } from "./sending.mjs";
import { callOverSocket } from "./sockets.mjs";
import { UnderWay } from "./underway.mjs";

const EMPTY = new Uint8Array(0);

/**
 * @typedef {import("./batch.mjs").Answer} Answer
 * @typedef {import("./batch.mjs").Effect} Effect
 * @typedef {import("./instance.mjs").Instance} Instance
 * @typedef {import("./ops.mjs").Env} Env
 * @typedef {import("./recipes.mjs").Following} Following
 * @typedef {import("./recipes.mjs").Recipe} Recipe
 */

export class Flight {
  #instance;
  #origins;
  #request;
  #env;
  #ctx;
  #place = protocol.NOWHERE;
  /** What enters the core of the request. */
  #asked;
  #underWay = new UnderWay();
  /**
   * The recipe that is followed until the core is entered.
   *
   * @type {Following | null}
   */
  #following = null;
  /** Whether the core has yet to start the request, and the list of header lines that it wants for that; -1: it has them. */
  #opening = false;
  #wanted = -1;
  /** The list of the lines that were read. */
  #list = 0;
  #over = false;
  /** @type {((response: Response | Promise<Response>) => void) | null} */
  #resolve = null;
  /** @type {Response | Promise<Response> | null} */
  #answered = null;
  /** @type {((value: void) => void) | null} */
  #done = null;
  /** Whether the core was entered, and whether it hears if the client leaves. */
  #started = false;
  #listens = false;
  /** Whether each call may have to be aborted. */
  #abortable = false;

  /**
   * @param {Instance} instance
   * @param {import("./sockets.mjs").Origins | null} origins
   * @param {Request} request
   * @param {Env} env
   * @param {ExecutionContext} ctx
   */
  constructor(instance, origins, request, env, ctx) {
    this.#instance = instance;
    this.#origins = origins;
    this.#request = request;
    this.#env = env;
    this.#ctx = ctx;
    this.#asked = new Asked(request);
  }

  /**
   * A response, or the promise of one.
   *
   * @returns {Response | Promise<Response>}
   */
  start() {
    const { recipes, lastList } = this.#instance;
    const asked = this.#asked;
    const exact = recipes.known(asked.method, asked.url);
    const shaped = exact === null ? recipes.shaped(asked.method, asked.url) : null;
    const known = shaped === null ? exact : shaped.shape.known;
    // Most requests need what the last one needed.
    this.#readLines(known === null ? lastList : known.list);
    const answer = known === null ? null : known.answerTo(asked);
    if (answer !== null) return response(answer.status, linesOf(answer.block), answer.bytes);
    const effects = known === null || asked.hasBody ? null : known.effects(asked);
    const filled = shaped === null || effects === null ? effects : shaped.shape.filled(effects, shaped.values);
    if (known === null || filled === null || !this.#follow(/** @type {Recipe} */ (known.recipe), filled)) this.#open();
    return this.#answered ?? new Promise((resolve) => (this.#resolve = resolve));
  }

  /**
   * Runs the pipe of an agent for a message: a response, or the promise of one.
   *
   * @param {number} agent
   * @param {number} attempts
   * @param {Uint8Array} bytes
   * @returns {Response | Promise<Response>}
   */
  take(agent, attempts, bytes) {
    const instance = this.#instance;
    instance.body(bytes);
    this.#enter(() => instance.raw.take(agent, attempts, Date.now()) || this.#overloaded());
    return this.#answered ?? new Promise((resolve) => (this.#resolve = resolve));
  }

  /**
   * Reads the header lines of a list.
   *
   * @param {number} list
   */
  #readLines(list) {
    this.#list = list;
    this.#asked.read(this.#instance.list(list), this.#instance.wantsPlace);
  }

  /** Enters the core with the request. */
  #open() {
    const instance = this.#instance;
    const asked = this.#asked;
    this.#opening = true;
    this.#enter(() => instance.open(asked, this.#list) || this.#overloaded());
    if (this.#wanted < 0) return;
    this.#readLines(this.#wanted);
    this.#enter(() => instance.raw.start(this.#place, instance.write(asked.lines), asked.hasBody, Date.now()));
  }

  /**
   * Makes the calls of a recipe, as this request has them. False if there's no room for what they give.
   *
   * @param {Recipe} recipe
   * @param {Effect[]} effects
   */
  #follow(recipe, effects) {
    this.#following = this.#instance.recipes.follow(recipe);
    if (this.#following === null) return false;
    for (const effect of effects) this.#effect(effect, false);
    return true;
  }

  /** Enters the core with what the recipe that is followed has led to, if one is. */
  #resume() {
    const following = this.#following;
    if (following === null) return;
    const instance = this.#instance;
    this.#following = null;
    instance.recipes.end(following);
    this.#started = following.outcomes.length > 0;
    this.#enter(() => instance.resume(this.#asked, following) || this.#overloaded());
  }

  /**
   * Whether the answer of a call waits for those of the others: it does in the plain case.
   *
   * @param {number} id
   * @param {number} flags
   * @param {number} status
   * @param {Uint8Array | number} body
   */
  #waits(id, flags, status, body) {
    const following = this.#following;
    if (following === null || flags & protocol.FETCH_WANT_HEADERS || (status !== 200 && status !== 201)) return false;
    if (!this.#instance.recipes.hold(following, id, status, body)) return false;
    if (following.outcomes.length === 3 * following.recipe.calls) this.#resume();
    return true;
  }

  /** There's no memory, or no place, for one more request. */
  #overloaded() {
    this.#instance.recipes.pause();
    this.#answer(refused("the requests in flight leave no room for this one"));
    this.#finish();
    return 0;
  }

  /**
   * Lets the core continue, then performs what it asks for. What fails here, a trap or an answer that the runtime refuses, harms
   * this request alone.
   *
   * @param {() => number} call
   */
  #enter(call) {
    // What comes too late must not reach the request that has this one's place by now.
    if (this.#over) return;
    try {
      this.#instance.enter(call, (batch) => this.#perform(batch));
    } catch (error) {
      console.error(`fjord: request failed: ${messageOf(error)}`);
      if (!this.#instance.trapped) this.#instance.raw.close(this.#place);
      this.#answer(new Response(null, { status: 500 }));
      this.#finish();
    }
  }

  /** @param {import("./batch.mjs").Batch} batch */
  #perform(batch) {
    const { state, effects, answer } = batch;
    this.#place = batch.place;
    if (this.#opening && this.#opened(batch)) return;
    const finished = (state & protocol.STATE_FINISHED) !== 0;
    if (state & protocol.STATE_ABORTABLE) this.#abortable = true;
    for (const effect of effects) this.#effect(effect, finished);
    if (answer !== null) this.#answer(this.#made(answer));
    if (finished) this.#finish();
    else this.#goOn(state);
  }

  /**
   * The first batch of the core. True if it isn't to be performed: other lines are asked for, or a recipe is followed instead.
   *
   * @param {import("./batch.mjs").Batch} batch
   */
  #opened({ state, place, list, effects, shape, answer }) {
    const instance = this.#instance;
    if (state & protocol.STATE_LINES) {
      this.#wanted = list;
      return true;
    }
    this.#opening = false;
    const needed = this.#wanted < 0 ? list : this.#wanted;
    // The first request of an instance is opened with all its lines.
    if (needed !== this.#list) this.#readLines(needed);
    if (state & protocol.STATE_CONSTANT && answer !== null) instance.recipes.learnAnswer(this.#asked, needed, answer);
    const recipe = state & protocol.STATE_RECIPE ? recipeOf(effects) : null;
    if (recipe !== null || needed !== instance.lastList) {
      instance.recipes.learn(new Known(this.#asked, needed, recipe), shape);
    }
    instance.lastList = needed;
    if (recipe === null || !instance.recipes.always || !this.#follow(recipe, recipe.effects)) return false;
    instance.raw.close(place);
    this.#place = protocol.NOWHERE;
    return true;
  }

  /**
   * The request continues. Its tasks do so after its client; the platform gives them 30 s.
   *
   * Only what the core has to hear at once is worth a listener, which adds 7 µs to the 310 of a worker that makes one call: bodies are
   * held (something has come in since the start), tasks work beside the answer, or others wait. The rest, some KB of a request whose
   * first origin hadn't answered when its client left, goes when its place is overdue. Calls end with their client without us.
   *
   * @param {number} state
   */
  #goOn(state) {
    if (state & protocol.STATE_BACKGROUND && this.#done === null) {
      this.#ctx.waitUntil(new Promise((/** @type {(value: void) => void} */ resolve) => (this.#done = resolve)));
    }
    if (this.#started || state & (protocol.STATE_BACKGROUND | protocol.STATE_WATCHED)) this.#listen();
    this.#started = true;
  }

  /** Hears from now on if the client leaves. */
  #listen() {
    if (this.#listens) return;
    this.#listens = true;
    const { signal } = this.#request;
    if (signal.aborted) queueMicrotask(() => this.#leave());
    else signal.addEventListener("abort", () => this.#leave());
  }

  /** The client left: nobody sees an answer any more. */
  #leave() {
    this.#answer(new Response(null, { status: 499 }));
    this.#enter(() => this.#instance.raw.leave(this.#place, Date.now()));
  }

  /**
   * Starts one effect. What the core is told about it comes later, in a turn of its own.
   *
   * @param {Effect} effect
   * @param {boolean} finished
   */
  #effect(effect, finished) {
    switch (effect.kind) {
      case protocol.FETCH:
        void this.#fetch(effect);
        break;
      case protocol.TIMER: {
        const { id } = effect;
        const timer = setTimeout(() => this.#tell(id, () => this.#instance.raw.elapsed(this.#place, id, Date.now())), effect.ms);
        this.#underWay.time(id, timer);
        break;
      }
      case protocol.CANCEL:
        // What is still open when a request ends, the runtime ends, but no call over a socket.
        if (!finished || this.#underWay.canAbort(effect.id)) this.#underWay.cancel(effect.id);
        break;
      case protocol.READ_BODY:
        this.#read(effect.id, this.#request);
        break;
      case protocol.READ_STREAM:
        this.#underWay.follow(effect.id, effect.of);
        this.#read(effect.id, this.#underWay.stream(effect.of));
        break;
      case protocol.CALL:
        this.#service(effect);
        break;
      case protocol.LOG:
        console[protocol.CONSOLE[effect.level] ?? "error"](effect.line);
        break;
    }
  }

  /**
   * Tells the core how an effect ended.
   *
   * @param {number} id
   * @param {() => number} call
   */
  #tell(id, call) {
    this.#resume();
    if (!this.#underWay.isCancelled(id)) this.#enter(call);
  }

  /** @param {import("./batch.mjs").Fetch} effect */
  async #fetch(effect) {
    const { id, flags, cutAfter, socket, url } = effect;
    const { longBodies } = this.#instance;
    const streams = (flags & protocol.FETCH_STREAM) !== 0;
    if (cutAfter !== protocol.NEVER) this.#underWay.cutAfter(id, cutAfter);
    let answer;
    /** @type {Uint8Array | number} */
    let body = protocol.STAYS;
    try {
      if (socket === null) {
        const signal = this.#abortable || (streams && longBodies.has(url)) ? this.#underWay.controller(id).signal : undefined;
        answer = await callOrigin(effect, this.#request, this.#env, signal);
      } else {
        answer = await callOverSocket(this.#origins, socket, effect, this.#request, this.#ctx, this.#ending(id));
      }
      if (streams) {
        longBodies.note(url, announced(answer));
        this.#underWay.keep(id, flags & protocol.FETCH_GZIP ? inflated(answer) : answer);
      } else {
        const length = announced(answer);
        const whole = length <= SHORT ? new Uint8Array(await answer.arrayBuffer()) : null;
        // A worker behind a binding may send more than it announces.
        if (whole !== null && whole.length <= SHORT) body = whole;
        else {
          this.#resume();
          body = protocol.IN_PARTS;
          if (whole === null) await this.#receive(id, answer, length);
          else if (this.#wants(id)) this.#instance.part(this.#place, id, whole);
        }
      }
    } catch (error) {
      this.#failed(id, error);
      return;
    }
    if (!this.#waits(id, flags, answer.status, body)) this.#deliver(id, flags, answer, body);
  }

  /**
   * Whether the core still waits for an effect.
   *
   * @param {number} id
   */
  #wants(id) {
    return !this.#over && !this.#underWay.isCancelled(id);
  }

  /**
   * Reads the body that an effect waits for into the core's memory.
   *
   * @param {number} id
   * @param {Request | Response} from
   * @param {number} size The length that it has; NaN if it isn't said.
   */
  #receive(id, from, size) {
    /** @param {number} length */
    const expect = (length) => this.#wants(id) && this.#instance.expect(this.#place, id, length);
    /**
     * @param {Uint8Array} part
     * @param {boolean} last
     */
    const take = (part, last) => {
      if (!this.#wants(id)) return false;
      // Something is held from here on, which must go with the client.
      if (!last) this.#listen();
      return this.#instance.part(this.#place, id, part);
    };
    return receive(from, size, expect, take);
  }

  /**
   * What ends a call over a socket: nothing but us does, as the runtime doesn't know whose it is. So the core hears of its client too.
   *
   * @param {number} id
   */
  #ending(id) {
    this.#listen();
    return this.#underWay.controller(id).signal;
  }

  /**
   * @param {number} id
   * @param {number} flags
   * @param {Response} answer
   * @param {Uint8Array | number} body Its bytes, or which way it went: `IN_PARTS`, `STAYS`.
   */
  #deliver(id, flags, answer, body) {
    const instance = this.#instance;
    this.#tell(id, () => {
      let lines = "";
      if (flags & protocol.FETCH_WANT_HEADERS || (answer.status !== 200 && answer.status !== 201)) {
        for (const [name, value] of answer.headers) lines += `${name}\0${value}\0`;
      }
      if (typeof body !== "number") {
        const length = instance.writeBoth(lines, body);
        return instance.raw.fetched(this.#place, id, answer.status, length, body.length, Date.now());
      }
      const length = lines === "" ? 0 : instance.write(lines);
      return instance.raw.fetched(this.#place, id, answer.status, length, body, Date.now());
    });
  }

  /**
   * @param {number} id
   * @param {unknown} error
   */
  #failed(id, error) {
    const instance = this.#instance;
    this.#tell(id, () => instance.raw.fetch_failed(this.#place, id, instance.write(messageOf(error)), Date.now()));
  }

  /**
   * Reads a body to its end.
   *
   * @param {number} id
   * @param {Request | Response} from
   */
  #read(id, from) {
    const { raw } = this.#instance;
    // The batch that asks for it is still in the core's memory.
    const received = Promise.resolve().then(() => this.#receive(id, from, announced(from)));
    received.then(
      () => this.#tell(id, () => raw.body_read(this.#place, id, false, 0, Date.now())),
      (/** @type {unknown} */ error) => this.#unable(raw.body_read, id, error),
    );
  }

  /** @param {import("./batch.mjs").Call} call */
  #service({ id, operation, args }) {
    const { raw } = this.#instance;
    const host = { origins: this.#origins, signal: () => this.#ending(id) };
    Promise.resolve()
      .then(() => service(operation)(args, this.#env, this.#ctx, this.#request, host))
      .then(
        (result) =>
          this.#tell(id, () => {
            this.#instance.body(result ?? EMPTY);
            return raw.called(this.#place, id, false, 0, Date.now());
          }),
        (/** @type {unknown} */ error) => this.#unable(raw.called, id, error),
      );
  }

  /**
   * Tells the core that something couldn't be done.
   *
   * @param {import("./fjord.mjs").Raw["called"]} entry
   * @param {number} id
   * @param {unknown} error
   */
  #unable(entry, id, error) {
    this.#tell(id, () => entry(this.#place, id, true, this.#instance.write(messageOf(error)), Date.now()));
  }

  /**
   * The response that the core answers with, or the promise of one.
   *
   * @param {Answer} answer
   */
  #made({ status, block, passed: kind, of, own, bytes, stream }) {
    let lines;
    if (kind === protocol.PASSED_CHANGED) lines = changed(block, own, this.#underWay.stream(of).headers);
    else {
      lines = linesOf(block);
      if (kind !== protocol.PASSED_NONE) lines = lines.over(this.#underWay.stream(of).headers, kind === protocol.PASSED_WITHOUT_TYPE);
    }
    if (stream !== null) return passed(this.#instance, status, lines, this.#underWay.stream(stream), this.#underWay.cutAt(stream), this.#ctx, this.#underWay.controllerOf(stream));
    if (bytes === null) return response(status, lines, null);
    const body = answerBody(bytes, this.#request);
    return body === null ? refused("answers that clients read slowly leave no room for this one") : response(status, lines, body);
  }

  /** @param {Response | Promise<Response>} answer */
  #answer(answer) {
    if (this.#answered !== null) return;
    this.#answered = answer;
    this.#resolve?.(answer);
  }

  /** Nothing of this request continues. Its timers end with it; one that still fires finds it over (clearing them costs more). */
  #finish() {
    this.#over = true;
    this.#done?.();
  }
}

/**
 * The answer to a request that there's no room for.
 *
 * @param {string} reason
 */
function refused(reason) {
  console.error(`fjord: request refused: ${reason}`);
  return new Response(null, { status: 503 });
}

/**
 * A service of the host.
 *
 * @param {string} name
 */
function service(name) {
  const found = operations[name];
  if (found === undefined) throw new Error(`the core asks for an unknown service: ${name}`);
  return found;
}
