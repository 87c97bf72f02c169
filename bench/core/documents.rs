//! JSON of several kinds, made of a counter: the same on every run.

use std::fmt::Write;

/// What a document is made of.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// Objects with short keys, some escapes and other alphabets.
    Api,
    /// Texts with many escapes.
    Escapes,
    /// Cyrillic and Japanese.
    Unicode,
    /// Long fractions.
    Numbers,
    /// Tiny nested objects.
    Nested,
    /// The first kind, indented.
    Pretty,
}

pub const KINDS: [Kind; 6] =
    [Kind::Api, Kind::Escapes, Kind::Unicode, Kind::Numbers, Kind::Nested, Kind::Pretty];

/// An object of about `len` bytes, with the members `id`, `title`, `status`, `meta`, one of its own, and `items`.
pub fn document(kind: Kind, len: usize, seed: usize) -> Vec<u8> {
    let mut text = format!(
        r#"{{"id":{},"title":"document {seed} — Ξενοδοχείο","status":"open","only_{seed}":{seed}.5,"meta":{{"page":1,"total":1234,"owner":{{"name":"Åse","mail":"ase@example.org"}}}},"items":["#,
        1000 + seed
    );
    let mut state = seed as u64 + 1;
    for at in 0.. {
        if at > 0 {
            if text.len() + 150 > len {
                break;
            }
            text.push(',');
        }
        item(kind, &mut text, at, &mut state);
    }
    text.push_str("]}");
    match kind {
        Kind::Pretty => {
            serde_json::to_vec_pretty(&serde_json::from_str::<serde_json::Value>(&text).unwrap()).unwrap()
        }
        _ => text.into_bytes(),
    }
}

fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
    *state >> 33
}

fn item(kind: Kind, out: &mut String, at: usize, state: &mut u64) {
    const WORDS: [&str; 8] =
        ["river", "stone", "harbour", "lantern", "copper", "winter meadow", "Blåbær", "say \\\"hi\\\""];
    let number = next(state);
    let word = WORDS[number as usize % WORDS.len()];
    let written = match kind {
        Kind::Api | Kind::Pretty => write!(
            out,
            r#"{{"id":{at},"name":"{word}","price":{}.{:02},"active":{},"parent":null,"tags":["a","{word}"],"place":{{"lat":{}.5,"lon":-7.{number}}}}}"#,
            number % 10_000,
            number % 100,
            number.is_multiple_of(2),
            number % 90,
        ),
        Kind::Escapes => {
            write!(out, r#"{{"html":"<p class=\"x\">{word}<\/p>\n","path":"C:\\temp\\{number}\\new\ttab"}}"#)
        }
        Kind::Unicode => write!(out, r#"{{"имя":"Сахалин и Курилы {at}","住所":"東京都港区芝公園四丁目"}}"#),
        Kind::Numbers => write!(out, "[0.{number:010}1234567,-12.{number:09}98765432,{number}]"),
        Kind::Nested => write!(out, r#"{{"a":{{"b":{{"c":[{{}},[],{{"d":1}}]}}}}}}"#),
    };
    written.unwrap();
}
