//! Every page in every state and both languages, from the same values that `examples/preview` shows.

#[path = "../../examples/preview/samples/mod.rs"]
mod samples;

mod calls;
mod drawn;
mod rules;
mod weight;
