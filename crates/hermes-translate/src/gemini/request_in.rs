use serde_json::Value;

use crate::prompt::Prompt;
use crate::unsupported::Unsupported;

pub(crate) fn read_request(body: &Value) -> Result<Prompt, Unsupported> {
    let _ = body;
    Ok(Prompt::default())
}
