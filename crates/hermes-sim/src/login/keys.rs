//! The calls that tell whether an API key is good.

use serde_json::json;

use crate::answer::Answer;
use crate::inference::admitted;
use crate::journal::Entry;
use crate::state::World;

pub(crate) fn answer(world: &World, entry: &Entry, issuer: &str) -> Option<Answer> {
    let good = match (entry.host.as_str(), entry.path.as_str()) {
        ("openrouter.ai", "/api/v1/key") => {
            json!({"data": {"label": "simulated", "limit": null, "usage": 0}})
        }
        ("api.deepseek.com", "/user/balance") => json!({"is_available": true, "balance_infos": []}),
        ("api.minimax.io" | "api.minimaxi.com", "/v1/token_plan/remains") => {
            let code = if admitted(world, entry, issuer) { 0 } else { 1004 };
            return Some(Answer::json(
                200,
                &json!({"base_resp": {"status_code": code, "status_msg": ""}, "model_remains": []}),
            ));
        }
        _ => return None,
    };
    Some(if admitted(world, entry, issuer) {
        Answer::json(200, &good)
    } else {
        Answer::json(
            401,
            &json!({"error": {"code": 401, "message": "No auth credentials found"}}),
        )
    })
}
