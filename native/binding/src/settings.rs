//! Options as JavaScript passes them: every one explicit, `src/config` knows the defaults.

use crate::errors::coded;
use lookback_engine::EngineSettings;
use lookback_engine::origins::{InterfaceFields, MOST_INTERFACES};
use lookback_engine::rules::PacketRules;
use lookback_flow::FlowSettings;
use lookback_flow::settings::{LeastPackets, SessionIdTracking};
use lookback_places::{PlaceFiles, PlaceSource};
use lookback_protocols::Settings;
use napi_derive::napi;
use std::path::PathBuf;
use std::sync::Arc;

/// Settings of a run; names are those of config.ini in camel case, times in seconds.
#[napi(object)]
#[derive(Clone)]
#[allow(missing_docs, reason = "each is the setting of the same name, described in src/config")]
pub struct NativeSettings {
    pub node: String,
    pub workers: u32,
    pub session_id_tracking: String,
    pub track_esp: bool,
    pub esp_save_packets: bool,
    pub tcp_timeout: u32,
    pub udp_timeout: u32,
    pub icmp_timeout: u32,
    pub sctp_timeout: u32,
    pub esp_timeout: u32,
    pub other_timeout: u32,
    pub tcp_closing_timeout: u32,
    pub tcp_save_timeout: u32,
    pub max_packets: u32,
    pub max_streams: u32,
    pub max_tcp_out_of_order_packets: u32,
    pub max_frags: u32,
    pub frags_timeout: u32,
    pub max_req_body: u32,
    pub req_body_only_utf8: bool,
    pub support_sha256: bool,
    pub body_md5: bool,
    pub parse_qs_value: bool,
    pub parse_cookie_value: bool,
    pub parse_http_header_request_all: bool,
    pub parse_http_header_response_all: bool,
    pub parse_http_header_value_max_len: u32,
    pub parse_dns_record_all: bool,
    pub dns_output_answers: bool,
    pub ja3_strings: bool,
    pub ja4_raw: bool,
    pub magic_mode: String,
    pub disable_parsers: Vec<String>,
    pub save_unknown_packets: Vec<String>,
    pub gap_packet_pos: bool,
    pub enable_packet_len: bool,
    pub geo_lite2_country: Vec<String>,
    pub geo_lite2_asn: Vec<String>,
    pub rir_file: Vec<String>,
    pub oui_file: Vec<String>,
    pub min_packets_save_bpfs: Vec<NativePacketRule>,
    pub interfaces: Vec<NativeInterfaceFields>,
}

/// What sessions hold that begin at an interface.
#[napi(object)]
#[derive(Clone)]
#[allow(missing_docs, reason = "described in src/native/types.ts")]
pub struct NativeInterfaceFields {
    pub interface: String,
    pub fields: Vec<NativeFieldValue>,
}

/// A value of a field, as an expression writes it.
#[napi(object)]
#[derive(Clone)]
#[allow(missing_docs, reason = "described in src/native/types.ts")]
pub struct NativeFieldValue {
    pub field: String,
    pub value: String,
}

/// A filter and a number of packets.
#[napi(object)]
#[derive(Clone)]
#[allow(missing_docs, reason = "described in src/native/types.ts")]
pub struct NativePacketRule {
    pub filter: String,
    pub packets: u32,
}

/// The rules of a setting; none when there are none.
pub fn packet_rules(rules: &[NativePacketRule]) -> napi::Result<Option<Arc<PacketRules>>> {
    let rules: Vec<(String, u32)> = rules.iter().map(|rule| (rule.filter.clone(), rule.packets)).collect();
    PacketRules::new(&rules)
        .map_err(|error| coded("CONFIG_INVALID", &error.to_string(), &serde_json::json!({})))
}

impl NativeSettings {
    /// The files of places.
    pub fn place_files(&self) -> PlaceFiles {
        let paths = |given: &[String]| given.iter().map(PathBuf::from).collect();
        PlaceFiles {
            country: paths(&self.geo_lite2_country),
            asn: paths(&self.geo_lite2_asn),
            rir: paths(&self.rir_file),
            oui: paths(&self.oui_file),
        }
    }
    fn interfaces(&self) -> napi::Result<Vec<InterfaceFields>> {
        let parse = |given: &NativeInterfaceFields| {
            let pairs: Vec<(String, String)> =
                given.fields.iter().map(|one| (one.field.clone(), one.value.clone())).collect();
            InterfaceFields::parse(&given.interface, &pairs).map_err(|reason| {
                coded(
                    "CONFIG_INVALID",
                    &format!("interfaceOps: {reason}"),
                    &serde_json::json!({ "key": "interfaceOps" }),
                )
            })
        };
        self.interfaces.iter().take(MOST_INTERFACES).map(parse).collect()
    }
    /// As the engine's settings.
    pub fn engine(&self) -> napi::Result<EngineSettings> {
        let tracking = match self.session_id_tracking.as_str() {
            "none" => SessionIdTracking::None,
            "vlan" => SessionIdTracking::Vlan,
            "vni" => SessionIdTracking::Vni,
            other => {
                let message = format!("sessionIdTracking is {other:?}; it may be none, vlan or vni");
                return Err(coded("CONFIG_INVALID", &message, &serde_json::json!({ "value": other })));
            }
        };
        Ok(EngineSettings {
            node: self.node.clone(),
            workers: self.workers as usize,
            flow: FlowSettings {
                least_packets: packet_rules(&self.min_packets_save_bpfs)?
                    .map(|rules| rules as Arc<dyn LeastPackets>),
                tracking,
                track_esp: self.track_esp,
                esp_save_packets: self.esp_save_packets,
                tcp_timeout: i64::from(self.tcp_timeout),
                udp_timeout: i64::from(self.udp_timeout),
                icmp_timeout: i64::from(self.icmp_timeout),
                sctp_timeout: i64::from(self.sctp_timeout),
                esp_timeout: i64::from(self.esp_timeout),
                other_timeout: i64::from(self.other_timeout),
                tcp_closing_timeout: i64::from(self.tcp_closing_timeout),
                tcp_save_timeout: i64::from(self.tcp_save_timeout),
                max_packets: self.max_packets as usize,
                max_flows: self.max_streams as usize,
                max_out_of_order: self.max_tcp_out_of_order_packets as usize,
                dissectors: Settings {
                    max_request_body: self.max_req_body as usize,
                    request_body_only_utf8: self.req_body_only_utf8,
                    sha256: self.support_sha256,
                    md5: self.body_md5,
                    query_string_values: self.parse_qs_value,
                    cookie_values: self.parse_cookie_value,
                    http_request_headers: self.parse_http_header_request_all,
                    http_response_headers: self.parse_http_header_response_all,
                    http_header_value_max: self.parse_http_header_value_max_len as usize,
                    dns_all_records: self.parse_dns_record_all,
                    dns_answers: self.dns_output_answers,
                    ja3_strings: self.ja3_strings,
                    ja4_raw: self.ja4_raw,
                    body_magic: self.magic_mode != "none",
                    disabled: self.disable_parsers.clone(),
                },
                // What no setting decides, but the run or the machine.
                ..FlowSettings::default()
            },
            max_fragments: self.max_frags as usize,
            fragments_timeout: i64::from(self.frags_timeout),
            save_unknown: self.save_unknown_packets.clone(),
            gap_packet_positions: self.gap_packet_pos,
            packet_lengths: self.enable_packet_len,
            interfaces: Vec::new(),
            places: Some(PlaceSource::shared(&self.place_files())),
        }
        .with_interfaces(self.interfaces()?))
    }
}
