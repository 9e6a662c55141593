use serde_json::Value;

use crate::dropped::Dropped;
use crate::names::Names;
use crate::prompt::Prompt;
use crate::target::Target;
use crate::unsupported::Unsupported;

pub(crate) fn write_request(
    prompt: &Prompt,
    target: &Target,
    names: &Names,
    dropped: &mut Dropped,
) -> Result<Value, Unsupported> {
    let _ = (prompt, target, names, dropped);
    Ok(Value::Null)
}
