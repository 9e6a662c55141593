//! Instructions: those at the beginning go into `instructions`, later ones stay in the conversation.

use hermes_catalog::SystemPlace;
use hermes_core::Protocol;

use super::{Request, paths};
use crate::prompt::{Part, PartKind, Role, Turn};
use crate::unsupported::Unsupported;

impl Request<'_> {
    /// Whether a turn goes into `instructions`.
    pub(super) fn is_instructions(&self, number: usize) -> bool {
        let turns = &self.prompt.turns;
        let Some(turn) = turns.get(number) else {
            return false;
        };
        if !is_system(turn) {
            return false;
        }
        if self.target.quirks.system == Some(SystemPlace::First) {
            return true;
        }
        // A client of Responses has both places, and chose.
        if self.own {
            return turn.at == "instructions";
        }
        turns.iter().take(number).all(is_system)
    }

    pub(super) fn instructions(&mut self) -> Result<(), Unsupported> {
        let prompt = self.prompt;
        let mut texts = Vec::new();
        for (number, turn) in prompt.turns.iter().enumerate() {
            if self.is_instructions(number) {
                for part in &turn.parts {
                    self.instruction(part, &mut texts)?;
                }
            }
        }
        if let Some(otherwise) = &self.target.quirks.instructions
            && texts.is_empty()
        {
            texts.push(otherwise.clone());
        }
        if texts.is_empty() {
            return Ok(());
        }
        self.put("instructions", self.path("instructions"), texts.join("\n\n"))
    }

    fn instruction(&mut self, part: &Part, texts: &mut Vec<String>) -> Result<(), Unsupported> {
        match &part.kind {
            PartKind::Text(text) => {
                if !text.is_empty() {
                    texts.push(text.clone());
                }
                // One text has no place for a marker.
                if part.cache.is_some() {
                    self.drop(self.cache_path(&part.at))?;
                }
                Ok(())
            }
            _ => self.drop(part.at.clone()),
        }
    }

    /// The role of instructions inside of the conversation.
    pub(super) fn system_role(&self, role: Role) -> String {
        if let Some(role) = &self.target.quirks.system_role {
            return role.clone();
        }
        let developer = role == Role::Developer || self.prompt.client == Some(Protocol::AnthropicMessages);
        if developer { "developer" } else { "system" }.to_owned()
    }

    /// Where a cache marker stood.
    pub(super) fn cache_path(&self, at: &str) -> String {
        paths::cache(self.prompt.client, at)
    }
}

pub(super) fn is_system(turn: &Turn) -> bool {
    matches!(turn.role, Role::System | Role::Developer)
}
