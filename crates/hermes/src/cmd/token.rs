//! `hermes token`: the one command that prints a secret, because it was asked to.

use serde_json::json;

use super::target::with_help;
use crate::app::App;
use crate::failure::Outcome;
use crate::json;

pub(super) async fn run(app: &App<'_>, target: &str) -> Outcome {
    let (pool, view) = app.find(target).await?;
    let (token, expires, view) = match pool.token(view.credential.id).await {
        Ok(got) => got,
        Err(error) => return Err(with_help(app, &view, error).await),
    };
    if app.printer.is_json() {
        app.printer.json(&json!({
            "token": token.expose(), "expires": expires, "expires_at": json::time(expires),
            "provider": view.credential.provider, "label": view.credential.label,
        }));
    } else {
        app.printer.line(token.expose());
    }
    Ok(0)
}
