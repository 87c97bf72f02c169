// The editor: one text at a time, findings at their lines, completion and documentation.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import { yaml } from "@codemirror/lang-yaml";
import { bracketMatching, foldGutter, foldKeymap, HighlightStyle, indentOnInput, syntaxHighlighting, syntaxTree } from "@codemirror/language";
import { lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { Compartment, EditorSelection, EditorState } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, hoverTooltip, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { completions, Knowledge, meaning } from "./assist.mjs";

/**
 * @typedef {import("../../bin/lib/core.mjs").Finding} Finding
 * @typedef {import("@codemirror/lint").Diagnostic} Diagnostic
 */

const isYaml = (/** @type {string} */ name) => /\.ya?ml(\.tmpl)?$/.test(name);

/** The colours are those of the page, whose names reach into the editor's own tree. */
const LOOK = EditorView.theme({
  "&": { height: "100%", fontSize: "13.5px", backgroundColor: "var(--card)", color: "var(--ink)" },
  // The pane around it shows the focus.
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.55", overflow: "auto" },
  ".cm-content": { caretColor: "var(--ink)", padding: "10px 0" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": { backgroundColor: "var(--card)", color: "var(--faint)", border: "none", paddingLeft: "4px" },
  ".cm-activeLine": { backgroundColor: "var(--line-here)" },
  ".cm-activeLineGutter": { backgroundColor: "var(--line-here)", color: "var(--soft)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "var(--selection)" },
  ".cm-matchingBracket": { backgroundColor: "var(--selection)", outline: "none" },
  ".cm-tooltip": { backgroundColor: "var(--raised)", color: "var(--ink)", border: "1px solid var(--line)", borderRadius: "8px", boxShadow: "0 8px 28px rgb(0 0 0 / .18)", overflow: "hidden" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", maxHeight: "16em" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "3px 10px" },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": { backgroundColor: "var(--accent) !important", color: "var(--on-accent) !important" },
  ".cm-completionDetail": { fontStyle: "normal", opacity: "0.65", marginLeft: "1em" },
  ".cm-completionInfo": { padding: "10px 12px", maxWidth: "340px", fontFamily: "var(--sans)" },
  ".doc": { padding: "10px 12px", maxWidth: "420px", fontFamily: "var(--sans)", fontSize: "13px", lineHeight: "1.5" },
  ".cm-completionInfo .doc": { padding: "0" },
  ".doc p": { margin: "0 0 6px" },
  ".doc .quiet": { color: "var(--soft)" },
  ".doc code": { fontFamily: "var(--mono)", fontWeight: "600", color: "var(--accent)" },
  ".cm-diagnostic": { padding: "8px 12px", fontFamily: "var(--sans)", fontSize: "13px", maxWidth: "520px" },
  ".cm-diagnostic-error": { borderLeft: "4px solid var(--error)" },
  ".cm-diagnostic-warning": { borderLeft: "4px solid var(--warning)" },
  ".cm-diagnostic-info": { borderLeft: "4px solid var(--note)" },
  ".cm-lintRange-error": { backgroundImage: "none", textDecoration: "underline wavy var(--error)", textUnderlineOffset: "3px" },
  ".cm-lintRange-warning": { backgroundImage: "none", textDecoration: "underline wavy var(--warning)", textUnderlineOffset: "3px" },
  ".cm-lintRange-info": { backgroundImage: "none", textDecoration: "underline dotted var(--note)", textUnderlineOffset: "3px" },
  ".cm-foldPlaceholder": { backgroundColor: "var(--selection)", border: "none", color: "var(--soft)", padding: "0 6px" },
  ".cm-panels": { backgroundColor: "var(--raised)", color: "var(--ink)" },
  ".cm-textfield": { backgroundColor: "var(--card)", color: "var(--ink)", border: "1px solid var(--line)" },
  ".cm-button": { backgroundImage: "none", backgroundColor: "var(--card)", color: "var(--ink)", border: "1px solid var(--line)", borderRadius: "6px" },
});

const COLORS = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--j-name)" },
  { tag: tags.string, color: "var(--j-string)" },
  { tag: tags.number, color: "var(--j-number)" },
  { tag: [tags.bool, tags.null, tags.keyword], color: "var(--j-word)" },
  { tag: tags.comment, color: "var(--faint)" },
  { tag: tags.invalid, color: "var(--error)" },
]);

const SEVERITIES = /** @type {const} */ ({ error: "error", warning: "warning", note: "info" });

export class Editor {
  #view;
  #knowledge = new Knowledge({});
  /** @type {Map<string, EditorState>} */
  #states = new Map();
  #name = "";
  #changed;
  #theme = new Compartment();
  #isDark = false;
  /** @type {Finding[]} */
  #findings = [];

  /**
   * The style sheets of the editor are made by script. In a tree of its own they may be objects, which the strict content security
   * policy of the page lets pass; in the page itself they would be elements, which it doesn't.
   *
   * @param {HTMLElement} place
   * @param {(name: string, text: string) => void} changed
   */
  constructor(place, changed) {
    this.#changed = changed;
    const root = place.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(":host { display: block; min-height: 0; } .cm-editor { height: 100%; }");
    root.adoptedStyleSheets = [sheet];
    this.#view = new EditorView({ root, parent: root, state: EditorState.create({}) });
  }

  /** @param {import("./assist.mjs").Schema} schema */
  learn(schema) {
    this.#knowledge = new Knowledge(schema);
  }

  /** @param {boolean} isDark */
  paint(isDark) {
    this.#isDark = isDark;
    this.#view.dispatch({ effects: this.#theme.reconfigure(EditorView.darkTheme.of(isDark)) });
  }

  /**
   * Forgets all texts.
   */
  clear() {
    this.#states.clear();
    this.#name = "";
  }

  /**
   * Shows a text.
   *
   * @param {string} name
   * @param {string} text
   */
  open(name, text) {
    if (this.#name !== "" && this.#states.has(this.#name)) this.#states.set(this.#name, this.#view.state);
    this.#name = name;
    const known = this.#states.get(name);
    const state = known !== undefined && known.doc.toString() === text ? known : this.#fresh(name, text);
    this.#states.set(name, state);
    this.#view.setState(state);
    this.paint(this.#isDark);
    this.mark(this.#findings);
  }

  /**
   * @param {string} name
   * @param {string} text
   */
  #fresh(name, text) {
    const yamlText = isYaml(name);
    return EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(),
        foldGutter(),
        lintGutter(),
        history(),
        drawSelection(),
        indentOnInput(),
        bracketMatching(),
        closeBrackets(),
        highlightActiveLine(),
        highlightActiveLineGutter(),
        highlightSelectionMatches(),
        autocompletion({ override: [(context) => completions(this.#knowledge, yamlText)(context)], icons: false }),
        hoverTooltip((view, pos) => {
          const found = meaning(this.#knowledge, view.state, pos, yamlText);
          return found && { pos: found.from, end: found.to, above: true, create: () => ({ dom: found.dom }) };
        }),
        keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap, ...foldKeymap, ...completionKeymap, ...lintKeymap]),
        yamlText ? yaml() : json(),
        syntaxHighlighting(COLORS),
        LOOK,
        this.#theme.of(EditorView.darkTheme.of(this.#isDark)),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ "aria-label": `Text of ${name}` }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) this.#changed(this.#name, update.state.doc.toString());
        }),
      ],
    });
  }

  /**
   * Puts findings at their places.
   *
   * @param {Finding[]} findings
   */
  mark(findings) {
    this.#findings = findings;
    const { state } = this.#view;
    /** @type {Diagnostic[]} */
    const marks = findings
      .filter(({ file }) => file === this.#name)
      .map((finding) => {
        const { from, to } = this.#range(state, finding.line, finding.column);
        return { from, to, severity: SEVERITIES[finding.severity], source: finding.code, message: finding.message + (finding.help ? `\n${finding.help}` : "") };
      });
    this.#view.dispatch(setDiagnostics(state, marks));
  }

  /**
   * The word at a line and column, both from 1; columns count characters.
   *
   * @param {EditorState} state
   * @param {number} number
   * @param {number} column
   */
  #range(state, number, column) {
    const line = state.doc.line(Math.min(Math.max(1, number), state.doc.lines));
    const from = Math.min(line.to, line.from + [...line.text].slice(0, column - 1).join("").length);
    const node = syntaxTree(state).resolveInner(from, 1);
    const isWord = node.from === from && node.to <= line.to && node.to > from;
    return { from, to: isWord ? node.to : Math.min(line.to, from + 1) };
  }

  /**
   * Goes to a place.
   *
   * @param {number} line
   * @param {number} column
   */
  go(line, column) {
    const { from } = this.#range(this.#view.state, line, column);
    this.#view.dispatch({ selection: EditorSelection.cursor(from), effects: EditorView.scrollIntoView(from, { y: "center" }) });
    this.#view.focus();
  }
}
