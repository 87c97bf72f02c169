//! What requests are called in reports, by their endpoints: found once, so that a request makes no texts of it.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use crate::context::EndpointInfo;

use super::attributes::{Attribute, Attributes, route};
use super::metrics::{Place, Places};
use super::otlp::SPAN_ATTRIBUTES;
use super::outlet::Outlet;
use super::protobuf::Message;
use super::settings::{Layer, Settings};

/// How the requests of an endpoint are reported.
#[derive(Debug)]
pub struct Route {
    /// Where its measurements belong.
    pub place: Place,
    /// The attributes that all its spans have, as they are sent.
    pub attributes: Message,
    /// The share of its traces that are recorded.
    pub sample_rate: f64,
    /// Where they go.
    pub outlet: Rc<Outlet>,
}

/// The routes of a service.
#[derive(Debug)]
pub struct Routes {
    /// By path.
    known: RefCell<BTreeMap<String, Vec<OfMethod>>>,
    nowhere: Rc<Route>,
}

/// A method of a path, and its route.
type OfMethod = (String, Rc<Route>);

/// What the measurements of requests without an endpoint are called, as in KrakenD.
const NOWHERE: &str = "404 Not Found";

// === impl Routes ===

impl Routes {
    /// Of a service: nothing is known but what no endpoint answers.
    pub fn new(settings: &Settings, places: &Places, outlet: &Rc<Outlet>) -> Self {
        let nowhere = Route::new(NOWHERE, &settings.global, settings.sample_rate, outlet, places);
        Self { known: RefCell::default(), nowhere: Rc::new(nowhere) }
    }

    /// The route of what no endpoint answers.
    pub fn nowhere(&self) -> Rc<Route> {
        Rc::clone(&self.nowhere)
    }

    /// The route of an endpoint, if it's known.
    pub fn get(&self, info: &EndpointInfo) -> Option<Rc<Route>> {
        let known = self.known.borrow();
        let route = known.get(&info.path)?.iter().find(|(method, _)| *method == info.method);
        route.map(|(_, route)| Rc::clone(route))
    }

    /// From now on the endpoint has this route.
    pub fn add(&self, path: &str, method: &str, route: Route) -> Rc<Route> {
        let route = Rc::new(route);
        let mut known = self.known.borrow_mut();
        known.entry(path.to_owned()).or_default().push((method.to_owned(), Rc::clone(&route)));
        route
    }
}

// === impl Route ===

impl Route {
    /// The route with this name, reported as the global layer says.
    pub fn new(name: &str, global: &Layer, sample_rate: f64, outlet: &Rc<Outlet>, places: &Places) -> Self {
        let own = || -> Attribute { ("http.route".into(), name.to_owned()) };
        let mut attributes = Message::default();
        let mut spans = Attributes::of(&mut attributes, SPAN_ATTRIBUTES);
        spans.all(&[own(), ("krakend.stage".into(), "global".to_owned())]);
        spans.all(&global.span_attributes);
        let place =
            places.add(std::iter::once(own()).chain(global.metric_attributes.iter().cloned()).collect());
        Self { place, attributes, sample_rate, outlet: Rc::clone(outlet) }
    }

    /// The route of an endpoint's path.
    pub fn of_path(path: &str, global: &Layer, rate: f64, outlet: &Rc<Outlet>, places: &Places) -> Self {
        Self::new(&route(path), global, rate, outlet, places)
    }
}
