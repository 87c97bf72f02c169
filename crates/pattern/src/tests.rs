use super::unicode::{Entries, fold, property};
use super::*;

fn is_match(pattern: &str, text: &str) -> bool {
    Pattern::new(pattern).unwrap().is_match(text)
}

#[test]
fn matches_as_go_does() {
    // pattern, texts it matches, texts it does not match
    let cases: &[(&str, &[&str], &[&str])] = &[
        ("", &["", "x"], &[]),
        ("b", &["abc"], &["", "ac"]),
        ("^b$", &["b"], &["b\n", "ab", "\nb"]),
        ("(?m)^b$", &["a\nb\nc", "b\n"], &["ab"]),
        (r"\Ab\z", &["b"], &["b\n", "a\nb"]),
        ("a.c", &["abc", "aéc"], &["a\nc", "ac"]),
        ("(?s)a.c", &["a\nc"], &[]),
        // Classes are ASCII, whatever the flags.
        (r"^\d+$", &["0123456789"], &["٣", ""]),
        (r"^\D$", &["x", "é", "\n", "٣"], &["7"]),
        (r"^\w+$", &["aZ_09"], &["é", "-"]),
        (r"^\W$", &["é", "-"], &["_"]),
        (r"^\s+$", &[" \t\n\x0c\r"], &["\x0b", "\u{a0}"]),
        (r"^\S$", &["\u{a0}", "\x0b"], &[" "]),
        (r"\bfoo\b", &["a foo", "éfooé", "foo-bar"], &["afoo", "foo_"]),
        (r"^a\B.\Bc$", &["abc"], &["a-c"]),
        (r"^\B$", &[""], &[]),
        (r"^é\B", &["é"], &["éa"]),
        (r"a\B.", &["aaa"], &["aé", "éaéa"]),
        // Unicode by name.
        (r"^\pL+$", &["aéΩж"], &["a1"]),
        (r"^\p{Greek}$", &["Ω", "α"], &["a"]),
        (r"^\p{old_italic}\p{Old-Italic}$", &["\u{10300}\u{10301}"], &[]),
        (r"^\P{Greek}$", &["a"], &["Ω"]),
        (r"^\p{^Greek}$", &["a"], &["Ω"]),
        (r"^\P{^Greek}$", &["Ω"], &["a"]),
        (r"^[\p{Lu}\d]+$", &["A1É"], &["a"]),
        (r"^[^\pL]$", &["1"], &["é"]),
        (r"^\p{Letter}\p{Nd}\p{Any}\p{ASCII}$", &["é٣-x"], &["é٣-é"]),
        (r"^\pC$", &["\0", "\u{378}", "\u{e000}"], &["a"]),
        (r"^\p{Cn}$", &["\u{378}"], &["\0"]),
        (r"^\p{Assigned}$", &["\0", "a"], &["\u{378}"]),
        (r"^\p{Cs}?$", &[""], &["a"]),
        // Case.
        ("(?i)^straße$", &["STRAßE", "straẞe", "ſtraße"], &["strasse"]),
        ("(?i)^k$", &["K", "\u{212a}"], &["c"]),
        ("(?i)^[^k]$", &["c"], &["K", "\u{212a}"]),
        (r"(?i)^\w$", &["ſ", "\u{212a}"], &["é"]),
        (r"(?i)^\W$", &["é"], &["ſ"]),
        ("(?i)^i$", &["I"], &["ı", "İ"]),
        ("(?i)^ǆ$", &["ǅ", "Ǆ"], &["dž"]),
        (r"(?i)^\p{Lu}$", &["a", "É", "é"], &["1"]),
        ("(?i)^[α-ω]+$", &["ΣΩ", "ς"], &["a"]),
        ("a(?i)b", &["aB"], &["AB"]),
        ("(?:a(?i)b)c", &["aBc"], &["aBC"]),
        ("(?i:a)b", &["Ab"], &["AB"]),
        ("(?i)a(?-i)b", &["Ab"], &["AB"]),
        ("(?i)a|(?-i:b)", &["A", "b"], &["B"]),
        ("((?i)a)b", &["Ab"], &["AB"]),
        // Escapes.
        (r"^\a\f\n\r\t\v$", &["\x07\x0c\n\r\t\x0b"], &[]),
        (r"^\x41\x{1F600}\101\0\007\12$", &["A😀A\0\x07\n"], &[]),
        (r"^\_\-\/\!\.$", &["_-/!."], &["x"]),
        (r"^\Qa.b*\E+c", &["a.b***c"], &["axbc"]),
        (r"^\Qa.b", &["a.b"], &["axb"]),
        (r"\x{D800}", &[], &["\u{fffd}", "a"]),
        // Classes in brackets.
        ("^[]a]+$", &["]a"], &["b"]),
        ("^[^]a]$", &["b"], &["]", "a"]),
        ("^[a-]+$", &["a-"], &["b"]),
        ("^[-a]+$", &["a-"], &[]),
        ("^[a-c-e]+$", &["b-e"], &["d"]),
        ("^[[&&a~~]+$", &["[&a~"], &["b"]),
        (r"^[\]\\\x{61}-c]+$", &[r"]\abc"], &["d"]),
        ("^[[:alpha:][:digit:]]+$", &["aZ9"], &["é", "-"]),
        ("^[[:^alpha:]]$", &["1", "é"], &["a"]),
        ("^[[:word:]]+$", &["a_1"], &["-"]),
        ("^[[:punct:]]+$", &["!/:@[`{~"], &["a"]),
        ("^[[:a]+$", &["[:a"], &["b"]),
        (r"^[^\x00-\x{10FFFF}]", &[], &["a", ""]),
        ("^[^a]$", &["\n"], &["a"]),
        // Repetition.
        ("^a{2}$", &["aa"], &["a", "aaa"]),
        ("^a{2,}$", &["aaaa"], &["a"]),
        ("^a{1,3}$", &["a", "aaa"], &["", "aaaa"]),
        ("^a{,3}$", &["a{,3}"], &["aa"]),
        ("^a{01}$", &["a{01}"], &["a"]),
        ("^a{x}{", &["a{x}{"], &[]),
        ("^a{0}$", &[""], &["a"]),
        ("^(a{10}){100}$", &[&"a".repeat(1000)], &[&"a".repeat(999)]),
        ("^(?:a?){1000}$", &["", "aaa"], &["b"]),
        ("a*?(?i)*b", &["b"], &[]),
        // Groups.
        ("^(?P<one>a)(?<two>b)(?:c)$", &["abc"], &[]),
        ("^(|a)b$", &["b", "ab"], &["aab"]),
        ("^(a|b|)$", &["a", "b", ""], &["c"]),
        ("()|^$", &["x"], &[]),
    ];
    for (pattern, yes, no) in cases {
        let compiled = Pattern::new(pattern).unwrap_or_else(|e| panic!("{pattern}: {e}"));
        for (texts, expected) in [(yes, true), (no, false)] {
            for text in *texts {
                assert_eq!(compiled.is_match(text), expected, "{pattern} on {text:?}");
                assert_eq!(compiled.find(text).is_some(), expected, "{pattern} found in {text:?}");
            }
        }
    }
}

#[test]
fn finds_the_leftmost_first() {
    let cases = [
        ("a|ab", "xab", 1..2),
        ("ab|a", "xab", 1..3),
        ("a+", "baac", 1..3),
        ("a+?", "baac", 1..2),
        ("(?U)a+", "baac", 1..2),
        ("(?U)a+?", "baac", 1..3),
        ("a{1,2}?", "aa", 0..1),
        ("(?U)(?-U)a+", "aa", 0..2),
        ("x*", "abc", 0..0),
        ("é", "aéb", 1..3),
        (r"\B", "éa", 0..0),
    ];
    for (pattern, text, range) in cases {
        assert_eq!(Pattern::new(pattern).unwrap().find(text), Some(range), "{pattern}");
    }
}

#[test]
fn refuses_in_words_of_go() {
    let cases = [
        ("(", 0, "missing closing ): `(`"),
        ("a(b", 0, "missing closing ): `a(b`"),
        ("a)b", 1, "unexpected ): `a)b`"),
        ("x[a", 1, "missing closing ]: `[a`"),
        ("[", 0, "missing closing ]: `[`"),
        ("[]", 0, "missing closing ]: `[]`"),
        (r"a\", 1, "trailing backslash at end of expression: ``"),
        ("[b-a]", 1, "invalid character class range: `b-a`"),
        (r"[a-\d]", 3, r"invalid escape sequence: `\d`"),
        ("[[:foo:]]", 1, "invalid character class range: `[:foo:]`"),
        (r"\p{Foo}x", 0, r"invalid character class range: `\p{Foo}`"),
        (r"\p{Foo", 0, r"invalid character class range: `\p{Foo`"),
        (r"\p", 0, r"invalid character class range: `\p`"),
        (r"\8", 0, r"invalid escape sequence: `\8` (RE2 has no backreferences)"),
        (r"(a)\1", 3, r"invalid escape sequence: `\1` (RE2 has no backreferences)"),
        (r"\Z", 0, r"invalid escape sequence: `\Z` (RE2 has no \Z, write \z)"),
        (r"\C", 0, r"invalid escape sequence: `\C`"),
        (r"\E", 0, r"invalid escape sequence: `\E`"),
        (r"[\b]", 1, r"invalid escape sequence: `\b`"),
        (r"\xg1", 0, r"invalid escape sequence: `\xg1`"),
        (r"\x{110000}", 0, r"invalid escape sequence: `\x{110000`"),
        (r"\x{}", 0, r"invalid escape sequence: `\x{}`"),
        (r"\é", 0, r"invalid escape sequence: `\é`"),
        ("*a", 0, "missing argument to repetition operator: `*`"),
        ("a|*?", 2, "missing argument to repetition operator: `*?`"),
        ("(?i)*", 4, "missing argument to repetition operator: `*`"),
        ("a**", 1, "invalid nested repetition operator: `**`"),
        ("a*+?b", 1, "invalid nested repetition operator: `*+?`"),
        ("a{2}{3}", 1, "invalid nested repetition operator: `{2}{3}`"),
        ("a{1001}", 1, "invalid repeat count: `{1001}`"),
        ("a{3,2}", 1, "invalid repeat count: `{3,2}`"),
        ("a{99999999999}", 1, "invalid repeat count: `{99999999999}`"),
        ("(a{1000}){1000}", 9, "invalid repeat count: `{1000}`"),
        ("((a{100}b|c){10}){2}", 17, "invalid repeat count: `{2}`"),
        ("(?=a)", 0, "invalid or unsupported Perl syntax: `(?=` (RE2 has no lookahead)"),
        ("(?!a)", 0, "invalid or unsupported Perl syntax: `(?!` (RE2 has no lookahead)"),
        ("x(?<=a)", 1, "invalid or unsupported Perl syntax: `(?<` (RE2 has no lookbehind)"),
        ("(?<!a)", 0, "invalid or unsupported Perl syntax: `(?<` (RE2 has no lookbehind)"),
        ("(?>a)", 0, "invalid or unsupported Perl syntax: `(?>` (RE2 has no atomic groups)"),
        ("(?x)a", 0, "invalid or unsupported Perl syntax: `(?x` (RE2 has no verbose mode)"),
        ("(?i-)a", 0, "invalid or unsupported Perl syntax: `(?i-)`"),
        ("(?--i)a", 0, "invalid or unsupported Perl syntax: `(?--`"),
        ("(?", 0, "invalid or unsupported Perl syntax: `(?`"),
        ("(?P=n)", 0, "invalid or unsupported Perl syntax: `(?P`"),
        ("(?P<n", 0, "invalid named capture: `(?P<n`"),
        ("(?<n-m>a)", 0, "invalid named capture: `(?<n-m>`"),
        ("(?P<>a)", 0, "invalid named capture: `(?P<>`"),
    ];
    for (pattern, offset, message) in cases {
        let error = Pattern::new(pattern).expect_err(pattern);
        assert_eq!(error, PatternError { offset, message: message.into() }, "{pattern}");
    }
    let error = Pattern::new("(").unwrap_err();
    assert_eq!(error.to_string(), "error parsing regexp: missing closing ): `(`");
}

#[test]
fn nothing_is_refused_too_late() {
    // Would need gigabytes, or a stack of any depth.
    for pattern in [
        "(.{900}){1}".repeat(300),
        r"(?:\pL{50}|\pN{50}){20}".into(),
        r"[\pL]".repeat(10_000),
        r"\pL".repeat(20_000),
        "[^a]".repeat(16_000) + &"x".repeat(9_000),
        "(".repeat(60_000),
        "(?:".repeat(129) + &")".repeat(129),
        "a".repeat(70_000),
    ] {
        let error = Pattern::new(&pattern).expect_err(&pattern[..20]);
        assert!(
            ["expression too large", "expression nests too deeply"]
                .iter()
                .any(|m| error.message.starts_with(m)),
            "{error}"
        );
    }
    // The deepest and the largest that are still taken.
    assert!(is_match(&("((?:x|".repeat(64) + "a" + &")*)".repeat(64)), "a"));
    assert!(is_match(r"^\p{L}{1,100}$", &"é".repeat(100)));
    assert!(!is_match(r"^\p{L}{1,100}$", &"é".repeat(101)));
    assert!(is_match(&"a?".repeat(10_000), "a"));
}

#[test]
fn time_is_linear_in_the_text() {
    let text = "a".repeat(1_000_000);
    for pattern in
        ["(a+)+$", "(a*)*b", "(a|a)*b", "(a|aa)+b", "^(([a-z])+.)+[A-Z]([a-z])+$", "a*a*a*a*a*a*a*b"]
    {
        let expected = pattern == "(a+)+$";
        assert_eq!(is_match(pattern, &text), expected, "{pattern}");
    }
    // The lazy automaton of this one would have a state for each of 2^20 histories.
    let mixed: String =
        (0..200_000u32).map(|i| if i.wrapping_mul(2_654_435_761) >> 31 == 0 { 'a' } else { 'b' }).collect();
    assert!(!is_match("a[ab]{20}c", &mixed));
}

#[test]
fn unicode_tables_are_up_to_date() {
    let mut fresh = Vec::new();
    for (name, table) in Entries(include_bytes!("unicode.bin")) {
        let text = std::str::from_utf8(name).unwrap();
        let ranges = if text == "Cs" { Vec::new() } else { reference(&format!(r"\p{{{text}}}")) };
        let mut next = 0;
        let mut bytes = Vec::new();
        for (low, high) in ranges {
            for mut value in [low - next, high - low] {
                while value > 0x7f {
                    bytes.push(value as u8 | 0x80);
                    value >>= 7;
                }
                bytes.push(value as u8);
            }
            next = high + 1;
        }
        assert_eq!(bytes, table, "{text}");
        fresh.push(name.len() as u8);
        fresh.extend_from_slice(name);
        fresh.extend_from_slice(&u16::try_from(bytes.len()).unwrap().to_le_bytes());
        fresh.extend_from_slice(&bytes);
    }
    if std::env::var_os("UPDATE_UNICODE").is_some() {
        std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/src/unicode.bin"), &fresh).unwrap();
    }
    assert_eq!(fresh.len(), include_bytes!("unicode.bin").len());
    let (ranges, except) = property("Zs").unwrap();
    assert!(!except && ranges.contains(&(0x20, 0x20)) && ranges.contains(&(0x3000, 0x3000)));
}

#[test]
fn folds_as_unicode_does() {
    // These fold since Unicode 15.1, Go's tables are those of 15.0.
    let newer = [0x390, 0x1fd3, 0x3b0, 0x1fe3, 0xfb05, 0xfb06];
    // The standard library may be ahead of the tables: what they don't know doesn't count.
    let (assigned, _) = property("Assigned").unwrap();
    let is_assigned = |c: &char| assigned.iter().any(|&(low, high)| (low..=high).contains(&u32::from(*c)));
    let chars = (0..=0x1f000).filter_map(char::from_u32).filter(is_assigned);
    for c in chars.filter(|c| !newer.contains(&u32::from(*c))) {
        let mut ranges = vec![(c.into(), c.into())];
        fold(&mut ranges);
        let mut folded: Vec<char> = ranges.iter().map(|&(low, _)| char::from_u32(low).unwrap()).collect();
        folded.sort_unstable();
        folded.dedup();
        folded.retain(is_assigned);
        let expected: Vec<char> = if u32::from(c) < 0x41 || c == '\u{85}' {
            vec![c]
        } else {
            reference(&format!(r"(?i)\x{{{:x}}}", u32::from(c)))
                .into_iter()
                .flat_map(|(low, high)| (low..=high).filter_map(char::from_u32))
                .collect()
        };
        assert_eq!(folded, expected, "{c:?}");
    }
}

/// What the parser of `regex` makes of a class.
fn reference(class: &str) -> Vec<(u32, u32)> {
    use regex_syntax::hir::{Class, HirKind};
    let tree = regex_syntax::parse(class).unwrap();
    match tree.kind() {
        HirKind::Class(Class::Unicode(class)) => {
            class.ranges().iter().map(|range| (range.start().into(), range.end().into())).collect()
        }
        HirKind::Literal(text) => {
            let c = std::str::from_utf8(&text.0).unwrap().chars().next().unwrap().into();
            vec![(c, c)]
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn texts_that_blow_up_an_automaton_have_a_limit() {
    let pattern = Pattern::new("(.{0,255}x){3}y").unwrap();
    let hostile = "abcx".repeat(25_000);
    let mut visits = 10 << 20;
    assert_eq!(pattern.is_match_within(&hostile, &mut visits), None);
    assert_eq!(visits, 10 << 20, "nothing was visited");
    assert_eq!(pattern.is_match_within("abcxabcxxy", &mut visits), Some(true));
    assert_eq!(pattern.is_match_within(&hostile[..400], &mut visits), Some(false));
    // What stays small costs none, however long the text is.
    let (plain, mut none) = (Pattern::new(r"^[\w.-]{1,64}@[\w.-]{1,255}$").unwrap(), 0);
    assert_eq!(plain.is_match_within(&"a".repeat(1_000_000), &mut none), Some(false));
}

#[test]
fn patterns_of_data_are_small() {
    assert!(Pattern::of_data(r"^[\w.-]{1,64}@[\w.-]{1,255}$").is_ok());
    assert!(Pattern::of_data(r"\pL{1,20}x").is_err() && Pattern::new(r"\pL{1,20}x").is_ok());
}

#[test]
fn hostile_patterns_end_in_an_answer() {
    use proptest::prelude::*;
    proptest!(ProptestConfig::with_cases(2000), |(pattern in r"([a-c(){}\[\]|*+?^$.\\pLQE:,0-9iP<>!&é-]|\(\?|\[:|\\x|\\p\{){0,24}", text in "[a-cé\n]{0,12}")| {
        if let Ok(pattern) = Pattern::new(&pattern) {
            prop_assert_eq!(pattern.is_match(&text), pattern.find(&text).is_some());
        }
    });
}
