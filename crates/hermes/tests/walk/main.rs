//! Whole walks with the real binary, simulated providers, real SDKs and a real OpenID provider.

mod bounds;
mod catalogue;
#[cfg(unix)]
mod clients;
#[cfg(target_os = "linux")]
mod custody;
mod custom;
mod damage;
#[cfg(target_os = "linux")]
mod dashboard;
#[cfg(target_os = "linux")]
mod defences;
mod dialects;
#[cfg(unix)]
mod drills;
#[cfg(unix)]
mod endings;
mod expiry;
mod explain;
mod harness;
mod issuer;
#[cfg(unix)]
mod leases;
mod minimax;
mod models;
mod sdk;
mod serve;
#[cfg(unix)]
mod stores;
mod wire;
