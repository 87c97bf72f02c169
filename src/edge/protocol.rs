//! The numbers and names that the core and its script agree on. `protocol.mjs` is generated from here:
//! `UPDATE=1 cargo test -p fjord --lib edge::protocol`.

use crate::platform::hops;

/// Declares an enum of numbers that the script knows as `PREFIX_VARIANT`.
macro_rules! numbers {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $number:literal,)* }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[repr(u32)]
        pub enum $name { $($(#[$doc])* $variant = $number,)* }

        impl $name {
            /// All of them, with their names.
            pub const ALL: &[(&str, u32)] = &[$((stringify!($variant), $number),)*];
        }
    };
}

numbers! {
    /// The first word of a record; the words that follow are those that `batch.rs` writes.
    Record {
        /// Call an origin.
        Fetch = 1,
        /// Start a timer.
        Timer = 2,
        /// Nobody waits for an effect any more.
        Cancel = 3,
        /// Read the client's body.
        ReadBody = 4,
        /// Read a body that stayed with the script.
        ReadStream = 5,
        /// Use one of the host's rarer services.
        Call = 6,
        /// Write a line to the log.
        Log = 7,
        /// Answer the client. Always the last record.
        Answer = 8,
        /// The shape of the recipe's URLs.
        Shape = 9,
    }
}

numbers! {
    /// Bits of the first word of a batch: how the request continues ([`crate::gateway::State`]).
    StateBit {
        /// It doesn't.
        Finished = 1,
        /// Tasks continue after the answer, and after the client.
        Background = 2,
        /// The core must hear if the client leaves.
        Watched = 4,
        /// Each call may have to be aborted.
        Abortable = 8,
        /// The same request leads to the same effects: the script may perform them unasked.
        Recipe = 16,
        /// The request isn't started: it needs the header lines of the list that is told.
        Lines = 32,
        /// The same request has the same answer: the script may give it unasked.
        Constant = 64,
    }
}

numbers! {
    /// Bits of a call to an origin.
    FetchFlag {
        /// The body stays with the script.
        Stream = 1,
        /// The core reads header lines of a good answer.
        WantHeaders = 2,
        /// The origin was asked for a compressed answer.
        Gzip = 4,
        /// The call goes over a socket, by certificates that follow with the time of the call.
        Socket = 8,
    }
}

numbers! {
    /// The body of a call to an origin.
    BodyKind {
        /// None.
        None = 0,
        /// The client's, as it comes.
        Incoming = 1,
        /// Bytes without an announced length.
        Chunked = 2,
        /// Bytes with their length.
        Sized = 3,
    }
}

numbers! {
    /// The body of the answer.
    AnswerKind {
        /// None.
        Empty = 0,
        /// Bytes of the core.
        Bytes = 1,
        /// The body of an origin's answer, which the script holds.
        Stream = 2,
    }
}

numbers! {
    /// Which header lines of an origin's answer follow those of the gateway.
    PassedKind {
        /// None.
        None = 0,
        /// All.
        All = 1,
        /// All but `Content-Type`.
        WithoutType = 2,
        /// Those that the steps, which saw them all, left among the gateway's.
        Changed = 3,
    }
}

/// Beside the header lines: the client's address, which the platform vouches for.
pub use crate::plan::CLIENT;

/// Beside the header lines: the other end of the connection.
pub const PEER: &str = ":peer";

/// Beside the header lines: where the client is, in JSON.
pub const PLACE: &str = ":place";

/// Header lines of requests that came through a gateway: the core gets all their lines.
pub const GATEWAYS: [&str; 2] = [hops::HEADER, hops::FORWARDED];

/// In front of a name of a header list: it's needed only where the platform doesn't tell the client's address.
pub use crate::plan::UNTOLD;

/// In front of a name of a header list: the calls repeat the line, or don't depend on it. Requests that differ in it make the same
/// calls.
pub use crate::plan::{COPIED, UNSEEN};

/// In front of the number of a value in the shape of a URL.
pub use super::shape::MARK;

/// In place of a number of milliseconds: no end.
pub const NEVER: u32 = u32::MAX;

/// In place of a place: none.
pub const NOWHERE: u32 = u32::MAX;

/// In place of the length of a body: it came in parts.
pub const IN_PARTS: u32 = u32::MAX;

/// In place of the length of a body: it stays with the script.
pub const STAYS: u32 = u32::MAX - 1;

#[cfg(test)]
mod tests {
    use fjord_http::headers::HOP_BY_HOP;

    use crate::platform::Level;

    use super::*;

    /// The method of the console for each level of the log.
    const CONSOLE: [(Level, &str); 5] = [
        (Level::Debug, "debug"),
        (Level::Info, "info"),
        (Level::Warning, "warn"),
        (Level::Error, "error"),
        (Level::Critical, "error"),
    ];

    /// The script's side of all this.
    fn script() -> String {
        let mut out = "// The numbers and names that the core and the script agree on. Generated from protocol.rs:\n// UPDATE=1 cargo test -p fjord --lib edge::protocol\n".to_owned();
        for (prefix, doc, numbers) in [
            ("", "The kinds of records.", Record::ALL),
            ("STATE_", "Bits of the first word of a batch: how the request continues.", StateBit::ALL),
            ("FETCH_", "Bits of a call to an origin.", FetchFlag::ALL),
            ("BODY_", "The body of a call to an origin.", BodyKind::ALL),
            ("ANSWER_", "The body of the answer.", AnswerKind::ALL),
            (
                "PASSED_",
                "The header lines of an origin's answer that follow those of the gateway.",
                PassedKind::ALL,
            ),
        ] {
            let list: Vec<String> = numbers
                .iter()
                .map(|(name, number)| format!("{prefix}{} = {number}", constant(name)))
                .collect();
            out += &format!("\n/** {doc} */\nexport const {};\n", list.join(", "));
        }
        let levels = CONSOLE.map(|(_, method)| format!("{method:?}")).join(", ");
        let dropped: Vec<String> =
            HOP_BY_HOP.iter().map(|name| format!("{:?}", name.to_ascii_lowercase())).collect();
        out += &format!(
            "\n/** Names of the lines about who asks. */\nexport const CLIENT = {CLIENT:?}, PEER = {PEER:?}, PLACE = {PLACE:?};\n"
        );
        let [hops, forwarded] = GATEWAYS.map(|name| name.to_ascii_lowercase());
        out += &format!(
            "\n/** A request with one of these lines came through a gateway: the core gets all its lines. */\nexport const HOPS = {hops:?}, FORWARDED = {forwarded:?};\n"
        );
        out += &format!(
            "\n/** In front of a name of a header list: needed only where the platform doesn't tell the client's address. */\nexport const UNTOLD = {UNTOLD:?};\n"
        );
        out += &format!(
            "\n/** After that: calls repeat the line, and depend on nothing else of its value; they depend on nothing of it. */\nexport const COPIED = {COPIED:?}, UNSEEN = {UNSEEN:?};\n"
        );
        out += &format!(
            "\n/** In the shape of a URL: in front of the number of a value. */\nexport const MARK = {:?};\n",
            MARK.to_string()
        );
        out += &format!("\n/** No end, in place of milliseconds. */\nexport const NEVER = {NEVER};\n");
        out += &format!("\n/** In place of a place: none. */\nexport const NOWHERE = {NOWHERE};\n");
        out += &format!(
            "\n/** In place of the length of a body: it came in parts; it stays with the script. */\nexport const IN_PARTS = {IN_PARTS}, STAYS = {STAYS};\n"
        );
        out += &format!(
            "\n/** The method of the console, by level. */\nexport const CONSOLE = /** @type {{const}} */ ([{levels}]);\n"
        );
        out += &format!(
            "\n/** Header fields about one connection, which are never passed on. */\nexport const HOP_BY_HOP = [{}];\n",
            dropped.join(", ")
        );
        out
    }

    /// `WantHeaders` as `WANT_HEADERS`.
    fn constant(name: &str) -> String {
        let mut out = String::new();
        for letter in name.chars() {
            if letter.is_uppercase() && !out.is_empty() {
                out.push('_');
            }
            out.push(letter.to_ascii_uppercase());
        }
        out
    }

    #[test]
    fn the_script_has_the_same_numbers() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/edge/protocol.mjs");
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(path, script()).unwrap();
        }
        let written = std::fs::read_to_string(path).unwrap_or_default();
        assert_eq!(written, script(), "run UPDATE=1 cargo test -p fjord --lib edge::protocol");
    }

    #[test]
    fn levels_stand_at_their_numbers() {
        for (number, (level, _)) in CONSOLE.iter().enumerate() {
            assert_eq!(*level as usize, number);
        }
    }
}
