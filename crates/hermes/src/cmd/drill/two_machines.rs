//! Two machines share a database and need the same token; then the database goes away.

use hermes_core::ExitKind;
use hermes_text::cli::drill as words;
use serde_json::Value;

use super::Stage;
use crate::failure::Failure;

#[cfg(not(unix))]
pub(super) async fn play(_: &Stage<'_>) -> Result<Value, Failure> {
    let text = words::machines_unix;
    Err(Failure::new(ExitKind::Failure, "no_postgres", text))
}

#[cfg(unix)]
pub(super) use unix::play;

#[cfg(unix)]
mod unix {
    use std::io::ErrorKind;
    use std::process::Stdio;

    use hermes_catalog::Provider;
    use hermes_core::Secret;
    use hermes_sim::{Postgres, PostgresOptions};
    use serde_json::json;
    use tokio::io::{AsyncBufReadExt as _, BufReader};
    use tokio::process::Child;

    use super::super::super::chat::{self, Question};
    use super::super::{Ended, copy_folder, failed, hours, short};
    use super::{ExitKind, Failure, Stage, Value, words};

    const DATABASE: &str = "hermes";

    pub(in super::super) async fn play(stage: &Stage<'_>) -> Result<Value, Failure> {
        stage.begin(words::machines);
        let database = tokio::task::spawn_blocking(start)
            .await
            .map_err(|_| failed(words::machines_not_started))??;
        let address = database.url(DATABASE);
        let store = [("HERMES_STORE", address.as_str())];
        let login = stage.one_login(&store).await?;
        let provider = &login.provider;
        stage.done(|lang| words::machines_first(lang, &provider.name));
        copy_folder(
            &stage.home("first").join("config"),
            &stage.home("second").join("config"),
        )?;
        private(stage)?;
        stage.done(words::machines_second);
        let two = Two {
            stage,
            provider,
            question: &login.question,
            store: &store,
        };
        let token = two.race().await?;
        let calls = stage.renewals();
        let (served, late) = two.without(&database).await?;
        Ok(json!({
            "scenario": "two-machines", "provider": provider.id, "token_calls": calls, "same_token": short(&token),
            "without_database": {
                "served_by": served, "token_calls": stage.renewals() - calls, "new_program_exit": late.code,
                "message": late.stderr,
            },
        }))
    }

    fn start() -> Result<Postgres, Failure> {
        let server = Postgres::start(PostgresOptions::default()).map_err(|error| match error.kind() {
            ErrorKind::NotFound => Failure::new(ExitKind::Failure, "no_postgres", words::machines_absent)
                .hint(words::machines_absent_next),
            _ => Failure::io(words::machines_not_started, &error),
        })?;
        server
            .create_database(DATABASE)
            .map_err(|error| Failure::io(words::machines_no_database, &error))?;
        Ok(server)
    }

    /// A home that others may enter is refused.
    fn private(stage: &Stage<'_>) -> Result<(), Failure> {
        use std::os::unix::fs::PermissionsExt as _;
        fs_err::set_permissions(stage.home("second"), std::fs::Permissions::from_mode(0o700))
            .map_err(|error| Failure::io(words::machines_no_home, &error))
    }

    struct Two<'a> {
        stage: &'a Stage<'a>,
        provider: &'a Provider,
        question: &'a Question,
        store: &'a [(&'a str, &'a str)],
    }

    impl Two<'_> {
        async fn token(&self, home: &str, json: bool) -> Result<Ended, Failure> {
            let args = ["token", self.provider.id.as_str(), "--json"];
            let args = if json { &args[..] } else { &args[..2] };
            self.stage.hermes(home, hours(2), self.store, args).await
        }

        async fn race(&self) -> Result<String, Failure> {
            let stage = self.stage;
            stage.title(words::machines_race);
            let id = &self.provider.id;
            stage.tell(|lang| format!("$ hermes token {id} {}", words::on_each(lang)));
            let (one, other) = tokio::try_join!(self.token("first", true), self.token("second", true))?;
            stage.quote(&one);
            stage.quote(&other);
            let calls = stage.renewals();
            let same = one.token().is_some() && one.token() == other.token();
            stage.claim(same, words::machines_same)?;
            stage.claim(calls == 1, words::machines_one_call)?;
            Ok(one.token().unwrap_or_default())
        }

        /// Who served while the database was away, and how a program that was started then ended.
        async fn without(&self, database: &Postgres) -> Result<(String, Ended), Failure> {
            let stage = self.stage;
            stage.title(words::machines_without);
            let key = stage
                .hermes(
                    "first",
                    hours(2),
                    self.store,
                    &["key", "create", "drill", "--json"],
                )
                .await?;
            let key = key.json()["key"].as_str().map(Secret::from);
            let key = key.ok_or_else(|| failed(words::machines_no_key))?;
            let (mut gateway, url) = self.up().await?;
            let before = self.ask(&url, &key).await?;
            stage.claim(before == "drill", words::machines_before)?;
            database
                .stop_immediate()
                .map_err(|error| Failure::io(words::machines_not_stopped, &error))?;
            let calls = stage.renewals();
            let served = self.ask(&url, &key).await?;
            stage.claim(
                served == "drill" && stage.renewals() == calls,
                words::machines_serves_on,
            )?;
            let command = format!("hermes token {}", self.provider.id);
            stage.command(words::machines_late, &command);
            let late = self.token("second", false).await?;
            stage.quote(&late);
            let refused = late.code == Some(i32::from(ExitKind::Store.code()));
            stage.claim(refused && stage.renewals() == calls, words::machines_told)?;
            // It holds nothing that could be lost.
            let _ = gateway.kill().await;
            Ok((served, late))
        }

        /// A gateway, and where it listens.
        async fn up(&self) -> Result<(Child, String), Failure> {
            let args = ["up", "--listen", "127.0.0.1:0", "--json"];
            let mut command = self.stage.program("first", hours(2), self.store, &args)?;
            let mut child = command
                .stderr(Stdio::null())
                .spawn()
                .map_err(|error| Failure::io(words::gateway_not_started, &error))?;
            let pipe = child.stdout.take().ok_or_else(|| failed(words::gateway_silent))?;
            let mut line = String::new();
            BufReader::new(pipe)
                .read_line(&mut line)
                .await
                .map_err(|error| Failure::io(words::gateway_ended, &error))?;
            let greeting: Value = serde_json::from_str(&line).unwrap_or_default();
            let url = greeting["url"].as_str().map(str::to_owned);
            Ok((child, url.ok_or_else(|| failed(words::gateway_down))?))
        }

        /// Asks the gateway; the label of the login that served.
        async fn ask(&self, url: &str, key: &Secret) -> Result<String, Failure> {
            let lab = self.stage.lab("asker", 1, &[])?;
            let address = url.trim_start_matches("http://").parse();
            let address = address.map_err(|_| failed(words::gateway_nowhere))?;
            let said = chat::converse(&lab, address, key.clone(), self.question, false).await?;
            Ok(said.credential.unwrap_or_default())
        }
    }
}
