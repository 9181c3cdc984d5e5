//! Values that JSON writes in another way than protobuf.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use prost::Message;
use serde::ser::Error;
use serde::{Serialize, Serializer};

/// A moment; one without seconds is none, as Go writes its zero time.
#[derive(Clone, Copy, PartialEq, Message)]
pub(super) struct Time {
    #[prost(int64, optional, tag = "1")]
    seconds: Option<i64>,
    #[prost(int32, optional, tag = "2")]
    nanos: Option<i32>,
}

impl Time {
    pub(super) fn is_absent(time: &Option<Self>) -> bool {
        time.is_none_or(|time| time.seconds.is_none() && time.nanos.is_none())
    }
}

/// A `metav1.Time`: `2026-01-01T00:00:00Z`.
pub(super) fn seconds<S: Serializer>(time: &Option<Time>, to: S) -> Result<S::Ok, S::Error> {
    text(time, "%Y-%m-%dT%H:%M:%SZ", to)
}

/// A `metav1.MicroTime`: `2026-01-01T00:00:00.000000Z`.
pub(super) fn micros<S: Serializer>(time: &Option<Time>, to: S) -> Result<S::Ok, S::Error> {
    text(time, "%Y-%m-%dT%H:%M:%S.%6fZ", to)
}

fn text<S: Serializer>(time: &Option<Time>, format: &str, to: S) -> Result<S::Ok, S::Error> {
    let time = time.unwrap_or_default();
    let moment = jiff::Timestamp::new(time.seconds.unwrap_or_default(), time.nanos.unwrap_or_default());
    to.serialize_str(&moment.map_err(S::Error::custom)?.strftime(format).to_string())
}

/// A number or a string.
#[derive(Clone, PartialEq, Message)]
pub(super) struct IntOrString {
    #[prost(int64, tag = "1")]
    kind: i64,
    #[prost(int32, tag = "2")]
    number: i32,
    #[prost(string, tag = "3")]
    text: String,
}

impl Serialize for IntOrString {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        if self.kind == 0 { to.serialize_i32(self.number) } else { to.serialize_str(&self.text) }
    }
}

/// Whether a value is what Go has for nothing.
pub(super) fn is_zero<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Bytes, as JSON has them.
pub(super) fn base64<S: Serializer>(map: &BTreeMap<String, Vec<u8>>, to: S) -> Result<S::Ok, S::Error> {
    to.collect_map(map.iter().map(|(key, bytes)| (key, STANDARD.encode(bytes))))
}
