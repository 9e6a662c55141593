use std::collections::BTreeMap;

/// Longest name for which near matches are looked for; a longer one is no typing slip.
const LONGEST_TYPED: usize = 64;
/// How many near matches are named.
const NEAR: usize = 4;

/// Lower case, with `-` for `_` and white space.
pub(crate) fn normalise(name: &str) -> String {
    name.trim()
        .to_lowercase()
        .chars()
        .map(|c| if c == '_' || c.is_whitespace() { '-' } else { c })
        .collect()
}

/// Whether a name is one that [`normalise`] leaves alone and that needs no quoting anywhere.
pub(crate) fn is_plain(name: &str) -> bool {
    let mut chars = name.chars();
    name.len() <= LONGEST_TYPED
        && chars
            .next()
            .is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
        && chars.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.')
}

/// The ids that a mistyped name may have meant, best first. `names` maps every id and alias to its id.
pub(crate) fn near(typed: &str, names: &BTreeMap<&str, &str>) -> Vec<String> {
    let typed_len = typed.chars().count();
    if typed_len == 0 || typed_len > LONGEST_TYPED {
        return Vec::new();
    }
    let mut best: BTreeMap<&str, usize> = BTreeMap::new();
    for (name, id) in names {
        if let Some(distance) = distance(typed, typed_len, name) {
            let entry = best.entry(id).or_insert(distance);
            *entry = distance.min(*entry);
        }
    }
    let mut ranked: Vec<(usize, &str)> = best.into_iter().map(|(id, distance)| (distance, id)).collect();
    ranked.sort_unstable();
    ranked
        .into_iter()
        .take(NEAR)
        .map(|(_, id)| id.to_owned())
        .collect()
}

/// How far a name is from what was typed; `None` where it is no near match.
fn distance(typed: &str, typed_len: usize, name: &str) -> Option<usize> {
    let edits = edit_distance(typed, name);
    if edits <= (typed_len / 3).max(1) {
        Some(edits)
    } else if typed_len >= 2 && name.starts_with(typed) {
        Some(edits.min(3))
    } else if name.len() >= 4 && typed.starts_with(name) {
        Some(edits.min(4))
    } else {
        None
    }
}

/// Levenshtein distance by characters.
fn edit_distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in right.iter().enumerate() {
            let replaced = diagonal + usize::from(a != *b);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[right.len()]
}
