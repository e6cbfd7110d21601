//! Protocols known by their first payload: a label each, no fields. One file a family.
//!
//! A row is `tcp!` or `udp!` with the label, where the magic stands, the magic, and, where the magic alone is
//! too short to be sure, a further check of the payload. A protocol that gets fields moves to a folder of its own.

/// A label for TCP payload that has a magic at an offset.
macro_rules! tcp {
    ($label:literal, $offset:literal, $bytes:literal) => {
        $crate::Classifier {
            trigger: $crate::Trigger::TcpMagic { offset: $offset, bytes: $bytes },
            classify: |context, _, _| context.label($label),
        }
    };
    ($label:literal, $offset:literal, $bytes:literal, $check:expr) => {
        $crate::Classifier {
            trigger: $crate::Trigger::TcpMagic { offset: $offset, bytes: $bytes },
            classify: |context, _, data| {
                let check: fn(&[u8]) -> bool = $check;
                if check(data) {
                    context.label($label);
                }
            },
        }
    };
}

/// A label for a UDP datagram that has a magic at an offset.
macro_rules! udp {
    ($label:literal, $offset:literal, $bytes:literal) => {
        $crate::Classifier {
            trigger: $crate::Trigger::UdpMagic { offset: $offset, bytes: $bytes },
            classify: |context, _, _| context.label($label),
        }
    };
    ($label:literal, $offset:literal, $bytes:literal, $check:expr) => {
        $crate::Classifier {
            trigger: $crate::Trigger::UdpMagic { offset: $offset, bytes: $bytes },
            classify: |context, _, data| {
                let check: fn(&[u8]) -> bool = $check;
                if check(data) {
                    context.label($label);
                }
            },
        }
    };
}

/// A label for TCP payload with a port at either end that passes a check.
macro_rules! tcp_port {
    ($label:literal, $port:literal, $check:expr) => {
        $crate::Classifier {
            trigger: $crate::Trigger::TcpPort($port),
            classify: |context, _, data| {
                let check: fn(&[u8]) -> bool = $check;
                if check(data) {
                    context.label($label);
                }
            },
        }
    };
}

/// A label for a UDP datagram with a port at either end that passes a check.
macro_rules! udp_port {
    ($label:literal, $port:literal, $check:expr) => {
        $crate::Classifier {
            trigger: $crate::Trigger::UdpPort($port),
            classify: |context, _, data| {
                let check: fn(&[u8]) -> bool = $check;
                if check(data) {
                    context.label($label);
                }
            },
        }
    };
}

/// A label for any TCP payload that passes a check.
macro_rules! any_tcp {
    ($label:literal, $check:expr) => {
        $crate::Classifier {
            trigger: $crate::Trigger::AnyTcp,
            classify: |context, _, data| {
                let check: fn(&[u8]) -> bool = $check;
                if check(data) {
                    context.label($label);
                }
            },
        }
    };
}

/// A label for any UDP datagram that passes a check.
macro_rules! any_udp {
    ($label:literal, $check:expr) => {
        $crate::Classifier {
            trigger: $crate::Trigger::AnyUdp,
            classify: |context, _, data| {
                let check: fn(&[u8]) -> bool = $check;
                if check(data) {
                    context.label($label);
                }
            },
        }
    };
}

pub mod chat;
pub mod database;
pub mod directory;
pub mod file;
pub mod industrial;
pub mod mail;
pub mod network;
pub mod peer;
pub mod remote;
pub mod rpc;
pub mod web;
