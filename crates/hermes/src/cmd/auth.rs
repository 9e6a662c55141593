//! `hermes auth`: hands each verb to its file.

use super::{login, share, status, target};
use crate::app::App;
use crate::args::Auth;
use crate::failure::Outcome;

pub(super) async fn run(app: &App<'_>, command: Auth) -> Outcome {
    match command {
        Auth::Add(args) => login::add(app, &args).await,
        Auth::Finish(args) => login::finish(app, &args).await,
        Auth::Cancel { login_id } => login::cancel(app, &login_id).await,
        Auth::List { provider, verbose } => status::list(app, provider.as_deref(), verbose).await,
        Auth::Status { provider, verbose } => status::status(app, provider.as_deref(), verbose).await,
        Auth::Remove { target } => target::remove(app, &target).await,
        Auth::Logout { provider } => target::logout(app, &provider).await,
        Auth::Revoke { target } => target::revoke(app, &target).await,
        Auth::Rename { target, label } => target::rename(app, &target, &label).await,
        Auth::Priority { target, place } => target::priority(app, &target, place).await,
        Auth::Strategy { provider, strategy } => share::strategy(app, &provider, strategy.as_deref()).await,
        Auth::Weight { target, weight } => share::weight(app, &target, weight).await,
        Auth::Refresh { target } => target::refresh(app, &target).await,
        Auth::Reset { target } => target::reset(app, &target).await,
        Auth::Enable { target } => target::enable(app, &target).await,
        Auth::Disable { target } => target::disable(app, &target).await,
    }
}
