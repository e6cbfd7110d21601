//! Peer to peer and games: BitTorrent (BEP 3, 5, 15), Bitcoin, Steam, Dropbox and Windows update sharing.

use crate::Protocol;
use crate::bytes::be32;

/// Classifiers of the family.
pub static PROTOCOL: Protocol = Protocol {
    name: "peer",
    fields: &[],
    classifiers: &[
        tcp!("bittorrent", 0, b"\x13BitTorrent protocol"),
        tcp!("bittorrent", 0, b"BSYNC\0"),
        udp!("bittorrent", 0, b"d1:ad2:id20:"),
        udp!("bittorrent", 0, b"d1:rd2:id20:"),
        udp!("bittorrent", 0, b"d2:ip6:"),
        udp!("bittorrent", 0, b"d1:el"),
        udp!("bittorrent", 0, b"BSYNC\0"),
        // Request to a UDP tracker: protocol id, action 0 (connect), transaction.
        udp!("bittorrent", 0, b"\x00\x00\x04\x17\x27\x10\x19\x80\x00\x00\x00\x00", |data| data.len() == 16),
        tcp!("bitcoin", 0, b"\xf9\xbe\xb4\xd9"),
        tcp!("bitcoin", 0, b"\x0b\x11\x09\x07"),
        tcp!("bitcoin", 0, b"\xfa\xbf\xb5\xda"),
        udp!("valve-a2s", 0, b"\xff\xff\xff\xffTSource Engine Query\0"),
        udp!("steam-ihscp", 0, b"\xff\xff\xff\xff\x21\x4c\x5f\xa0"),
        tcp!("steam-friends", 4, b"VT01"),
        udp!("steam-friends", 0, b"VS01"),
        udp!("dropbox-lan-sync", 0, b"{\"host_int\""),
        // Windows update delivery: a Swarm handshake with a length-prefixed name.
        tcp!("wudo", 0, b"\x0eSwarm protocol"),
        udp!("samsung-smartview", 0, b"{\"type\":\"", |data| crate::bytes::contains(data, b"\"ttl\"")),
        udp_port!("plex-gdm", 32414, |data| data.starts_with(b"M-SEARCH ")
            || data.starts_with(b"HTTP/1.0 200 ")),
        udp_port!("ubiquiti-ubnt", 10001, |data| be32(data, 0) == Some(0x0100_0000)),
    ],
};
