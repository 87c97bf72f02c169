//! Reads the tokens of a source into trees: blocks here, pipelines in `pipeline`. Unknown functions and variables are found here,
//! as in Go.

mod pipeline;

use std::collections::BTreeMap;

use crate::ast::{Call, Control, ControlKind, Node, Tree};
use crate::error::ParseError;
use crate::functions::Lookup;
use crate::lex::{Lexer, Token, TokenKind};
use crate::literal;
use crate::print::quote;

/// Blocks and parentheses within each other. Go allows 10,000 parentheses; the stack of a worker has 1 MB.
const MAX_DEPTH: usize = 150;

/// What a block ended with.
enum Ending {
    End,
    /// `{{ else }}`, and the `if` or `with` that follows it in the same action.
    Else(Option<ControlKind>),
}

/// What one action stands for.
enum Item {
    Node(Node),
    Ending(Ending),
}

pub(crate) struct Parser<'t> {
    source: &'t str,
    name: &'t str,
    index: usize,
    lexer: Lexer<'t>,
    /// Tokens that were looked at, the next one last.
    ahead: Vec<Token<'t>>,
    /// The line of the last token that was read from the lexer, and where it starts.
    seen: (usize, usize),
    variables: Vec<Box<str>>,
    /// The line where the action that is being read began.
    action_line: Option<usize>,
    ranges: usize,
    depth: usize,
    lookup: &'t Lookup<'t>,
    trees: BTreeMap<Box<str>, Tree>,
}

/// The trees of a source by name; that of the source has its own name.
pub(crate) fn parse(
    name: &str,
    source: &str,
    index: usize,
    lookup: &Lookup<'_>,
) -> Result<BTreeMap<Box<str>, Tree>, ParseError> {
    let mut parser = Parser {
        source,
        name,
        index,
        lexer: Lexer::new(source),
        ahead: Vec::new(),
        seen: (1, 0),
        variables: vec!["$".into()],
        action_line: None,
        ranges: 0,
        depth: 0,
        lookup,
        trees: BTreeMap::new(),
    };
    let nodes = parser.source()?;
    parser.add(name, nodes)?;
    Ok(parser.trees)
}

/// Whether nodes are nothing but blanks.
pub(crate) fn is_empty(nodes: &[Node], source: &str) -> bool {
    nodes.iter().all(|node| match node {
        Node::Text { start, end } => source.get(*start..*end).is_some_and(|text| text.trim().is_empty()),
        _ => false,
    })
}

// === impl Parser: tokens ===

impl<'t> Parser<'t> {
    fn next(&mut self) -> Token<'t> {
        if let Some(token) = self.ahead.pop() {
            return token;
        }
        let token = self.lexer.token();
        self.seen = (token.line, token.start);
        token
    }

    fn back(&mut self, token: Token<'t>) {
        self.ahead.push(token);
    }

    fn peek(&mut self) -> TokenKind {
        let token = self.next();
        let kind = token.kind;
        self.back(token);
        kind
    }

    /// The next token that isn't blank.
    fn solid(&mut self) -> Token<'t> {
        loop {
            let token = self.next();
            if token.kind != TokenKind::Space {
                return token;
            }
        }
    }

    fn peek_solid(&mut self) -> Token<'t> {
        let token = self.solid();
        self.back(token.clone());
        token
    }

    fn expect(&mut self, kind: TokenKind, context: &str) -> Result<Token<'t>, ParseError> {
        let token = self.solid();
        if token.kind == kind { Ok(token) } else { Err(self.unexpected(&token, context)) }
    }

    fn error(&self, message: impl Into<String>) -> ParseError {
        let (line, offset) = self.seen;
        ParseError { source: self.name.into(), line, offset, message: message.into() }
    }

    fn unexpected(&self, token: &Token<'_>, context: &str) -> ParseError {
        if token.kind == TokenKind::Error {
            let mut message = token.text.clone().into_owned();
            if let Some(line) = self.action_line.filter(|&line| line != token.line) {
                let inside = if message.ends_with(" action") { "" } else { " in action" };
                message += &format!("{inside} started at {}:{line}", self.name);
            }
            return self.error(message);
        }
        self.error(format!("unexpected {} in {context}", shown(token)))
    }

    fn enter(&mut self) -> Result<(), ParseError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH { Err(self.error("max expression depth exceeded")) } else { Ok(()) }
    }
}

/// A token as Go prints it in errors.
fn shown(token: &Token<'_>) -> String {
    match token.kind {
        TokenKind::End => "EOF".to_owned(),
        TokenKind::Keyword => format!("<{}>", token.text),
        TokenKind::Dot => "<.>".to_owned(),
        _ if token.text.len() > 10 => {
            let mut end = 10;
            while !token.text.is_char_boundary(end) {
                end -= 1;
            }
            format!("{}...", quote(token.text.get(..end).unwrap_or_default()))
        }
        _ => quote(&token.text),
    }
}

// === impl Parser: blocks ===

impl<'t> Parser<'t> {
    /// The whole source, with its definitions.
    fn source(&mut self) -> Result<Vec<Node>, ParseError> {
        let mut nodes = Vec::new();
        loop {
            let token = self.next();
            match token.kind {
                TokenKind::End => return Ok(nodes),
                TokenKind::LeftDelimiter => {
                    let word = self.solid();
                    if word.kind == TokenKind::Keyword && word.text == "define" {
                        self.definition()?;
                        continue;
                    }
                    self.back(word);
                    self.back(token);
                }
                _ => self.back(token),
            }
            match self.item()? {
                Item::Node(node) => nodes.push(node),
                Item::Ending(Ending::Else(_)) => return Err(self.error("unexpected {{else}}")),
                Item::Ending(_) => return Err(self.error("unexpected {{end}}")),
            }
        }
    }

    /// `{{ define "name" }}`, after the word.
    fn definition(&mut self) -> Result<(), ParseError> {
        const CONTEXT: &str = "define clause";
        let token = self.solid();
        let name = self.template_name(&token, CONTEXT)?;
        self.expect(TokenKind::RightDelimiter, CONTEXT)?;
        self.own_block(&name, CONTEXT)
    }

    /// The nodes of a template within a source: it sees no variables from around.
    fn own_block(&mut self, name: &str, context: &str) -> Result<(), ParseError> {
        let variables = std::mem::replace(&mut self.variables, vec!["$".into()]);
        let ranges = std::mem::take(&mut self.ranges);
        let action_line = self.action_line.take();
        let (nodes, ending) = self.block()?;
        if !matches!(ending, Ending::End) {
            return Err(self.error(format!("unexpected {{{{else}}}} in {context}")));
        }
        self.variables = variables;
        self.ranges = ranges;
        self.action_line = action_line;
        self.add(name, nodes)
    }

    fn add(&mut self, name: &str, nodes: Vec<Node>) -> Result<(), ParseError> {
        if let Some(old) = self.trees.get(name)
            && !is_empty(&old.nodes, self.source)
        {
            if is_empty(&nodes, self.source) {
                return Ok(());
            }
            return Err(self.error(format!("template: multiple definition of template {}", quote(name))));
        }
        self.trees.insert(name.into(), Tree { source: self.index, nodes });
        Ok(())
    }

    /// Nodes up to `{{ end }}` or `{{ else }}`.
    fn block(&mut self) -> Result<(Vec<Node>, Ending), ParseError> {
        self.enter()?;
        let mut nodes = Vec::new();
        loop {
            if self.peek_solid().kind == TokenKind::End {
                return Err(self.error("unexpected EOF"));
            }
            match self.item()? {
                Item::Node(node) => nodes.push(node),
                Item::Ending(ending) => {
                    self.depth -= 1;
                    return Ok((nodes, ending));
                }
            }
        }
    }

    fn item(&mut self) -> Result<Item, ParseError> {
        let token = self.solid();
        match token.kind {
            TokenKind::Text => {
                let end = token.start + token.text.len();
                Ok(Item::Node(Node::Text { start: token.start, end }))
            }
            TokenKind::LeftDelimiter => {
                self.action_line = Some(token.line);
                let item = self.action(token.start)?;
                self.action_line = None;
                Ok(item)
            }
            _ => Err(self.unexpected(&token, "input")),
        }
    }

    fn action(&mut self, start: usize) -> Result<Item, ParseError> {
        let token = self.solid();
        if token.kind == TokenKind::Keyword {
            match &*token.text {
                "if" => return self.control(ControlKind::If),
                "with" => return self.control(ControlKind::With),
                "range" => return self.control(ControlKind::Range),
                "else" => return self.otherwise(),
                "end" => {
                    self.expect(TokenKind::RightDelimiter, "end")?;
                    return Ok(Item::Ending(Ending::End));
                }
                "break" => return self.jump(Node::Break, "{{break}}"),
                "continue" => return self.jump(Node::Continue, "{{continue}}"),
                "template" => return self.call(false),
                "block" => return self.call(true),
                _ => {}
            }
        }
        self.back(token);
        let (pipe, end) = self.pipeline("command", TokenKind::RightDelimiter)?;
        Ok(Item::Node(Node::Action { start, end, pipe }))
    }

    fn jump(&mut self, node: Node, shown: &str) -> Result<Item, ParseError> {
        self.expect(TokenKind::RightDelimiter, shown)?;
        if self.ranges == 0 {
            return Err(self.error(format!("{shown} outside {{{{range}}}}")));
        }
        Ok(Item::Node(node))
    }

    fn otherwise(&mut self) -> Result<Item, ParseError> {
        let next = self.solid();
        let more = match &*next.text {
            "if" if next.kind == TokenKind::Keyword => ControlKind::If,
            "with" if next.kind == TokenKind::Keyword => ControlKind::With,
            _ => {
                self.back(next);
                self.expect(TokenKind::RightDelimiter, "else")?;
                return Ok(Item::Ending(Ending::Else(None)));
            }
        };
        self.back(next);
        Ok(Item::Ending(Ending::Else(Some(more))))
    }

    fn control(&mut self, kind: ControlKind) -> Result<Item, ParseError> {
        self.enter()?;
        let variables = self.variables.len();
        let context = match kind {
            ControlKind::If => "if",
            ControlKind::With => "with",
            ControlKind::Range => "range",
        };
        let (pipe, _) = self.pipeline(context, TokenKind::RightDelimiter)?;
        self.ranges += usize::from(kind == ControlKind::Range);
        let (body, ending) = self.block()?;
        self.ranges -= usize::from(kind == ControlKind::Range);
        let otherwise = match ending {
            // `{{ else if }}` is an `if` of its own, which takes the `{{ end }}`.
            Ending::Else(Some(more)) if more == kind => {
                self.next();
                match self.control(more)? {
                    Item::Node(node) => Some(vec![node]),
                    Item::Ending(_) => None,
                }
            }
            Ending::Else(_) => {
                let (nodes, ending) = self.block()?;
                if !matches!(ending, Ending::End) {
                    return Err(self.error("expected end; found {{else}}"));
                }
                Some(nodes)
            }
            Ending::End => None,
        };
        self.variables.truncate(variables);
        self.depth -= 1;
        Ok(Item::Node(Node::Control(Box::new(Control { kind, pipe, body, otherwise }))))
    }

    /// `{{ template "name" pipeline }}` or `{{ block "name" pipeline }}`, after the word.
    fn call(&mut self, defines: bool) -> Result<Item, ParseError> {
        let context = if defines { "block clause" } else { "template clause" };
        let token = self.solid();
        let start = token.start;
        let name = self.template_name(&token, context)?;
        let mut pipe = None;
        let next = self.solid();
        if defines || next.kind != TokenKind::RightDelimiter {
            self.back(next);
            pipe = Some(self.pipeline(context, TokenKind::RightDelimiter)?.0);
        }
        if defines {
            self.own_block(&name, context)?;
        }
        Ok(Item::Node(Node::Template(Box::new(Call { start, name: name.into(), pipe }))))
    }

    fn template_name(&mut self, token: &Token<'t>, context: &str) -> Result<String, ParseError> {
        match token.kind {
            TokenKind::String | TokenKind::RawString => {
                literal::unquote(&token.text).map_err(|why| self.error(why))
            }
            _ => Err(self.unexpected(token, context)),
        }
    }
}
