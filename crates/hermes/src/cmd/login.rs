//! `hermes auth add`, `finish` and `cancel`: draws the challenge and feeds the login engine. Which steps a login has is not
//! known here.

mod inputs;
pub(super) mod show;
mod wait;

use std::sync::Arc;
use std::time::Duration;

use hermes_catalog::{LoginFlow, LoginMethod, RuleClass};
use hermes_core::{AttemptId, ExitKind};
use hermes_oauth::{Challenge, Listener, OauthError, Plan, StartOptions};
use hermes_pool::{Finished, Logins, PoolError};
use hermes_text::Lang;
use hermes_text::cli::{app as app_words, login as words};
use serde_json::json;

use self::inputs::Inputs;
use super::signals::Signals;
use crate::app::App;
use crate::args::{Add, Finish};
use crate::failure::{Failure, Outcome};
use crate::json;
use crate::prompt::is_yes;
use crate::safe::term_line;

pub(super) async fn add(app: &App<'_>, args: &Add) -> Outcome {
    let plan = plan(app, args).await?;
    consent(app, &plan, args.accept_terms)?;
    let inputs = Inputs {
        key: &args.key,
        code_stdin: args.code.code_stdin,
        verify: !args.no_verify,
    };
    let mut signals = signals()?;
    let begun = tokio::select! {
        begun = begin(app, args, &plan, &inputs) => begun?,
        _ = signals.next() => return Err(stopped(app)),
    };
    if args.start {
        show::started(app, &plan, begun.id, &begun.challenge);
        return Ok(0);
    }
    let look = show::Look {
        open: !args.no_browser,
        qr: args.qr,
    };
    show::challenge(app, &plan, begun.id, &begun.challenge, look);
    complete(app, &plan, begun, &inputs, signals).await
}

/// The way to sign in, checked before anything is made or sent.
async fn plan(app: &App<'_>, args: &Add) -> Result<Plan, Failure> {
    let row = app.provider(&args.provider).await?;
    if !row.needs_credential() {
        let id = row.id.as_str();
        let needless = Failure::usage(|lang| words::needless(lang, id));
        return Err(needless.hint(|lang| words::needless_next(lang, id)));
    }
    let wanted = match (&args.method, args.key.is_given()) {
        (Some(method), true)
            if row
                .method(Some(method))
                .is_ok_and(|one| !matches!(one.flow, LoginFlow::ApiKey)) =>
        {
            return Err(
                Failure::usage(|lang| words::no_key_method(lang, method)).hint(words::no_key_method_next)
            );
        }
        (Some(method), _) => Some(method.as_str()),
        (None, true) => Some("key"),
        (None, false) => None,
    };
    let method = row.method(wanted)?.id.clone();
    let region = row
        .region(args.region.as_deref())?
        .map(|region| region.id.clone());
    Ok(Plan::new(
        Arc::new(row),
        Some(&method),
        region.as_deref(),
        args.label.clone(),
    )?)
}

/// The provider's rule on this login, shown before it; a restricted one needs the person's word.
fn consent(app: &App<'_>, plan: &Plan, accepted: bool) -> Result<(), Failure> {
    let card = &plan.method().card;
    if !app.printer.is_json() {
        show::card(app, plan);
    }
    if card.class != RuleClass::Restricted || accepted {
        return Ok(());
    }
    if app.printer.is_json() || !app.prompter.can_ask() {
        let name = &plan.provider().name;
        let restricted = |lang| words::restricted(lang, name, card.text.get(lang));
        let missing = Failure::new(ExitKind::Cancelled, "consent_missing", restricted);
        return Err(missing.hint(words::restricted_next));
    }
    let answer = app.prompter.ask(words::agree(app.lang()))?;
    if is_yes(app.lang(), &answer) {
        Ok(())
    } else {
        Err(Failure::cancelled(words::not_agreed))
    }
}

/// A login that was started.
struct Begun {
    logins: Logins,
    id: AttemptId,
    challenge: Challenge,
    listener: Option<Listener>,
}

async fn begin(app: &App<'_>, args: &Add, plan: &Plan, inputs: &Inputs<'_>) -> Result<Begun, Failure> {
    let listener = listener(app, args, plan).await?;
    inputs.check(app, plan.method(), listener.is_some(), args.start)?;
    let logins = app.pool().await?.logins();
    let options = StartOptions {
        loopback: listener.as_ref().map(|listener| listener.redirect_url().clone()),
        lifetime: args.timeout.map(|seconds| Duration::from_secs(seconds.into())),
    };
    let (provider, method) = (&plan.provider().id, Some(plan.method().id.as_str()));
    let (id, challenge) = logins
        .start(provider, method, plan.region(), plan.label(), options)
        .await?;
    Ok(Begun {
        logins,
        id,
        challenge,
        listener,
    })
}

async fn complete(
    app: &App<'_>,
    plan: &Plan,
    begun: Begun,
    inputs: &Inputs<'_>,
    mut signals: Signals,
) -> Outcome {
    let Begun {
        logins,
        id,
        challenge,
        mut listener,
    } = begun;
    let outcome = tokio::select! {
        outcome = wait::until_done(app, &logins, id, &challenge, listener.as_mut(), inputs) => outcome,
        _ = signals.next() => Err(stopped(app)),
    };
    let finished = match outcome {
        Ok(finished) => finished,
        Err(failure) => {
            // Whatever went wrong, an attempt that nobody waits for must not stay behind.
            logins.cancel(id).await?;
            return Err(failure);
        }
    };
    if let Some(listener) = listener {
        listener.close().await;
    }
    signed_in(app, plan.method(), &plan.provider().name, &finished);
    Ok(0)
}

/// Ctrl-C and the request to end mean the same here: the login is cancelled, and nothing of it stays.
fn signals() -> Result<Signals, Failure> {
    Signals::new().map_err(|error| Failure::io(words::no_signals, &error))
}

/// Stopped by a signal, below the countdown that it interrupted.
fn stopped(app: &App<'_>) -> Failure {
    app.printer.redraw("");
    Failure::cancelled(app_words::left)
}

/// The callback listener, where the login has one and somebody sits at this machine.
async fn listener(app: &App<'_>, args: &Add, plan: &Plan) -> Result<Option<Listener>, Failure> {
    let LoginFlow::Browser(flow) = &plan.method().flow else {
        return Ok(None);
    };
    let pasted = args.method.as_deref() == Some("paste") || args.start || args.code.code_stdin;
    if pasted && flow.paste_redirect.is_some() {
        return Ok(None);
    }
    match Listener::for_plan(&app.engine()?, plan).await {
        Err(OauthError::Listen { problem, .. })
            if flow.paste_redirect.is_some() && args.method.as_deref() != Some("browser") =>
        {
            app.printer
                .warn(words::no_port(app.lang(), &term_line(problem.get(app.lang()))));
            Ok(None)
        }
        other => Ok(other?),
    }
}

pub(super) async fn finish(app: &App<'_>, args: &Finish) -> Outcome {
    let id = attempt_id(&args.login_id)?;
    if app.existing_store().await?.is_none() {
        return Err(no_attempt(id));
    }
    let logins = app.pool().await?.logins();
    let view = logins.get(id).await?;
    if view.spent {
        return Err(PoolError::Oauth(OauthError::Spent).into());
    }
    let mut signals = signals()?;
    let plan = logins.plan(
        &view.provider,
        Some(&view.method),
        view.region.as_deref(),
        view.label.as_deref(),
    )?;
    let inputs = Inputs {
        key: &args.key,
        code_stdin: args.code.code_stdin,
        verify: !args.no_verify,
    };
    inputs.check(app, plan.method(), false, false)?;
    let look = show::Look {
        open: false,
        qr: false,
    };
    show::challenge(app, &plan, id, &view.challenge, look);
    let outcome = tokio::select! {
        outcome = wait::until_done(app, &logins, id, &view.challenge, None, &inputs) => outcome,
        () = give_up(app, args.timeout) => Err(Failure::new(
            ExitKind::LoginExpired, "timeout", words::timeout,
        ).hint(|lang| words::timeout_next(lang, &id.to_string()))),
        _ = signals.next() => {
            logins.cancel(id).await?;
            Err(stopped(app))
        }
    };
    let finished = outcome?;
    signed_in(app, plan.method(), &plan.provider().name, &finished);
    Ok(0)
}

async fn give_up(app: &App<'_>, timeout: Option<u32>) {
    match timeout {
        Some(seconds) => app.clock.sleep(Duration::from_secs(seconds.into())).await,
        None => std::future::pending().await,
    }
}

pub(super) async fn cancel(app: &App<'_>, login_id: &str) -> Outcome {
    let id = attempt_id(login_id)?;
    let found = match app.existing_pool().await? {
        Some(pool) => pool.logins().cancel(id).await?,
        None => false,
    };
    if !found {
        return Err(no_attempt(id));
    }
    if app.printer.is_json() {
        app.printer.json(&json!({ "cancelled": id }));
    }
    app.printer.done(words::cancelled(app.lang()));
    Ok(0)
}

fn attempt_id(text: &str) -> Result<AttemptId, Failure> {
    text.trim()
        .parse()
        .map_err(|_| Failure::usage(|lang| words::no_id(lang, text)).hint(words::no_id_next))
}

fn no_attempt(id: AttemptId) -> Failure {
    PoolError::NoAttempt { id }.into()
}

/// What the person is told at the end.
fn signed_in(app: &App<'_>, method: &LoginMethod, provider: &str, finished: &Finished) {
    let row = &finished.saved.credential;
    if app.printer.is_json() {
        let notes: Vec<_> = finished
            .notes
            .iter()
            .map(|note| term_line(note.get(Lang::En)))
            .collect();
        let mut event = json!({
            "event": "signed-in", "provider": row.provider, "id": row.id, "label": row.label, "method": row.method,
            "region": row.region, "replaced": finished.saved.replaced, "notes": notes,
        });
        event["expires_at"] = json::time(row.expires);
        app.printer.json_line(&event);
        return;
    }
    let (provider, label) = (term_line(provider), term_line(&row.label));
    let said = match (&method.flow, finished.saved.replaced) {
        (LoginFlow::ApiKey, false) => words::key_stored,
        (LoginFlow::ApiKey, true) => words::key_replaced,
        (_, false) => words::signed_in,
        (_, true) => words::signed_in_again,
    };
    app.printer.line(said(app.lang(), &provider, &label));
    for note in &finished.notes {
        app.printer.note(term_line(note.get(app.lang())));
    }
    app.printer.say(words::next(app.lang()));
}

/// Whether the login goes on after an error of one step.
fn goes_on(error: &PoolError) -> bool {
    matches!(error, PoolError::Oauth(error) if !error.ends_attempt())
}

/// The engine with the ids of one attempt, as the waiting loop needs them.
struct Steps<'a> {
    logins: &'a Logins,
    id: AttemptId,
    challenge: &'a Challenge,
}
