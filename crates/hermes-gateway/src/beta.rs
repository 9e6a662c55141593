use http::{HeaderMap, HeaderValue};

const NAME: &str = "anthropic-beta";

/// The client's `anthropic-beta` without `removed` and with `added`; as it came where there is nothing to change.
pub(crate) fn merge(client: &HeaderMap, removed: &[String], added: &[String], out: &mut HeaderMap) {
    if removed.is_empty() && added.is_empty() {
        for value in client.get_all(NAME) {
            out.append(NAME, value.clone());
        }
        return;
    }
    let mut names: Vec<&str> = Vec::new();
    let sent = client
        .get_all(NAME)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let sent = sent.flat_map(|list| list.split(',')).map(str::trim);
    let kept = sent.filter(|name| !name.is_empty() && !removed.iter().any(|one| one == name));
    for name in kept.chain(added.iter().map(String::as_str)) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    if !names.is_empty()
        && let Ok(value) = HeaderValue::from_str(&names.join(","))
    {
        out.insert(NAME, value);
    }
}

#[cfg(test)]
mod tests;
