mod browser;
mod client;
mod device_auth;
mod device_code;
mod inference;
#[cfg(unix)]
mod postgres;
mod proxy;
mod refreshes;
mod replay;
mod script;
mod tokens;
mod tools;
mod user_code;
