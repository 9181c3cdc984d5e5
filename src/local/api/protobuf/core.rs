//! Objects of the core group in protobuf.
//!
//! Field numbers are those of `generated.proto` in k8s.io/api and k8s.io/apimachinery. What nobody sends is left out.

use std::collections::BTreeMap;

use prost::Message;
use serde::Serialize;

use super::meta::{LocalObjectReference, ObjectMeta, ObjectReference};
use super::values::{IntOrString, Time, base64, is_zero, micros, seconds};

/// A ConfigMap.
#[derive(Clone, PartialEq, Message, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ConfigMap {
    #[prost(message, optional, tag = "1")]
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<ObjectMeta>,
    #[prost(btree_map = "string, string", tag = "2")]
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    data: BTreeMap<String, String>,
    #[prost(btree_map = "string, bytes", tag = "3")]
    #[serde(skip_serializing_if = "BTreeMap::is_empty", serialize_with = "base64")]
    binary_data: BTreeMap<String, Vec<u8>>,
    #[prost(bool, optional, tag = "4")]
    #[serde(skip_serializing_if = "Option::is_none")]
    immutable: Option<bool>,
}

/// A Secret.
#[derive(Clone, PartialEq, Message, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Secret {
    #[prost(message, optional, tag = "1")]
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<ObjectMeta>,
    #[prost(btree_map = "string, bytes", tag = "2")]
    #[serde(skip_serializing_if = "BTreeMap::is_empty", serialize_with = "base64")]
    data: BTreeMap<String, Vec<u8>>,
    #[prost(string, tag = "3")]
    #[serde(rename = "type", skip_serializing_if = "String::is_empty")]
    kind_: String,
    #[prost(btree_map = "string, string", tag = "4")]
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    string_data: BTreeMap<String, String>,
    #[prost(bool, optional, tag = "5")]
    #[serde(skip_serializing_if = "Option::is_none")]
    immutable: Option<bool>,
}

/// A Namespace; nobody sets its status.
#[derive(Clone, PartialEq, Message, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Namespace {
    #[prost(message, optional, tag = "1")]
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<ObjectMeta>,
    #[prost(message, optional, tag = "2")]
    #[serde(skip_serializing_if = "Option::is_none")]
    spec: Option<NamespaceSpec>,
}

/// What empties a Namespace.
#[derive(Clone, PartialEq, Message, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct NamespaceSpec {
    #[prost(string, repeated, tag = "1")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    finalizers: Vec<String>,
}

/// A ServiceAccount.
#[derive(Clone, PartialEq, Message, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ServiceAccount {
    #[prost(message, optional, tag = "1")]
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<ObjectMeta>,
    #[prost(message, repeated, tag = "2")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    secrets: Vec<ObjectReference>,
    #[prost(message, repeated, tag = "3")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    image_pull_secrets: Vec<LocalObjectReference>,
    #[prost(bool, optional, tag = "4")]
    #[serde(skip_serializing_if = "Option::is_none")]
    automount_service_account_token: Option<bool>,
}

/// A Service; nobody sets its status.
#[derive(Clone, PartialEq, Message, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Service {
    #[prost(message, optional, tag = "1")]
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<ObjectMeta>,
    #[prost(message, optional, tag = "2")]
    #[serde(skip_serializing_if = "Option::is_none")]
    spec: Option<ServiceSpec>,
}

/// What a Service is for.
#[derive(Clone, PartialEq, Message, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ServiceSpec {
    #[prost(message, repeated, tag = "1")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ports: Vec<ServicePort>,
    #[prost(btree_map = "string, string", tag = "2")]
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    selector: BTreeMap<String, String>,
    #[prost(string, tag = "3")]
    #[serde(rename = "clusterIP", skip_serializing_if = "String::is_empty")]
    cluster_ip: String,
    #[prost(string, tag = "4")]
    #[serde(rename = "type", skip_serializing_if = "String::is_empty")]
    kind_: String,
    #[prost(string, repeated, tag = "5")]
    #[serde(rename = "externalIPs", skip_serializing_if = "Vec::is_empty")]
    external_ips: Vec<String>,
    #[prost(string, tag = "7")]
    #[serde(skip_serializing_if = "String::is_empty")]
    session_affinity: String,
    #[prost(string, tag = "8")]
    #[serde(rename = "loadBalancerIP", skip_serializing_if = "String::is_empty")]
    load_balancer_ip: String,
    #[prost(string, repeated, tag = "9")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    load_balancer_source_ranges: Vec<String>,
    #[prost(string, tag = "10")]
    #[serde(skip_serializing_if = "String::is_empty")]
    external_name: String,
    #[prost(string, tag = "11")]
    #[serde(skip_serializing_if = "String::is_empty")]
    external_traffic_policy: String,
    #[prost(int32, tag = "12")]
    #[serde(skip_serializing_if = "is_zero")]
    health_check_node_port: i32,
    #[prost(bool, tag = "13")]
    #[serde(skip_serializing_if = "is_zero")]
    publish_not_ready_addresses: bool,
    #[prost(message, optional, tag = "14")]
    #[serde(skip_serializing_if = "Option::is_none")]
    session_affinity_config: Option<SessionAffinityConfig>,
    #[prost(string, optional, tag = "17")]
    #[serde(skip_serializing_if = "Option::is_none")]
    ip_family_policy: Option<String>,
    #[prost(string, repeated, tag = "18")]
    #[serde(rename = "clusterIPs", skip_serializing_if = "Vec::is_empty")]
    cluster_ips: Vec<String>,
    #[prost(string, repeated, tag = "19")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ip_families: Vec<String>,
    #[prost(bool, optional, tag = "20")]
    #[serde(skip_serializing_if = "Option::is_none")]
    allocate_load_balancer_node_ports: Option<bool>,
    #[prost(string, optional, tag = "21")]
    #[serde(skip_serializing_if = "Option::is_none")]
    load_balancer_class: Option<String>,
    #[prost(string, optional, tag = "22")]
    #[serde(skip_serializing_if = "Option::is_none")]
    internal_traffic_policy: Option<String>,
    #[prost(string, optional, tag = "23")]
    #[serde(skip_serializing_if = "Option::is_none")]
    traffic_distribution: Option<String>,
}

/// A port of a Service.
#[derive(Clone, PartialEq, Message, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ServicePort {
    #[prost(string, tag = "1")]
    #[serde(skip_serializing_if = "String::is_empty")]
    name: String,
    #[prost(string, tag = "2")]
    #[serde(skip_serializing_if = "String::is_empty")]
    protocol: String,
    #[prost(int32, tag = "3")]
    #[serde(skip_serializing_if = "is_zero")]
    port: i32,
    #[prost(message, optional, tag = "4")]
    #[serde(skip_serializing_if = "Option::is_none")]
    target_port: Option<IntOrString>,
    #[prost(int32, tag = "5")]
    #[serde(skip_serializing_if = "is_zero")]
    node_port: i32,
    #[prost(string, optional, tag = "6")]
    #[serde(skip_serializing_if = "Option::is_none")]
    app_protocol: Option<String>,
}

/// How long clients stay with an endpoint.
#[derive(Clone, PartialEq, Message, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SessionAffinityConfig {
    #[prost(message, optional, tag = "1")]
    #[serde(rename = "clientIP", skip_serializing_if = "Option::is_none")]
    client_ip: Option<ClientIpConfig>,
}

/// How long addresses stay with an endpoint.
#[derive(Clone, PartialEq, Message, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ClientIpConfig {
    #[prost(int32, optional, tag = "1")]
    #[serde(skip_serializing_if = "Option::is_none")]
    timeout_seconds: Option<i32>,
}

/// An Event of the core group.
#[derive(Clone, PartialEq, Message, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CoreEvent {
    #[prost(message, optional, tag = "1")]
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<ObjectMeta>,
    #[prost(message, optional, tag = "2")]
    #[serde(skip_serializing_if = "Option::is_none")]
    involved_object: Option<ObjectReference>,
    #[prost(string, tag = "3")]
    #[serde(skip_serializing_if = "String::is_empty")]
    reason: String,
    #[prost(string, tag = "4")]
    #[serde(skip_serializing_if = "String::is_empty")]
    message: String,
    #[prost(message, optional, tag = "5")]
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<EventSource>,
    #[prost(message, optional, tag = "6")]
    #[serde(skip_serializing_if = "Time::is_absent", serialize_with = "seconds")]
    first_timestamp: Option<Time>,
    #[prost(message, optional, tag = "7")]
    #[serde(skip_serializing_if = "Time::is_absent", serialize_with = "seconds")]
    last_timestamp: Option<Time>,
    #[prost(int32, tag = "8")]
    #[serde(skip_serializing_if = "is_zero")]
    count: i32,
    #[prost(string, tag = "9")]
    #[serde(rename = "type", skip_serializing_if = "String::is_empty")]
    kind_: String,
    #[prost(message, optional, tag = "10")]
    #[serde(skip_serializing_if = "Time::is_absent", serialize_with = "micros")]
    event_time: Option<Time>,
    #[prost(message, optional, tag = "11")]
    #[serde(skip_serializing_if = "Option::is_none")]
    series: Option<EventSeries>,
    #[prost(string, tag = "12")]
    #[serde(skip_serializing_if = "String::is_empty")]
    action: String,
    #[prost(message, optional, tag = "13")]
    #[serde(skip_serializing_if = "Option::is_none")]
    related: Option<ObjectReference>,
    #[prost(string, tag = "14")]
    #[serde(skip_serializing_if = "String::is_empty")]
    reporting_component: String,
    #[prost(string, tag = "15")]
    #[serde(skip_serializing_if = "String::is_empty")]
    reporting_instance: String,
}

/// Who reports an Event.
#[derive(Clone, PartialEq, Message, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct EventSource {
    #[prost(string, tag = "1")]
    #[serde(skip_serializing_if = "String::is_empty")]
    component: String,
    #[prost(string, tag = "2")]
    #[serde(skip_serializing_if = "String::is_empty")]
    host: String,
}

/// How often an Event was seen.
#[derive(Clone, PartialEq, Message, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct EventSeries {
    #[prost(int32, tag = "1")]
    #[serde(skip_serializing_if = "is_zero")]
    count: i32,
    #[prost(message, optional, tag = "2")]
    #[serde(skip_serializing_if = "Time::is_absent", serialize_with = "micros")]
    last_observed_time: Option<Time>,
}
