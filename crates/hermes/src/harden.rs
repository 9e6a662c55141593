use std::io::Write as _;

use hermes_core::Env;
use hermes_text::Lang;
use hermes_text::cli::app as words;

/// Keeps secrets out of core dumps and crash messages. To be called first.
///
/// A memory image of this process would hold tokens, so on Linux no core is written and no other process of the same user may
/// attach. Where the system refuses one of these there is nothing better to do than to go on.
pub fn harden(env: &Env) {
    let lang = Lang::of_environment(|name| env.get(name));
    std::panic::set_hook(Box::new(move |info| {
        // The payload may hold what was being worked on, so only the place is told.
        let place = info.location().map(|at| format!("{}:{}", at.file(), at.line()));
        let place = place.unwrap_or_else(|| words::unknown_place(lang).to_owned());
        let _ = writeln!(std::io::stderr(), "{}", words::own_fault(lang, &place));
        if cfg!(panic = "abort") {
            #[expect(
                clippy::exit,
                reason = "an abort would end with a signal instead of exit code 1"
            )]
            std::process::exit(1);
        }
    }));
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};
        let none = Rlimit {
            current: Some(0),
            maximum: Some(0),
        };
        let _ = setrlimit(Resource::Core, none);
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
}
