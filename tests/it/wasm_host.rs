//! The in-process Wasm host: what runs on it, what it gives to components, and how it says what went wrong.

mod bench;
mod images;
mod life;
mod rights;
mod services;
mod siblings;
mod trouble;
