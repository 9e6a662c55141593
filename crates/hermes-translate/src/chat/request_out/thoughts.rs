//! Thoughts of earlier turns, where the upstream wants them back.

use serde_json::{Map, Value, json};

use super::Job;
use crate::chat::details;
use crate::prompt::Part;
use crate::proof::{Proof, ProofKind};
use crate::unsupported::Unsupported;

/// Where thoughts go.
enum Way {
    Nowhere,
    /// `reasoning_details`, with their proofs.
    Details,
    /// Parts of the content (Mistral).
    Content,
    /// A field with a text.
    Field(String),
}

/// The thoughts of one message.
#[derive(Default)]
pub(super) struct Thoughts {
    fields: Vec<(String, String)>,
    details: Vec<Value>,
    thoughts: u64,
    /// Parts of the content.
    pub(super) content: Vec<Map<String, Value>>,
    /// Gemini's signature of the call that follows.
    pub(super) signature: Option<String>,
}

fn way(job: &Job<'_>, part: &Part) -> Way {
    match job.target.quirks.thoughts_field.as_deref() {
        Some("reasoning_details") => Way::Details,
        Some("content") => Way::Content,
        Some(field) => Way::Field(field.to_owned()),
        None if !job.same => Way::Nowhere,
        // As the client wrote it.
        None if part.at.contains(".reasoning_details[") => Way::Details,
        None if part.at.contains(".content[") => Way::Content,
        None => match part.at.rsplit_once('.') {
            Some((_, "extra_content")) | None => Way::Nowhere,
            Some((_, field)) => Way::Field(field.to_owned()),
        },
    }
}

impl Thoughts {
    /// Takes a thought; `of_call` when a call follows it.
    pub(super) fn add(
        &mut self,
        job: &mut Job<'_>,
        part: &Part,
        text: &str,
        proof: Option<&Proof>,
        of_call: bool,
    ) -> Result<(), Unsupported> {
        if let Some(proof) = proof.filter(|proof| proof.kind == ProofKind::Thought) {
            self.add_signature(job, part, proof, of_call)?;
            if text.is_empty() {
                return Ok(());
            }
            return self.add_text(job, part, text, None);
        }
        self.add_text(job, part, text, proof)
    }

    fn add_signature(
        &mut self,
        job: &mut Job<'_>,
        part: &Part,
        proof: &Proof,
        of_call: bool,
    ) -> Result<(), Unsupported> {
        let Some(data) = proof.for_issuer(&job.target.issuer, ProofKind::Thought) else {
            return job.drop(part.at.as_str());
        };
        let as_extra = job.takes("extra_content") || (job.same && part.at.ends_with(".extra_content"));
        if of_call && as_extra {
            self.signature = Some(data.to_owned());
            return Ok(());
        }
        if !matches!(way(job, part), Way::Details) {
            return job.drop(part.at.as_str());
        }
        if of_call {
            self.details.push(details::write_of_call(self.thoughts, data));
        } else {
            let proof = Some((ProofKind::Thought, data));
            self.details
                .extend(details::write(self.thoughts, "", proof, None));
        }
        self.thoughts += 1;
        Ok(())
    }

    fn add_text(
        &mut self,
        job: &mut Job<'_>,
        part: &Part,
        text: &str,
        proof: Option<&Proof>,
    ) -> Result<(), Unsupported> {
        match way(job, part) {
            Way::Details => self.add_detail(job, part, text, proof),
            Way::Content if !text.is_empty() => {
                let thought = json!({"type": "thinking", "thinking": [{"type": "text", "text": text}]});
                let mut fields = thought.as_object().cloned().unwrap_or_default();
                job.extras.put(&part.at, &mut fields);
                self.content.push(fields);
                Ok(())
            }
            Way::Field(name) if !text.is_empty() => {
                match self.fields.iter_mut().find(|(field, _)| *field == name) {
                    Some((_, all)) => all.push_str(text),
                    None => self.fields.push((name, text.to_owned())),
                }
                Ok(())
            }
            Way::Nowhere | Way::Content | Way::Field(_) => job.drop(part.at.as_str()),
        }
    }

    /// A proof of somebody else's would be refused, and the text that it proves with it.
    fn add_detail(
        &mut self,
        job: &mut Job<'_>,
        part: &Part,
        text: &str,
        proof: Option<&Proof>,
    ) -> Result<(), Unsupported> {
        let valid = proof.and_then(|proof| {
            let data = proof.for_issuer(&job.target.issuer, proof.kind)?;
            Some((proof.kind, data))
        });
        if valid.is_none() && (proof.is_some() || text.is_empty()) {
            return job.drop(part.at.as_str());
        }
        let format = job.target.quirks.thoughts_format.as_deref();
        let entries = details::write(self.thoughts, text, valid, format);
        self.thoughts += 1;
        for (entry, at) in entries.into_iter().zip(places(&part.at)) {
            let Value::Object(mut fields) = entry else {
                continue;
            };
            job.extras.put(&at, &mut fields);
            self.details.push(fields.into());
        }
        Ok(())
    }

    /// Whether there is nothing to be put beside the content.
    pub(super) fn is_empty(&self) -> bool {
        self.fields.is_empty() && self.details.is_empty()
    }

    /// Puts the thoughts into their message.
    pub(super) fn finish(self, message: &mut Map<String, Value>) {
        for (field, text) in self.fields {
            message.insert(field, text.into());
        }
        if !self.details.is_empty() {
            message.insert("reasoning_details".to_owned(), self.details.into());
        }
    }
}

/// Where the entries of a thought stood: at its place and the one after.
fn places(at: &str) -> [String; 2] {
    let next = at.strip_suffix(']').and_then(|rest| {
        let (head, number) = rest.rsplit_once('[')?;
        Some(format!("{head}[{}]", number.parse::<u64>().ok()?.checked_add(1)?))
    });
    [at.to_owned(), next.unwrap_or_default()]
}
