//! Whole walks with the real binary, simulated providers, real SDKs and a real OpenID provider.

mod damage;
mod dialects;
mod expiry;
mod harness;
mod issuer;
mod minimax;
mod sdk;
mod serve;
