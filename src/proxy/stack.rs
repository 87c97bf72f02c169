//! Layers around a pipe, outermost first.

use std::rc::Rc;

use fjord_http::Headers;
use fjord_json::Shape;

use crate::context::Cx;
use crate::platform::{Body, LocalFuture};

use super::{Backend, Error, HttpResponse, Pipe, Reply, Request, Response};

/// One configured step that sees requests on their way in and replies on their way out.
pub trait Layer {
    /// Handles a request, by `next` or without it.
    fn handle<'a>(&'a self, cx: Cx<'a>, request: Request, next: Next<'a>) -> LocalFuture<'a, Reply>;
}

/// What is inside a layer: the layers further in, then the pipe or the backend itself.
#[derive(Clone, Copy)]
pub struct Next<'a> {
    layers: &'a [Box<dyn Layer>],
    inner: Inner<'a>,
}

#[derive(Clone, Copy)]
enum Inner<'a> {
    Pipe(&'a Pipe),
    Backend(&'a Backend),
}

// === impl Next ===

impl<'a> Next<'a> {
    pub(crate) fn pipe(layers: &'a [Box<dyn Layer>], pipe: &'a Pipe) -> Self {
        Self { layers, inner: Inner::Pipe(pipe) }
    }

    pub(super) fn backend(layers: &'a [Box<dyn Layer>], backend: &'a Backend) -> Self {
        Self { layers, inner: Inner::Backend(backend) }
    }

    /// What the backend inside makes of decoded data, for layers that call it in a way of their own.
    pub fn shape(&self) -> Option<&'a Shape> {
        match self.inner {
            Inner::Backend(backend) => Some(&backend.decode.shape),
            Inner::Pipe(_) => None,
        }
    }

    /// Decodes and shapes what a layer received in the backend's place.
    ///
    /// # Errors
    /// If it can't be decoded.
    pub fn decode(&self, body: fjord_json::Body) -> Result<Response, Error> {
        let Inner::Backend(backend) = self.inner else { return Err(Error::no_response()) };
        let answer = HttpResponse {
            status: 200,
            headers: Headers::default(),
            body: Body::Bytes(body),
            url: Rc::from(""),
        };
        backend.decode.run(&backend.method, backend.url.text(), answer)
    }

    /// Hands the request on. Each layer costs one allocation, a pipe without layers none beyond its own.
    pub fn run(self, cx: Cx<'a>, request: Request) -> LocalFuture<'a, Reply> {
        match (self.layers.split_first(), self.inner) {
            (Some((layer, layers)), inner) => layer.handle(cx, request, Next { layers, inner }),
            (None, Inner::Pipe(pipe)) => Box::pin(pipe.run(cx, request)),
            (None, Inner::Backend(backend)) => Box::pin(backend.exchange(cx, request)),
        }
    }
}
