//! Schemas of tools in the dialect that an upstream takes, where it refuses what JSON Schema allows.

use hermes_catalog::SchemaRule;
use serde_json::{Map, Value};

use crate::dropped::Dropped;
use crate::prompt::{Prompt, ToolKind};
use crate::unsupported::Unsupported;

/// Words whose value is one schema, or a list of them.
const ONE: [&str; 12] = [
    "additionalItems",
    "additionalProperties",
    "allOf",
    "anyOf",
    "contains",
    "else",
    "if",
    "items",
    "not",
    "oneOf",
    "prefixItems",
    "then",
];
/// Words whose value is an object of schemas.
const NAMED: [&str; 5] = [
    "$defs",
    "definitions",
    "dependentSchemas",
    "patternProperties",
    "properties",
];
/// Words that say what a value is without `type`.
const SAYING: [&str; 6] = ["$ref", "allOf", "anyOf", "not", "oneOf", "type"];

/// Puts the schemas of a request's tools into the dialect that these rules describe. What a model is told less of is noted.
///
/// # Errors
/// When nothing may be left out.
pub(crate) fn fit(
    prompt: &mut Prompt,
    rules: &[SchemaRule],
    dropped: &mut Dropped,
) -> Result<(), Unsupported> {
    if rules.is_empty() {
        return Ok(());
    }
    for tool in &mut prompt.tools {
        if let ToolKind::Function { schema, .. } = &mut tool.kind {
            let mut walk = Walk {
                rules,
                lost: Vec::new(),
            };
            walk.schema(schema, &format!("{}.parameters", tool.at));
            for path in walk.lost {
                dropped.add(path)?;
            }
        }
    }
    Ok(())
}

struct Walk<'a> {
    rules: &'a [SchemaRule],
    lost: Vec<String>,
}

impl Walk<'_> {
    fn schema(&mut self, schema: &mut Value, at: &str) {
        if let Some(fields) = schema.as_object_mut() {
            for rule in self.rules {
                match rule {
                    SchemaRule::TypedNodes => self.typed(fields, at),
                    SchemaRule::NoSlashInEnums => self.without(fields, "enum", at, has_slash),
                    SchemaRule::NoPatterns => self.without(fields, "pattern", at, |_| true),
                }
            }
            self.inner(fields, at);
        }
    }

    fn inner(&mut self, fields: &mut Map<String, Value>, at: &str) {
        for word in ONE {
            match fields.get_mut(word) {
                Some(Value::Array(schemas)) => {
                    for (number, schema) in schemas.iter_mut().enumerate() {
                        self.schema(schema, &format!("{at}.{word}[{number}]"));
                    }
                }
                Some(schema) => self.schema(schema, &format!("{at}.{word}")),
                None => {}
            }
        }
        for word in NAMED {
            let named = fields.get_mut(word).and_then(Value::as_object_mut);
            for (name, schema) in named.into_iter().flatten() {
                self.schema(schema, &format!("{at}.{word}.{name}"));
            }
        }
    }

    fn without(&mut self, fields: &mut Map<String, Value>, word: &str, at: &str, bad: fn(&Value) -> bool) {
        if fields.get(word).is_some_and(bad) {
            fields.remove(word);
            self.lost.push(format!("{at}.{word}"));
        }
    }

    /// Says of every node what it is, and of alternatives each for itself.
    fn typed(&mut self, fields: &mut Map<String, Value>, at: &str) {
        if let Some(Value::Array(members)) = fields.get_mut("anyOf").map(Value::take) {
            let kind = fields.remove("type");
            let members = members.into_iter().map(|member| typed_as(member, kind.as_ref()));
            let members = members.collect::<Vec<_>>();
            fields.insert("anyOf".to_owned(), members.into());
        }
        if SAYING.iter().any(|word| fields.contains_key(*word)) {
            return;
        }
        let kind = meant(fields).unwrap_or_else(|| {
            // Anything at all cannot be said there; text can hold it.
            self.lost.push(at.to_owned());
            "string"
        });
        fields.insert("type".to_owned(), kind.into());
    }
}

fn typed_as(mut member: Value, kind: Option<&Value>) -> Value {
    if let (Some(fields), Some(kind)) = (member.as_object_mut(), kind)
        && !SAYING.iter().any(|word| fields.contains_key(*word))
    {
        fields.insert("type".to_owned(), kind.clone());
    }
    member
}

/// The type that a schema's other words imply.
fn meant(fields: &Map<String, Value>) -> Option<&'static str> {
    const IMPLIED: [(&str, &[&str]); 4] = [
        (
            "object",
            &[
                "properties",
                "additionalProperties",
                "required",
                "patternProperties",
            ],
        ),
        ("array", &["items", "prefixItems", "minItems", "maxItems"]),
        ("string", &["pattern", "minLength", "maxLength", "format"]),
        (
            "number",
            &[
                "minimum",
                "maximum",
                "multipleOf",
                "exclusiveMinimum",
                "exclusiveMaximum",
            ],
        ),
    ];
    let of_words = IMPLIED
        .into_iter()
        .find(|(_, words)| words.iter().any(|word| fields.contains_key(*word)))
        .map(|(kind, _)| kind);
    of_words.or_else(|| {
        let values = fields.get("enum").and_then(Value::as_array).map(Vec::as_slice);
        let single = fields.get("const").map(std::slice::from_ref);
        let mut kinds = values.or(single)?.iter().map(kind_of);
        let first = kinds.next()??;
        kinds.all(|kind| kind == Some(first)).then_some(first)
    })
}

fn kind_of(value: &Value) -> Option<&'static str> {
    match value {
        Value::String(_) => Some("string"),
        Value::Bool(_) => Some("boolean"),
        Value::Number(_) => Some("number"),
        Value::Array(_) => Some("array"),
        Value::Object(_) => Some("object"),
        Value::Null => None,
    }
}

fn has_slash(values: &Value) -> bool {
    let mut values = values.as_array().into_iter().flatten();
    values.any(|value| value.as_str().is_some_and(|text| text.contains('/')))
}

#[cfg(test)]
mod tests;
