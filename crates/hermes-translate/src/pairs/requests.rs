//! Every recorded request toward every other protocol, back, and on to a third one.

use hermes_core::Protocol;
use serde_json::Value;

use super::meaning::{Meaning, meaning};
use super::{pairs, recorded};
use crate::context::Stamp;
use crate::proof::Proof;
use crate::properties::support::target;
use crate::translator;
use crate::unsupported::Unsupported;

/// A request in another protocol, with what was left out of it, unless something of it has no place there.
fn sent(from: Protocol, to: Protocol, body: &Value) -> Result<(Value, Vec<String>), Unsupported> {
    let up = translator::request(from, body, &target(to), false, Stamp::default())?;
    let mut body: Value = serde_json::from_slice(&up.body).unwrap();
    if to == Protocol::Gemini {
        body["model"] = "model".into();
    }
    Ok((body, up.dropped.paths().to_vec()))
}

fn means(protocol: Protocol, body: &Value) -> Meaning {
    meaning(&translator::read_request(protocol, body).unwrap())
}

/// A request without what does not get to another protocol, as far as it can be taken out.
fn without_losses(from: Protocol, to: Protocol, body: &Value) -> Option<Value> {
    let mut body = body.clone();
    limit(from, &mut body);
    for _ in 0..4 {
        let (_, dropped) = sent(from, to, &body).ok()?;
        if dropped.is_empty() {
            return Some(body);
        }
        // From the end, so that places in lists stay what they are.
        for path in dropped.iter().rev() {
            remove(&mut body, path);
        }
    }
    None
}

/// Says a limit where none is said: Messages demands one, and one that is made up is named like a loss.
fn limit(protocol: Protocol, body: &mut Value) {
    let (pointer, others): (&str, &[&str]) = match protocol {
        Protocol::AnthropicMessages => ("max_tokens", &[]),
        Protocol::ChatCompletions => ("max_tokens", &["max_completion_tokens"]),
        Protocol::Responses => ("max_output_tokens", &[]),
        Protocol::Gemini => ("maxOutputTokens", &["max_output_tokens"]),
    };
    let holder = match protocol {
        Protocol::Gemini if body["generation_config"].is_object() => &mut body["generation_config"],
        Protocol::Gemini => &mut body["generationConfig"],
        _ => body,
    };
    if holder[pointer].is_null() && others.iter().all(|other| holder[*other].is_null()) {
        holder[pointer] = 4096.into();
    }
}

/// Takes a field or a place of a list out, by its path.
fn remove(body: &mut Value, path: &str) {
    let pointer = path.replace('[', ".").replace(']', "");
    let mut keys: Vec<&str> = pointer.split('.').collect();
    let last = keys.pop().unwrap_or_default();
    let holder = keys.iter().try_fold(body, |value, key| match value {
        Value::Array(list) => list.get_mut(key.parse::<usize>().ok()?),
        Value::Object(fields) => fields.get_mut(*key),
        _ => None,
    });
    match holder {
        Some(Value::Object(fields)) => {
            fields.shift_remove(last);
        }
        Some(Value::Array(list)) => {
            if let Some(place) = last.parse().ok().filter(|place| *place < list.len()) {
                list.remove(place);
            }
        }
        _ => {}
    }
}

#[test]
fn there_and_back_says_the_same() {
    let (mut seen, mut wrong, mut refused, mut lossy, mut barred) = (0, Vec::new(), 0, 0, 0);
    for (client, upstream) in pairs() {
        for (name, body) in recorded::requests(client) {
            let Some(body) = without_losses(client, upstream, body) else {
                let goes = sent(client, upstream, body).is_ok();
                lossy += usize::from(goes);
                barred += usize::from(!goes);
                continue;
            };
            let (there, _) = sent(client, upstream, &body).unwrap();
            let name = format!("{client:?} > {upstream:?} {name}");
            let (back, lost) = match sent(upstream, client, &there) {
                Ok(back) => back,
                // What one protocol can be asked for by another, but not the other way.
                Err(error) if error.code == "unsupported_by_upstream" => {
                    refused += 1;
                    continue;
                }
                Err(error) => panic!("{name} does not come back: {error}"),
            };
            let (mut said, mut back) = (means(client, &body), means(client, &back));
            said.forget(&lost);
            back.forget(&lost);
            if said != back {
                wrong.push(format!("{name}\n  said {said:?}\n  back {back:?}"));
            }
            seen += 1;
        }
    }
    println!("{seen} come back, {refused} do not; {barred} cannot go, {lossy} not without losses");
    assert!(
        wrong.is_empty(),
        "{} of {seen}\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(seen > 300 && refused * 20 < seen, "{seen} and {refused}");
}

/// What differs between a request that goes to an upstream directly and one that goes there through another protocol; none where it cannot
/// go there at all.
fn detour(
    client: Protocol,
    between: Protocol,
    upstream: Protocol,
    body: &Value,
) -> Option<Result<(), String>> {
    let (there, _) = sent(client, between, body).unwrap();
    let (direct, lost) = sent(client, upstream, body).ok()?;
    let (round, more) = match sent(between, upstream, &there) {
        Ok(round) => round,
        // Messages goes on with the beginning of an answer, others do not.
        Err(error) if error.code == "unsupported_by_upstream" && between == Protocol::AnthropicMessages => {
            return None;
        }
        Err(error) => return Some(Err(error.to_string())),
    };
    let (mut direct, mut round) = (means(upstream, &direct), means(upstream, &round));
    for lost in [lost, more] {
        direct.forget(&lost);
        round.forget(&lost);
    }
    let differ = || format!("\n  direct {direct:?}\n  round  {round:?}");
    Some(if direct == round { Ok(()) } else { Err(differ()) })
}

#[test]
fn a_way_round_is_no_other_request() {
    let (mut seen, mut wrong) = (0, Vec::new());
    for (client, between) in pairs() {
        for (name, body) in recorded::requests(client) {
            let Some(body) = without_losses(client, between, body) else {
                continue;
            };
            let others = Protocol::ALL.into_iter();
            for upstream in others.filter(|one| *one != client && *one != between) {
                let found = detour(client, between, upstream, &body);
                seen += usize::from(found.is_some());
                if let Some(Err(found)) = found {
                    wrong.push(format!("{client:?} > {between:?} > {upstream:?} {name} {found}"));
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {seen}\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(seen > 300, "only {seen}");
}

#[test]
fn translating_again_and_again_does_not_grow() {
    let mut wrong = Vec::new();
    for (client, upstream) in pairs() {
        for (name, body) in recorded::requests(client) {
            let round = |body: &Value| {
                let (there, _) = sent(client, upstream, body)?;
                sent(upstream, client, &there).map(|(back, _)| back)
            };
            let Ok(first) = round(body) else { continue };
            let mut last = first.clone();
            for time in 2..=5 {
                let name = format!("{client:?} > {upstream:?} {name}, round {time}");
                match round(&last) {
                    Ok(next) if next == first => last = next,
                    Ok(next) => {
                        wrong.push(format!("{name}\n  was {first}\n  is  {next}"));
                        break;
                    }
                    Err(error) => {
                        wrong.push(format!("{name}: {error}"));
                        break;
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn no_wrapped_proof_goes_to_an_upstream() {
    for (client, upstream) in pairs() {
        for (_, body) in recorded::requests(client) {
            if let Ok((there, _)) = sent(client, upstream, body) {
                assert!(!Proof::is_in(there.to_string().as_bytes()));
            }
        }
    }
}
