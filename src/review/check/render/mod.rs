//! The findings for people: in a terminal, and as annotations of GitHub Actions.

mod github;
mod terminal;

pub use github::github;
pub use terminal::text;
pub(super) use terminal::text_of;
