// Parses a Go template into nodes. Unknown functions and variables are found here, as Go does.
import { TemplateFault } from "./fault.mjs";
import { lex } from "./lexer.mjs";
import { char, number, unquote } from "./literals.mjs";

const KEYWORDS = new Set(["if", "else", "end", "range", "with", "define", "block", "template", "break", "continue"]);
/** Nested parentheses and blocks beyond this are no template that somebody wrote. */
const MAX_DEPTH = 500;

/**
 * @typedef {import("./lexer.mjs").Token} Token
 * @typedef {import("./lexer.mjs").Text} Text
 * @typedef {import("./lexer.mjs").Action} Action
 */

/**
 * Statements.
 *
 * @typedef {{ type: "action", at: number, end: number, pipe: Pipe }} ActionNode
 * @typedef {{ type: "template", at: number, name: string, pipe?: Pipe }} TemplateNode
 * @typedef {{ type: "if" | "with" | "range", at: number, pipe: Pipe, body: Node[], otherwise?: Node[] }} ControlNode
 * @typedef {{ type: "break" | "continue", at: number }} JumpNode
 * @typedef {Text | ActionNode | TemplateNode | ControlNode | JumpNode} Node
 */

/**
 * A pipeline: each command's value is the last argument of the next. The last value goes to the variables of `names`.
 *
 * @typedef {{ type: "pipe", at: number, names: string[], assigns: boolean, commands: Command[] }} Pipe
 * @typedef {{ at: number, args: [Operand, ...Operand[]] }} Command
 */

/**
 * Operands.
 *
 * @typedef {{ type: "string", at: number, value: string }} StringNode
 * @typedef {{ type: "number", at: number, value: bigint | number }} NumberNode
 * @typedef {{ type: "bool", at: number, value: boolean }} BoolNode
 * @typedef {{ type: "nil" | "dot", at: number }} PlainNode
 * @typedef {{ type: "field", at: number, path: string[] }} FieldNode
 * @typedef {{ type: "variable", at: number, name: string, path: string[] }} VariableNode
 * @typedef {{ type: "chain", at: number, node: Operand, path: string[] }} ChainNode
 * @typedef {{ type: "function", at: number, name: string }} FunctionNode
 * @typedef {StringNode | NumberNode | BoolNode | PlainNode | FieldNode | VariableNode | ChainNode | FunctionNode | Pipe} Operand
 */

/**
 * Tells what is wrong with the name of a function; undefined if there is one of that name.
 *
 * @typedef {(name: string) => string | undefined} Has
 */

/**
 * The templates in a text, by name: the one called `name` is the text itself. A text that is empty besides may define it.
 *
 * @param {string} source
 * @param {string} name
 * @param {Has} has
 */
export function parse(source, name, has) {
  const parser = new Parser(lex(source), has);
  const { nodes } = parser.list("top");
  const own = nodes.find((node) => !isEmpty([node]));
  const at = own?.type === "text" ? own.at + own.text.search(/[^ \t\r\n]/) : (own?.at ?? 0);
  parser.add(name, nodes, { at });
  return parser.templates;
}

/**
 * Whether a template writes nothing but blanks.
 *
 * @param {Node[]} nodes
 */
export const isEmpty = (nodes) => nodes.every((node) => node.type === "text" && /^[ \t\r\n]*$/.test(node.text));

/** What can't have fields, or be called. */
const LITERALS = new Set(["string", "number", "bool", "nil", "dot"]);

class Parser {
  /** @type {Map<string, Node[]>} */
  templates = new Map();
  part = 0;
  at = 0;
  depth = 0;
  loops = 0;
  variables = ["$"];
  /** The action that is being parsed. @type {Action} */
  action = { type: "action", at: 0, end: 0, tokens: [] };

  /**
   * @param {(Text | Action)[]} parts
   * @param {Has} has
   */
  constructor(parts, has) {
    this.parts = parts;
    this.has = has;
  }

  // === parts ===

  /**
   * Nodes up to an `end` or `else`, which is given back as `stop`: the parser is after the keyword then. The template itself
   * ends with its text.
   *
   * @param {string} where
   * @param {Action} [opened]
   * @returns {{ nodes: Node[], stop: { word: "end" | "else" | "top", at: number } }}
   */
  list(where, opened) {
    if (++this.depth > MAX_DEPTH) throw new TemplateFault(opened?.at ?? 0, "nested too deeply");
    /** @type {Node[]} */
    const nodes = [];
    for (;;) {
      const part = this.parts[this.part++];
      if (part === undefined) break;
      if (part.type === "text") {
        nodes.push(part);
        continue;
      }
      this.at = 0;
      this.action = part;
      const token = this.peek();
      const word = token?.type === "word" ? token.text : undefined;
      if (token && (word === "end" || word === "else")) {
        const { at } = token;
        this.take();
        if (where === "top") throw new TemplateFault(at, `unexpected {{${word}}}`);
        this.depth--;
        if (word === "end") this.finish();
        return { nodes, stop: { word, at } };
      }
      const node = token && word !== undefined && KEYWORDS.has(word) ? this.keyword(token, part, where) : this.value(part);
      if (node) nodes.push(node);
    }
    if (opened) throw new TemplateFault(opened.at, `{{${where}}} without {{end}}`);
    this.depth--;
    return { nodes, stop: { word: "top", at: 0 } };
  }

  /**
   * @param {Action} part
   * @returns {ActionNode}
   */
  value(part) {
    const pipe = this.pipeline(true);
    this.finish();
    return { type: "action", at: part.at, end: part.end, pipe };
  }

  /**
   * @param {Token} token
   * @param {Action} part
   * @param {string} where
   * @returns {Node | undefined}
   */
  keyword({ text: word, at }, part, where) {
    this.take();
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
        return { type: word === "break" ? "break" : "continue", at: part.at };
    }
  }

  /**
   * @param {ControlNode["type"]} type
   * @param {Action} part
   * @returns {ControlNode}
   */
  control(type, part) {
    const scope = this.variables.length;
    const pipe = this.pipeline(true, type === "range");
    this.finish();
    if (type === "range") this.loops++;
    const { nodes: body, stop } = this.list(type, part);
    if (type === "range") this.loops--;
    /** @type {ControlNode} */
    const node = { type, at: part.at, pipe, body };
    if (stop.word === "else") {
      const next = this.peek();
      if (type !== "range" && next?.type === "word" && next.text === type) {
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

  /** @param {Action} part */
  define(part) {
    const name = this.name("define");
    this.finish();
    this.add(name, this.separate("define", part), part);
    return undefined;
  }

  /**
   * @param {Action} part
   * @returns {TemplateNode}
   */
  block(part) {
    const name = this.name("block");
    const pipe = this.pipeline(false);
    this.finish();
    this.add(name, this.separate("block", part), part);
    return { type: "template", at: part.at, name, pipe };
  }

  /**
   * Of two templates with one name in a file, one must be empty.
   *
   * @param {string} name
   * @param {Node[]} nodes
   * @param {{ at: number }} part
   */
  add(name, nodes, part) {
    if (!isEmpty(this.templates.get(name) ?? [])) {
      if (!isEmpty(nodes)) throw new TemplateFault(part.at, `multiple definition of template "${name}"`);
      return;
    }
    this.templates.set(name, nodes);
  }

  /**
   * The body of a template inside of another: variables end at its border.
   *
   * @param {string} word
   * @param {Action} part
   */
  separate(word, part) {
    const { variables, loops } = this;
    Object.assign(this, { variables: ["$"], loops: 0 });
    const { nodes, stop } = this.list(word, part);
    if (stop.word === "else") throw new TemplateFault(stop.at, `unexpected {{else}} in {{${word}}}`);
    Object.assign(this, { variables, loops });
    return nodes;
  }

  /**
   * @param {Action} part
   * @returns {TemplateNode}
   */
  call(part) {
    const name = this.name("template");
    const pipe = this.peek() ? this.pipeline(false) : undefined;
    this.finish();
    return { type: "template", at: part.at, name, pipe };
  }

  /** @param {string} word */
  name(word) {
    const token = this.take();
    if (token === undefined || (token.type !== "string" && token.type !== "raw")) throw this.unexpected(token, `{{${word}}}: expected a name in quotes`);
    return unquote(token);
  }

  // === pipelines ===

  /**
   * @param {boolean} mayDeclare
   * @returns {Pipe}
   */
  pipeline(mayDeclare, isRange = false) {
    const at = this.peek()?.at ?? this.action.end;
    const { names, assigns } = mayDeclare ? this.declaration(isRange) : { names: [], assigns: false };
    const commands = [this.command()];
    while (this.peek()?.text === "|") {
      this.take();
      const command = this.command();
      const [first] = command.args;
      if (LITERALS.has(first.type)) {
        throw new TemplateFault(first.at, "non executable command in pipeline: a pipe leads into a function");
      }
      commands.push(command);
    }
    // A variable is known behind the pipeline that makes it.
    if (!assigns) this.variables.push(...names);
    return { type: "pipe", at, names, assigns, commands };
  }

  /** @param {boolean} isRange */
  declaration(isRange) {
    const start = this.at;
    /** @type {string[]} */
    const names = [];
    for (;;) {
      const variable = this.peek();
      if (variable?.type !== "variable" || variable.text === "$") break;
      this.take();
      names.push(variable.text);
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

  /**
   * @param {string} name
   * @param {number} at
   */
  known(name, at) {
    if (!this.variables.includes(name)) throw new TemplateFault(at, `undefined variable "${name}"`);
  }

  /** @returns {Command} */
  command() {
    const start = this.peek()?.at ?? this.action.end - 2;
    const endsCommand = (/** @type {Token | undefined} */ token) => token === undefined || token.text === "|" || token.text === ")";
    if (endsCommand(this.peek())) throw new TemplateFault(start, "missing value: expected a field, a variable or a function");
    const first = this.operand();
    const rest = [];
    while (!endsCommand(this.peek())) {
      if (this.peek()?.glued) throw this.unexpected(this.peek(), "expected a blank before it");
      rest.push(this.operand());
    }
    return { at: first.at, args: [first, ...rest] };
  }

  /** @returns {Operand} */
  operand() {
    const node = this.term();
    const fields = [];
    for (let next = this.peek(); next?.type === "field" && next.glued; next = this.peek()) {
      this.take();
      fields.push(next.text.slice(1));
    }
    if (fields.length === 0) return node;
    if (node.type === "field" || node.type === "variable") return { ...node, path: [...node.path, ...fields] };
    if (LITERALS.has(node.type)) {
      throw new TemplateFault(node.at, "a field of something that has none");
    }
    return { type: "chain", at: node.at, node, path: fields };
  }

  /** @returns {Operand} */
  term() {
    const token = this.take();
    if (token === undefined) throw this.unexpected(token);
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
      default:
        return this.sign(token);
    }
  }

  /**
   * A dot, or a pipeline in parentheses.
   *
   * @param {Token} token
   * @returns {Operand}
   */
  sign(token) {
    const { text, at } = token;
    if (text === ".") return { type: "dot", at };
    if (text !== "(") throw this.unexpected(token);
    if (++this.depth > MAX_DEPTH) throw new TemplateFault(at, "nested too deeply");
    const pipe = this.pipeline(true);
    if (this.take()?.text !== ")") throw new TemplateFault(at, "unclosed left paren");
    this.depth--;
    return { ...pipe, at };
  }

  /**
   * @param {Token} token
   * @returns {Operand}
   */
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
    return this.action.tokens[this.at];
  }

  take() {
    return this.action.tokens[this.at++];
  }

  finish() {
    if (this.peek()) throw this.unexpected(this.peek());
  }

  /**
   * @param {Token | undefined} token
   * @param {string} [why]
   */
  unexpected(token, why) {
    const what = token ? `unexpected ${JSON.stringify(token.text)}` : "unexpected end of the action";
    return new TemplateFault(token?.at ?? this.action.end - 2, why ? `${what}: ${why}` : what);
  }
}
