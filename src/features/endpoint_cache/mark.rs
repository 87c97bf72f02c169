//! Around everything where a cache is asked for: what isn't cached goes out as private, and who has the secret may purge.

use std::rc::Rc;

use crate::context::Reach;
use crate::features::auth::shared_secret::SharedSecret;
use crate::gateway::{Global, Incoming, NextGlobal};
use crate::platform::{Answer, Level, LocalFuture};
use crate::render;

use super::Tier;
use super::entry::is_public;
use super::purge::Purges;

/// The step around everything.
pub struct Mark {
    /// Where answers are kept.
    pub tier: Tier,
    /// Of whoever may purge.
    pub secret: Option<SharedSecret>,
    /// What was purged.
    pub purges: Rc<Purges>,
}

/// Where purges are asked for.
const PURGE: &str = "/__fjord/purge";

impl Global for Mark {
    fn handle<'a>(
        &'a self,
        reach: Reach<'a>,
        incoming: Incoming,
        next: NextGlobal<'a>,
    ) -> LocalFuture<'a, Answer> {
        if self.secret.is_some() && self.tier == Tier::Api && incoming.raw_path() == PURGE {
            return Box::pin(self.purge(reach, incoming));
        }
        // An endpoint with a cache marks its own answers; whatever answers in its place is marked here.
        let is_cached = incoming.endpoint.as_ref().is_some_and(|endpoint| endpoint.is_cached);
        Box::pin(async move {
            let mut answer = next.run(reach, incoming).await;
            let stays = is_cached && answer.status == 200 && is_public(&answer.headers);
            if !stays || answer.headers.contains("Set-Cookie") {
                mark_private(&mut answer);
            }
            answer
        })
    }

    fn request_headers(&self) -> Option<&[&'static str]> {
        Some(if self.secret.is_some() { &["Authorization"] } else { &[] })
    }
}

// === impl Mark ===

impl Mark {
    /// `POST /__fjord/purge?tag=users&tag=/orders`, with the secret; without a tag everything is purged.
    async fn purge(&self, reach: Reach<'_>, incoming: Incoming) -> Answer {
        if !self.secret.is_some_and(|secret| secret.is_told(&incoming.headers)) {
            reach.log(Level::Warning, || "[SERVICE: Cache] a purge without the secret".to_owned());
            return private(render::status(401));
        }
        if incoming.method != "POST" {
            return private(render::status(405));
        }
        let query = fjord_http::Query::parse(incoming.raw_query());
        let tags: Vec<String> =
            query.iter().filter(|(name, _)| *name == "tag").map(|(_, value)| value.to_owned()).collect();
        let status = match self.purges.add(reach, &tags).await {
            true => 204,
            false => 503,
        };
        private(render::status(status))
    }
}

fn private(mut answer: Answer) -> Answer {
    mark_private(&mut answer);
    answer
}

/// Keeps an answer out of caches that several clients share. One that calls itself public is the client's alone then.
pub fn mark_private(answer: &mut Answer) {
    let control = match answer.headers.get("Cache-Control") {
        Some(_) if is_public(&answer.headers) => {
            let all =
                answer.headers.get_all("Cache-Control").flat_map(|value| value.split(',')).map(str::trim);
            let others = all.filter(|directive| !directive.eq_ignore_ascii_case("public"));
            std::iter::once("private").chain(others).collect::<Vec<_>>().join(", ")
        }
        Some(control) if control.contains("private") || control.contains("no-store") => return,
        Some(control) => format!("private, {control}"),
        None => "private, no-store".to_owned(),
    };
    answer.headers.set("Cache-Control", control);
    answer.headers.remove("Cache-Tag");
}

#[cfg(test)]
mod tests {
    use fjord_http::Headers;

    use super::*;
    use crate::platform::AnswerBody;

    #[test]
    fn no_answer_stays_public() {
        for (fields, want) in [
            (&[][..], "private, no-store"),
            (&[("Cache-Control", "public, max-age=5")], "private, max-age=5"),
            (&[("Cache-Control", "max-age=5"), ("Cache-Control", "Public")], "private, max-age=5"),
            (&[("Cache-Control", "max-age=5")], "private, max-age=5"),
            (&[("Cache-Control", "no-store")], "no-store"),
        ] {
            let mut headers = Headers::new();
            fields.iter().for_each(|(name, value)| headers.add(*name, *value));
            let mut answer = Answer { status: 200, headers, passed: None, body: AnswerBody::Empty };
            mark_private(&mut answer);
            let controls: Vec<&str> = answer.headers.get_all("Cache-Control").collect();
            assert_eq!(controls, [want]);
        }
    }
}
