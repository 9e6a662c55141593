//! An answer as a client of a protocol can know it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hermes_core::Protocol;
use hermes_wire::Usage;
use serde_json::Value;

use crate::proof::{Proof, ProofKind};
use crate::reply::{Block, Reason, Reply, Whole};

/// What a client knows of an answer.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct View {
    pub(super) pieces: Vec<Piece>,
    /// Address and title of every page.
    pub(super) pages: Vec<(String, String)>,
    /// How many sources have no address.
    pub(super) places: usize,
    pub(super) proofs: Vec<(String, ProofKind, String)>,
    pub(super) refusal: String,
    pub(super) reason: Reason,
    pub(super) stop: Option<String>,
    pub(super) usage: Usage,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Piece {
    Text(String),
    Thoughts(String),
    Call {
        id: String,
        name: String,
        namespace: Option<String>,
        input: Value,
    },
}

impl Piece {
    fn rank(&self) -> u8 {
        match self {
            Self::Thoughts(_) => 0,
            Self::Text(_) => 1,
            Self::Call { .. } => 2,
        }
    }
}

impl View {
    pub(super) fn forget_namespaces(&mut self) {
        for piece in &mut self.pieces {
            if let Piece::Call { namespace, .. } = piece {
                *namespace = None;
            }
        }
    }
}

/// The view of an answer in the words of a client's protocol: its places for texts, thoughts and calls, and its reasons.
pub(super) fn view(reply: &Reply, client: Protocol) -> View {
    let mut pieces = Vec::new();
    let (mut pages, mut places, mut proofs) = (Vec::new(), 0, Vec::new());
    let mut refusal = String::new();
    for whole in &reply.blocks {
        match &whole.block {
            Block::Refusal if client != Protocol::Gemini => refusal.push_str(&whole.text),
            _ => pieces.extend(piece(whole)),
        }
        proofs.extend(whole.proof.as_ref().map(proof));
        for citation in &whole.citations {
            match &citation.url {
                Some(url) => pages.push((url.clone(), citation.title.clone().unwrap_or_else(|| url.clone()))),
                None => places += 1,
            }
        }
    }
    if client == Protocol::ChatCompletions {
        pieces.sort_by_key(Piece::rank);
    }
    pages.sort();
    pages.dedup();
    if refusal.is_empty() && reply.finish.reason == Reason::Refusal {
        refusal = reply.finish.explanation.clone().unwrap_or_default();
    }
    View {
        pieces: joined(pieces),
        pages,
        places,
        proofs,
        reason: reason(reply, &refusal, client),
        refusal,
        stop: reply.finish.stop_sequence.clone(),
        usage: usage(reply.usage.unwrap_or_default(), client),
    }
}

fn piece(whole: &Whole) -> Option<Piece> {
    match &whole.block {
        Block::Thinking | Block::Text | Block::Refusal if whole.text.is_empty() => None,
        Block::Thinking => Some(Piece::Thoughts(whole.text.clone())),
        Block::Text | Block::Refusal => Some(Piece::Text(whole.text.clone())),
        Block::Call {
            id,
            name,
            custom,
            namespace,
        } => Some(Piece::Call {
            id: id.clone(),
            name: name.clone(),
            namespace: namespace.clone(),
            input: input(&whole.text, *custom),
        }),
    }
}

/// The input of a call; a free text is what an object would hold of it.
fn input(text: &str, custom: bool) -> Value {
    if custom {
        return serde_json::json!({ "input": text });
    }
    crate::read::arguments(text).unwrap_or_else(|| text.into())
}

/// A proof as its issuer minted it, with that issuer.
fn proof(proof: &Proof) -> (String, ProofKind, String) {
    let decoded = STANDARD.decode(&proof.data).ok();
    let decoded = decoded.and_then(|bytes| String::from_utf8(bytes).ok());
    let inner = [Some(proof.data.clone()), decoded].into_iter().flatten();
    let unwrapped = inner
        .map(|text| Proof::read(&text, proof.kind))
        .find(|one| one.issuer.is_some());
    let proof = unwrapped.as_ref().unwrap_or(proof);
    let issuer = proof.issuer.as_ref().unwrap().as_str().to_owned();
    (issuer, proof.kind, proof.data.clone())
}

/// Texts after each other are one.
fn joined(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut out: Vec<Piece> = Vec::new();
    for piece in pieces {
        match (out.last_mut(), &piece) {
            (Some(Piece::Text(before)), Piece::Text(more))
            | (Some(Piece::Thoughts(before)), Piece::Thoughts(more)) => before.push_str(more),
            _ => out.push(piece),
        }
    }
    out
}

/// The reason as far as the protocol has words for it.
fn reason(reply: &Reply, refusal: &str, client: Protocol) -> Reason {
    let calls = reply
        .blocks
        .iter()
        .any(|one| matches!(one.block, Block::Call { .. }));
    let reason = match reply.finish.reason {
        Reason::End | Reason::Pause if calls => Reason::ToolUse,
        Reason::End if !refusal.is_empty() => Reason::Refusal,
        reason => reason,
    };
    match (client, reason) {
        (Protocol::AnthropicMessages, reason) => reason,
        (_, Reason::ContextFull) => Reason::MaxTokens,
        (_, Reason::Pause) | (Protocol::Responses | Protocol::Gemini, Reason::StopSequence) => Reason::End,
        (_, reason) => reason,
    }
}

/// Counts as far as the protocol has places for them.
pub(super) fn usage(usage: Usage, client: Protocol) -> Usage {
    match client {
        Protocol::Gemini => Usage {
            input: usage.input + usage.cache_write,
            cache_write: 0,
            ..usage
        },
        _ => usage,
    }
}
