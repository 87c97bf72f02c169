// Parses a Go template into nodes. Unknown functions and variables are found here, as Go does.
import { TemplateFault } from "./fault.mjs";
import { lex } from "./lexer.mjs";
import { char, number, unquote } from "./literals.mjs";

const KEYWORDS = new Set(["if", "else", "end", "range", "with", "define", "block", "template", "break", "continue"]);
/** Nested parentheses and blocks beyond this are no template that somebody wrote. */
const MAX_DEPTH = 500;

/** The templates in a text, by name: the one called `name` is the text itself. `has` tells which functions there are. */
export function parse(source, name, has) {
  const parser = new Parser(lex(source), has);
  const templates = new Map();
  parser.templates = templates;
  const body = parser.list("top").nodes;
  templates.set(name, body);
  return templates;
}

/** Whether a template writes nothing but blanks. */
export const isEmpty = (nodes) => nodes.every((node) => node.type === "text" && /^[ \t\r\n]*$/.test(node.text));

class Parser {
  part = 0;
  at = 0;
  depth = 0;
  loops = 0;
  variables = ["$"];

  constructor(parts, has) {
    this.parts = parts;
    this.has = has;
  }

  // === parts ===

  /** Nodes up to an `end` or `else`, which is given back as `stop`: its tokens, from behind the keyword. */
  list(where, opened) {
    if (++this.depth > MAX_DEPTH) throw new TemplateFault(opened?.at ?? 0, "nested too deeply");
    const nodes = [];
    while (this.part < this.parts.length) {
      const part = this.parts[this.part++];
      if (part.type === "text") {
        nodes.push(part);
        continue;
      }
      this.tokens = part.tokens;
      this.at = 0;
      this.action = part;
      const word = this.peek()?.type === "word" ? this.peek().text : undefined;
      if (word === "end" || word === "else") {
        const { at } = this.take();
        if (where === "top") throw new TemplateFault(at, `unexpected {{${word}}}`);
        this.depth--;
        if (word === "end") this.finish();
        return { nodes, stop: { word, at } };
      }
      const node = this.node(word, part, where);
      if (node) nodes.push(node);
    }
    if (where !== "top") throw new TemplateFault(opened.at, `{{${where}}} without {{end}}`);
    this.depth--;
    return { nodes };
  }

  node(word, part, where) {
    if (!KEYWORDS.has(word)) {
      const pipe = this.pipeline(true);
      this.finish();
      return { type: "action", at: part.at, end: part.end, pipe };
    }
    const { at } = this.take();
    switch (word) {
      case "if":
      case "with":
      case "range":
        return this.control(word, part);
      case "define":
        if (where !== "top") throw new TemplateFault(at, "unexpected {{define}} inside of another block");
        return this.define(part);
      case "block":
        return this.block(part);
      case "template":
        return this.call(part);
      default:
        if (this.loops === 0) throw new TemplateFault(at, `{{${word}}} outside {{range}}`);
        this.finish();
        return { type: word, at: part.at };
    }
  }

  control(type, part) {
    const scope = this.variables.length;
    const pipe = this.pipeline(true, type === "range");
    this.finish();
    if (type === "range") this.loops++;
    const { nodes: body, stop } = this.list(type, part);
    if (type === "range") this.loops--;
    const node = { type, at: part.at, pipe, body, otherwise: undefined };
    if (stop.word === "else") {
      const chained = this.peek()?.type === "word" && ["if", "with"].includes(this.peek().text) && this.peek().text === type;
      if (chained) {
        this.take();
        // `{{else if}}` shares the end of the first.
        node.otherwise = [this.control(type, { ...part, at: stop.at })];
      } else {
        this.finish();
        const rest = this.list(type, part);
        if (rest.stop.word === "else") throw new TemplateFault(rest.stop.at, "unexpected {{else}}");
        node.otherwise = rest.nodes;
      }
    }
    this.variables.length = scope;
    return node;
  }

  define(part) {
    const name = this.name("define");
    this.finish();
    this.add(name, this.separate("define", part), part);
    return undefined;
  }

  block(part) {
    const name = this.name("block");
    const pipe = this.pipeline(false);
    this.finish();
    this.add(name, this.separate("block", part), part);
    return { type: "template", at: part.at, name, pipe };
  }

  /** Of two templates with one name in a file, one must be empty. */
  add(name, nodes, part) {
    if (this.templates.has(name) && !isEmpty(this.templates.get(name))) {
      if (!isEmpty(nodes)) throw new TemplateFault(part.at, `multiple definition of template "${name}"`);
      return;
    }
    this.templates.set(name, nodes);
  }

  /** The body of a template inside of another: variables end at its border. */
  separate(word, part) {
    const { variables, loops } = this;
    Object.assign(this, { variables: ["$"], loops: 0 });
    const { nodes, stop } = this.list(word, part);
    if (stop.word === "else") throw new TemplateFault(stop.at, `unexpected {{else}} in {{${word}}}`);
    Object.assign(this, { variables, loops });
    return nodes;
  }

  call(part) {
    const name = this.name("template");
    const pipe = this.peek() ? this.pipeline(false) : undefined;
    this.finish();
    return { type: "template", at: part.at, name, pipe };
  }

  name(word) {
    const token = this.take();
    if (token?.type !== "string" && token?.type !== "raw") throw this.unexpected(token, `{{${word}}}: expected a name in quotes`);
    return unquote(token);
  }

  // === pipelines ===

  pipeline(mayDeclare, isRange = false) {
    const at = this.peek()?.at ?? this.action.end;
    const { names, assigns } = mayDeclare ? this.declaration(isRange) : { names: [], assigns: false };
    const commands = [this.command()];
    while (this.peek()?.text === "|") {
      this.take();
      const command = this.command();
      const [first] = command.args;
      if (["string", "number", "bool", "nil", "dot"].includes(first.type)) {
        throw new TemplateFault(first.at, "non executable command in pipeline: a pipe leads into a function");
      }
      commands.push(command);
    }
    // A variable is known behind the pipeline that makes it.
    if (!assigns) this.variables.push(...names);
    return { type: "pipe", at, names, assigns, commands };
  }

  declaration(isRange) {
    const start = this.at;
    const names = [];
    while (this.peek()?.type === "variable" && this.peek().text !== "$") {
      names.push(this.take().text);
      const next = this.peek();
      if (next?.type === "declare" || next?.text === "=") {
        this.take();
        const assigns = next.text === "=";
        if (names.length > 1 && !isRange) throw new TemplateFault(next.at, "too many declarations");
        if (assigns) names.forEach((name) => this.known(name, next.at));
        return { names, assigns };
      }
      if (next?.text !== "," || !isRange || names.length > 1) break;
      this.take();
    }
    this.at = start;
    return { names: [], assigns: false };
  }

  known(name, at) {
    if (!this.variables.includes(name)) throw new TemplateFault(at, `undefined variable "${name}"`);
  }

  command() {
    const args = [];
    const start = this.peek()?.at ?? this.action.end - 2;
    while (this.peek() && !["|", ")"].includes(this.peek().text)) {
      if (args.length > 0 && this.peek().glued) throw this.unexpected(this.peek(), "expected a blank before it");
      args.push(this.operand());
    }
    if (args.length === 0) throw new TemplateFault(start, "missing value: expected a field, a variable or a function");
    return { at: args[0].at, args };
  }

  operand() {
    let node = this.term();
    const fields = [];
    while (this.peek()?.type === "field" && this.peek().glued) fields.push(this.take().text.slice(1));
    if (fields.length === 0) return node;
    if (node.type === "field" || node.type === "variable") return { ...node, path: [...node.path, ...fields] };
    if (["string", "number", "bool", "nil", "dot"].includes(node.type)) {
      throw new TemplateFault(node.at, "a field of something that has none");
    }
    return { type: "chain", at: node.at, node, path: fields };
  }

  term() {
    const token = this.take();
    const { type, text, at } = token;
    switch (type) {
      case "string":
      case "raw":
        return { type: "string", at, value: unquote(token) };
      case "char":
        return { type: "number", at, value: char(token) };
      case "number":
        return { type: "number", at, value: number(token) };
      case "field":
        return { type: "field", at, path: [text.slice(1)] };
      case "variable":
        this.known(text, at);
        return { type: "variable", at, name: text, path: [] };
      case "word":
        return this.word(token);
    }
    if (text === ".") return { type: "dot", at };
    if (text !== "(") throw this.unexpected(token);
    if (++this.depth > MAX_DEPTH) throw new TemplateFault(at, "nested too deeply");
    const pipe = this.pipeline(true);
    if (this.take()?.text !== ")") throw new TemplateFault(at, "unclosed left paren");
    this.depth--;
    return { ...pipe, at };
  }

  word({ text, at }) {
    if (text === "true" || text === "false") return { type: "bool", at, value: text === "true" };
    if (text === "nil") return { type: "nil", at };
    if (KEYWORDS.has(text)) throw new TemplateFault(at, `unexpected <${text}>`);
    const problem = this.has(text);
    if (problem) throw new TemplateFault(at, problem);
    return { type: "function", at, name: text };
  }

  // === tokens ===

  peek() {
    return this.tokens[this.at];
  }

  take() {
    return this.tokens[this.at++];
  }

  finish() {
    if (this.peek()) throw this.unexpected(this.peek());
  }

  unexpected(token, why) {
    const what = token ? `unexpected ${JSON.stringify(token.text)}` : "unexpected end of the action";
    return new TemplateFault(token?.at ?? this.action.end - 2, why ? `${what}: ${why}` : what);
  }
}
