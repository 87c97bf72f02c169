// Runs parsed templates. Everything written remembers which file and place it comes from.
import { FunctionFault, TemplateFault } from "./fault.mjs";
import { callFunction } from "./call.mjs";
import { isTrue, print, sortedKeys, typeOf } from "./values.mjs";

/** Templates that call each other more often than this never end. */
const MAX_CALLS = 1000;
/** No configuration is larger. */
const MAX_OUTPUT = 64 * 1024 * 1024;

/**
 * Runs the template `name` with `data`. `templates` maps names to `{ file, nodes }`; `write(text, file, from, to)` takes
 * what is written. A fault is thrown with the file it happened in.
 */
export function execute(templates, name, data, { functions, write }) {
  const machine = new Machine(templates, functions, write);
  machine.run(templates.get(name), data, 0);
}

class Machine {
  written = 0;

  constructor(templates, functions, write) {
    Object.assign(this, { templates, functions, write });
  }

  run({ file, nodes }, data, calls) {
    const frame = new Frame(this, file, data, calls);
    try {
      frame.list(nodes, data);
    } catch (error) {
      if (error instanceof RangeError) throw Object.assign(new TemplateFault(nodes[0]?.at ?? 0, "too deep or too large"), { file });
      if (error instanceof TemplateFault) error.file ??= file;
      throw error;
    }
  }
}

/** One run of one template: its variables and its file. */
class Frame {
  constructor(machine, file, data, calls) {
    Object.assign(this, { machine, file, calls, variables: [["$", data]] });
  }

  // === statements ===

  /** Gives back "break" or "continue" when a loop should go on from there. */
  list(nodes, dot) {
    for (const node of nodes) {
      const signal = this.node(node, dot);
      if (signal) return signal;
    }
    return undefined;
  }

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
          return node.otherwise && this.list(node.otherwise, dot);
        });
      default:
        return node.type;
    }
  }

  emit(text, from, to) {
    const { machine } = this;
    machine.written += text.length;
    if (machine.written > MAX_OUTPUT) throw new TemplateFault(from, "writes more than 64 MB");
    machine.write(text, this.file, from, to);
    return undefined;
  }

  template({ name, pipe, at }, dot) {
    const found = this.machine.templates.get(name);
    if (!found) throw new TemplateFault(at, `template "${name}" not defined`);
    if (this.calls >= MAX_CALLS) throw new TemplateFault(at, "exceeded maximum template depth");
    this.machine.run(found, pipe && this.pipe(pipe, dot), this.calls + 1);
  }

  range({ pipe, body, otherwise }, dot) {
    const value = this.evaluate(pipe, dot);
    const { names, assigns } = pipe;
    let ran = false;
    for (const [key, item] of this.entries(value, pipe)) {
      ran = true;
      const signal = this.scoped(() => {
        const values = names.length > 1 ? [key, item] : [item];
        names.forEach((name, index) => (assigns ? this.assign(name, values[index]) : this.variables.push([name, values[index]])));
        return this.list(body, item);
      });
      if (signal === "break") break;
    }
    return !ran && otherwise ? this.list(otherwise, dot) : undefined;
  }

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

  scoped(work) {
    const mark = this.variables.length;
    const signal = work();
    this.variables.length = mark;
    return signal;
  }

  assign(name, value) {
    this.variables.findLast(([known]) => known === name)[1] = value;
  }

  // === pipelines ===

  /** A pipeline's value, after its variables have taken it. */
  pipe(pipe, dot) {
    const value = this.evaluate(pipe, dot);
    for (const name of pipe.names) {
      if (pipe.assigns) this.assign(name, value);
      else this.variables.push([name, value]);
    }
    return value;
  }

  evaluate({ commands }, dot) {
    let given = [];
    for (const command of commands) given = [this.command(command, dot, given)];
    return given[0];
  }

  command({ args: [first, ...rest] }, dot, given) {
    if (first.type === "function") return this.call(first, rest, dot, given);
    if (first.type === "nil") throw new TemplateFault(first.at, "nil is not a command");
    const value = this.operand(first, dot);
    if (rest.length + given.length > 0) {
      const what = first.path ? `${first.path.at(-1) ?? first.name} has arguments but is no function` : "can't give arguments to something that is no function";
      throw new TemplateFault(first.at, what);
    }
    return value;
  }

  call({ name, at }, rest, dot, given) {
    // These two look no further than they must.
    if (name === "and" || name === "or") return this.logic(name, at, rest, dot, given);
    const args = rest.map((arg) => this.operand(arg, dot));
    try {
      return callFunction(name, this.machine.functions[name], [...args, ...given], rest);
    } catch (error) {
      if (error instanceof RangeError) throw new TemplateFault(at, `error calling ${name}: ${error.message}`);
      if (!(error instanceof FunctionFault)) throw error;
      throw new TemplateFault(rest[error.argument]?.at ?? at, error.message);
    }
  }

  logic(name, at, rest, dot, given) {
    let value;
    if (rest.length + given.length === 0) throw new TemplateFault(at, `wrong number of args for ${name}: want at least 1 got 0`);
    for (const arg of rest) {
      value = this.operand(arg, dot);
      if (isTrue(value) === (name === "or")) return value;
    }
    return given.length > 0 ? given[0] : value;
  }

  operand(node, dot) {
    switch (node.type) {
      case "dot":
        return dot;
      case "nil":
        return null;
      case "field":
        return this.fields(dot, node);
      case "variable":
        return this.fields(this.variables.findLast(([name]) => name === node.name)[1], node);
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
