//! Objects of other groups in protobuf.
//!
//! Field numbers are those of `generated.proto` in k8s.io/api and k8s.io/apimachinery. What nobody sends is left out.

use prost::Message;
use serde::Serialize;

use super::core::{EventSeries, EventSource};
use super::meta::{ObjectMeta, ObjectReference};
use super::values::{Time, is_zero, micros, seconds};

/// An Event of `events.k8s.io`.
#[derive(Clone, PartialEq, Message, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Event {
    #[prost(message, optional, tag = "1")]
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<ObjectMeta>,
    #[prost(message, optional, tag = "2")]
    #[serde(skip_serializing_if = "Time::is_absent", serialize_with = "micros")]
    event_time: Option<Time>,
    #[prost(message, optional, tag = "3")]
    #[serde(skip_serializing_if = "Option::is_none")]
    series: Option<EventSeries>,
    #[prost(string, tag = "4")]
    #[serde(skip_serializing_if = "String::is_empty")]
    reporting_controller: String,
    #[prost(string, tag = "5")]
    #[serde(skip_serializing_if = "String::is_empty")]
    reporting_instance: String,
    #[prost(string, tag = "6")]
    #[serde(skip_serializing_if = "String::is_empty")]
    action: String,
    #[prost(string, tag = "7")]
    #[serde(skip_serializing_if = "String::is_empty")]
    reason: String,
    #[prost(message, optional, tag = "8")]
    #[serde(skip_serializing_if = "Option::is_none")]
    regarding: Option<ObjectReference>,
    #[prost(message, optional, tag = "9")]
    #[serde(skip_serializing_if = "Option::is_none")]
    related: Option<ObjectReference>,
    #[prost(string, tag = "10")]
    #[serde(skip_serializing_if = "String::is_empty")]
    note: String,
    #[prost(string, tag = "11")]
    #[serde(rename = "type", skip_serializing_if = "String::is_empty")]
    kind_: String,
    #[prost(message, optional, tag = "12")]
    #[serde(skip_serializing_if = "Option::is_none")]
    deprecated_source: Option<EventSource>,
    #[prost(message, optional, tag = "13")]
    #[serde(skip_serializing_if = "Time::is_absent", serialize_with = "seconds")]
    deprecated_first_timestamp: Option<Time>,
    #[prost(message, optional, tag = "14")]
    #[serde(skip_serializing_if = "Time::is_absent", serialize_with = "seconds")]
    deprecated_last_timestamp: Option<Time>,
    #[prost(int32, tag = "15")]
    #[serde(skip_serializing_if = "is_zero")]
    deprecated_count: i32,
}

/// A Lease.
#[derive(Clone, PartialEq, Message, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Lease {
    #[prost(message, optional, tag = "1")]
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<ObjectMeta>,
    #[prost(message, optional, tag = "2")]
    #[serde(skip_serializing_if = "Option::is_none")]
    spec: Option<LeaseSpec>,
}

/// Who holds a Lease.
#[derive(Clone, PartialEq, Message, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LeaseSpec {
    #[prost(string, optional, tag = "1")]
    #[serde(skip_serializing_if = "Option::is_none")]
    holder_identity: Option<String>,
    #[prost(int32, optional, tag = "2")]
    #[serde(skip_serializing_if = "Option::is_none")]
    lease_duration_seconds: Option<i32>,
    #[prost(message, optional, tag = "3")]
    #[serde(skip_serializing_if = "Time::is_absent", serialize_with = "micros")]
    acquire_time: Option<Time>,
    #[prost(message, optional, tag = "4")]
    #[serde(skip_serializing_if = "Time::is_absent", serialize_with = "micros")]
    renew_time: Option<Time>,
    #[prost(int32, optional, tag = "5")]
    #[serde(skip_serializing_if = "Option::is_none")]
    lease_transitions: Option<i32>,
    #[prost(string, optional, tag = "6")]
    #[serde(skip_serializing_if = "Option::is_none")]
    strategy: Option<String>,
    #[prost(string, optional, tag = "7")]
    #[serde(skip_serializing_if = "Option::is_none")]
    preferred_holder: Option<String>,
}

/// A question whether one may do something.
#[derive(Clone, PartialEq, Message, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SelfSubjectAccessReview {
    #[prost(message, optional, tag = "1")]
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<ObjectMeta>,
    #[prost(message, optional, tag = "2")]
    #[serde(skip_serializing_if = "Option::is_none")]
    spec: Option<SelfSubjectAccessReviewSpec>,
}

/// What one wants to do.
#[derive(Clone, PartialEq, Message, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SelfSubjectAccessReviewSpec {
    #[prost(message, optional, tag = "1")]
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_attributes: Option<ResourceAttributes>,
    #[prost(message, optional, tag = "2")]
    #[serde(skip_serializing_if = "Option::is_none")]
    non_resource_attributes: Option<NonResourceAttributes>,
}

/// To which resource.
#[derive(Clone, PartialEq, Message, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ResourceAttributes {
    #[prost(string, tag = "1")]
    #[serde(skip_serializing_if = "String::is_empty")]
    namespace: String,
    #[prost(string, tag = "2")]
    #[serde(skip_serializing_if = "String::is_empty")]
    verb: String,
    #[prost(string, tag = "3")]
    #[serde(skip_serializing_if = "String::is_empty")]
    group: String,
    #[prost(string, tag = "4")]
    #[serde(skip_serializing_if = "String::is_empty")]
    version: String,
    #[prost(string, tag = "5")]
    #[serde(skip_serializing_if = "String::is_empty")]
    resource: String,
    #[prost(string, tag = "6")]
    #[serde(skip_serializing_if = "String::is_empty")]
    subresource: String,
    #[prost(string, tag = "7")]
    #[serde(skip_serializing_if = "String::is_empty")]
    name: String,
}

/// To which path.
#[derive(Clone, PartialEq, Message, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct NonResourceAttributes {
    #[prost(string, tag = "1")]
    #[serde(skip_serializing_if = "String::is_empty")]
    path: String,
    #[prost(string, tag = "2")]
    #[serde(skip_serializing_if = "String::is_empty")]
    verb: String,
}
