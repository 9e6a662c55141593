//! Which credential serves a request. `choose` looks, waits and hands out; `pick` holds the strategies over one provider's `lane`;
//! `turns` are shared by processes; `sticky` keeps conversations where they are; `probe` lets one request go first after a rest.

pub(crate) mod choose;
pub(crate) mod lane;
pub(crate) mod pick;
pub(crate) mod probe;
pub(crate) mod sticky;
pub(crate) mod turns;
