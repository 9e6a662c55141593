use serde_json::{Map, Value};

use super::Writing;
use super::extras::put;
use super::fields::Field;
use crate::unsupported::Unsupported;

impl Writing<'_> {
    /// Puts the client's own fields back, takes out what the upstream refuses, and sets what it always gets.
    pub(super) fn finish(&mut self, body: Map<String, Value>) -> Result<Value, Unsupported> {
        let written = body.contains_key("thinking");
        let mut body = Value::Object(body);
        self.extras.restore("", &mut body);
        // Where thoughts cannot be told of, neither can their details.
        if !written
            && self.prompt.thinking.is_some()
            && let Some(fields) = body.as_object_mut()
        {
            fields.remove("thinking");
        }
        let target = self.target;
        for path in target.quirks.refused.iter().flatten() {
            if take(&mut body, path) {
                let at = self.client_path(path);
                self.dropped.add(at)?;
            }
        }
        for (path, value) in target.quirks.set.iter().flatten() {
            put(&mut body, path, value.clone());
        }
        Ok(body)
    }

    /// What the client calls a field of this protocol.
    fn client_path(&self, path: &str) -> String {
        let client = self.prompt.client;
        let field = match path {
            "temperature" => Field::Temperature,
            "top_p" => Field::TopP,
            "top_k" => Field::TopK,
            "stop_sequences" => Field::Stop,
            "service_tier" | "speed" => Field::Tier,
            "tool_choice" => Field::Choice,
            "output_config.format" => Field::Format,
            "metadata" | "metadata.user_id" => {
                let user = self.prompt.user.as_ref();
                return user.map_or(path, |user| user.at.as_str()).to_owned();
            }
            path if self.native() => return path.to_owned(),
            path if path.starts_with("thinking") || path.starts_with("output_config") => Field::Thinking,
            path => return path.to_owned(),
        };
        field.at(client).to_owned()
    }
}

/// Takes a dotted path out, in every item of the lists on its way; whether it was there.
fn take(value: &mut Value, path: &str) -> bool {
    if let Value::Array(items) = value {
        let taken: Vec<bool> = items.iter_mut().map(|item| take(item, path)).collect();
        return taken.contains(&true);
    }
    let Some(fields) = value.as_object_mut() else {
        return false;
    };
    match path.split_once('.') {
        None => fields.remove(path).is_some(),
        Some((first, rest)) => {
            let taken = fields.get_mut(first).is_some_and(|inner| take(inner, rest));
            // What held nothing else goes with it.
            if taken
                && fields
                    .get(first)
                    .and_then(Value::as_object)
                    .is_some_and(Map::is_empty)
            {
                fields.remove(first);
            }
            taken
        }
    }
}
