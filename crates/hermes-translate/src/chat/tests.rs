mod arbitrary;
mod fixtures;
mod replies;
mod requests;
mod streams;
