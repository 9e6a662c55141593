mod flaky;
mod flight;
mod kit;
mod lease;
mod logins;
mod runtime;
mod target;
