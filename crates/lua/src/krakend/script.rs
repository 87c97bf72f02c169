//! A component's scripts, compiled once, and one run of them around a call.

use std::sync::Arc;

use super::error::{LuaError, SourceMap};
use super::heap::TooMuch;
use super::host::Host;
use super::http::{HttpCall, HttpResponse};
use super::objects::Object;
use crate::compile::{Chunk, Proto, compile};
use crate::library;
use crate::vm::{Error, Exit, Limit, Limits, Template, Vm};

/// Where scripts run, which decides what they see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// lua-proxy and lua-backend: `request` and `response`.
    Proxy,
    /// lua-endpoint: `ctx`.
    Endpoint,
}

/// How scripts run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Where.
    pub scope: Scope,
    /// `allow_open_libs`
    pub open_libs: bool,
    /// What one execution may use.
    pub limits: Limits,
}

/// The scripts of a component.
#[derive(Clone)]
pub struct Script(Arc<Compiled>);

struct Compiled {
    template: Template,
    sources: Option<Arc<Proto>>,
    pre: Option<Arc<Proto>>,
    post: Option<Arc<Proto>>,
    map: SourceMap,
    limits: Limits,
}

/// One run: the sources and `pre`, later `post`, on one machine.
pub struct Execution {
    script: Script,
    /// Made when there is something to run.
    vm: Option<Box<Vm>>,
    running: Chunk,
}

/// How far a run has come.
#[derive(Debug)]
pub enum Step {
    /// The script is over.
    Done(Result<(), LuaError>),
    /// The host makes this call and continues with [`Execution::resume`].
    HttpCall(HttpCall),
}

// === impl Limits ===

impl Default for Limits {
    /// Some tenths of a second, and an eighth of what an isolate has.
    fn default() -> Self {
        Self { instructions: 10_000_000, memory: 16 << 20 }
    }
}

// === impl Script ===

impl Script {
    /// Compiles the sources, by name and text, and the two scripts.
    ///
    /// # Errors
    /// The first source that can't be compiled, with its name and line.
    pub fn compile(
        sources: &[(&str, &str)],
        pre: &str,
        post: &str,
        options: Options,
    ) -> Result<Self, LuaError> {
        let map = SourceMap::new(sources, pre, post);
        let joined = sources.iter().map(|(_, text)| *text).collect::<Vec<_>>().join("\n");
        let read = |text: &str, chunk| match text.trim().is_empty() {
            true => Ok(None),
            false => compile(text.as_bytes(), chunk).map(Some).map_err(|error| map.syntax(chunk, &error)),
        };
        let (sources, pre, post) =
            (read(&joined, Chunk::Sources)?, read(pre, Chunk::Pre)?, read(post, Chunk::Post)?);
        let mut template = library::library(options.open_libs);
        super::install(&mut template, options.scope);
        Ok(Self(Arc::new(Compiled { template, sources, pre, post, map, limits: options.limits })))
    }

    /// A new run.
    pub fn start(&self) -> Execution {
        Execution { script: self.clone(), vm: None, running: Chunk::Sources }
    }

    /// Whether anything runs after the call.
    pub fn has_post(&self) -> bool {
        self.0.post.is_some()
    }

    fn proto(&self, chunk: Chunk) -> Option<&Arc<Proto>> {
        match chunk {
            Chunk::Sources => self.0.sources.as_ref(),
            Chunk::Pre => self.0.pre.as_ref(),
            Chunk::Post => self.0.post.as_ref(),
            Chunk::Loaded => None,
        }
    }
}

impl std::fmt::Debug for Script {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Script").field("map", &self.0.map).finish_non_exhaustive()
    }
}

// === impl Execution ===

impl Execution {
    /// Runs the sources and `pre`.
    pub fn pre(&mut self, host: &mut dyn Host) -> Step {
        self.run(host, Chunk::Sources)
    }

    /// Runs `post`.
    pub fn post(&mut self, host: &mut dyn Host) -> Step {
        self.run(host, Chunk::Post)
    }

    /// Continues after [`Step::HttpCall`] with the answer, or with the error to raise.
    pub fn resume(&mut self, host: &mut dyn Host, answer: Result<HttpResponse, String>) -> Step {
        let Some(vm) = &mut self.vm else { return Step::Done(Ok(())) };
        let object = answer.and_then(|response| {
            let bytes = response.body.len();
            let object = vm.allocate(bytes).and_then(|()| vm.object(Object::Http(Box::new(response))));
            object.map_err(|_| Limit::Memory.message().to_owned())
        });
        let exit = vm.resume_http(host, object);
        self.advance(host, exit)
    }

    /// How many instructions are left.
    #[cfg(test)]
    pub fn instructions_left(&self) -> i64 {
        self.vm.as_ref().map_or(i64::MAX, |vm| vm.fuel())
    }

    fn run(&mut self, host: &mut dyn Host, chunk: Chunk) -> Step {
        self.running = chunk;
        let exit = self.begin(host);
        self.advance(host, exit)
    }

    /// Starts the current script, if there is one.
    fn begin(&mut self, host: &mut dyn Host) -> Result<Exit, Error> {
        let script = &self.script;
        let Some(proto) = script.proto(self.running) else { return Ok(Exit::Done) };
        let vm = self.vm.get_or_insert_with(|| Box::new(Vm::new(&script.0.template, script.0.limits)));
        let function = vm.closure(proto.clone());
        vm.start(host, function)
    }

    fn advance(&mut self, host: &mut dyn Host, mut exit: Result<Exit, Error>) -> Step {
        loop {
            match exit {
                Ok(Exit::Done) if self.running == Chunk::Sources => {
                    self.running = Chunk::Pre;
                    exit = self.begin(host);
                }
                Ok(Exit::Done) => return Step::Done(self.end(host)),
                Ok(Exit::Http) => match self.vm.as_mut().and_then(|vm| vm.http.take()) {
                    Some(call) => return Step::HttpCall(call),
                    None => return Step::Done(self.end(host)),
                },
                Err(error) => {
                    let failed = self.explain(error);
                    // The data go back even so.
                    let ended = self.end(host);
                    return Step::Done(ended.and(Err(failed)));
                }
            }
        }
    }

    /// Gives the data back to the response.
    fn end(&mut self, host: &mut dyn Host) -> Result<(), LuaError> {
        let Some(vm) = &mut self.vm else { return Ok(()) };
        match (vm.heap.take_data(), host.response()) {
            (Some(Ok(data)), Some(response)) => {
                response.data = data;
                Ok(())
            }
            (Some(Err(TooMuch)), _) => {
                Err(self.script.0.map.runtime(self.running, "data nested too deeply", None))
            }
            _ => Ok(()),
        }
    }

    fn explain(&mut self, error: Error) -> LuaError {
        let (text, at) = match (error, &mut self.vm) {
            (Error::Value(value), Some(vm)) => (vm.display(&value), vm.failed),
            (Error::Limit(limit), Some(vm)) => {
                let place = vm.place(1);
                (format!("{place}{}", limit.message()), vm.failed)
            }
            (Error::Limit(limit), None) => (limit.message().to_owned(), None),
            (Error::Value(_), None) => (String::new(), None),
        };
        self.script.0.map.runtime(self.running, &text, at)
    }
}

/// Scripts are part of the plan, which may be shared.
const fn shared<T: Send + Sync>() {}
const _: () = shared::<Script>();
