//! Did you mean? Finds the name that was probably meant.

/// The candidate nearest to `name`, if any is near enough.
pub fn nearest<'c>(name: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let lower = name.to_lowercase();
    let limit = (name.chars().count() / 3).max(1);
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        let other = candidate.to_lowercase();
        let mut cost = distance(&lower, &other);
        if lower.len() >= 4 && is_part(&lower, &other) || other.len() >= 4 && is_part(&other, &lower) {
            cost = cost.min(limit);
        }
        if cost <= limit && best.is_none_or(|(least, _)| cost < least) {
            best = Some((cost, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// Whether `part` is one of the words of `whole` that are joined by `_`, `-`, `.` or `/`, or several in a row.
fn is_part(part: &str, whole: &str) -> bool {
    let bounded = |at: usize| {
        let before = whole[..at].chars().next_back();
        let after = whole[at + part.len()..].chars().next();
        [before, after].into_iter().flatten().all(|c| "_-./".contains(c))
    };
    whole.match_indices(part).any(|(at, _)| bounded(at))
}

/// How many letters must be changed, added, removed or swapped with their neighbour.
pub fn distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.chars().take(64).collect();
    let b: Vec<char> = b.chars().take(64).collect();
    let width = b.len() + 1;
    let mut before = vec![0; width];
    let mut last: Vec<usize> = (0..width).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; width];
        for j in 1..width {
            let change = usize::from(a[i - 1] != b[j - 1]);
            row[j] = (last[j] + 1).min(row[j - 1] + 1).min(last[j - 1] + change);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_was_meant() {
        let names = ["host", "url_pattern", "input_headers", "check_expr", "max_rate", "client_max_rate"];
        let cases = [
            ("hosts", Some("host")),
            ("url_patern", Some("url_pattern")),
            ("URL_Pattern", Some("url_pattern")),
            ("input_haeders", Some("input_headers")),
            ("expr", Some("check_expr")),
            ("max_rat", Some("max_rate")),
            ("color", None),
            ("", None),
        ];
        for (name, want) in cases {
            assert_eq!(nearest(name, names), want, "{name}");
        }
        assert_eq!(distance("ab", "ba"), 1);
        assert_eq!(distance("", "abc"), 3);
    }
}
