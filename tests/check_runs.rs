//! `run` serves what KrakenD's `run` serves, and refuses what KrakenD doesn't start with: the checker's exam once more, against
//! what KrakenD CE 2.11.2 did with each of its files. Where it serves and Fjord doesn't, the reason is one of a few.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

#[path = "support/exam.rs"]
mod exam;

use std::collections::BTreeMap;
use std::fmt::Write;

use fjord::options::Environment;
use fjord::plan;
use fjord::review::check::rules::{Class, class};
use fjord::review::check::{CheckOptions, Diagnostic, View, check_bytes};
use fjord_document::node::Node;
use fjord_document::{Document, Severity};
use serde_json::Value;

/// What Fjord serves and KrakenD doesn't start with, and why.
const WIDER: &[(&str, &[&str])] = &[
    ("the host is sound", &["ok-host-one-digit-port", "ok-host-ipv6"]),
    ("a byte order mark is read over", &["ok-text-bom"]),
    ("wildcards work", &["route-wildcard-end"]),
    (
        "the option has no effect at the edge",
        &["listen-ip", "tls-no-keys", "range-port-high", "range-port-huge"],
    ),
    ("a page for tests stays off", &["type-debug-string"]),
    ("the value is dropped, and with it nothing opens", &["type-cors-max-age-number"]),
];

/// What KrakenD serves and Fjord doesn't, beside guards and features that aren't there, and why.
const NARROWER: &[(&str, &[&str])] = &[
    (
        "no call can succeed",
        &["missing-host", "missing-host-empty-list", "key-in-lambda-name", "range-host-port"],
    ),
    ("every backend is a shadow", &["shadow-only-backend"]),
    ("every call times out at once", &["duration-negative"]),
    ("the text can't be read as meant", &["bytes-latin1"]),
];

/// Why an error may be where KrakenD serves: it is about a guard, or about a feature that isn't there.
fn is_reasoned(found: &Diagnostic) -> bool {
    let is_in_namespace = found.path.contains("/extra_config/");
    match class(found.code) {
        Class::ClosesGuards | Class::ClosesSteps => is_in_namespace,
        Class::Closes => true,
        // The plan has the last word on values of a guard that only it reads: files, hashes, keys.
        _ => is_in_namespace,
    }
}

fn run(case: &Value) -> (Vec<u8>, Vec<Diagnostic>) {
    let (bytes, files) = (exam::document(case), exam::files());
    let options = CheckOptions { files: Some(&files), view: View::Run, ..CheckOptions::default() };
    let found = check_bytes(&bytes, &options).diagnostics;
    (bytes, found.into_iter().filter(|found| found.severity == Severity::Error).collect())
}

fn listed(list: &[(&str, &[&str])], id: &str) -> bool {
    list.iter().any(|(_, ids)| ids.contains(&id))
}

#[test]
fn run_serves_what_krakend_serves() {
    let runs = include_str!("data/check_runs.tsv").lines().skip(1);
    let runs: BTreeMap<&str, &str> = runs.filter_map(|line| line.split_once('\t')).collect();
    let (mut report, mut refused) = (String::new(), 0);
    for case in exam::cases() {
        let id = case["id"].as_str().unwrap();
        let (_, errors) = run(&case);
        let (krakend, fjord) = (runs[id] == "serves", errors.is_empty());
        refused += usize::from(krakend && !fjord);
        let is_right = match (krakend, fjord) {
            (true, true) | (false, false) => !listed(WIDER, id),
            (true, false) => listed(NARROWER, id) || errors.iter().all(is_reasoned),
            (false, true) => listed(WIDER, id),
        };
        if !is_right {
            let errors: Vec<_> = errors.iter().map(|d| (d.code, &d.path, &d.message)).collect();
            writeln!(report, "{id}: KrakenD {}, Fjord {errors:?}", runs[id]).unwrap();
        }
    }
    assert!(report.is_empty(), "\n{report}");
    assert!(refused < 110, "{refused} of the files that KrakenD serves are refused");
}

/// Whether the plan closes something of a file, and whether it leaves something out; none if there is no plan.
fn lacks(root: &Node) -> Option<(bool, bool)> {
    let variables = [("AWS_REGION", "eu"), ("AWS_ACCESS_KEY_ID", "a"), ("AWS_SECRET_ACCESS_KEY", "b")];
    let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let environment = Environment { files: exam::files(), variables, ..Environment::default() };
    let refusals = plan::refusals(root, &environment).ok()?;
    let closes = refusals.service.is_some() || !refusals.endpoints.is_empty();
    Some((closes, !refusals.left_out.is_empty()))
}

/// Errors that the plan doesn't know of, and why.
const BESIDES: &[(&str, &[&str])] = &[
    ("two routes for one request: the plan serves the first", &["duplicate-route", "route-conflict"]),
    ("the router has no such path", &["bad-wildcard", "reserved-path"]),
    ("each call fails with 500", &["missing-host"]),
    ("the plan passes one answer on", &["no-op-merge"]),
];

#[test]
fn the_check_and_the_plan_agree() {
    let mut report = String::new();
    for case in exam::cases() {
        let (bytes, errors) = run(&case);
        let reading = Document::read(&bytes);
        let is_text = reading.diagnostics.iter().all(|found| found.severity != Severity::Error);
        let Some(document) = reading.document.filter(|_| is_text) else { continue };
        let errors: Vec<_> = errors.iter().filter(|d| !listed(BESIDES, d.code)).collect();
        let agree = match lacks(&document.root) {
            None => !errors.is_empty(),
            // Parts that guard nothing are left out without an error.
            Some((closes, leaves_out)) => match errors.is_empty() {
                true => !closes,
                false => closes || leaves_out,
            },
        };
        if !agree {
            let errors: Vec<_> = errors.iter().map(|d| (d.code, &d.path, &d.message)).collect();
            writeln!(report, "{}: {:?}, errors {errors:?}", case["id"], lacks(&document.root)).unwrap();
        }
    }
    assert!(report.is_empty(), "\n{report}");
}
