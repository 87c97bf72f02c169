//! Lua: scripts that can't be read, sources that aren't there.

use crate::options::check::{Around, Findings, Spot};
use fjord_lua::{Limits, Options, Scope, Script};

/// Checks the scripts of any of the three namespaces.
pub(crate) fn check(spot: &Spot<'_>, _: &Around<'_>, findings: &mut Findings<'_>) {
    let files = findings.files();
    let before = findings.count();
    let list = spot.get("sources");
    let mut sources = Vec::new();
    for source in list.iter().flat_map(Spot::items) {
        if let Some(name) = source.str()
            && let Some(text) = files.get(name)
        {
            syntax(&source, text, findings);
            sources.push((name, &**text));
        }
    }
    if let Some(list) = list
        && findings.count() == before
    {
        joined(&list, &sources, findings);
    }
    for key in ["pre", "post"] {
        if let Some(script) = spot.get(key)
            && let Some(text) = script.str()
        {
            syntax(&script, text, findings);
        }
    }
}

/// Checks the script of an endpoint's request, and names what only the scripts around calls have.
pub(crate) fn check_request(spot: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    check(spot, around, findings);
    for key in ["post", "skip_next"] {
        if let Some(option) = spot.get(key)
            && (option.is_true() || option.str().is_some_and(|text| !text.is_empty()))
        {
            let message =
                format!("KrakenD reads no `{key}` here: it runs `pre` on the request and nothing else");
            findings.add(option.warning("no-effect", message).help("move it to modifier/lua-proxy"));
        }
    }
}

/// What is wrong with the sources together: they are one script.
fn joined(spot: &Spot<'_>, sources: &[(&str, &str)], findings: &mut Findings<'_>) {
    let Err(error) = Script::compile(sources, "", "", options()) else { return };
    let what = error.message.split(" (").next().unwrap_or_default();
    let place = error.place.map(|place| format!(" in line {} of {}", place.line, place.script));
    let message = format!(
        "the sources are joined into one script, which can't be read: {what}{}, so every request fails",
        place.unwrap_or_default()
    );
    findings.add(spot.error("bad-script", message));
}

/// What is read doesn't depend on where the script is.
fn options() -> Options {
    Options { scope: Scope::Proxy, open_libs: false, limits: Limits::default() }
}

fn syntax(spot: &Spot<'_>, text: &str, findings: &mut Findings<'_>) {
    let Err(error) = Script::compile(&[], text, "", options()) else { return };
    let what = error.message.split(" (pre-script").next().unwrap_or_default().trim();
    let line = match what.ends_with("at EOF") {
        true => text.lines().count().max(1),
        false => error.place.as_ref().map_or(1, |place| (place.line as usize).max(1)),
    };
    let what = what.strip_suffix(&format!(" at line {line}")).unwrap_or(what);
    let message = format!("the script can't be read: {what} in line {line}, so every request fails");
    if spot.str() != Some(text) {
        // The text is that of a file.
        return findings.add(spot.error("bad-script", message));
    }
    let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let fault = spot.error("bad-script", message);
    findings.add(match spot.inside(start) {
        Some(span) if line > 1 => fault.related(span, "in this line"),
        _ => fault,
    });
}
