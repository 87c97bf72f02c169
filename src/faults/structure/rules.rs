//! Rules over several members or items.

use std::collections::HashMap;

use fjord_document::node::Kind as Is;

use crate::options::check::{Findings, Spot};
use crate::options::{Rule, is_comment};

pub(super) fn check(spot: &Spot<'_>, rules: &[Rule], findings: &mut Findings<'_>) {
    let (count, is_list) = match &spot.node.kind {
        Is::Array(items) => (items.len(), true),
        Is::Object(members) => (members.iter().filter(|m| !is_comment(&m.key)).count(), false),
        // Another type is reported already.
        _ => return,
    };
    for rule in rules {
        match rule {
            Rule::AtLeast(least) if count < *least => {
                let message = match (count, is_list) {
                    (0, true) => "the list is empty".to_owned(),
                    (0, false) => "nothing is set".to_owned(),
                    (_, true) => format!("expected {least} items or more, found {count}"),
                    (_, false) => format!("expected {least} members or more, found {count}"),
                };
                findings.add(spot.error("too-few", message));
            }
            Rule::AtMost(most) if count > *most => {
                let what = if is_list { "item" } else { "member" };
                let plural = if *most == 1 { "" } else { "s" };
                let message = format!("expected {most} {what}{plural} at most, found {count}");
                findings.add(spot.error("too-many", message));
            }
            Rule::AtLeast(_) | Rule::AtMost(_) | Rule::Open | Rule::Free | Rule::Secrets(_) => {}
            Rule::Unique => unique(spot, findings),
            Rule::Only(texts) => {
                if spot.items().any(|item| item.str().is_some_and(|text| !texts.contains(&text))) {
                    let message = format!("only {} makes sense here", quoted(texts));
                    findings.add(spot.error("not-a-choice", message));
                }
            }
            Rule::AnyOf(sets) => {
                if !sets.iter().any(|set| complete(spot, set)) {
                    findings.add(spot.error("missing", missing(spot, sets)));
                }
            }
            Rule::OneOf(sets) => match sets.iter().filter(|set| complete(spot, set)).count() {
                1 => {}
                0 => findings.add(spot.error("missing", missing(spot, sets))),
                _ => {
                    let all: Vec<&str> = sets.concat();
                    let own = all.iter().filter(|key| !sets.iter().all(|set| set.contains(key))).copied();
                    let mut set: Vec<&str> = own.filter(|key| spot.get(key).is_some()).collect();
                    set.dedup();
                    findings.add(spot.error("exclusive", format!("{} exclude each other", and(&set))));
                }
            },
        }
    }
}

fn complete(spot: &Spot<'_>, set: &[&str]) -> bool {
    set.iter().all(|key| spot.get(key).is_some())
}

/// What lacks to every set.
fn missing(spot: &Spot<'_>, sets: &[&[&str]]) -> String {
    let common = |key: &&&str| sets.iter().all(|set| set.contains(key));
    let absent = |key: &&&str| spot.get(key).is_none();
    let needed: Vec<&str> =
        sets.iter().take(1).flat_map(|set| set.iter()).filter(common).filter(absent).copied().collect();
    if !needed.is_empty() {
        return format!("{} is missing", and(&needed));
    }
    let mut choices: Vec<String> = Vec::new();
    for set in sets {
        let rest: Vec<&str> = set.iter().filter(|key| !common(key)).copied().collect();
        choices.push(and(&rest));
    }
    format!("one of these is needed: {}", choices.join(", or "))
}

fn and(keys: &[&str]) -> String {
    keys.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(" and ")
}

fn quoted(texts: &[&str]) -> String {
    texts.iter().map(|text| format!("\"{text}\"")).collect::<Vec<_>>().join(" or ")
}

/// Reports repeated items.
fn unique(spot: &Spot<'_>, findings: &mut Findings<'_>) {
    let report = |first: &Spot<'_>, item: &Spot<'_>, text: &str, findings: &mut Findings<'_>| {
        let fault = item.warning("repeated", format!("\"{text}\" is here twice"));
        findings.add(fault.related(first.span(), "first here"));
    };
    if spot.items().len() < 16 {
        for (index, item) in spot.items().enumerate() {
            let Some(text) = item.str() else { continue };
            if let Some(first) = spot.items().take(index).find(|first| first.str() == Some(text)) {
                report(&first, &item, text, findings);
            }
        }
        return;
    }
    let mut seen: HashMap<&str, Spot<'_>> = HashMap::new();
    for item in spot.items() {
        let Some(text) = item.str() else { continue };
        match seen.get(text) {
            Some(first) => report(first, &item, text, findings),
            None => {
                seen.insert(text, item);
            }
        }
    }
}
