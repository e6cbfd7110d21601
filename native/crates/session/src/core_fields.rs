//! Declarations of the general fields: those that every protocol shares.
//!
//! The scalars of [`crate::Session`] are declared here too (their values come from the record, not from
//! [`crate::Fields`]), so that the catalogue is whole.

use crate::field::{Count, FieldSpec, Kind};

macro_rules! fields {
    ($list:ident: $($(#[doc = $doc:expr])* $name:ident = $spec:expr;)*) => {
        $($(#[doc = $doc])* pub static $name: FieldSpec = $spec;)*
        /// Every field of this block.
        pub static $list: &[&FieldSpec] = &[$(&$name),*];
    };
}

const G: &str = "general";
/// Group of the fields that say how whole the capture of a session is.
pub const CAPTURE_GROUP: &str = "capture";

fields! { RECORD:
    /// Deterministic id of the row.
    ID = FieldSpec::one(G, "id", "_id", Kind::Term).doc("Session id", "Identity of the row; the same packets give the same id");
    /// Id of the first segment of the flow.
    ROOT_ID = FieldSpec::one(G, "rootId", "rootId", Kind::Term).doc("Root id", "Id of the first segment of the same flow");
    /// Number of the segment in its flow.
    SEGMENT_COUNT = FieldSpec::one(G, "session.segments", "segmentCnt", Kind::Integer).doc("Session segments", "Number of this segment in its flow, from 1");
    /// Capture node.
    NODE = FieldSpec::one(G, "node", "node", Kind::Term).doc("Node", "Name of the node that captured or imported the session");
    /// First packet of the flow.
    FIRST_PACKET = FieldSpec::one(G, "starttime", "firstPacket", Kind::Seconds).doc("Start time", "Time of the first packet of the flow");
    /// Last packet of the segment.
    LAST_PACKET = FieldSpec::one(G, "stoptime", "lastPacket", Kind::Seconds).doc("Stop time", "Time of the last packet of the segment");
    /// Duration.
    LENGTH = FieldSpec::one(G, "session.length", "length", Kind::Integer).doc("Session length", "Milliseconds from first to last packet");
    /// IP protocol number.
    IP_PROTOCOL = FieldSpec::one(G, "ip.protocol", "ipProtocol", Kind::Integer).doc("IP protocol", "IP protocol number or name (IANA)");
    /// Ethertype.
    ETHERTYPE = FieldSpec::one(G, "ethertype", "ethertype", Kind::Integer).doc("Ethertype", "Ethertype of the innermost frame");
    /// Source address.
    SOURCE_IP = FieldSpec::one(G, "ip.src", "source.ip", Kind::Ip).aliases(&["source.ip"]).doc("Src IP", "Address of the sender of the first packet");
    /// Destination address.
    DESTINATION_IP = FieldSpec::one(G, "ip.dst", "destination.ip", Kind::Ip).aliases(&["destination.ip"]).doc("Dst IP", "Address of the receiver of the first packet");
    /// Source port.
    SOURCE_PORT = FieldSpec::one(G, "port.src", "source.port", Kind::Integer).aliases(&["source.port"]).doc("Src port", "Port of the source");
    /// Destination port.
    DESTINATION_PORT = FieldSpec::one(G, "port.dst", "destination.port", Kind::Integer).aliases(&["destination.port"]).doc("Dst port", "Port of the destination");
    /// All bytes.
    BYTES = FieldSpec::one(G, "bytes", "network.bytes", Kind::Integer).aliases(&["network.bytes"]).doc("Bytes", "Captured bytes of both directions with link headers");
    /// Source bytes.
    SOURCE_BYTES = FieldSpec::one(G, "bytes.src", "source.bytes", Kind::Integer).aliases(&["source.bytes"]).doc("Src bytes", "Captured bytes sent by the source");
    /// Destination bytes.
    DESTINATION_BYTES = FieldSpec::one(G, "bytes.dst", "destination.bytes", Kind::Integer).aliases(&["destination.bytes"]).doc("Dst bytes", "Captured bytes sent by the destination");
    /// All payload bytes.
    DATA_BYTES = FieldSpec::one(G, "databytes", "totDataBytes", Kind::Integer).doc("Data bytes", "Payload bytes of both directions");
    /// Source payload bytes.
    SOURCE_DATA_BYTES = FieldSpec::one(G, "databytes.src", "client.bytes", Kind::Integer).aliases(&["client.bytes"]).doc("Src data bytes", "Payload bytes sent by the source");
    /// Destination payload bytes.
    DESTINATION_DATA_BYTES = FieldSpec::one(G, "databytes.dst", "server.bytes", Kind::Integer).aliases(&["server.bytes"]).doc("Dst data bytes", "Payload bytes sent by the destination");
    /// All packets.
    PACKETS = FieldSpec::one(G, "packets", "network.packets", Kind::Integer).aliases(&["network.packets"]).doc("Packets", "Packets of both directions");
    /// Source packets.
    SOURCE_PACKETS = FieldSpec::one(G, "packets.src", "source.packets", Kind::Integer).aliases(&["source.packets"]).doc("Src packets", "Packets sent by the source");
    /// Destination packets.
    DESTINATION_PACKETS = FieldSpec::one(G, "packets.dst", "destination.packets", Kind::Integer).aliases(&["destination.packets"]).doc("Dst packets", "Packets sent by the destination");
    /// Community id.
    COMMUNITY_ID = FieldSpec::one(G, "communityId", "network.community_id", Kind::Term).aliases(&["network.community_id"]).doc("Community id", "Community ID v1, seed 0");
    /// Half the handshake time.
    INIT_RTT = FieldSpec::one(G, "initRTT", "initRTT", Kind::Integer).doc("Initial RTT", "Milliseconds from SYN to the first pure ACK, halved");
    /// First source payload bytes.
    SOURCE_PAYLOAD8 = FieldSpec::one(G, "payload8.src.hex", "srcPayload8", Kind::LowerTerm).doc("Payload src hex", "First 8 payload bytes of the source, in hex");
    /// First destination payload bytes.
    DESTINATION_PAYLOAD8 = FieldSpec::one(G, "payload8.dst.hex", "dstPayload8", Kind::LowerTerm).doc("Payload dst hex", "First 8 payload bytes of the destination, in hex");
    /// SYN count.
    FLAG_SYN = FieldSpec::one(G, "tcpflags.syn", "tcpflags.syn", Kind::Integer).doc("TCP flag SYN", "Packets with SYN and no ACK");
    /// SYN-ACK count.
    FLAG_SYN_ACK = FieldSpec::one(G, "tcpflags.syn-ack", "tcpflags.syn-ack", Kind::Integer).doc("TCP flag SYN-ACK", "Packets with SYN and ACK");
    /// Pure ACK count.
    FLAG_ACK = FieldSpec::one(G, "tcpflags.ack", "tcpflags.ack", Kind::Integer).doc("TCP flag ACK", "Packets with ACK and no PSH, SYN, FIN or RST");
    /// PSH count.
    FLAG_PSH = FieldSpec::one(G, "tcpflags.psh", "tcpflags.psh", Kind::Integer).doc("TCP flag PSH", "Packets with PSH");
    /// FIN count.
    FLAG_FIN = FieldSpec::one(G, "tcpflags.fin", "tcpflags.fin", Kind::Integer).doc("TCP flag FIN", "Packets with FIN");
    /// RST count.
    FLAG_RST = FieldSpec::one(G, "tcpflags.rst", "tcpflags.rst", Kind::Integer).doc("TCP flag RST", "Packets with RST");
    /// URG count.
    FLAG_URG = FieldSpec::one(G, "tcpflags.urg", "tcpflags.urg", Kind::Integer).doc("TCP flag URG", "Packets with URG");
    /// ECE count.
    FLAG_ECE = FieldSpec::one(G, "tcpflags.ece", "tcpflags.ece", Kind::Integer).doc("TCP flag ECE", "Packets with ECE");
    /// CWR count.
    FLAG_CWR = FieldSpec::one(G, "tcpflags.cwr", "tcpflags.cwr", Kind::Integer).doc("TCP flag CWR", "Packets with CWR");
    /// AE count.
    FLAG_AE = FieldSpec::one(G, "tcpflags.ae", "tcpflags.ae", Kind::Integer).doc("TCP flag AE", "Packets with AE (accurate ECN)");
    /// Source zero windows.
    ZERO_SOURCE = FieldSpec::one(G, "tcpflags.srcZero", "tcpflags.srcZero", Kind::Integer).doc("TCP src zero window", "Packets of the source that announce a zero window");
    /// Destination zero windows.
    ZERO_DESTINATION = FieldSpec::one(G, "tcpflags.dstZero", "tcpflags.dstZero", Kind::Integer).doc("TCP dst zero window", "Packets of the destination that announce a zero window");
    /// Source sequence number.
    TCP_SEQ_SOURCE = FieldSpec::one(G, "tcpseq.src", "tcpseq.src", Kind::Integer).doc("TCP src seq", "Initial sequence number of the source");
    /// Destination sequence number.
    TCP_SEQ_DESTINATION = FieldSpec::one(G, "tcpseq.dst", "tcpseq.dst", Kind::Integer).doc("TCP dst seq", "Initial sequence number of the destination");
    /// SYN seen and acknowledged.
    SYN_VALIDATED = FieldSpec::one(G, "tcp.synValidated", "tcpSynValidated", Kind::Boolean).doc("TCP SYN validated", "The SYN was acknowledged by a SYN-ACK");
    /// SYN-ACK seen and acknowledged.
    SYN_ACK_VALIDATED = FieldSpec::one(G, "tcp.synAckValidated", "tcpSynAckValidated", Kind::Boolean).doc("TCP SYN-ACK validated", "The SYN-ACK was acknowledged");
    /// Number of initial sequence numbers.
    SOURCE_ISN_COUNT = FieldSpec::one(G, "tcp.srcISNCnt", "srcISNCnt", Kind::Integer).doc("TCP src ISN count", "Different initial sequence numbers that the source used");
}

fields! { GENERAL:
    /// Bytes of TCP streams without a packet.
    MISSED_BYTES = FieldSpec::one(CAPTURE_GROUP, "bytes.missed", "missedBytes", Kind::Integer).doc("Missed bytes", "Bytes of the TCP streams that no captured packet holds although later ones or the receiver's acknowledgements show that they were sent; only where the handshake was captured");
    /// Of them, those that this capture may have lost itself.
    MISSED_BYTES_LOST = FieldSpec::one(CAPTURE_GROUP, "bytes.missed.lost", "missedBytesLost", Kind::Integer).doc("Missed bytes lost", "Of the missed bytes, those of a session during which this capture lost packets by its own account; the others never came to its interface");
    /// Protocol labels.
    PROTOCOLS = FieldSpec::set(G, "protocols", "protocol", Kind::Term).linked().doc("Protocols", "Protocols recognised in the session");
    /// Tags.
    TAGS = FieldSpec::set(G, "tags", "tags", Kind::Term).linked().doc("Tags", "Tags set by dissectors, rules and people");
    /// Users.
    USER = FieldSpec::set(G, "user", "user", Kind::LowerTerm).linked().doc("User", "User names seen in the session");
    /// Source MACs.
    SOURCE_MAC = FieldSpec::set(G, "mac.src", "source.mac", Kind::LowerTerm).counted(Count::EcsCnt).linked().aliases(&["source.mac"]).doc("Src MAC", "Ethernet addresses of the source");
    /// Destination MACs.
    DESTINATION_MAC = FieldSpec::set(G, "mac.dst", "destination.mac", Kind::LowerTerm).counted(Count::EcsCnt).linked().aliases(&["destination.mac"]).doc("Dst MAC", "Ethernet addresses of the destination");
    /// Outer source MACs.
    OUTER_SOURCE_MAC = FieldSpec::set(G, "outermac.src", "srcOuterMac", Kind::LowerTerm).counted(Count::EcsCnt).linked().doc("Src outer MAC", "Ethernet addresses around a tunnel, of the source");
    /// Outer destination MACs.
    OUTER_DESTINATION_MAC = FieldSpec::set(G, "outermac.dst", "dstOuterMac", Kind::LowerTerm).counted(Count::EcsCnt).linked().doc("Dst outer MAC", "Ethernet addresses around a tunnel, of the destination");
    /// Outer source addresses.
    OUTER_SOURCE_IP = FieldSpec::set(G, "outerip.src", "srcOuterIp", Kind::Ip).linked().doc("Src outer IP", "Addresses around a tunnel, of the source");
    /// Outer destination addresses.
    OUTER_DESTINATION_IP = FieldSpec::set(G, "outerip.dst", "dstOuterIp", Kind::Ip).linked().doc("Dst outer IP", "Addresses around a tunnel, of the destination");
    /// VLANs.
    VLAN = FieldSpec::set(G, "vlan", "network.vlan.id", Kind::Integer).counted(Count::EcsCnt).linked().aliases(&["network.vlan.id"]).doc("VLAN", "VLAN ids");
    /// 802.1Q VLANs.
    VLAN_DOT1Q = FieldSpec::set(G, "vlan.dot1q", "dot1q.id", Kind::Integer).linked().doc("VLAN dot1q", "VLAN ids of 802.1Q tags");
    /// 802.1ad VLANs.
    VLAN_DOT1AD = FieldSpec::set(G, "vlan.dot1ad", "dot1ad.id", Kind::Integer).linked().doc("VLAN dot1ad", "VLAN ids of 802.1ad tags");
    /// Virtual networks.
    VNI = FieldSpec::set(G, "vni", "vni", Kind::Integer).linked().doc("VNI", "Virtual network ids of VXLAN and Geneve");
    /// Source TTLs.
    SOURCE_TTL = FieldSpec::set(G, "ttl.src", "srcTTL", Kind::Integer).doc("TTL src", "IP time to live or hop limit of the source's first packets");
    /// Destination TTLs.
    DESTINATION_TTL = FieldSpec::set(G, "ttl.dst", "dstTTL", Kind::Integer).doc("TTL dst", "IP time to live or hop limit of the destination's first packets");
    /// Source DSCP.
    SOURCE_DSCP = FieldSpec::set(G, "dscp.src", "srcDscp", Kind::Integer).doc("DSCP src", "Non-zero DSCP values of the source's first packets");
    /// Destination DSCP.
    DESTINATION_DSCP = FieldSpec::set(G, "dscp.dst", "dstDscp", Kind::Integer).doc("DSCP dst", "Non-zero DSCP values of the destination's first packets");
    /// ICMP types.
    ICMP_TYPE = FieldSpec::set(G, "icmp.type", "icmp.type", Kind::Integer).counted(Count::None).doc("ICMP type", "ICMP message types");
    /// ICMP codes.
    ICMP_CODE = FieldSpec::set(G, "icmp.code", "icmp.code", Kind::Integer).counted(Count::None).doc("ICMP code", "ICMP message codes");
}
