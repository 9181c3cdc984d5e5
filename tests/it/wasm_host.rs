//! The in-process Wasm host: what runs on it, what it gives to components, and how it says what went wrong.

pub(crate) mod agreement;
mod bench;
pub(crate) mod bus;
mod images;
mod life;
mod rights;
mod services;
mod siblings;
mod trouble;
