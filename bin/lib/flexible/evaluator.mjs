// Runs parsed templates. Everything written remembers which file and place it comes from.
import { FunctionFault, TemplateFault } from "./fault.mjs";
import { callFunction } from "./call.mjs";
import { isTrue, print, sortedKeys, typeOf } from "./values.mjs";

/**
 * @typedef {import("./values.mjs").Value} Value
 * @typedef {import("./values.mjs").Result} Result
 * @typedef {import("./parser.mjs").Node} Node
 * @typedef {import("./parser.mjs").Pipe} Pipe
 * @typedef {import("./parser.mjs").Operand} Operand
 */

/**
 * A parsed template and its file.
 *
 * @typedef {{ file: string, nodes: Node[] }} Template
 * @typedef {Map<string, Template>} Templates
 */

/** @typedef {Record<string, import("./call.mjs").TemplateFunction>} Functions */

/**
 * Takes a text, and the place in a file that it comes from.
 *
 * @callback Write
 * @param {string} text
 * @param {string} file
 * @param {number} from
 * @param {number} to
 */

/** @typedef {"break" | "continue" | undefined} Jump */

/** Templates that call each other more often than this never end. */
const MAX_CALLS = 1000;
/** No configuration is larger. */
const MAX_OUTPUT = 64 * 1024 * 1024;

/**
 * Runs a template. A fault is thrown with the file it happened in.
 *
 * @param {Templates} templates
 * @param {Template} main
 * @param {Value} data
 * @param {{ functions: Functions, write: Write }} host
 */
export function execute(templates, main, data, { functions, write }) {
  new Machine(templates, functions, write).run(main, data, 0);
}

class Machine {
  written = 0;

  /**
   * @param {Templates} templates
   * @param {Functions} functions
   * @param {Write} write
   */
  constructor(templates, functions, write) {
    this.templates = templates;
    this.functions = functions;
    this.write = write;
  }

  /**
   * @param {Template} template
   * @param {Result} data
   * @param {number} calls
   */
  run({ file, nodes }, data, calls) {
    const frame = new Frame(this, file, data, calls);
    try {
      frame.list(nodes, data);
    } catch (error) {
      const fault = error instanceof RangeError ? new TemplateFault(nodes[0]?.at ?? 0, "too deep or too large") : error;
      if (fault instanceof TemplateFault) fault.file ??= file;
      throw fault;
    }
  }
}

/** One run of one template: its variables and its file. */
class Frame {
  /**
   * @param {Machine} machine
   * @param {string} file
   * @param {Result} data
   * @param {number} calls
   */
  constructor(machine, file, data, calls) {
    this.machine = machine;
    this.file = file;
    this.calls = calls;
    /** @type {{ name: string, value: Result }[]} */
    this.variables = [{ name: "$", value: data }];
  }

  // === statements ===

  /**
   * Gives back "break" or "continue" when a loop should continue from there.
   *
   * @param {Node[]} nodes
   * @param {Result} dot
   * @returns {Jump}
   */
  list(nodes, dot) {
    for (const node of nodes) {
      const signal = this.node(node, dot);
      if (signal) return signal;
    }
    return undefined;
  }

  /**
   * @param {Node} node
   * @param {Result} dot
   * @returns {Jump}
   */
  node(node, dot) {
    switch (node.type) {
      case "text":
        return this.emit(node.text, node.at, node.at + node.text.length);
      case "action": {
        const value = this.pipe(node.pipe, dot);
        return node.pipe.names.length > 0 ? undefined : this.emit(print(value), node.at, node.end);
      }
      case "template":
        return this.template(node, dot);
      case "range":
        return this.scoped(() => this.range(node, dot));
      case "if":
      case "with":
        return this.scoped(() => {
          const value = this.pipe(node.pipe, dot);
          if (isTrue(value)) return this.list(node.body, node.type === "with" ? value : dot);
          return this.list(node.otherwise ?? [], dot);
        });
      default:
        return node.type;
    }
  }

  /**
   * @param {string} text
   * @param {number} from
   * @param {number} to
   * @returns {undefined}
   */
  emit(text, from, to) {
    const { machine } = this;
    machine.written += text.length;
    if (machine.written > MAX_OUTPUT) throw new TemplateFault(from, "writes more than 64 MB");
    machine.write(text, this.file, from, to);
    return undefined;
  }

  /**
   * @param {import("./parser.mjs").TemplateNode} node
   * @param {Result} dot
   * @returns {undefined}
   */
  template({ name, pipe, at }, dot) {
    const found = this.machine.templates.get(name);
    if (!found) throw new TemplateFault(at, `template "${name}" not defined`);
    if (this.calls >= MAX_CALLS) throw new TemplateFault(at, "exceeded maximum template depth");
    this.machine.run(found, pipe && this.pipe(pipe, dot), this.calls + 1);
    return undefined;
  }

  /**
   * @param {import("./parser.mjs").ControlNode} node
   * @param {Result} dot
   * @returns {Jump}
   */
  range({ pipe, body, otherwise }, dot) {
    const value = this.evaluate(pipe, dot);
    const { names, assigns } = pipe;
    let ran = false;
    for (const [key, item] of this.entries(value, pipe)) {
      ran = true;
      const signal = this.scoped(() => {
        const values = names.length > 1 ? [key, item] : [item];
        names.forEach((name, index) => this.store(name, values[index], assigns));
        return this.list(body, item);
      });
      if (signal === "break") break;
    }
    return !ran && otherwise ? this.list(otherwise, dot) : undefined;
  }

  /**
   * @param {Result} value
   * @param {Pipe} pipe
   * @returns {Generator<[key: Value, item: Result]>}
   */
  *entries(value, { at }) {
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) yield [BigInt(index), item];
    } else if (value instanceof Map) {
      for (const key of sortedKeys(value)) yield [key, value.get(key)];
    } else if (typeof value === "bigint") {
      for (let index = 0n; index < value; index++) yield [index, index];
    } else if (value !== undefined && value !== null) {
      throw new TemplateFault(at, `range can't iterate over ${print(value)}`);
    }
  }

  /**
   * @param {() => Jump} work
   * @returns {Jump}
   */
  scoped(work) {
    const mark = this.variables.length;
    const signal = work();
    this.variables.length = mark;
    return signal;
  }

  /**
   * Gives a variable a value: one that there is, or a new one.
   *
   * @param {string} name
   * @param {Result} value
   * @param {boolean} assigns
   */
  store(name, value, assigns) {
    if (assigns) this.variable(name).value = value;
    else this.variables.push({ name, value });
  }

  /**
   * The variable of a name: the parser knows that there is one.
   *
   * @param {string} name
   */
  variable(name) {
    const found = this.variables.findLast((variable) => variable.name === name);
    if (!found) throw new TypeError(`the parser let the variable ${name} through`);
    return found;
  }

  // === pipelines ===

  /**
   * A pipeline's value, after its variables have taken it.
   *
   * @param {Pipe} pipe
   * @param {Result} dot
   * @returns {Result}
   */
  pipe(pipe, dot) {
    const value = this.evaluate(pipe, dot);
    for (const name of pipe.names) this.store(name, value, pipe.assigns);
    return value;
  }

  /**
   * @param {Pipe} pipe
   * @param {Result} dot
   * @returns {Result}
   */
  evaluate({ commands }, dot) {
    /** @type {Result[]} */
    let given = [];
    for (const command of commands) given = [this.command(command, dot, given)];
    return given[0];
  }

  /**
   * @param {import("./parser.mjs").Command} command
   * @param {Result} dot
   * @param {Result[]} given The value of the command before, if there is one.
   * @returns {Result}
   */
  command({ args: [first, ...rest] }, dot, given) {
    if (first.type === "function") return this.call(first, rest, dot, given);
    if (first.type === "nil") throw new TemplateFault(first.at, "nil is not a command");
    const value = this.operand(first, dot);
    if (rest.length + given.length > 0) {
      const name = "path" in first ? (first.path.at(-1) ?? ("name" in first ? first.name : undefined)) : undefined;
      const what = name === undefined ? "can't give arguments to something that isn't a function" : `${name} has arguments but isn't a function`;
      throw new TemplateFault(first.at, what);
    }
    return value;
  }

  /**
   * @param {import("./parser.mjs").FunctionNode} node
   * @param {Operand[]} rest
   * @param {Result} dot
   * @param {Result[]} given
   * @returns {Result}
   */
  call({ name, at }, rest, dot, given) {
    // These two look no further than they must.
    if (name === "and" || name === "or") return this.logic(name, at, rest, dot, given);
    const args = rest.map((arg) => this.operand(arg, dot));
    try {
      const called = this.machine.functions[name];
      if (!called) throw new FunctionFault(`function "${name}" not defined`);
      return callFunction(name, called, [...args, ...given], rest);
    } catch (error) {
      if (error instanceof RangeError) throw new TemplateFault(at, `error calling ${name}: ${error.message}`);
      if (!(error instanceof FunctionFault)) throw error;
      const argument = error.argument === undefined ? undefined : rest[error.argument];
      throw new TemplateFault(argument?.at ?? at, error.message);
    }
  }

  /**
   * @param {"and" | "or"} name
   * @param {number} at
   * @param {Operand[]} rest
   * @param {Result} dot
   * @param {Result[]} given
   */
  logic(name, at, rest, dot, given) {
    /** @type {Result} */
    let value;
    if (rest.length + given.length === 0) throw new TemplateFault(at, `wrong number of args for ${name}: want at least 1 got 0`);
    for (const arg of rest) {
      value = this.operand(arg, dot);
      if (isTrue(value) === (name === "or")) return value;
    }
    return given.length > 0 ? given[0] : value;
  }

  /**
   * @param {Operand} node
   * @param {Result} dot
   * @returns {Result}
   */
  operand(node, dot) {
    switch (node.type) {
      case "dot":
        return dot;
      case "nil":
        return null;
      case "field":
        return this.fields(dot, node);
      case "variable":
        return this.fields(this.variable(node.name).value, node);
      case "chain":
        return this.fields(this.operand(node.node, dot), node);
      case "pipe":
        return this.pipe(node, dot);
      case "function":
        return this.call(node, [], dot, []);
      default:
        return node.value;
    }
  }

  /**
   * @param {Result} value
   * @param {{ path: string[], at: number }} node
   * @returns {Result}
   */
  fields(value, { path, at }) {
    let here = value;
    for (const name of path) {
      if (here === undefined) return undefined;
      if (here === null) throw new TemplateFault(at, `nil pointer evaluating interface {}.${name}`);
      if (!(here instanceof Map)) throw new TemplateFault(at, `can't evaluate field ${name} in type ${typeOf(here)}`);
      here = here.get(name);
    }
    return here;
  }
}
