mod helpers;
mod stores;
